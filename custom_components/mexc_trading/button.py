"""Buttons: the emergency stop, and a fresh look at everything the venue has."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge.account import Account
from .bridge.persons import AUTOMATION, async_person
from .coordinator import MexcConfigEntry
from .entity import AccountEntity

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class AccountButtonDescription(ButtonEntityDescription):
    """One row. ``press_fn`` gets the account and who pressed; pressing again does no harm."""

    press_fn: Callable[[Account, str], Awaitable[None]]


async def _stop(account: Account, who: str) -> None:
    await account.engage_kill_switch(who=who, reason="emergency stop")


async def _reconcile(account: Account, who: str) -> None:
    account.reconcile()


EMERGENCY_STOP: Final = AccountButtonDescription(key="emergency_stop", translation_key="emergency_stop", press_fn=_stop)
BUTTONS: Final = (
    EMERGENCY_STOP,
    AccountButtonDescription(
        key="reconcile",
        translation_key="reconcile",
        entity_category=EntityCategory.DIAGNOSTIC,
        press_fn=_reconcile,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MexcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of each book; the emergency stop is the account's, for all of its books."""
    home = entry.runtime_data.coordinator
    async_add_entities(
        AccountButton(book, description)
        for book in entry.runtime_data.coordinators.values()
        for description in BUTTONS
        if book is home or description is not EMERGENCY_STOP
    )


class AccountButton(AccountEntity, ButtonEntity):
    """One row of the table. Always available: neither button needs the venue to be there."""

    entity_description: AccountButtonDescription

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    async def async_press(self) -> None:
        """Do what the row says, in the name of the person who pressed."""
        who = await async_person(self.hass, self._context) or AUTOMATION
        await self.entity_description.press_fn(self.account, who)
