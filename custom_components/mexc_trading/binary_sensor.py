"""Binary sensors: is the venue there, do entries stand still, can the journal be written."""

from collections.abc import Callable, Iterable
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
from .bridge.view_text import Row, hold_row
from .coordinator import MexcConfigEntry
from .entity import AccountEntity
from .model.hold import Hold
from .reasons import tell_reason
from .wording import Wording, wording

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class AccountBinarySensorDescription(BinarySensorEntityDescription):
    """One row."""

    is_on_fn: Callable[[ReadModel], bool]
    holds_fn: Callable[[ReadModel], Iterable[Hold]] | None = None
    """The holds that the attribute says why with."""


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
        holds_fn=lambda model: model.holds,
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
    """Add the binary sensors of each book."""
    books = entry.runtime_data.coordinators.values()
    async_add_entities(AccountBinarySensor(book, description) for book in books for description in BINARY_SENSORS)


class AccountBinarySensor(AccountEntity, BinarySensorEntity):
    """One row of the table, shown."""

    entity_description: AccountBinarySensorDescription
    _unrecorded_attributes = frozenset({"holds"})

    @property
    @override
    def is_on(self) -> bool:
        return self.entity_description.is_on_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, list[Row]] | None:
        holds_fn = self.entity_description.holds_fn
        if holds_fn is None:
            return None
        words = wording(self.hass)
        return {"holds": [hold_row(hold) | {"told": _told(words, hold)} for hold in holds_fn(self.coordinator.data)]}


def _told(words: Wording, hold: Hold) -> str:
    """Say a hold in words, for a notification: "journal too slow (2,500 ms, limit 2,000 ms)"."""
    return f"{words.word('hold', hold.kind.value)} ({tell_reason(words, hold.why)})"
