"""From paper to money and back: only with evidence, only by a person, and back by itself."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import time
from types import SimpleNamespace
from typing import Any

import probatio as vol
import pytest

from custom_components.mexc_trading import stages
from custom_components.mexc_trading.bridge import stages as evidence
from custom_components.mexc_trading.bridge.terms import LIVE, PAPER
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.engine.answers import Answer
from custom_components.mexc_trading.model.signal import Signal
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from tests.double import MexcDouble

from .conftest import running
from .crowd import let_reads_be_cheap
from .entries import STRATEGY_ID, live_entry, trading, until
from .phcc import Client, Connect, MockConfigEntry, MockUser
from .test_options_flow import answers
from .test_webhook import entry_signal, post

NOTHING_ASKED: Mapping[str, float] = {
    "backtest_days": 0,
    "backtest_episodes": 0,
    "paper_days": 0,
    "paper_episodes": 0,
    "profit_factor": 0,
    "kill_drill_days": 0,
}
SHADOW = "sensor.crossover_behind_its_shadow"
CALL = {"strategy": "Crossover", "reason": "looked at it"}

type Submit = Callable[[Signal, str], Awaitable[Answer]]


@pytest.fixture
async def entry(hass: HomeAssistant, double: MexcDouble, web: None, monkeypatch: pytest.MonkeyPatch) -> MockConfigEntry:
    """Run a live account whose strategy is on paper; conduct is looked at without a pause."""
    let_reads_be_cheap(monkeypatch)
    monkeypatch.setattr(stages, "GAP_S", 0)
    return await running(hass, live_entry(double, stage="paper"))


@pytest.fixture
def person(hass_admin_user: MockUser) -> Context:
    """Call as a signed-in person."""
    return Context(user_id=hass_admin_user.id)


@pytest.fixture
async def client(entry: MockConfigEntry, hass_client_no_auth: Connect) -> Client:
    """Give a sender's client once both books may trade."""
    await trading(entry)
    await until(entry, lambda model: not model.holds and model.connected, PAPER)
    return await hass_client_no_auth()


def ask_nothing(hass: HomeAssistant, entry: MockConfigEntry, **demotion: float) -> None:
    """Ask for no evidence, so that a promotion is a matter of will."""
    options = {**entry.options, "promotion": dict(NOTHING_ASKED), "demotion": demotion}
    hass.config_entries.async_update_entry(entry, options=options)


async def promote(hass: HomeAssistant, person: Context) -> Mapping[str, Any]:
    """Promote the strategy."""
    answer = await hass.services.async_call(
        DOMAIN, "promote_strategy", CALL, blocking=True, context=person, return_response=True
    )
    await hass.async_block_till_done()
    assert isinstance(answer, dict)
    return answer


def shown(hass: HomeAssistant) -> State:
    """Give the sensor that compares the strategy with its shadow."""
    state = hass.states.get(SHADOW)
    assert state is not None
    return state


def noting(submit: Submit, name: str, told: list[str]) -> Submit:
    """Note when a book is asked and when it has answered."""

    async def submit_and_note(signal: Signal, digest: str) -> Answer:
        told.append(f"{name} asked")
        answer = await submit(signal, digest)
        told.append(f"{name} answered")
        return answer

    return submit_and_note


async def test_a_promotion_without_evidence_names_all_that_is_missing(
    hass: HomeAssistant, entry: MockConfigEntry, person: Context
) -> None:
    """Given a new strategy, when a person promotes it, then the refusal lists what is missing, and nothing changes."""
    with pytest.raises(ServiceValidationError) as caught:
        await promote(hass, person)

    assert caught.value.translation_key == "promotion_refused"
    assert caught.value.translation_placeholders is not None
    missing = caught.value.translation_placeholders["missing"]
    assert missing.split("; ") == [
        "no backtest of it has been run",
        "0 paper days of 14",
        "0 closed positions on paper of 20",
        "profit factor 0 on paper, at least 1.2 is asked for",
        "the kill switch has never been tried, once within 30 days is asked for",
    ]
    assert entry.runtime_data.books[LIVE].promoted(STRATEGY_ID) == ""
    assert entry.runtime_data.books.of(STRATEGY_ID) is entry.runtime_data.books[PAPER]


async def test_what_is_missing_is_told_in_the_language_of_the_house(
    hass: HomeAssistant, entry: MockConfigEntry, person: Context
) -> None:
    """Given a French Home Assistant, when a promotion is refused, then the list is in French."""
    await hass.config.async_update(language="fr")
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "promotion": {**NOTHING_ASKED, "paper_days": 30}}
    )

    with pytest.raises(ServiceValidationError) as caught:
        await promote(hass, person)

    assert caught.value.translation_placeholders is not None
    assert caught.value.translation_placeholders["missing"] == "0 jours sur papier sur 30"


async def test_an_automation_cannot_promote(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Given that nothing is asked for, when no person stands behind the call, then it is refused."""
    ask_nothing(hass, entry)

    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(DOMAIN, "promote_strategy", CALL, blocking=True)

    assert caught.value.translation_key == "release_needs_person"


async def test_a_promoted_strategy_trades_with_money_and_its_shadow_on_paper(
    hass: HomeAssistant, double: MexcDouble, entry: MockConfigEntry, person: Context, client: Client
) -> None:
    """Given a promotion, when the strategy sends, then the double gets one order and the paper book does the same."""
    ask_nothing(hass, entry)
    assert (await promote(hass, person))["stage"] == "live"
    assert entry.subentries[STRATEGY_ID].data["stage"] == "live"

    await post(client, entry_signal())

    await until(entry, lambda model: bool(model.positions), LIVE)
    await until(entry, lambda model: bool(model.positions), PAPER)
    assert len(double.requests.of("POST", "/api/v3/order")) == 1


async def test_money_goes_first(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    person: Context,
    client: Client,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given a live strategy, when it sends, then the paper book is asked only after the live one has answered."""
    ask_nothing(hass, entry)
    await promote(hass, person)
    told: list[str] = []
    for name, account in entry.runtime_data.books.items():
        monkeypatch.setattr(account, "submit", noting(account.submit, name, told))

    await post(client, entry_signal())
    await until(entry, lambda model: bool(model.positions), PAPER)

    assert told == ["live asked", "live answered", "paper asked", "paper answered"]


async def test_the_shadow_is_in_sight(
    hass: HomeAssistant, double: MexcDouble, entry: MockConfigEntry, person: Context, client: Client
) -> None:
    """Given a promotion, when both books fill, then the sensor tells how far apart; back on paper, then nothing."""
    ask_nothing(hass, entry)
    assert shown(hass).state == "unknown"
    await promote(hass, person)
    seen = asyncio.Event()
    entry.runtime_data.stages.listen(lambda: seen.set() if shown(hass).attributes.get("compared") else None)

    await post(client, entry_signal())
    async with asyncio.timeout(60):
        await seen.wait()

    state = shown(hass)
    assert (state.state, state.attributes["compared"]) == ("0.0", 1)
    assert (state.attributes["only_live"], state.attributes["only_paper"]) == (0, 0)
    assert state.attributes["unit_of_measurement"] == "bps"
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, STRATEGY_ID), entry.entry_id)
    assert device is not None
    assert er.async_get(hass).entities[SHADOW].device_id == device.id

    await hass.services.async_call(DOMAIN, "demote_strategy", CALL, blocking=True)
    assert shown(hass).state == "unknown"


async def test_what_was_promoted_is_remembered(hass: HomeAssistant, entry: MockConfigEntry, person: Context) -> None:
    """Given a promotion, when the account is opened anew, then the strategy is still live."""
    ask_nothing(hass, entry)
    await promote(hass, person)

    assert await hass.config_entries.async_reload(entry.entry_id)

    assert entry.runtime_data.books.of(STRATEGY_ID) is entry.runtime_data.books[LIVE]


async def test_a_stage_that_nobody_journaled_counts_for_nothing(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Given a subentry that says live without a promotion in the journal, then the strategy stays on paper."""
    strategy = entry.subentries[STRATEGY_ID]
    hass.config_entries.async_update_subentry(entry, strategy, data={**strategy.data, "stage": "live"})
    await hass.async_block_till_done()

    assert entry.runtime_data.books.of(STRATEGY_ID) is entry.runtime_data.books[PAPER]


async def test_a_changed_strategy_has_to_begin_again(
    hass: HomeAssistant, entry: MockConfigEntry, person: Context, client: Client
) -> None:
    """Given a promoted strategy, when its symbols change, then it trades on paper, and is sent back with a notice."""
    ask_nothing(hass, entry)
    await promote(hass, person)
    strategy = entry.subentries[STRATEGY_ID]

    hass.config_entries.async_update_subentry(entry, strategy, data={**strategy.data, "symbols": ["ETHUSDT"]})
    await hass.async_block_till_done()

    assert entry.runtime_data.books.of(STRATEGY_ID) is entry.runtime_data.books[PAPER]


async def test_demotion_needs_no_evidence_and_leaves_a_way_out(
    hass: HomeAssistant, double: MexcDouble, entry: MockConfigEntry, person: Context, client: Client
) -> None:
    """Given a live strategy that holds, when it is sent back, then it sells what it holds and buys nothing."""
    ask_nothing(hass, entry)
    await promote(hass, person)
    await post(client, entry_signal())
    await until(entry, lambda model: bool(model.positions) and not model.orders, LIVE)

    await hass.services.async_call(DOMAIN, "demote_strategy", CALL, blocking=True)
    await post(client, entry_signal(signal_id="again"))
    way_out = entry_signal(signal_id="out", action="exit", side="sell")
    del way_out["size"]
    await post(client, way_out)

    await until(entry, lambda model: not model.positions, LIVE)
    assert [request.query["side"] for request in double.requests.of("POST", "/api/v3/order")] == ["BUY", "SELL"]


@pytest.mark.parametrize("by_itself", [False, True])
async def test_a_demotion_ends_working_entries(
    hass: HomeAssistant,
    double: MexcDouble,
    entry: MockConfigEntry,
    person: Context,
    client: Client,
    *,
    by_itself: bool,
) -> None:
    """Given an entry that rests at the venue, when its strategy is sent back, then it is cancelled there."""
    ask_nothing(hass, entry, rejects_in_a_row=1)
    await promote(hass, person)
    await post(client, entry_signal(order={"type": "limit", "price": "89500"}))
    await until(entry, lambda model: [order.state for order in model.orders] == ["open"], LIVE)

    if by_itself:
        double.faults.add(action="refuse", path="/api/v3/order", method="POST", code=30004)
        await post(client, entry_signal(signal_id="refused"))
    else:
        await hass.services.async_call(DOMAIN, "demote_strategy", CALL, blocking=True)

    await until(entry, lambda model: not model.orders, LIVE)
    assert not entry.runtime_data.books[LIVE].read_model().positions
    assert len(double.requests.of("DELETE", "/api/v3/order")) == 1


async def test_refusals_in_a_row_send_a_strategy_back(
    hass: HomeAssistant, double: MexcDouble, entry: MockConfigEntry, person: Context, client: Client
) -> None:
    """Given a live strategy whose orders the venue refuses, then it goes back to paper by itself, with a notice."""
    ask_nothing(hass, entry, rejects_in_a_row=1)
    await promote(hass, person)
    double.faults.add(action="refuse", path="/api/v3/order", method="POST", code=30004)

    await post(client, entry_signal())
    await until(entry, lambda _: entry.runtime_data.books.of(STRATEGY_ID) is entry.runtime_data.books[PAPER], LIVE)
    await hass.async_block_till_done()

    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"demoted_{entry.entry_id}_{STRATEGY_ID}")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["reasons"] == (
        "the exchange refused 1 of its orders in a row, the limit is 1"
    )
    assert entry.subentries[STRATEGY_ID].data["stage"] == "paper"


async def test_criteria_are_options(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Given a live account, when the options are saved with other criteria, then those are asked for."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    given = answers() | {
        "promotion": {**NOTHING_ASKED, "paper_days": 3, "max_drawdown_percent": 20, "slippage_excess_percent": 0.1},
        "demotion": {
            "max_drawdown_percent": 0,
            "drift_percent": 1.5,
            "slippage_percent": 0.3,
            "rejects_in_a_row": 3,
        },
    }

    done = await hass.config_entries.options.async_configure(form["flow_id"], given)
    await hass.async_block_till_done()

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert stages.promotion_criteria(entry).paper_days == 3
    criteria = stages.demotion_criteria(entry)
    assert (criteria.max_drawdown_percent, criteria.drift_percent, criteria.rejects_in_a_row) == (None, 1.5, 3)


async def test_a_page_can_send_the_options_as_it_fills_them_in(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Given the form, then a section's own default has all that is required inside: a page looks no further."""
    form = await hass.config_entries.options.async_init(entry.entry_id)

    fields = form["data_schema"]
    assert fields is not None
    lacking = {
        str(marker): {str(key) for key in inside.schema.schema if isinstance(key, vol.Required)} - set(marker.default())
        for marker, inside in fields.schema.items()
        if isinstance(inside, section) and callable(marker.default)
    }
    assert lacking == {"paper": set(), "promotion": set(), "demotion": set()}


async def test_the_whole_way(
    hass: HomeAssistant,
    double: MexcDouble,
    entry: MockConfigEntry,
    person: Context,
    client: Client,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given paper, backtest and a kill drill, then only days are missing; they pass; money; a refusal; paper again."""
    asked = {**NOTHING_ASKED, "backtest_days": 1, "paper_days": 14, "paper_episodes": 1, "kill_drill_days": 30}
    options = {**entry.options, "promotion": asked, "demotion": {"rejects_in_a_row": 1}}
    hass.config_entries.async_update_entry(entry, options=options)
    way_out = entry_signal(signal_id="out", action="exit", side="sell")
    del way_out["size"]
    await post(client, entry_signal())
    await until(entry, lambda model: bool(model.positions) and not model.orders, PAPER)
    await post(client, way_out)
    await until(entry, lambda model: not model.positions and not model.orders, PAPER)
    tried = {"symbol": "BTCUSDT", "strategy": "Crossover", "interval": "60m", "days": 1}
    await hass.services.async_call(DOMAIN, "run_backtest", tried, blocking=True, return_response=True)
    switch = {"entity_id": "switch.mexc_kill_switch"}
    await hass.services.async_call("switch", "turn_on", switch, blocking=True)
    await hass.services.async_call("switch", "turn_off", switch, blocking=True, context=person)
    with pytest.raises(ServiceValidationError) as refused:
        await promote(hass, person)
    assert refused.value.translation_placeholders is not None
    assert refused.value.translation_placeholders["missing"] == "0 paper days of 14"

    later_ns = time.time_ns() + 15 * 86_400 * 1_000_000_000
    monkeypatch.setattr(evidence, "time", SimpleNamespace(time_ns=lambda: later_ns))
    assert (await promote(hass, person))["stage"] == "live"
    await post(client, entry_signal(signal_id="money"))
    await until(entry, lambda model: bool(model.positions), LIVE)
    assert len(double.requests.of("POST", "/api/v3/order")) == 1

    double.faults.add(action="refuse", path="/api/v3/order", method="POST", code=30004)
    await post(client, entry_signal(signal_id="refused"))
    await until(entry, lambda _: entry.runtime_data.books.of(STRATEGY_ID) is entry.runtime_data.books[PAPER], LIVE)
