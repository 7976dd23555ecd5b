"""What guards an account is told: as events for automations, and as sentences in the activity log."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from custom_components.mexc_trading.bridge.news import NewsKind
from custom_components.mexc_trading.bridge.rate import TokenBucket
from custom_components.mexc_trading.bridge.risk_news import RiskKind
from custom_components.mexc_trading.const import DOMAIN, EVENT_NEWS
from custom_components.mexc_trading.logbook import Describe, async_describe_events
from custom_components.mexc_trading.model.hold import HoldKind, Release, Scope, ScopeKind
from custom_components.mexc_trading.sentences import sentence
from custom_components.mexc_trading.wording import Wording
from homeassistant.components.logbook.helpers import is_sensor_continuous
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations

from .entries import trading, until
from .holds import raise_hold
from .phcc import MockConfigEntry

ENTITY = "event.mexc_risk"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
DAILY_LOSS = MappingProxyType(
    {
        "stream": "risk",
        "type": "denied",
        "symbol": "BTCUSDT",
        "action": "enter",
        "rule": "max_daily_loss",
        "limit": "-50",
        "value": "-52.10000001",
        "unit": "USDT",
    }
)


@pytest.fixture
async def told(hass: HomeAssistant) -> list[Mapping[str, Any]]:
    """Note what is fired for the activity log."""
    heard: list[Mapping[str, Any]] = []

    @callback
    def note(event: Event) -> None:
        heard.append(event.data)

    hass.bus.async_listen(EVENT_NEWS, note)
    return heard


def kinds(told: list[Mapping[str, Any]]) -> list[str]:
    """List what was told, in order."""
    return [f"{news['stream']}.{news['type']}" for news in told]


async def texts_in(hass: HomeAssistant, language: str) -> Wording:
    """Give the sentences of a language."""
    return Wording(await async_get_translations(hass, language, "common", [DOMAIN]))


async def test_a_denial_is_told_once(hass: HomeAssistant, live: MockConfigEntry, told: list[Mapping[str, Any]]) -> None:
    """Given a denied order, then ``risk`` names rule, limit and value, and nothing else tells of it."""
    await trading(live)
    told.clear()
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(
            DOMAIN, "place_order", {"symbol": "BTCUSDT", "side": "buy", "notional": 5000}, blocking=True
        )
    await hass.async_block_till_done()

    state = hass.states.get(ENTITY)
    assert state is not None
    assert state.attributes["event_type"] == "denied"
    assert (state.attributes["rule"], state.attributes["limit"]) == ("max_notional_per_order", "1000")
    assert state.attributes["told"].startswith("Entry BTCUSDT denied: largest order 4,9")
    assert [news["type"] for news in told if news["entity_id"] == ENTITY] == ["denied"]
    assert [news for news in told if news["stream"] == "orders"] == []


async def test_of_a_flood_of_denials_some_are_told_and_the_next_says_how_many_were_not(
    hass: HomeAssistant, live: MockConfigEntry, told: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more denials than are told at once, then it goes quiet, and counts what it did not tell."""
    await trading(live)
    told.clear()
    clock_s = 0.0
    bucket = TokenBucket(burst=2, per_s=1, seconds=lambda: clock_s)
    monkeypatch.setattr(live.runtime_data.account.telling, "_denials", bucket)

    async def refused() -> None:
        with pytest.raises(ServiceValidationError):
            await hass.services.async_call(
                DOMAIN, "place_order", {"symbol": "BTCUSDT", "side": "buy", "notional": 5000}, blocking=True
            )
        await hass.async_block_till_done()

    for _ in range(5):
        await refused()
    heard = [news.get("untold") for news in told if news["entity_id"] == ENTITY]
    clock_s = 1.0
    await refused()

    assert heard == [None, None]
    assert [news.get("untold") for news in told if news["entity_id"] == ENTITY] == [None, None, "3"]
    state = hass.states.get(ENTITY)
    assert state is not None
    assert state.attributes["untold"] == "3"


async def test_holds_and_the_kill_switch_are_told(
    hass: HomeAssistant, paper: MockConfigEntry, told: list[Mapping[str, Any]]
) -> None:
    """Given a hold and the kill switch, raised and released, then each is told with who did it and why."""
    await trading(paper)
    await hass.async_block_till_done()
    told.clear()
    account = paper.runtime_data.account
    await raise_hold(paper, HoldKind.ILLEGAL_TRANSITION, Scope(kind=ScopeKind.SYMBOL, name="BTCUSDT"), Release.PERSON)
    (hold,) = account.read_model().holds
    await account.release_hold(hold.hold_id, who="Ann", reason="checked")
    await account.engage_kill_switch(who="Ann", reason="drill")
    await account.release_hold(account.read_model().holds[0].hold_id, who="Ann", reason="drill over")
    await hass.async_block_till_done()

    assert kinds(told) == [
        "risk.hold_raised",
        "risk.hold_released",
        "risk.kill_switch_engaged",
        "risk.kill_switch_released",
    ]
    assert (told[0]["hold"], told[0]["scope"]) == ("illegal_transition", "BTCUSDT")
    assert (told[1]["who"], told[1]["why"]) == ("Ann", "checked")
    texts = await texts_in(hass, "en")
    assert [sentence(texts, news) for news in told[1:]] == [
        "Hold of BTCUSDT released by Ann: an order did what none should (checked)",
        "Kill switch engaged for the account (Ann: drill)",
        "Kill switch released for the account by Ann (drill over)",
    ]


async def test_orders_and_changed_limits_are_told(
    hass: HomeAssistant, live: MockConfigEntry, told: list[Mapping[str, Any]]
) -> None:
    """Given a filled buy and then other limits, then both are told, the limits by each book, in whole sentences."""
    await trading(live)
    await hass.async_block_till_done()
    told.clear()
    await hass.services.async_call(
        DOMAIN, "place_order", {"symbol": "BTCUSDT", "side": "buy", "notional": 100}, blocking=True
    )
    await until(live, lambda model: len(model.positions) == 1 and not model.orders)
    hass.config_entries.async_update_entry(live, options={**live.options, "max_open_positions": 2})
    await hass.async_block_till_done()

    heard = [news for news in told if news["type"] != "hold_released"]  # The paper book may still be opening.
    assert kinds(heard) == ["orders.accepted", "orders.filled", "risk.limits_changed", "risk.limits_changed"]
    assert {news["account"] for news in heard[2:]} == {"MEXC", "MEXC (paper)"}
    texts = await texts_in(hass, "en")
    sentences = [sentence(texts, news) for news in heard]
    assert sentences[0] == "Buy BTCUSDT: order of 0.0011 accepted"
    assert sentences[1].startswith("Buy BTCUSDT: order of 0.0011 filled, last at 90")
    assert sentences[2] == "Limits changed"


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", f"Entry BTCUSDT denied: max daily loss {MINUS}52.10 of {MINUS}50.00 USDT"),
        ("fr", f"Entrée BTCUSDT refusée : perte journalière max. {MINUS}52,10 sur {MINUS}50,00 USDT"),
    ],
)
async def test_the_activity_log_speaks_the_language_of_the_house(
    hass: HomeAssistant, paper: MockConfigEntry, language: str, wanted: str
) -> None:
    """Given a house set to a language, then a denial is told in it, under the account's name, with its entity."""
    await hass.config.async_update(language=language)
    await texts_in(hass, language)
    described: dict[str, Describe] = {}
    async_describe_events(hass, lambda domain, event, describe: described.update({f"{domain} {event}": describe}))
    news: Any = Event(EVENT_NEWS, {"entity_id": ENTITY, "account": "MEXC", **DAILY_LOSS})

    entry = described[f"{DOMAIN} {EVENT_NEWS}"](news)

    assert entry == {"name": "MEXC", "message": wanted, "entity_id": ENTITY}


@pytest.mark.parametrize(
    ("rule", "said", "tail"),
    [
        ("max_gross_exposure", ("1000", "5000", "USDT"), "most in all 5,000.00 of 1,000.00 USDT"),
        ("max_open_positions", ("3", "4", "positions"), "most open positions 4 of 3 positions"),
        ("holds", ("", "kill_switch, reconciling", ""), "trading is on hold (kill switch, comparing with MEXC)"),
        ("home_condition", ("", "", ""), f"condition of the house {DASH}"),
        ("stage", ("live", "paper", ""), "stage (paper; allowed: live)"),
        (
            "tick_lot_minimum",
            ("1", "0.5", "USDT"),
            f"the market{APOSTROPHE}s minimum (0.50, at least 1.00 USDT)",
        ),
        ("duplicate_intent", ("5", "0.007", "s"), "same wish again (after 0.007 of 5 s)"),
        ("max_leverage", ("1", "1.2500", "x"), "leverage 1.25 of 1 \N{MULTIPLICATION SIGN}"),
    ],
)
async def test_a_rule_without_a_limit_or_a_value_has_its_sentence(
    hass: HomeAssistant, paper: MockConfigEntry, rule: str, said: tuple[str, str, str], tail: str
) -> None:
    """Given what rules can say, then the sentence says it without holes, in words."""
    texts = await texts_in(hass, "en")
    limit, value, unit = said
    news = {**DAILY_LOSS, "rule": rule, "limit": limit, "value": value, "unit": unit}

    assert sentence(texts, news) == f"Entry BTCUSDT denied: {tail}"


@pytest.mark.parametrize(
    ("language", "who", "why", "told"),
    [
        ("en", "engine", "healthy again", "Hold of BTCUSDT released by the engine: disk nearly full (healthy again)"),
        ("fr", "engine", "healthy again", "Suspension levée par le moteur (BTCUSDT) : DISK (de nouveau sain)"),
        ("fr", "Ann", "Bob: switch", "Suspension levée par Ann (BTCUSDT) : DISK (Bob: par son interrupteur)"),
        ("fr", "Ann", "checked", "Suspension levée par Ann (BTCUSDT) : DISK (checked)"),
    ],
)
async def test_our_own_reasons_are_translated_and_those_of_people_are_not(
    hass: HomeAssistant, paper: MockConfigEntry, *, language: str, who: str, why: str, told: str
) -> None:
    """Given a hold that ended, then who and why are told in the language where the words are ours."""
    texts = await texts_in(hass, language)
    hold = {"hold": "disk_nearly_full", "scope": "BTCUSDT", "who": who, "why": why}

    heard = sentence(texts, {"stream": "risk", "type": "hold_released", **hold})

    assert heard == told.replace("DISK", texts.word("hold", "disk_nearly_full"))


async def test_a_question_that_nobody_answered_was_not_declined(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given an answer that the engine gave because time was over, then nobody is said to have declined."""
    texts = await texts_in(hass, "en")
    news = {"stream": "risk", "type": "declined", "decision_id": "abc", "who": "Ann"}

    assert sentence(texts, news) == "Entry declined by Ann (decision abc)"
    told = sentence(texts, news | {"who": "engine"})
    assert told == "The question about an entry ended without an answer (decision abc)"


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_all_news_have_sentences(hass: HomeAssistant, paper: MockConfigEntry, language: str) -> None:
    """Given any kind of news, then each language has a sentence for it."""
    wanted = [f"orders.{kind}" for kind in NewsKind]
    wanted += [f"risk.{kind}" for kind in RiskKind]

    texts = await async_get_translations(hass, language, "common", [DOMAIN])
    assert [name for name in wanted if f"component.{DOMAIN}.common.news.{name}" not in texts] == []


async def test_the_journals_head_is_no_activity(
    hass: HomeAssistant, paper: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Given the sensor that changes with every record, then the activity log leaves it out."""
    assert is_sensor_continuous(hass, entity_registry, "sensor.mexc_journal_head")
    assert not is_sensor_continuous(hass, entity_registry, "sensor.mexc_trading_mode")
