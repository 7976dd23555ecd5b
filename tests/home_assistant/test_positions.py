"""Sensors of positions: two for each symbol that is held, there as long as it is."""

from dataclasses import replace

import pytest

from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.sensors.positions import LINGER_S
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .entries import trading, until
from .phcc import MockConfigEntry

WORTH, PNL = "sensor.mexc_btcusdt_worth", "sensor.mexc_btcusdt_pnl"
BUY = {"symbol": "BTCUSDT", "side": "buy", "notional": 100}


async def shown(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let the coordinator show what the account says now."""
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()


async def buy(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Buy, and wait until the position is there and shown."""
    await trading(entry)
    await hass.services.async_call(DOMAIN, "place_order", BUY, blocking=True)
    await until(entry, lambda model: len(model.positions) == 1 and not model.orders)
    await shown(hass, entry)


async def sell(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Sell all of it."""
    await hass.services.async_call(DOMAIN, "submit_signal", {"symbol": "BTCUSDT", "action": "exit"}, blocking=True)
    await until(entry, lambda model: not model.positions)


async def an_hour_on(entry: MockConfigEntry) -> None:
    """Show what the account says, as if an hour had passed."""
    coordinator = entry.runtime_data.coordinator
    model = coordinator.account.read_model()
    coordinator.async_set_updated_data(replace(model, at_ns=model.at_ns + LINGER_S * 1_000_000_000))
    await coordinator.async_told()


def ids(registry: er.EntityRegistry, entry: MockConfigEntry) -> set[str]:
    """Name the account's position sensors."""
    return {
        known.entity_id
        for known in er.async_entries_for_config_entry(registry, entry.entry_id)
        if "_position_" in known.unique_id
    }


async def test_they_come_and_go_with_the_position(
    hass: HomeAssistant, live: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Given a buy, then its worth and result are shown; once it is sold, they are zero, and an hour later gone."""
    assert ids(entity_registry, live) == set()
    await buy(hass, live)

    assert ids(entity_registry, live) == {WORTH, PNL}
    worth, pnl = hass.states.get(WORTH), hass.states.get(PNL)
    assert worth is not None
    assert pnl is not None
    assert worth.name == "MEXC BTCUSDT worth"
    assert worth.attributes["quantity"] == "0.0011"
    position = live.runtime_data.coordinator.data.positions[0]
    assert float(worth.state) == pytest.approx(float(position.worth), abs=0.01)
    assert float(pnl.state) == pytest.approx(float(position.unrealized_pnl), abs=0.01)

    await sell(hass, live)
    await shown(hass, live)
    worth = hass.states.get(WORTH)
    assert worth is not None
    assert (worth.state, "quantity" in worth.attributes) == ("0", False)

    await an_hour_on(live)
    assert ids(entity_registry, live) == set()
    assert hass.states.get(WORTH) is None


async def test_a_name_that_a_person_gave_comes_back(
    hass: HomeAssistant, paper: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Given a renamed sensor whose position was closed, when the symbol is bought again, then it has its name again."""
    await buy(hass, paper)
    entity_registry.async_update_entity(WORTH, new_entity_id="sensor.my_bitcoin")
    await hass.async_block_till_done()
    await sell(hass, paper)
    await an_hour_on(paper)
    await hass.async_block_till_done()
    assert ids(entity_registry, paper) == set()
    await buy(hass, paper)

    assert ids(entity_registry, paper) == {"sensor.my_bitcoin", PNL}


async def test_one_closed_while_nobody_looked_is_gone_after_a_restart(
    hass: HomeAssistant, live: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Given a position that was closed and never shown as closed, then the next start takes its sensors away."""
    await buy(hass, live)
    assert await hass.config_entries.async_unload(live.entry_id)
    stale = entity_registry.async_get_or_create(
        "sensor", DOMAIN, f"{live.entry_id}_position_ETHUSDT_worth", config_entry=live
    )
    assert await hass.config_entries.async_setup(live.entry_id)
    await hass.async_block_till_done()

    assert ids(entity_registry, live) == {WORTH, PNL}
    assert entity_registry.async_get(stale.entity_id) is None


async def test_they_need_a_price(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given a position whose symbol has no price any more, then its worth is not known, and not zero."""
    await buy(hass, live)
    live.runtime_data.account._book.state.marks.clear()
    coordinator = live.runtime_data.coordinator
    coordinator.async_set_updated_data(live.runtime_data.account.read_model())
    await coordinator.async_told()

    state = hass.states.get(WORTH)
    assert state is not None
    assert state.state == "unknown"
