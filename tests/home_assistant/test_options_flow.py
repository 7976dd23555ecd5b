"""Changing limits: all of them, in force at once, without a restart, also while the venue is away."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import pytest

from custom_components.mexc_trading.entry_terms import limits_of
from custom_components.mexc_trading.exchange.paper.terms import FeeAsset, PaperTerms
from custom_components.mexc_trading.flows.criteria_form import DEFAULTS
from custom_components.mexc_trading.flows.limits_form import (
    SECTIONS,
    full_schema,
    read_full,
    starting_limits,
)
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.risk.limit_table import LIMIT_ROWS
from custom_components.mexc_trading.risk.limits import Group, LossScope, StopAction, SymbolQuantity
from custom_components.mexc_trading.risk.schedule import Window
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.double import MexcDouble

from .entries import LIMITS, trading, until
from .phcc import MockConfigEntry

type Answers = dict[str, Any]


def answers(*left_out: str, **changes: Any) -> Answers:  # noqa: ANN401  # Answers of any kind are the point.
    """Fill the form in: the limits of the account, what a new one has where it has none, and the changes."""
    given = {**starting_limits(), **LIMITS, **changes}
    inside = {
        section: {name: given[name] for name in names if name in given and name not in left_out}
        for section, names in SECTIONS.items()
    }
    return {"symbols": given["symbols"], "day_zone": given.get("day_zone", "UTC"), **inside}


async def change(hass: HomeAssistant, entry: MockConfigEntry, given: Answers) -> Mapping[str, Any]:
    """Open the form and send it."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "init")
    return await send(hass, form, given)


async def send(hass: HomeAssistant, form: Mapping[str, Any], given: Answers) -> Mapping[str, Any]:
    """Send the form."""
    result = await hass.config_entries.options.async_configure(form["flow_id"], given)
    await hass.async_block_till_done()
    return cast("Mapping[str, Any]", result)


def test_every_limit_is_asked_for_once() -> None:
    """Given the risk engine's table of limits, then each row stands in one section."""
    asked = [name for names in SECTIONS.values() for name in names]

    assert sorted([*asked, "symbols"]) == sorted(row.name for row in LIMIT_ROWS)


async def test_new_limits_are_in_force_without_a_restart(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a running account, when limits are changed, then the same engine goes on with them."""
    runtime = paper.runtime_data

    result = await change(hass, paper, answers(max_notional_per_order=25.5, max_open_positions=1))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert paper.options["max_notional_per_order"] == "25.5"
    assert paper.runtime_data is runtime
    assert runtime.applied.limits.max_notional_per_order == Decimal("25.5")
    assert runtime.applied.limits.max_open_positions == 1


async def test_a_limit_can_be_taken_away(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a running account, when an optional limit is emptied, then it is gone."""
    await change(hass, paper, answers("max_daily_loss"))

    assert "max_daily_loss" not in paper.options
    assert paper.runtime_data.applied.limits.max_daily_loss is None


async def test_every_kind_of_limit_reaches_the_engine(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given limits of every kind, when they are saved, then the engine has them with their own types."""
    await change(
        hass,
        paper,
        answers(
            max_quantity_per_order=[{"symbol": "btcusdt", "quantity": 0.1}],
            groups=[{"name": " majors ", "symbols": ["BTCUSDT", "ETHUSDT"], "max_exposure": 500}],
            trading_windows=[
                {"days": ["fri", "mon"], "start": "08:00:00", "end": "16:30:00"},
                {"days": ["sat", "sun"], "start": "22:00:00", "end": "02:00:00"},
                {"days": ["wed"], "start": "12:00:00", "end": "00:00:00"},
            ],
            loss_scope="symbol",
            requires_stop=True,
            max_leverage=0.5,
            max_spread_percent=0.25,
            max_loss_streak=4,
        ),
    )

    limits = paper.runtime_data.applied.limits
    assert limits.max_quantity_per_order == (SymbolQuantity(Symbol("BTCUSDT"), Decimal("0.1")),)
    assert limits.groups == (Group("majors", (Symbol("BTCUSDT"), Symbol("ETHUSDT")), Decimal(500)),)
    assert limits.trading_windows == (
        Window((0, 4), 480, 990),
        Window((5, 6), 1320, 1440),
        Window((0, 6), 0, 120),
        Window((2,), 720, 1440),
    )
    assert (limits.loss_scope, limits.requires_stop) == (LossScope.SYMBOL, True)
    assert (limits.max_leverage, limits.max_spread_percent) == (Decimal("0.5"), Decimal("0.25"))
    assert limits.max_loss_streak == 4
    assert limits == limits_of(paper.options)


async def test_limits_can_be_tightened_while_the_venue_is_away(
    hass: HomeAssistant, double: MexcDouble, paper: MockConfigEntry
) -> None:
    """Given a venue that does not answer, when a limit is lowered, then it is in force all the same."""
    double.faults.add(action="reset_before")

    result = await change(hass, paper, answers(symbols=["BTCUSDT"], max_notional_per_order=1))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert paper.runtime_data.applied.limits.symbols == {"BTCUSDT"}


NIGHT = {"days": ["mon"], "start": "08:00:00", "end": "16:30:00"}
ONE = {"symbol": "BTCUSDT", "quantity": 1}
PAIR = {"name": "pair", "symbols": ["BTCUSDT"], "max_exposure": 1}


@pytest.mark.parametrize(
    ("given", "place", "error"),
    [
        ({"symbols": ["BTCUSDT", "ETHUSDC"]}, "symbols", "symbol_other_quote"),
        ({"symbols": ["NOPEUSDT"]}, "symbols", "symbol_unknown"),
        ({"symbols": []}, "symbols", "symbols_empty"),
        ({"max_price_age_s": 1.5}, "market", "amount_not_whole"),
        ({"max_price_age_s": 301}, "market", "amount_too_large"),
        ({"max_leverage": 0}, "exposure", "amount_too_small"),
        ({"max_daily_drawdown": 101}, "losses", "amount_too_large"),
        ({"max_quantity_per_order": [ONE | {"symbol": ""}]}, "sizes", "symbol_format"),
        ({"max_quantity_per_order": [ONE | {"quantity": 0}]}, "sizes", "amount_not_positive"),
        ({"groups": [PAIR | {"name": " "}]}, "exposure", "name_empty"),
        ({"groups": [PAIR | {"symbols": []}]}, "exposure", "symbols_empty"),
        ({"trading_windows": [NIGHT | {"days": []}]}, "permission", "days_empty"),
    ],
)
async def test_wrong_limits_are_shown_and_can_be_mended(
    hass: HomeAssistant, paper: MockConfigEntry, given: Answers, place: str, error: str
) -> None:
    """Given a wrong limit, then the form says where and why, nothing changes, and the right one passes."""
    form = await change(hass, paper, answers(**given))

    assert form["errors"] == {place: error}
    assert paper.options == LIMITS
    result = await send(hass, form, answers(symbols=["BTCUSDT", "ETHUSDT", "SOLUSDT"]))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert paper.options["symbols"] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Largest drawdown ever"), ("fr", "Repli maximal depuis le sommet")]
)
async def test_a_number_out_of_bounds_is_told_with_its_field_and_the_bound(
    hass: HomeAssistant, paper: MockConfigEntry, language: str, name: str
) -> None:
    """Given two wrong numbers, then the first is told: the field's name, what was typed, and what is allowed."""
    hass.config.language = language
    form = await change(hass, paper, answers(max_total_drawdown=250, max_spread_percent=0))

    assert form["errors"] == {"losses": "amount_too_large"}
    told = form["description_placeholders"]
    assert told is not None
    assert {told["typed"], told["bound"]} == {"250", "100 %"}
    assert told["field"] == name
    form = await send(hass, form, answers(max_spread_percent=0))
    assert form["errors"] == {"market": "amount_too_small"}


def test_a_single_table_is_a_list_of_one() -> None:
    """Given one group that is not in a list, as older forms may send it, then it is a list of one."""
    assert read_full(answers(groups=PAIR)) == read_full(answers(groups=[PAIR]))


def test_what_is_kept_fills_the_form_again() -> None:
    """Given limits that were read, when they fill the form again, then reading it gives the same."""
    kept, errors = read_full(answers(groups=[PAIR], trading_windows=[NIGHT], max_quantity_per_order=[ONE]))
    assert errors == {}

    inside = {section: {name: kept[name] for name in names if name in kept} for section, names in SECTIONS.items()}
    again = full_schema(kept, {})({"symbols": kept["symbols"], **inside})

    assert read_full(again) == (kept, {})


async def test_the_day_begins_where_the_user_lives(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given an account, when its zone is changed, then it is opened anew and its day begins at that midnight."""
    runtime = paper.runtime_data

    await change(hass, paper, answers(day_zone="Pacific/Auckland"))

    assert paper.options["day_zone"] == "Pacific/Auckland"
    assert paper.runtime_data is not runtime
    assert str(paper.runtime_data.account._book.state.zone) == "Pacific/Auckland"


async def test_what_an_emergency_does_is_in_force_at_once(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a running account, when its kill switch is to sell everything, then the engine knows without a restart."""
    runtime = paper.runtime_data

    await change(hass, paper, answers(kill_action="flatten", loss_action="stop_entries", approval_above=250))

    limits = runtime.account._book.state.limits
    assert paper.runtime_data is runtime
    assert (limits.kill_action, limits.loss_action) == (StopAction.FLATTEN, StopAction.STOP_ENTRIES)
    assert limits.approval_above == 250


PAPER = {
    "latency_ms": 120,
    "share_percent": 50,
    "slippage_percent": 0.05,
    "taker_fee_percent": 0.02,
    "mx_discount_percent": 20,
    "visible_after_ms": 300,
    "refuse_every": 2,
    "fee_asset": "received",
}


@pytest.mark.parametrize(
    ("section", "field", "value", "error", "told"),
    [
        ("paper", "share_percent", 0, "amount_too_small", ("Share of what is displayed", "0.1 %")),
        ("paper", "latency_ms", 1.5, "amount_not_whole", ("Latency", "")),
        ("paper", "slippage_percent", -1, "amount_too_small", ("Slippage", "0 %")),
        ("demotion", "slippage_percent", -1, "amount_too_small", ("Slippage (%)", "0")),
        ("promotion", "paper_days", 20_000, "amount_too_large", ("Days on paper", "10000")),
    ],
)
async def test_a_wrong_number_of_a_folded_section_is_told_in_our_words(  # A row of the table each.
    hass: HomeAssistant,
    live: MockConfigEntry,
    *,
    section: str,
    field: str,
    value: float,
    error: str,
    told: tuple[str, str],
) -> None:
    """Given a number that cannot be, then the section says so with its field and the bound, and nothing is saved."""
    before = dict(live.options)
    usual: dict[str, Answers] = {"paper": PAPER, **{name: dict(criteria) for name, criteria in DEFAULTS.items()}}

    form = await change(hass, live, answers() | usual | {section: usual[section] | {field: value}})

    assert form["errors"] == {section: error}
    assert form["description_placeholders"] is not None
    assert (form["description_placeholders"]["field"], form["description_placeholders"]["bound"]) == told
    assert dict(live.options) == before


async def test_the_paper_venue_behaves_as_it_is_told(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given other paper options, then they are in force at once, the next order meets them, and they stay."""
    await trading(paper)
    runtime = paper.runtime_data

    await change(hass, paper, answers() | {"paper": PAPER})

    wanted = PaperTerms(
        share=Decimal("0.5"),
        slippage=Decimal("0.0005"),
        latency_ms=120,
        taker_fee=Decimal("0.0002"),
        fee_asset=FeeAsset.RECEIVED,
        mx_discount=Decimal("0.2"),
        visible_after_ms=300,
        refuse_every=2,
    )
    assert paper.runtime_data is runtime
    assert runtime.account.paper_terms == wanted
    order = {"symbol": "BTCUSDT", "side": "buy", "notional": 90}
    await hass.services.async_call("mexc_trading", "place_order", order, blocking=True)
    model = await until(paper, lambda model: bool(model.positions) and not model.orders)
    assert model.positions[0].average_price > Decimal(90045)
    await hass.services.async_call("mexc_trading", "place_order", order | {"notional": 91}, blocking=True)
    await until(paper, lambda model: model.gauges.kpis.reject_rate == 50)

    assert await hass.config_entries.async_reload(paper.entry_id)
    assert paper.runtime_data.account.paper_terms == wanted


async def test_paper_options_that_nobody_gave_are_the_kindest(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given options without a word about paper, then the venue is as kind as it can be."""
    assert paper.runtime_data.account.paper_terms == PaperTerms()
    await change(hass, paper, answers())
    assert paper.runtime_data.account.paper_terms == PaperTerms()
