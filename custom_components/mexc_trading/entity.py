"""What all entities of an account share."""

from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .bridge.account import Account
from .const import DOMAIN
from .coordinator import AccountCoordinator, MexcConfigEntry


class AccountEntity(CoordinatorEntity[AccountCoordinator]):
    """An entity on an account's device. Its unique id outlives a change of the account's name, key and number."""

    _attr_has_entity_name = True

    def __init__(self, entry: MexcConfigEntry, description: EntityDescription) -> None:
        """Bind the entity to the account."""
        super().__init__(entry.runtime_data.coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, entry.entry_id)},
            manufacturer="MEXC",
            model=entry.runtime_data.account.terms.mode,
            name=entry.title,
        )

    @property
    def account(self) -> Account:
        """The account, for the entities that act on it."""
        return self.coordinator.config_entry.runtime_data.account
