"""Conditions of the home: entries pass only while every bound entity is known to be on or at home."""

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .acting import BUY, call
from .entries import trading, until
from .phcc import MockConfigEntry

UPS, PHONE = "binary_sensor.ups", "person.me"


@pytest.fixture
async def bound(hass: HomeAssistant, paper: MockConfigEntry) -> MockConfigEntry:
    """Give a paper account whose entries depend on power and presence, both there."""
    await trading(paper)
    hass.states.async_set(UPS, "on")
    hass.states.async_set(PHONE, "home")
    bind(hass, paper, UPS, PHONE)
    await hass.async_block_till_done()
    return paper


def bind(hass: HomeAssistant, entry: MockConfigEntry, *names: str) -> None:
    """Change the entities that entries depend on."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, "home_conditions": list(names)})


async def denied(hass: HomeAssistant) -> str:
    """Find an entry denied by the condition; give what it names as missing."""
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "place_order", BUY)
    assert caught.value.translation_key == "home_condition"
    return str((caught.value.translation_placeholders or {})["value"])


@pytest.mark.parametrize("state", ["off", "unavailable", "unknown", "anything"])
async def test_an_entity_that_is_not_on_stops_entries(hass: HomeAssistant, bound: MockConfigEntry, state: str) -> None:
    """Given entries that pass, when one entity is anything but on, then only exits do, until it is on again."""
    assert (await call(hass, "place_order", BUY))["verdict"] == "allow"
    await until(bound, lambda model: len(model.positions) == 1)

    hass.states.async_set(UPS, state)

    assert await denied(hass) == UPS
    assert (await call(hass, "place_order", {"symbol": "BTCUSDT", "side": "sell"}))["verdict"] == "allow"
    hass.states.async_set(UPS, "on")
    assert (await call(hass, "place_order", BUY))["verdict"] == "allow"


async def test_an_entity_that_is_gone_stops_entries(hass: HomeAssistant, bound: MockConfigEntry) -> None:
    """Given an entity that is removed, or a name that never was one, then entries stop."""
    hass.states.async_remove(PHONE)
    assert await denied(hass) == PHONE

    bind(hass, bound, UPS, "binary_sensor.nobody")
    await hass.async_block_till_done()
    assert await denied(hass) == "binary_sensor.nobody"
    bind(hass, bound)
    await hass.async_block_till_done()
    assert (await call(hass, "place_order", BUY))["verdict"] == "allow"


async def test_what_was_on_before_a_restart_is_looked_at_again(hass: HomeAssistant, bound: MockConfigEntry) -> None:
    """Given an entity that went off while the account was closed, then its first entry afterwards is denied."""
    assert await hass.config_entries.async_unload(bound.entry_id)
    hass.states.async_set(UPS, "off")

    assert await hass.config_entries.async_setup(bound.entry_id)
    await trading(bound)

    assert await denied(hass) == UPS
