"""Diagnostics and system health tell how an account is, and nothing about the money or the keys."""

import json

from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.diagnostics import async_get_config_entry_diagnostics
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.double import MexcDouble

from .entries import SECRET, WEBHOOK_ID, bare_entry, trading, until
from .phcc import MockConfigEntry, get_system_health_info


async def test_diagnostics_count_and_do_not_tell(
    hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry
) -> None:
    """Given an account with a position, then its diagnostics have counts and rules, no amount, symbol, id or key."""
    await trading(live)
    fields = {"symbol": "BTCUSDT", "side": "buy", "notional": 123.45}
    await hass.services.async_call(DOMAIN, "place_order", fields, blocking=True)
    await until(live, lambda model: len(model.positions) == 1 and not model.orders)
    await live.runtime_data.coordinator.async_refresh()

    told = await async_get_config_entry_diagnostics(hass, live)

    assert (told["book"]["positions"], told["book"]["last_decision"]["verdict"]) == (1, "allow")
    assert told["limits"]["symbols"] == 2
    text = json.dumps(told)
    model = live.runtime_data.account.read_model()
    private = (
        double.api_key,
        double.api_secret,
        SECRET,
        WEBHOOK_ID,
        "BTC",
        "123",
        live.entry_id,
        str(model.equity),
        str(model.positions[0].quantity),
        model.last_decision.decision_id if model.last_decision else "",
    )
    assert [word for word in private if word in text] == []


async def test_diagnostics_of_an_idle_account(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given an account that decided nothing yet, then its diagnostics say so."""
    told = await async_get_config_entry_diagnostics(hass, paper)

    assert told["book"]["last_decision"] is None
    assert told["entry"] == {"version": "1.1", "mode": "paper", "strategies": 1, "custom_addresses": True}


async def test_system_health_counts_accounts(hass: HomeAssistant, double: MexcDouble, paper: MockConfigEntry) -> None:
    """Given a running account and one that is not, then system health tells both, and reaches the venue."""
    bare_entry(double, "Resting").add_to_hass(hass)
    await trading(paper)
    await paper.runtime_data.coordinator.async_refresh()
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()

    health = await get_system_health_info(hass, DOMAIN)

    assert await health.pop("can_reach_server") == "ok"
    assert health == {"accounts": 2, "accounts_running": 1, "accounts_holding": 0, "journals_healthy": True}
