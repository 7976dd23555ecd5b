"""The emergency stop: the kill switch as one press that can be repeated without harm."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge.persons import AUTOMATION, async_person
from .coordinator import MexcConfigEntry
from .entity import AccountEntity

PARALLEL_UPDATES = 1

EMERGENCY_STOP: Final = ButtonEntityDescription(key="emergency_stop", translation_key="emergency_stop")


async def async_setup_entry(
    hass: HomeAssistant, entry: MexcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the emergency stop of an account."""
    async_add_entities([EmergencyStop(entry, EMERGENCY_STOP)])


class EmergencyStop(AccountEntity, ButtonEntity):
    """Engages the kill switch."""

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    async def async_press(self) -> None:
        """Stop entries."""
        who = await async_person(self.hass, self._context) or AUTOMATION
        await self.account.engage_kill_switch(who=who, reason="emergency stop")
