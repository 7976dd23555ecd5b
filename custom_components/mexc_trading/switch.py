"""The kill switch: on means engaged. Always there, because it needs no venue, no price and no database to take hold."""

from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge.kill_switch import KILL_SWITCH as ENGAGED
from .bridge.persons import AUTOMATION, async_person
from .const import DOMAIN
from .coordinator import MexcConfigEntry
from .entity import AccountEntity

PARALLEL_UPDATES = 1

KILL_SWITCH: Final = SwitchEntityDescription(key="kill_switch", translation_key="kill_switch")


async def async_setup_entry(
    hass: HomeAssistant, entry: MexcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the kill switch of an account: one, for all of its books."""
    async_add_entities([KillSwitch(entry.runtime_data.coordinator, KILL_SWITCH)])


class KillSwitch(AccountEntity, SwitchEntity):
    """Anybody and anything may engage it; only a person lets go."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.data.kill_switch

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Stop entries. Never fails: the account takes hold in memory before anything that could."""
        who = await async_person(self.hass, self._context) or AUTOMATION
        await self.account.engage_kill_switch(who=who, reason="switch")

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let entries pass again, for a person only; other holds stay in force."""
        who = await async_person(self.hass, self._context)
        if who is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="release_needs_person")
        await self.account.release_hold(ENGAGED, who=who, reason="switch")
        if self.account.read_model().kill_switch:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="kill_switch_stays")
