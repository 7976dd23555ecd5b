"""The whole surface as a snapshot: every entity of an account, with its classes, units, names and attributes.

What is kept does not depend on the release of Home Assistant, on prices or on the moment. After a wanted change:
``pytest tests/home_assistant/test_surface.py --snapshot-update``, and read the difference.
"""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.mexc_trading.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from tests.double import MexcDouble

from .conftest import running
from .crowd import let_reads_be_cheap
from .entries import live_entry, paper_entry, rule_subentry, trading, until
from .phcc import MockConfigEntry

type Row = dict[str, Any]

MOVING: Final = {"event"}
"""Kinds of entities whose attributes depend on what happened last; their types are in their capabilities."""


def described(entry: er.RegistryEntry, owner: MockConfigEntry) -> Row:
    """Describe an entity as the registry has it."""
    return {
        "unique_id": entry.unique_id.replace(owner.entry_id, "<entry>"),
        "translation_key": entry.translation_key,
        "category": None if entry.entity_category is None else entry.entity_category.value,
        "device_class": entry.original_device_class and str(entry.original_device_class),
        "unit": entry.unit_of_measurement,
        "precision": dict(entry.options.get("sensor", {})).get("suggested_display_precision"),
        "capabilities": {str(name): _plain(value) for name, value in sorted((entry.capabilities or {}).items())},
        "enabled": not entry.disabled,
    }


def shown(hass: HomeAssistant, entity_id: str) -> Row:
    """Describe an entity's state: its name, and which attributes it has."""
    state = hass.states.get(entity_id)
    if state is None:
        return {}
    fixed = state.domain not in MOVING
    return {"name": state.name, "attributes": " ".join(sorted(map(str, state.attributes))) if fixed else None}


def _plain(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def surface(hass: HomeAssistant, entry: MockConfigEntry) -> Mapping[str, Row]:
    """Describe everything that an account shows."""
    known = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {
        one.entity_id: {
            name: value
            for name, value in (described(one, entry) | shown(hass, one.entity_id)).items()
            if value not in (None, {})
        }
        for one in sorted(known, key=lambda one: one.entity_id)
    }


@pytest.mark.parametrize("make", [paper_entry, live_entry])
async def test_the_surface_of_an_account(  # noqa: PLR0917  # Fixtures and a table.
    hass: HomeAssistant,
    web: None,
    double: MexcDouble,
    make: type[MockConfigEntry],
    monkeypatch: pytest.MonkeyPatch,
    snapshot: SnapshotAssertion,
) -> None:
    """Given an account that holds a position, then its devices and entities are those that were agreed on."""
    let_reads_be_cheap(monkeypatch)
    entry = await running(hass, make(double))
    assert hass.config_entries.async_add_subentry(entry, rule_subentry())
    await trading(entry)
    order = {"symbol": "BTCUSDT", "side": "buy", "notional": 100}
    await hass.services.async_call(DOMAIN, "place_order", order, blocking=True)
    await until(entry, lambda model: len(model.positions) == 1 and not model.orders)
    for book, coordinator in entry.runtime_data.coordinators.items():
        await until(entry, lambda model: model.day_open_ns > 0 and not model.holds, book)
        await coordinator.async_refresh()
    await hass.async_block_till_done()

    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)

    assert sorted(f"{device.name} ({device.model})" for device in devices) == snapshot(name="devices")
    assert surface(hass, entry) == snapshot(name="entities")


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_every_entity_has_its_texts(hass: HomeAssistant, live: MockConfigEntry, language: str) -> None:
    """Given every entity of a live account, then each language has its name, and a word for each of its states."""
    texts = await async_get_translations(hass, language, "entity", [DOMAIN])
    known = er.async_entries_for_config_entry(er.async_get(hass), live.entry_id)
    wanted = [f"{one.domain}.{one.translation_key}.name" for one in known]
    wanted += [
        f"{one.domain}.{one.translation_key}.state.{option}"
        for one in known
        if one.domain == "sensor"
        for option in (one.capabilities or {}).get("options", ())
    ]
    wanted += [
        f"event.{one.translation_key}.state_attributes.event_type.state.{kind}"
        for one in known
        if one.domain == "event"
        for kind in (one.capabilities or {})["event_types"]
    ]

    assert len(wanted) > len(known)
    assert [place for place in wanted if f"component.{DOMAIN}.entity.{place}" not in texts] == []
