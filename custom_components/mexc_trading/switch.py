"""The kill switch: on means engaged. Always there, because it needs no venue, no price and no database to take hold."""

from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .actions.calling import busy
from .bridge.account import Account
from .bridge.kill_switch import KILL_SWITCH as ENGAGED
from .bridge.persons import AUTOMATION, async_person
from .const import DOMAIN
from .coordinator import AccountCoordinator, MexcConfigEntry
from .engine.answers import Busy
from .entity import AccountEntity, async_follow_strategies, strategy_device
from .model.hold import HoldKind, Scope, ScopeKind
from .model.ids import HoldId, StrategyId

PARALLEL_UPDATES = 1

KILL_SWITCH: Final = SwitchEntityDescription(key="kill_switch", translation_key="kill_switch")
STRATEGY_SWITCH: Final = SwitchEntityDescription(key="kill_switch", translation_key="strategy_kill_switch")
"""On dashboards both kinds stand side by side: their names differ, so that nobody throws one for the other."""


async def async_setup_entry(
    hass: HomeAssistant, entry: MexcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the kill switch of an account: one, for all of its books; and one for each strategy, as they come."""
    async_add_entities([KillSwitch(entry.runtime_data.coordinator, KILL_SWITCH)])
    coordinator = entry.runtime_data.coordinator
    entry.async_on_unload(
        async_follow_strategies(
            entry, async_add_entities, lambda strategy, title: [StrategyKillSwitch(coordinator, strategy, title)]
        )
    )


class _Switch(SwitchEntity):
    """What both kinds share: anybody and anything may engage it, only a person lets go."""

    async def _person(self) -> str:
        """Name the person who lets go."""
        who = await async_person(self.hass, self._context)
        if who is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="release_needs_person")
        return who

    async def _anybody(self) -> str:
        """Name who engages it."""
        return await async_person(self.hass, self._context) or AUTOMATION


class KillSwitch(AccountEntity, _Switch):
    """The kill switch of an account."""

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
        await self.account.engage_kill_switch(who=await self._anybody(), reason="switch")

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let entries pass again, for a person only; other holds stay in force."""
        await self.account.release_hold(ENGAGED, who=await self._person(), reason="switch")
        if self.account.read_model().kill_switch:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="kill_switch_stays")


class StrategyKillSwitch(CoordinatorEntity[AccountCoordinator], _Switch):
    """The kill switch of one strategy, in all of its account's books. Others go on, and so do its exits."""

    entity_description = STRATEGY_SWITCH
    _attr_has_entity_name = True

    def __init__(self, coordinator: AccountCoordinator, strategy: StrategyId, title: str) -> None:
        """Bind the switch to a strategy."""
        super().__init__(coordinator)
        self._strategy = strategy
        self._attr_unique_id = f"{strategy}_{STRATEGY_SWITCH.key}"
        self._attr_device_info = strategy_device(strategy, title)

    @property
    @override
    def suggested_object_id(self) -> str:
        return self.entity_description.key

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return any(self._engaged_in(account) for account in self._books())

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Stop the strategy's entries."""
        who = await self._anybody()
        for account in self._books():
            answer = await account.guard.stop_strategy(self._strategy, who=who, reason="switch")
            if isinstance(answer, Busy):
                raise busy(self.hass, answer)
        await self.coordinator.async_refresh()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let its entries pass again, for a person only; other holds stay in force."""
        who = await self._person()
        for account in self._books():
            for hold_id in self._engaged_in(account):
                await account.release_hold(hold_id, who=who, reason="switch")
        await self.coordinator.async_refresh()

    def _books(self) -> tuple[Account, ...]:
        return tuple(self.coordinator.config_entry.runtime_data.books.values())

    def _engaged_in(self, account: Account) -> list[HoldId]:
        scope = Scope(kind=ScopeKind.STRATEGY, name=self._strategy)
        holds = account.read_model().holds
        return [hold.hold_id for hold in holds if hold.kind is HoldKind.KILL_SWITCH and hold.scope == scope]
