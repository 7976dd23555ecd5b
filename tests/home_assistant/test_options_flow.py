"""Changing limits: in force at once, without a restart, also while the venue is away."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.double import MexcDouble

from .entries import LIMITS
from .phcc import MockConfigEntry

type Answers = dict[str, Any]


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


async def test_new_limits_are_in_force_without_a_restart(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a running account, when limits are changed, then the same engine goes on with them."""
    runtime = paper.runtime_data

    result = await change(hass, paper, {**LIMITS, "max_notional_per_order": 25.5, "max_open_positions": 1})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert paper.options["max_notional_per_order"] == "25.5"
    assert paper.runtime_data is runtime
    assert runtime.applied.limits.max_notional_per_order == Decimal("25.5")
    assert runtime.applied.limits.max_open_positions == 1


async def test_a_limit_can_be_taken_away(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a running account, when an optional limit is emptied, then it is gone."""
    rest = {name: value for name, value in LIMITS.items() if name != "max_daily_loss"}

    await change(hass, paper, rest)

    assert "max_daily_loss" not in paper.options
    assert paper.runtime_data.applied.limits.max_daily_loss is None


async def test_limits_can_be_tightened_while_the_venue_is_away(
    hass: HomeAssistant, double: MexcDouble, paper: MockConfigEntry
) -> None:
    """Given a venue that does not answer, when a limit is lowered, then it is in force all the same."""
    double.faults.add(action="reset_before")

    result = await change(hass, paper, {**LIMITS, "symbols": ["BTCUSDT"], "max_notional_per_order": 1})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert paper.runtime_data.applied.limits.symbols == {"BTCUSDT"}


@pytest.mark.parametrize(
    ("given", "place", "error"),
    [
        ({"symbols": ["BTCUSDT", "ETHUSDC"]}, "symbols", "symbol_other_quote"),
        ({"symbols": ["NOPEUSDT"]}, "symbols", "symbol_unknown"),
        ({"symbols": []}, "symbols", "symbols_empty"),
        ({"max_price_age": 1.5}, "max_price_age", "amount_not_whole"),
    ],
)
async def test_wrong_limits_are_shown_and_can_be_mended(
    hass: HomeAssistant, paper: MockConfigEntry, given: Answers, place: str, error: str
) -> None:
    """Given a wrong limit, then the form says where and why, nothing changes, and the right one passes."""
    form = await change(hass, paper, {**LIMITS, **given})

    assert form["errors"] == {place: error}
    assert paper.options == LIMITS
    result = await send(hass, form, {**LIMITS, "symbols": ["BTCUSDT", "ETHUSDT", "SOLUSDT"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert paper.options["symbols"] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
