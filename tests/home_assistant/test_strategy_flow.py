"""Adding and changing strategies: an address and a secret that work, shown once, replaced with an overlap."""

import asyncio
from collections.abc import Iterable, Mapping
from decimal import Decimal
import json
import time
from typing import Any, cast

import pytest

from custom_components.mexc_trading.bridge.standard_webhooks import key_of, sign
from custom_components.mexc_trading.const import SECRET_OVERLAP_S
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Target
from custom_components.mexc_trading.risk.strategy import StrategyTerms
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .acting import BUY, call
from .entries import STRATEGY_ID, trading, until
from .phcc import Connect, MockConfigEntry

type Answers = dict[str, Any]


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Mapping[str, Any]:
    """Open the form for a new strategy."""
    flow = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "strategy"), context={"source": SOURCE_USER}
    )
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "user")
    return cast("Mapping[str, Any]", flow)


async def send(hass: HomeAssistant, form: Mapping[str, Any], given: Answers) -> Mapping[str, Any]:
    """Send a form."""
    result = await hass.config_entries.subentries.async_configure(form["flow_id"], given)
    await hass.async_block_till_done()
    return cast("Mapping[str, Any]", result)


async def test_a_strategy_gets_an_address_and_a_secret(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given an account, when a strategy is added, then address, secret and an example are shown before it is saved."""
    form = await send(hass, await begin(hass, paper), {"name": " Breakout ", "symbols": ["ethusdt"]})

    assert form["step_id"] == "webhook"
    shown = form["description_placeholders"]
    assert shown["url"].endswith("/api/webhook/" + shown["url"].rpartition("/")[2])
    assert len(key_of(shown["secret"])) == 32
    assert shown["secret"] in shown["example"]
    assert len(paper.subentries) == 1
    result = await send(hass, form, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (added,) = (sub for sub in paper.subentries.values() if sub.subentry_id != STRATEGY_ID)
    assert (added.title, added.unique_id) == ("Breakout", "breakout")
    assert added.data == {
        "name": "Breakout",
        "symbols": ["ETHUSDT"],
        "webhook_id": shown["url"].rpartition("/")[2],
        "secret": shown["secret"],
        "protection": {},
        "limits": {},
    }


async def test_a_new_strategy_works_without_a_restart(
    hass: HomeAssistant, paper: MockConfigEntry, hass_client_no_auth: Connect
) -> None:
    """Given a running account, when a strategy is added and its example is run, then its signal is decided."""
    runtime = paper.runtime_data
    client = await hass_client_no_auth()
    form = await send(hass, await begin(hass, paper), {"name": "Breakout"})
    await send(hass, form, {})
    shown = form["description_placeholders"]
    server = str(client.make_url("/")).rstrip("/")
    script = shown["example"].replace(shown["url"].partition("/api/")[0], server)

    shell = await asyncio.create_subprocess_exec("/bin/sh", "-c", script, stdout=asyncio.subprocess.PIPE)
    output, _ = await shell.communicate()

    assert paper.runtime_data is runtime
    answer = json.loads(output)
    assert answer["symbol"] == "BTCUSDT"
    assert answer["duplicate"] is False


async def test_an_address_is_shown_even_without_a_known_url(
    hass: HomeAssistant, paper: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a Home Assistant that knows no address of its own, then the path is shown."""
    monkeypatch.setattr(hass.config, "api", None)
    monkeypatch.setattr(hass.config, "internal_url", None)

    form = await send(hass, await begin(hass, paper), {"name": "Breakout"})

    assert form["description_placeholders"]["url"].startswith("/api/webhook/")


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"name": " "}, {"name": "name_length"}),
        ({"name": "n" * 61}, {"name": "name_length"}),
        ({"name": "crossover"}, {"name": "name_taken"}),
        ({"name": "Person"}, {"name": "name_taken"}),
        ({"name": "Good", "symbols": ["bad symbol"]}, {"symbols": "symbol_format"}),
        ({"name": "Good", "symbols": ["SOLUSDT"]}, {"symbols": "symbol_not_in_account"}),
        ({"name": "", "symbols": ["SOLUSDT"]}, {"name": "name_length", "symbols": "symbol_not_in_account"}),
    ],
)
async def test_wrong_answers_are_shown_and_can_be_mended(
    hass: HomeAssistant, paper: MockConfigEntry, given: Answers, errors: dict[str, str]
) -> None:
    """Given wrong answers, then the form says where and why, and right ones pass."""
    form = await send(hass, await begin(hass, paper), given)

    assert (form["step_id"], form["errors"]) == ("user", errors)
    form = await send(hass, form, {"name": "Breakout", "symbols": ["ETHUSDT"]})
    assert form["step_id"] == "webhook"


async def mend(hass: HomeAssistant, entry: MockConfigEntry, given: Answers) -> Mapping[str, Any]:
    """Open the form for the strategy that is there, and send it."""
    form = await entry.start_subentry_reconfigure_flow(hass, STRATEGY_ID)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "reconfigure")
    return await send(hass, form, given)


async def test_name_and_symbols_change_without_a_restart(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a strategy, when it is renamed and gets other symbols, then they are in force and its secret stays."""
    runtime = paper.runtime_data
    before = dict(paper.subentries[STRATEGY_ID].data)

    result = await mend(hass, paper, {"name": "Crossing", "symbols": ["ETHUSDT"], "rotate_secret": False})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    after = paper.subentries[STRATEGY_ID]
    assert after.title == "Crossing"
    assert after.data == before | {"name": "Crossing", "symbols": ["ETHUSDT"], "protection": {}, "limits": {}}
    assert paper.runtime_data is runtime
    (terms,) = runtime.applied.strategies
    assert (terms.name, terms.symbols) == ("Crossing", {"ETHUSDT"})


async def test_a_wrong_change_can_be_mended(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a strategy, when it is given a symbol that the account lacks, then the form asks again."""
    form = await mend(hass, paper, {"name": "Crossover", "symbols": ["SOLUSDT"], "rotate_secret": True})

    assert (form["step_id"], form["errors"]) == ("reconfigure", {"symbols": "symbol_not_in_account"})
    result = await send(hass, form, {"name": "Crossover", "rotate_secret": False})
    assert result["reason"] == "reconfigure_successful"
    assert paper.runtime_data.applied.strategies[0].symbols == {"BTCUSDT", "ETHUSDT"}


async def test_a_replaced_secret_counts_for_one_more_day(
    hass: HomeAssistant,
    paper: MockConfigEntry,
    hass_client_no_auth: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given a strategy, when its secret is replaced, then both are believed, and a day later only the new one."""
    client = await hass_client_no_auth()
    former = paper.subentries[STRATEGY_ID].data["secret"]
    form = await mend(hass, paper, {"name": "Crossover", "symbols": ["BTCUSDT"], "rotate_secret": True})
    assert form["step_id"] == "rotated"
    assert paper.subentries[STRATEGY_ID].data["secret"] == former
    result = await send(hass, form, {})
    assert result["reason"] == "reconfigure_successful"
    new = paper.subentries[STRATEGY_ID].data["secret"]
    assert form["description_placeholders"]["secret"] == new != former

    async def status(secret: str) -> int:
        at = int(time.time())
        signed = {"webhook-id": "m1", "webhook-timestamp": str(at), "webhook-signature": sign(secret, "m1", at, b"x")}
        response = await client.post("/api/webhook/fake-webhook-id", data=b"x", headers=signed)
        return response.status

    assert [await status(secret) for secret in (new, former)] == [400, 400]
    later = (SECRET_OVERLAP_S + 1) * 1_000_000_000
    now_ns, now_s, passed_ns = time.time_ns, time.time, time.clock_gettime_ns
    monkeypatch.setattr(time, "time_ns", lambda: now_ns() + later)
    monkeypatch.setattr(time, "time", lambda: now_s() + later / 1e9)
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: passed_ns(clock) + later)
    assert [await status(secret) for secret in (new, former)] == [400, 401]


OWN: Answers = {
    "name": "Careful",
    "symbols": ["BTCUSDT"],
    "protection": {
        "stop_loss_percent": 2,
        "trailing_percent": 1.5,
        "take_profit": [{"percent": 3, "share": 50}, {"percent": 6.5, "share": 25}],
        "break_even": True,
        "time_exit_s": 3600,
    },
    "limits": {
        "max_notional_per_order": 50,
        "requires_stop": True,
        "home_conditions": ["binary_sensor.ups"],
        "clamp": True,
        "heartbeat_s": 900,
    },
}


def terms_of(entry: MockConfigEntry, name: str) -> StrategyTerms:
    """Give the terms that the engine has for a strategy."""
    known: Iterable[StrategyTerms] = entry.runtime_data.account._book.state.strategies.values()
    return next(terms for terms in known if terms.name == name)


async def test_a_strategy_has_exits_and_limits_of_its_own(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given the folded sections filled in, then the engine knows them at once, and they can be emptied again."""
    await send(hass, await send(hass, await begin(hass, paper), OWN), {})

    terms = terms_of(paper, "Careful")
    assert terms.protect == Protect(
        stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(2)),
        take_profit=(
            Target(level=Level(basis=LevelBasis.PERCENT, value=Decimal(3)), share=Decimal("0.5")),
            Target(level=Level(basis=LevelBasis.PERCENT, value=Decimal("6.5")), share=Decimal("0.25")),
        ),
        trailing_percent=Decimal("1.5"),
        break_even=True,
        time_exit_s=3600,
    )
    assert terms.limits is not None
    assert (terms.limits.max_notional_per_order, terms.limits.requires_stop) == (Decimal(50), True)
    assert (terms.clamp, terms.heartbeat_s) == (True, 900)
    assert paper.runtime_data.conditions._followed == {"binary_sensor.ups"}
    added = next(sub for sub in paper.subentries.values() if sub.title == "Careful")
    form = await hass.config_entries.subentries.async_init(
        (paper.entry_id, "strategy"), context={"source": SOURCE_RECONFIGURE, "subentry_id": added.subentry_id}
    )
    await send(hass, form, {"name": "Careful", "symbols": [], "rotate_secret": False})
    terms = terms_of(paper, "Careful")
    assert (terms.protect, terms.limits, terms.heartbeat_s) == (None, None, None)


async def test_an_entry_without_exits_gets_its_strategys(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a strategy with a stop and a smaller order size, then its entries are cut, and stopped where it says."""
    await send(
        hass,
        await send(hass, await begin(hass, paper), OWN | {"limits": {"clamp": True, "max_notional_per_order": 50}}),
        {},
    )
    await trading(paper)

    response = await call(hass, "place_order", BUY | {"strategy": "Careful"})

    assert response["verdict"] == "clamp"
    model = await until(paper, lambda model: len(model.positions) == 1)
    position = model.positions[0]
    assert position.stop_price is not None
    assert position.stop_price >= position.average_price * 98 / 100
    assert position.target_price == position.average_price * 103 / 100


@pytest.mark.parametrize(
    ("section", "given", "error"),
    [
        ("protection", {"stop_loss_percent": 0}, "amount_not_positive"),
        ("protection", {"take_profit": [{"percent": 3, "share": 60}, {"percent": 6, "share": 50}]}, "ladder"),
        ("protection", {"take_profit": [{"percent": 6, "share": 20}, {"percent": 3, "share": 20}]}, "ladder"),
        ("protection", {"time_exit_s": 59}, "amount_too_small"),
        ("limits", {"heartbeat_s": 12.5}, "amount_not_whole"),
        ("limits", {"max_notional_per_order": 0}, "amount_too_small"),
    ],
)
async def test_what_cannot_be_is_said_at_its_section(
    hass: HomeAssistant, paper: MockConfigEntry, section: str, given: Answers, error: str
) -> None:
    """Given something that makes no sense, then the form comes back with the reason at the section."""
    form = await send(hass, await begin(hass, paper), {"name": "Careful", "symbols": [], section: given})

    assert (form["step_id"], form["errors"]) == ("user", {section: error})
