"""Strategies of rules in Home Assistant: the form and what it says of wrong rules, entities, evidence, hot changes."""

from collections.abc import Mapping
from decimal import Decimal
import json
from pathlib import Path
import re
from typing import Any, cast

import pytest

from custom_components.mexc_trading.bridge.live_rule import Following
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.exchange.mexc.klines import Interval
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Size, SizeBasis
from custom_components.mexc_trading.research.wrong import Wrong
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.double import MexcDouble

from .conftest import running
from .entries import STRATEGY_ID, bare_entry, paper_entry, trading
from .phcc import MockConfigEntry
from .test_backtests import backtest
from .test_strategy_flow import send

type Answers = dict[str, Any]

GIVEN: Answers = {
    "name": " Two means ",
    "symbols": ["btcusdt"],
    "interval": "60m",
    "entry": " cross_above(ema(3), ema(8)) ",
    "exit": "cross_below(ema(3), ema(8))",
    "size_basis": "notional",
    "size": 100.5,
}


async def begin(hass: HomeAssistant, account: MockConfigEntry) -> Mapping[str, Any]:
    """Open the form for a new strategy of rules."""
    flow = await hass.config_entries.subentries.async_init(
        (account.entry_id, "rule_strategy"), context={"source": SOURCE_USER}
    )
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "user")
    return cast("Mapping[str, Any]", flow)


async def added(hass: HomeAssistant, account: MockConfigEntry, **changes: object) -> str:
    """Add a strategy and give its id."""
    result = await send(hass, await begin(hass, account), GIVEN | changes)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = (sub for sub in account.subentries.values() if sub.subentry_type == "rule_strategy")
    return str(subentry.subentry_id)


async def mend(hass: HomeAssistant, account: MockConfigEntry, strategy: str, **changes: object) -> Mapping[str, Any]:
    """Change the strategy that is there."""
    form = await hass.config_entries.subentries.async_init(
        (account.entry_id, "rule_strategy"), context={"source": SOURCE_RECONFIGURE, "subentry_id": strategy}
    )
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "reconfigure")
    return await send(hass, cast("Mapping[str, Any]", form), GIVEN | changes)


async def test_rules_are_saved_and_followed_at_once(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a running account, when rules are added, then they are in force without a restart, exits and all."""
    runtime = paper.runtime_data

    strategy = await added(hass, paper, protection={"stop_loss_percent": 2}, limits={"max_notional_per_order": 200})

    subentry = paper.subentries[strategy]
    since_s = subentry.data["rules_since"]
    assert (subentry.title, subentry.unique_id) == ("Two means", "two means")
    assert subentry.data == {
        "name": "Two means",
        "symbols": ["BTCUSDT"],
        "interval": "60m",
        "entry": "cross_above(ema(3), ema(8))",
        "exit": "cross_below(ema(3), ema(8))",
        "size_basis": "notional",
        "size": "100.5",
        "rules_since": since_s,
        "protection": {"stop_loss_percent": "2"},
        "limits": {"max_notional_per_order": "200"},
    }
    assert paper.runtime_data is runtime
    plan = runtime.rules.plan(strategy)
    assert (plan.interval, plan.symbols, plan.since_s) == (Interval.HOUR1, ("BTCUSDT",), since_s)
    assert plan.size == Size(basis=SizeBasis.NOTIONAL, value=Decimal("100.5"))
    assert plan.protect == Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(2)))
    terms = next(terms for terms in runtime.applied.strategies if terms.strategy_id == strategy)
    assert (terms.name, terms.symbols, terms.protect) == ("Two means", {"BTCUSDT"}, plan.protect)


async def test_other_rules_begin_anew_and_other_sizes_do_not(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a strategy, when its size changes, then its rules are as old as they were; when a rule changes, new."""
    strategy = await added(hass, paper)
    data = paper.subentries[strategy].data | {"rules_since": 1}
    hass.config_entries.async_update_subentry(paper, paper.subentries[strategy], data=data)
    rules = paper.runtime_data.rules

    await mend(hass, paper, strategy, size=50)
    assert (rules.plan(strategy).since_s, rules.plan(strategy).size.value) == (1, Decimal(50))
    result = await mend(hass, paper, strategy, exit="rsi(14) > 70")

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert rules.plan(strategy).exit == "rsi(14) > 70"
    assert rules.plan(strategy).since_s > 1


WRONG_ANSWERS: tuple[tuple[Answers, dict[str, str]], ...] = (
    ({"name": "crossover"}, {"name": "name_taken"}),
    ({"symbols": ["SOLUSDT"]}, {"symbols": "symbol_not_in_account"}),
    ({"size": 0}, {"size": "amount_not_positive"}),
    ({"size": -1}, {"size": "amount_not_positive"}),
    ({"size": 1e30}, {"size": "amount_format"}),
    ({"size": 101, "size_basis": "equity_percent"}, {"size": "amount_too_large"}),
    ({"size": 1, "size_basis": "risk_percent"}, {"size": "risk_needs_stop"}),
    ({"protection": {"stop_loss_percent": -3}}, {"protection": "amount_not_positive"}),
    ({"protection": {"stop_loss_percent": 101}}, {"protection": "amount_too_large"}),
    ({"name": " ", "size": 0, "entry": "nonsense"}, {"name": "name_length", "entry": "expression_unknown_figure"}),
)


async def test_wrong_answers_are_shown_and_can_be_mended(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given wrong answers, then the form says where and why, and right ones pass."""
    form = await begin(hass, paper)
    for given, errors in WRONG_ANSWERS:
        form = await send(hass, form, GIVEN | given)
        assert (form["step_id"], form["errors"]) == ("user", errors)

    at_risk = {"size_basis": "risk_percent", "size": 1, "protection": {"trailing_percent": 2}}
    assert (await send(hass, form, GIVEN | at_risk))["type"] is FlowResultType.CREATE_ENTRY


WRONG_RULES: tuple[tuple[Answers, str, Wrong, dict[str, str]], ...] = (
    ({"entry": "rsi(14) < nonsense"}, "entry", Wrong.UNKNOWN_FIGURE, {"column": "11", "word": "nonsense"}),
    ({"entry": "close >\n foo(3)"}, "entry", Wrong.UNKNOWN_WORD, {"line": "2", "column": "2", "word": "foo"}),
    ({"exit": "close > > 1"}, "exit", Wrong.SYNTAX, {"line": "1", "column": "9"}),
    ({"exit": "ema(20)"}, "exit", Wrong.NEEDS_CONDITION, {"column": "1"}),
    ({"exit": "ema(9999) > 1"}, "exit", Wrong.LENGTH, {"usage": "ema(n, of=close)", "most": "5000"}),
    ({"entry": "max(1) > 1", "exit": " "}, "entry", Wrong.COUNT, {"word": "max", "count": "2"}),
    ({"exit": " "}, "exit", Wrong.EMPTY, {}),
)


async def test_a_wrong_rule_is_shown_at_its_field_with_its_place(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a rule that cannot be used, then the form says at its field what is wrong and where; nothing is saved."""
    form = await begin(hass, paper)
    for given, where, error, told in WRONG_RULES:
        form = await send(hass, form, GIVEN | given)
        assert (form["step_id"], form["errors"]) == ("user", {where: error.value})
        assert told.items() <= form["description_placeholders"].items()
    assert len(paper.subentries) == 1


async def test_a_wrong_change_leaves_the_rules_as_they_are(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a strategy, when it is given a rule that cannot be used, then the form asks again and the old one stays."""
    strategy = await added(hass, paper)

    form = await mend(hass, paper, strategy, entry="close")

    assert (form["step_id"], form["errors"]) == ("reconfigure", {"entry": "expression_needs_condition"})
    assert paper.runtime_data.rules.plan(strategy).entry == "cross_above(ema(3), ema(8))"


async def test_the_form_fills_in_all_that_its_errors_name(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given any error of the form, then every placeholder of its text is filled in by the form."""
    root = Path(__file__).parents[2] / "custom_components" / DOMAIN / "translations"
    texts = json.loads((root / "en.json").read_text(encoding="utf-8"))
    errors = texts["config_subentries"]["rule_strategy"]["error"]
    form = await begin(hass, paper)

    named = {name for text in errors.values() for name in re.findall(r"\{(\w+)\}", text)}
    assert {"line", "column", "word"} <= named <= set(form["description_placeholders"])
    assert {wrong.value for wrong in Wrong} <= set(errors)


async def test_a_rule_strategy_has_the_device_and_entities_of_a_strategy_and_its_last_candle(
    hass: HomeAssistant, paper: MockConfigEntry, device_registry: dr.DeviceRegistry, entity_registry: er.EntityRegistry
) -> None:
    """Given rules, then their device has a kill switch and a sensor of the last candle; both go with the strategy."""
    strategy = await added(hass, paper)

    (device,) = (
        device
        for device in dr.async_entries_for_config_entry(device_registry, paper.entry_id)
        if (DOMAIN, strategy) in device.identifiers
    )
    assert device.name == "Two means"
    here = er.async_entries_for_device(entity_registry, device.id)
    assert {entry.entity_id for entry in here} == {"switch.two_means_kill_switch", "sensor.two_means_last_candle"}
    hass.config_entries.async_remove_subentry(paper, strategy)
    await hass.async_block_till_done()
    assert er.async_entries_for_device(entity_registry, device.id) == []
    assert paper.runtime_data.rules.told(strategy) == ()


async def test_the_sensor_tells_what_the_rules_saw_and_wanted(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a look at the candles, then the sensor has the close, how the strategy is doing, and its last signal."""
    await trading(paper)
    strategy = await added(hass, paper, interval="1m", entry="close > 0", exit="close < 0")
    rules = paper.runtime_data.rules
    rules.sync(())
    assert rules.told(strategy) == ()
    before = hass.states.get("sensor.two_means_last_candle")
    assert before is not None
    assert (before.state, before.attributes["following"], before.attributes["interval"]) == ("unknown", None, None)
    hass.config_entries.async_update_subentry(
        paper, paper.subentries[strategy], data=paper.subentries[strategy].data | {"size": "10"}
    )
    await hass.async_block_till_done()

    await rules.look()
    await hass.async_block_till_done()

    (told,) = rules.told(strategy)
    state = hass.states.get("sensor.two_means_last_candle")
    assert state is not None
    assert told.following is Following.FOLLOWING
    assert state.state.startswith("20")
    assert state.attributes["following"] == "following"
    assert state.attributes["interval"] == "1m"
    assert [row["symbol"] for row in state.attributes["symbols"]] == ["BTCUSDT"]
    # The rules are younger than the candle: it is worked out, and not traded.
    assert state.attributes["last_signal"] is None


async def test_an_account_with_rules_stops_and_starts(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given an account with rules, when it is opened anew, then they are followed again."""
    entry = await running(hass, paper_entry(double))
    strategy = await added(hass, entry)

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    (told,) = entry.runtime_data.rules.told(strategy)
    assert told.symbol == "BTCUSDT"


async def test_a_backtest_by_name_tries_the_strategys_own_rules(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given rules, when they are tried by name, then the evidence is about them; other rules void it."""
    await trading(paper)
    strategy = await added(hass, paper)

    tried = await backtest(hass, symbol="BTCUSDT", strategy="Two means", days=5)

    books = paper.runtime_data.books
    shown = await evidence(paper, strategy)
    assert tried["candles"] == 120
    assert tried["trades"] > 0
    assert shown.episodes == tried["trades"]
    assert shown.version == books.terms_of(strategy).version
    await mend(hass, paper, strategy, size=50)
    assert shown.version != books.terms_of(strategy).version
    await mend(hass, paper, strategy)
    assert shown.version == books.terms_of(strategy).version
    await mend(hass, paper, strategy, entry="cross_above(ema(3), ema(9))")
    assert shown.version != books.terms_of(strategy).version


async def evidence(entry: MockConfigEntry, strategy: str) -> Any:  # noqa: ANN401  # What the journal says, or None.
    """Read the backtest that counts for a strategy."""
    account = entry.runtime_data.account
    history = account.past.history()
    await account.past.read_on(history)
    return history.of(strategy).backtest


async def test_evidence_is_about_the_strategys_own_candles(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given rules, when they are tried on a symbol or a width that is not theirs, then that is refused."""
    await added(hass, paper)

    for given in ({"symbol": "ETHUSDT"}, {"symbol": "BTCUSDT", "interval": "1m"}):
        with pytest.raises(ServiceValidationError) as caught:
            await backtest(hass, strategy="Two means", days=5, **given)
        assert caught.value.translation_key == "backtest_not_its_own"


async def test_names_are_taken_across_both_kinds(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given both kinds of strategies, then a name is taken once, and both are listed by name in actions."""
    strategy = await added(hass, paper)
    form = await hass.config_entries.subentries.async_init(
        (paper.entry_id, "strategy"), context={"source": SOURCE_USER}
    )
    again = await send(hass, cast("Mapping[str, Any]", form), {"name": "two means"})

    assert again["errors"] == {"name": "name_taken"}
    assert {terms.strategy_id for terms in paper.runtime_data.applied.strategies} == {STRATEGY_ID, strategy}


async def test_an_account_may_have_rules_alone(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given an account without senders, when rules are added without symbols, then they follow all of the account's."""
    entry = await running(hass, bare_entry(double, "Rules"))

    strategy = await added(hass, entry, symbols=[])

    assert {told.symbol for told in entry.runtime_data.rules.told(strategy)} == {"BTCUSDT", "ETHUSDT"}
