"""What all entities of an account's books share."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .bridge.account import Account
from .bridge.terms import PAPER
from .const import CONF_MODE, DOMAIN, MODE_LIVE, MODE_PAPER
from .coordinator import AccountCoordinator, MexcConfigEntry
from .entry_terms import strategy_subentries
from .model.ids import StrategyId
from .sensors.pace import Pace, Seen

MODELS: Final[Mapping[str, str]] = {MODE_LIVE: "Spot", MODE_PAPER: "Spot, paper trading"}
"""What stands below a book's name: words that traders use in every language, because a model has no translation."""


class AccountEntity(CoordinatorEntity[AccountCoordinator]):
    """An entity of one of an account's books, on its device. Its unique id outlives a change of name, key and number.

    The book that an account was set up for is the account's device; the paper book beside a live one has its own.
    """

    _attr_has_entity_name = True

    def __init__(self, coordinator: AccountCoordinator, description: EntityDescription) -> None:
        """Bind the entity to the book that the coordinator shows."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{book_id(coordinator)}_{description.key}"
        self._attr_device_info = book_device(coordinator)

    @property
    @override
    def suggested_object_id(self) -> str:
        """Name it by its key after the account, whatever its name says: automations are written with it."""
        return self.entity_description.key

    @property
    def account(self) -> Account:
        """The book, for the entities that act on it."""
        return self.coordinator.account


class PacedEntity(AccountEntity):
    """An entity of which not every change is worth a row in the recorder."""

    def __init__(self, coordinator: AccountCoordinator, description: EntityDescription) -> None:
        """Bind the entity; nothing was written yet."""
        super().__init__(coordinator, description)
        self._pace = Pace()

    @abstractmethod
    def _seen(self) -> Seen:
        """Give what would be written now."""

    @abstractmethod
    def _gap_s(self) -> float:
        """Give the least seconds between two writes."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the book; Home Assistant itself writes the first state."""
        await super().async_added_to_hass()
        self._is_due()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write what is due."""
        if self._is_due():
            super()._handle_coordinator_update()

    def _is_due(self) -> bool:
        return self._pace.due(self._seen(), self._gap_s(), self.hass.loop.time())


def book_id(coordinator: AccountCoordinator) -> str:
    """Name a book among all in Home Assistant: its account's entry, and the book where it is not the account's own."""
    entry = coordinator.config_entry
    book = coordinator.account.terms.mode
    return entry.entry_id if book == entry.data[CONF_MODE] else f"{entry.entry_id}_{book}"


def book_device(coordinator: AccountCoordinator) -> DeviceInfo:
    """Describe the device of a book."""
    entry = coordinator.config_entry
    identifiers = {(DOMAIN, book_id(coordinator))}
    book = coordinator.account.terms.mode
    if book_id(coordinator) == entry.entry_id:
        return DeviceInfo(
            entry_type=DeviceEntryType.SERVICE,
            identifiers=identifiers,
            manufacturer="MEXC",
            model=MODELS[book],
            name=entry.title,
        )
    return DeviceInfo(
        entry_type=DeviceEntryType.SERVICE,
        identifiers=identifiers,
        manufacturer="MEXC",
        model=MODELS[book],
        translation_key="paper_book",
        translation_placeholders={"account": entry.title},
    )


def book_name(coordinator: AccountCoordinator) -> str:
    """Name a book for people, where no device's name stands beside it."""
    title = coordinator.config_entry.title
    return title if coordinator.account is coordinator.config_entry.runtime_data.account else f"{title} ({PAPER})"


def scope_name(entry: ConfigEntry, scope: str) -> str:
    """Name what a hold is about for people: a strategy by its title, a symbol as it is."""
    subentry = entry.subentries.get(scope)
    return scope if subentry is None else subentry.title


def strategy_device(strategy: StrategyId, title: str) -> DeviceInfo:
    """Name the device of a strategy."""
    return DeviceInfo(identifiers={(DOMAIN, strategy)}, name=title)


@callback
def async_follow_strategies(
    entry: MexcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[StrategyId, str], list[Entity]],
) -> CALLBACK_TYPE:
    """Add what ``make`` gives for each strategy, by id and title, as they come, until the returned function is called.

    Home Assistant itself takes the entities of a strategy away that goes.
    """
    shown: set[str] = set()

    @callback
    def add() -> None:
        present = {subentry.subentry_id: subentry for subentry in strategy_subentries(entry)}
        shown.intersection_update(present)
        for name in present.keys() - shown:
            shown.add(name)
            async_add_entities(make(StrategyId(name), present[name].title), config_subentry_id=name)

    async def changed(hass: HomeAssistant, entry: MexcConfigEntry) -> None:
        add()

    add()
    return entry.add_update_listener(changed)
