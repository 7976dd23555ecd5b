"""Keeps a book in touch with its venue: the reads of a boot, and the same reads again and again (design section 7)."""

import asyncio
from typing import Final

from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.outcome import Unavailable
from ..orders.states import OrderState
from . import inputs as inp
from .agenda import missing_terms, watched
from .book import Book
from .ports import Clock, Venue

SWEEP_EVERY_S: Final = 30
"""Between sweeps of a healthy book (balances, open orders)."""

RETRY_S: Final = (1, 2, 4, 8, 15, 30)
"""Waits after failed sweeps; the last one repeats."""

SETTLE_S: Final = 0.25
"""How often a booting book looks whether its unresolved orders are resolved."""

FAILURES_MAX: Final = 2
"""Failed sweeps in a row after which the venue counts as unreachable."""

CLOCK_OFFSET_MAX_MS: Final = 1_000
"""Above this our timestamps risk refusal: the venue takes none that is a second ahead of its clock."""

_UNRESOLVED: Final = frozenset({OrderState.SENDING, OrderState.UNKNOWN})
_NOT_AT_VENUE: Final = frozenset({OrderState.PLANNED, OrderState.SENDING, OrderState.NOT_SENT})


class Upkeep:
    """One book's sweeps. A failed read is "no answer", never zero."""

    def __init__(self, *, book: Book, venue: Venue, clock: Clock) -> None:
        """Bind the book and where it trades."""
        self._book = book
        self._venue = venue
        self._clock = clock
        self._wake = asyncio.Event()
        self._failures = 0
        self.offset_ms: int | None = None
        self.trouble: Unavailable | None = None
        """What the last sweep failed on; None after a good one."""

    @property
    def connected(self) -> bool:
        """Whether the last sweep got all its answers."""
        return self.trouble is None and self.offset_ms is not None

    def wake(self) -> None:
        """Sweep now."""
        self._wake.set()

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            self.trouble = await self._sweep()
            wait_s = self._judge()
            self._wake.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _judge(self) -> float:
        """Raise or clear the hold of an unreachable venue; give the wait until the next sweep in seconds."""
        if self.trouble is None:
            self._failures = 0
            for kind in (HoldKind.VENUE_UNREACHABLE, HoldKind.CREDENTIALS):
                self._clear(kind)
            return self._end_of_boot()
        self._failures += 1
        if self.trouble.auth:
            self._raise(HoldKind.CREDENTIALS, self.trouble.cause)
        elif self._failures >= FAILURES_MAX:
            self._raise(HoldKind.VENUE_UNREACHABLE, self.trouble.cause)
        return RETRY_S[min(self._failures, len(RETRY_S)) - 1]

    def _end_of_boot(self) -> float:
        """Let go of the boot's hold once nothing is unresolved; give the wait until the next sweep in seconds."""
        if not self._book.state.has_hold(HoldKind.RECONCILING):
            return SWEEP_EVERY_S
        state = self._book.state
        owing = (record.state in _UNRESOLVED or record.booked < record.executed for record in state.active_orders)
        if missing_terms(state) or any(owing):
            return SETTLE_S
        self._clear(HoldKind.RECONCILING)
        return SETTLE_S

    def _raise(self, kind: HoldKind, why: str) -> None:
        self._book.tell(inp.RaiseIn(kind=kind, scope=WHOLE_BOOK, why=why, release=Release.AUTOMATIC))

    def _clear(self, kind: HoldKind) -> None:
        if self._book.state.has_hold(kind):
            self._book.tell(inp.ClearIn(kind=kind, scope=WHOLE_BOOK, reason="reads agree again"))

    async def _sweep(self) -> Unavailable | None:
        """Read clock, terms, prices, balances and open orders; stop at the first read without an answer."""
        offset_ms = await self._venue.clock_offset_ms()
        if isinstance(offset_ms, Unavailable):
            return offset_ms
        self.offset_ms = offset_ms
        for read in (self._read_terms, self._read_prices, self._read_balances, self._read_orders):
            trouble = await read()
            if trouble is not None:
                return trouble
        return None

    async def _read_terms(self) -> Unavailable | None:
        symbols = missing_terms(self._book.state)
        if not symbols:
            return None
        terms = await self._venue.instruments(symbols)
        if isinstance(terms, Unavailable):
            return terms
        self._book.tell(inp.InstrumentsIn(instruments=terms))
        return None

    async def _read_prices(self) -> Unavailable | None:
        symbols = watched(self._book.state)
        if not symbols:
            return None
        quotes = await self._venue.quotes(symbols)
        if isinstance(quotes, Unavailable):
            return quotes
        self._book.tell(inp.QuotesIn(quotes=quotes))
        return None

    async def _read_balances(self) -> Unavailable | None:
        balances = await self._venue.balances()
        if isinstance(balances, Unavailable):
            return balances
        self._book.tell(inp.BalancesIn(balances=balances))
        return None

    async def _read_orders(self) -> Unavailable | None:
        """Look every order up that the venue may still change."""
        for record in self._book.state.active_orders:
            if record.state in _NOT_AT_VENUE:
                continue
            answer = await self._venue.find(record.order)
            if isinstance(answer, Unavailable):
                return answer
            self._book.tell(inp.FoundIn(order_id=record.order.order_id, answer=answer))
        return None
