"""Binary sensors: is the venue there, do entries stand still, can the journal be written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge.read_model import ReadModel
from .coordinator import MexcConfigEntry
from .entity import AccountEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class AccountBinarySensorDescription(BinarySensorEntityDescription):
    """One row."""

    is_on_fn: Callable[[ReadModel], bool]


BINARY_SENSORS: Final = (
    AccountBinarySensorDescription(
        key="connected",
        translation_key="connected",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda model: model.connected,
    ),
    AccountBinarySensorDescription(
        key="holding",
        translation_key="holding",
        is_on_fn=lambda model: bool(model.holds) or model.kill_switch,
    ),
    AccountBinarySensorDescription(
        key="journal_healthy",
        translation_key="journal_healthy",
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda model: model.journal_healthy,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MexcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensors of an account."""
    async_add_entities(AccountBinarySensor(entry, description) for description in BINARY_SENSORS)


class AccountBinarySensor(AccountEntity, BinarySensorEntity):
    """One row of the table, shown."""

    entity_description: AccountBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool:
        return self.entity_description.is_on_fn(self.coordinator.data)
