"""Carries effects out: one task each, bounded, results posted back as inputs. The border to the venue."""

import asyncio
from collections.abc import Callable, Coroutine
import logging
from typing import Final, Protocol

from ..model.fill import Fill
from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.order import Order, VenueOrder
from ..model.outcome import Absent, Ambiguous, NotSent, Throttled, Unavailable
from . import inputs as inp
from .effects import (
    CancelOrder,
    Effect,
    FindOrder,
    ReadHistory,
    ReadOpenOrders,
    ReadOrderFills,
    ReadQuotes,
    SearchOrder,
    SubmitOrder,
    label,
)
from .guard_inputs import OpenOrdersIn
from .ports import ENTRIES_STOPPED, Clock, Venue

_LOGGER = logging.getLogger(__name__)

WRITES_MAX: Final = 16
"""Entries under way at once, and as many exits, and cancels; what is beyond waits. More than the venue's rate allows in
a round trip. Each has places of its own: entries that wait for that rate delay no exit."""

READS_MAX: Final = 8
"""Reads under way at once. Apart from the writes, so that no exit waits for a slow read."""


class Spawn(Protocol):
    """Starts a background task that ends with the account."""

    def __call__(self, work: Coroutine[object, object, None], name: str, /) -> asyncio.Task[None]:
        """Start it."""
        ...


class Worker:
    """One book's hands. The same look-up is never under way twice; a submit is never repeated here."""

    def __init__(
        self,
        *,
        venue: Venue,
        clock: Clock,
        post: Callable[[inp.Input], None],
        spawn: Spawn,
        stopped: Callable[[Order], bool],
    ) -> None:
        """Bind the venue, the way back, and the last check before an order leaves."""
        self._venue = venue
        self._clock = clock
        self._post = post
        self._spawn = spawn
        self._stopped = stopped
        self._entries, self._exits, self._cancels = (asyncio.Semaphore(WRITES_MAX) for _ in range(3))
        self._reads = asyncio.Semaphore(READS_MAX)
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def is_sending(self, order: Order) -> bool:
        """Whether this order's submit is under way, so that its answer is still to come."""
        return label(SubmitOrder(order=order)) in self._under_way

    @property
    def submitting(self) -> tuple[asyncio.Task[None], ...]:
        """The submits and cancels that are under way."""
        return tuple(task for name, task in self._under_way.items() if name.startswith(("SubmitOrder", "CancelOrder")))

    def release(self, effect: Effect) -> None:
        """Start an effect, unless the same one is under way."""
        name = label(effect)
        if name in self._under_way:
            return
        task = self._spawn(self._carry_out(effect), name)
        self._under_way[name] = task
        task.add_done_callback(lambda _: self._under_way.pop(name, None))

    def release_after(self, effect: Effect) -> None:
        """Start an effect, once more if the same one is under way."""
        under_way = self._under_way.get(label(effect))
        if under_way is None:
            self.release(effect)
        else:
            under_way.add_done_callback(lambda done: None if done.cancelled() else self.release(effect))

    async def stop(self) -> None:
        """End everything that is under way, and wait until it has ended. The next boot looks up what is open."""
        tasks = tuple(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry_out(self, effect: Effect) -> None:
        async with self._places(effect):
            try:
                await self._do(effect)
            except Exception as error:  # The exchange border: a bug behind the port must not pass for an answer.
                _LOGGER.exception("Unexpected failure in %s", type(effect).__name__)
                self._report_fault(effect, error)

    def _places(self, effect: Effect) -> asyncio.Semaphore:
        """Say which places an effect takes one of."""
        match effect:
            case SubmitOrder(order=order):
                return self._entries if order.is_entry else self._exits
            case CancelOrder():
                return self._cancels
            case _:
                return self._reads

    async def _do(self, effect: Effect) -> None:
        match effect:
            case SubmitOrder():
                await self._submit(effect.order)
            case CancelOrder():
                outcome = self._noted(await self._venue.cancel(effect.order, effect.venue_order_id))
                self._post(inp.CancelOutcomeIn(order_id=effect.order.order_id, outcome=outcome))
            case FindOrder():
                answer = self._noted(await self._venue.find(effect.order))
                self._post(inp.FoundIn(order_id=effect.order.order_id, answer=answer))
            case SearchOrder():
                self._post(await self._search(effect))
            case ReadOrderFills():
                fills = self._noted(await self._venue.fills(effect.symbol, venue_order_id=effect.venue_order_id))
                if not isinstance(fills, Unavailable):
                    self._post(inp.FillsIn(symbol=effect.symbol, fills=fills))
            case ReadHistory():
                orders = self._noted(await self._venue.order_history(effect.symbol, effect.since_ms))
                if not isinstance(orders, Unavailable):
                    self._post(inp.HistoryIn(symbol=effect.symbol, orders=orders))
            case ReadQuotes():
                quotes = self._noted(await self._venue.quotes(effect.symbols))
                if not isinstance(quotes, Unavailable):
                    self._post(inp.QuotesIn(quotes=quotes))
            case ReadOpenOrders():
                started_ns = self._clock.now_ns()
                listed = self._noted(await self._venue.open_orders(effect.symbols))
                self._post(OpenOrdersIn(started_ns=started_ns, orders=listed))

    async def _submit(self, order: Order) -> None:
        """Send once. What is still here when it must not be sent any more does not leave."""

        def wanted() -> bool:
            return not self._stopped(order)

        if not wanted():
            self._post(inp.SubmitIn(order_id=order.order_id, outcome=NotSent(cause=ENTRIES_STOPPED)))
            return
        outcome = self._noted(await self._venue.submit(order, wanted))
        self._post(inp.SubmitIn(order_id=order.order_id, outcome=outcome))

    async def _search(self, effect: SearchOrder) -> inp.SearchedIn:
        """Look in all four places, one after the other, and say what each said."""
        order = effect.order
        started_ns = self._clock.now_ns()
        by_id = self._noted(await self._venue.find(order))
        open_orders = self._noted(await self._venue.open_orders((order.symbol,)))
        history = self._noted(await self._venue.order_history(order.symbol, effect.since_ms))
        trades = self._noted(await self._venue.fills(order.symbol, since_ms=effect.since_ms))
        return inp.SearchedIn(
            order_id=order.order_id,
            started_ns=started_ns,
            by_id=by_id,
            open_orders=_among(order, open_orders),
            history=_among(order, history),
            trades=_ours(order, trades),
        )

    def _noted[T](self, answer: T) -> T:
        """Pass an answer on. A ban holds entries at once, whichever call ran into it; the upkeep ends the hold."""
        match answer:
            case Throttled(banned=True) | Unavailable(banned=True):
                ban = inp.RaiseIn(kind=HoldKind.VENUE_BAN, scope=WHOLE_BOOK, why="banned", release=Release.AUTOMATIC)
                self._post(ban)
            case _:
                pass
        return answer

    def _report_fault(self, effect: Effect, error: Exception) -> None:
        """Say what a bug leaves behind: an order of unknown fate, and a book that a person must look at."""
        cause = f"fault:{type(error).__name__}"
        if isinstance(effect, SubmitOrder):
            self._post(inp.SubmitIn(order_id=effect.order.order_id, outcome=Ambiguous(cause=cause)))
        self._post(inp.RaiseIn(kind=HoldKind.ENGINE_FAULT, scope=WHOLE_BOOK, why=cause, release=Release.PERSON))


def _among(order: Order, answer: tuple[VenueOrder, ...] | Unavailable) -> VenueOrder | Absent | Unavailable:
    if isinstance(answer, Unavailable):
        return answer
    return next((seen for seen in answer if seen.order_id == order.order_id), Absent())


def _ours(order: Order, answer: tuple[Fill, ...] | Unavailable) -> tuple[Fill, ...] | Unavailable:
    if isinstance(answer, Unavailable):
        return answer
    return tuple(fill for fill in answer if fill.order_id == order.order_id)
