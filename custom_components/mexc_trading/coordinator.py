"""The read model on its way to the entities, and what a loaded account keeps in its config entry."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .bridge.account import Account
from .bridge.backtests import Backtests
from .bridge.books import Books
from .bridge.conditions import HomeConditions
from .bridge.live_rules import LiveRules
from .bridge.read_model import ReadModel
from .bridge.stages import Stages
from .bridge.webhook import StrategyWebhooks
from .const import DOMAIN
from .exchange.paper.terms import PaperTerms
from .model.ids import BookName
from .risk.limits import Limits
from .risk.strategy import StrategyTerms

_LOGGER = logging.getLogger(__name__)

VALUATION_EVERY: Final = timedelta(seconds=10)
"""How often prices reach the entities while only figures move. What they write of it is for ``sensors/pace``."""

RISK_GAP_S: Final = 0.1
"""Least seconds between two writes when risk changed: at once for a person, and bounded whatever happens."""

TRADE_GAP_S: Final = 0.5
"""Least seconds between two writes when decisions, orders or positions changed: the first at once, and few in a burst,
for each costs Home Assistant milliseconds and its recorder rows."""

LOOK_AFTER_S: Final = 0.02
"""How long a change waits to be looked at: writing entities takes milliseconds, and an order on its way goes first."""

TELLING_S: Final = 0.001
"""How long entities are told of a snapshot before everybody else on the loop gets a turn: all of a book's take ten."""


@dataclass(slots=True)
class Applied:
    """The settings that are in force, to tell what an update of the entry changed."""

    connection: tuple[str | None, ...] = field(repr=False)
    """Addresses and key as the entry holds them: not for anybody's eyes."""

    limits: Limits
    paper: PaperTerms
    strategies: tuple[StrategyTerms, ...]

    @property
    def conditions(self) -> frozenset[str]:
        """The entities that entries depend on: the account's and its strategies'."""
        own = (terms.limits.home_conditions for terms in self.strategies if terms.limits is not None)
        return frozenset(self.limits.home_conditions).union(*own)


@dataclass(slots=True)
class MexcRuntime:
    """What a loaded account consists of."""

    books: Books
    coordinators: Mapping[BookName, AccountCoordinator]
    webhooks: StrategyWebhooks
    conditions: HomeConditions
    stages: Stages
    rules: LiveRules
    backtests: Backtests
    applied: Applied
    unmask: CALLBACK_TYPE = lambda: None
    """Ends the masking of the strategies' secrets in the logs."""

    key_refused: bool = False
    """Whether the venue refuses the key, and a person was asked for another one."""

    @property
    def account(self) -> Account:
        """The book that the account was set up for."""
        return self.books.home

    @property
    def coordinator(self) -> AccountCoordinator:
        """The read model of that book."""
        return self.coordinators[self.books.home.terms.mode]


type MexcConfigEntry = ConfigEntry[MexcRuntime]


class AccountCoordinator(DataUpdateCoordinator[ReadModel]):
    """Shows snapshots of one book. It reads only: with every entity disabled the engine runs just the same."""

    config_entry: MexcConfigEntry

    def __init__(self, hass: HomeAssistant, entry: MexcConfigEntry, account: Account) -> None:
        """Start with the book's present snapshot."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{DOMAIN} {entry.title} {account.terms.mode}",
            update_interval=VALUATION_EVERY,
        )
        self.account = account
        self.trades = 0
        """How often what the book holds has changed since the start, as far as it was shown."""

        self._held = frozenset[tuple[str, Decimal]]()
        self._shown_at = hass.loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._untold: dict[CALLBACK_TYPE, None] = {}
        """Listeners that are still to be told of a snapshot, first come first."""

        self._told = asyncio.Event()
        self._told.set()

        self._was_connected = False
        self._told_away = False
        self.data = self._snapshot()

    @callback
    def async_follow(self) -> CALLBACK_TYPE:
        """Follow the book's changes until the returned function is called.

        The book is closed before Home Assistant says that it stops; what that changed would be looked at after it.
        """
        stop_listening = self.account.telling.listen(self._async_changed)

        @callback
        def stopping(_: Event) -> None:
            self._async_drop_timer()

        stop_waiting = self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stopping)

        @callback
        def stop() -> None:
            stop_listening()
            stop_waiting()
            self._async_drop_timer()

        return stop

    @callback
    @override
    def async_add_listener(self, update_callback: CALLBACK_TYPE, context: object = None) -> CALLBACK_TYPE:
        """Tell a listener of each snapshot when its turn comes, until the returned function is called."""
        stop_listening = super().async_add_listener(partial(self._async_line_up, update_callback), context)

        @callback
        def stop() -> None:
            self._untold.pop(update_callback, None)
            stop_listening()

        return stop

    @callback
    def _async_line_up(self, listener: CALLBACK_TYPE) -> None:
        """Let a listener wait for its turn. Who waits already is told once, of what is newest by then."""
        if self._told.is_set():
            self._told.clear()
            self.hass.loop.call_soon(self._async_tell)
        self._untold[listener] = None

    @callback
    def _async_tell(self) -> None:
        """Tell those who wait, and let others on the loop have a turn now and then."""
        ends = self.hass.loop.time() + TELLING_S
        try:
            while self._untold:
                listener = next(iter(self._untold))
                del self._untold[listener]
                listener()
                if self.hass.loop.time() >= ends:
                    break
        finally:
            if self._untold:
                self.hass.loop.call_soon(self._async_tell)
            else:
                self._told.set()

    @override
    async def async_refresh(self) -> None:
        """Show what is there now. Ends when all who listen have been told."""
        await super().async_refresh()
        await self.async_told()

    async def async_told(self) -> None:
        """Wait until all who listen have been told."""
        await self._told.wait()

    @override
    async def _async_update_data(self) -> ReadModel:
        return self._snapshot()

    @callback
    def _async_changed(self) -> None:
        """Look at a change in a moment, once for all that happens until then. Figures that moved wait for the poll."""
        due = self.hass.loop.time() + LOOK_AFTER_S
        if (self._timer is None or self._timer.when() > due) and self.account.glance() != self._glance:
            self._async_look_at(due)

    @callback
    def _async_look(self) -> None:
        """Show a change at once if nothing was shown just now, else when the gap is over."""
        self._async_drop_timer()
        now = self.account.glance()
        if now == self._glance:
            return
        gap_s = TRADE_GAP_S if now.risk == self._glance.risk else RISK_GAP_S
        due = self._shown_at + gap_s
        if due <= self.hass.loop.time():
            self._async_show()
        else:
            self._async_look_at(due)

    @callback
    def _async_look_at(self, due: float) -> None:
        """Look later; not at all once Home Assistant stops, when nobody looks at entities any more."""
        self._async_drop_timer()
        if not self.hass.is_stopping:
            self._timer = self.hass.loop.call_at(due, self._async_look)

    @callback
    def _async_show(self) -> None:
        self._async_drop_timer()
        self._shown_at = self.hass.loop.time()
        self.async_set_updated_data(self._snapshot())

    def _snapshot(self) -> ReadModel:
        """Take a snapshot, and say once when the venue went and once when it came back."""
        model, self._glance = self.account.read_model(), self.account.glance()
        held = frozenset((position.symbol, position.quantity) for position in model.positions)
        self.trades, self._held = self.trades + (held != self._held), held
        if self._was_connected and not model.connected:
            self._told_away = True
            _LOGGER.warning("MEXC gives no usable answer to %s", self.name)
        elif self._told_away and model.connected:
            self._told_away = False
            _LOGGER.warning("MEXC answers %s again", self.name)
        self._was_connected = model.connected
        return model

    @callback
    def _async_drop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
