"""Keeps a book in touch with its venue: the reads of a boot, and the same reads again and again (design section 7)."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from ..model.fill import Fill
from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.ids import Asset, OrderId
from ..model.money import exact
from ..model.order import VenueOrder
from ..model.outcome import Absent, Balance, Unavailable
from ..orders.reconcile import Finding, FindingKind, VenueBook
from ..orders.states import UNANSWERED, OrderState
from . import inputs as inp
from .agenda import missing_terms, watched
from .answers import Differences
from .book import Book
from .compare_inputs import CompareIn
from .pace import Pace, Reads
from .ports import Clock, Venue
from .scope import book_symbols

RETRY_S: Final = (1, 2, 4, 8, 15, 30)
"""Waits after failed sweeps; the last one repeats."""

SETTLE_S: Final = 0.25
"""How often a booting book looks whether its unresolved orders are resolved."""

FAILURES_MAX: Final = 2
"""Failed sweeps in a row after which the venue counts as unreachable."""

HISTORY_MS: Final = 7 * 86_400_000 - 600_000
"""How far back the venue's history of orders is read; its look-ups go no further either (fact sheet 1.7).

Ten minutes less than the venue's window of a week: with what is read beyond our clock it stays one question."""

OVERLAP_MS: Final = 3_600_000
"""How far before the last trade that we know the venue's trades are read again."""

_NOT_AT_VENUE: Final = frozenset({OrderState.PLANNED, OrderState.SENDING, OrderState.NOT_SENT})
_UNSETTLED: Final = frozenset(
    {FindingKind.BEHIND, FindingKind.MISSING_FILL, FindingKind.ORPHAN_ORDER, FindingKind.DENIED}
)
"""Differences after which the books are compared once more before entries pass."""

_NS_PER_MS: Final = 1_000_000


class Upkeep:
    """One book's sweeps. A failed read is "no answer", never zero."""

    def __init__(self, *, book: Book, venue: Venue, clock: Clock) -> None:
        """Bind the book and where it trades."""
        self._book = book
        self._venue = venue
        self._clock = clock
        self._wake = asyncio.Event()
        self._asked: list[asyncio.Future[Unavailable | None]] = []
        self._pace = Pace()
        self._failures = 0
        self._unsettled = True
        self.offset_ms: int | None = None
        """The venue's clock against ours; None before the first answer."""

        self.trouble: Unavailable | None = None
        """What the last sweep failed on; None after a good one."""

    @property
    def connected(self) -> bool:
        """Whether the last sweep got all its answers."""
        return self.trouble is None and self.offset_ms is not None

    def wake(self) -> None:
        """Read everything and compare the whole books, now."""
        self._pace.forget()
        self._wake.set()

    def look(self) -> None:
        """Read now what is due anyway, and what is not known yet: terms and prices of new symbols."""
        self._wake.set()

    async def whole(self) -> Unavailable | None:
        """Read everything and compare the whole books, from now on; give what was in the way.

        Where the venue, or our own budget of requests, asks to wait, it is waited and read again.
        """
        asked: asyncio.Future[Unavailable | None] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self.wake()
        return await asked

    def catch_up(self) -> None:
        """Read now what may have changed unheard: all but the venue's history."""
        self._pace.forget(whole=False)
        self._wake.set()

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            self._wake.clear()
            asked, self._asked = self._asked, []
            self.trouble = await self._sweep()
            self._tell(asked)
            wait_s = self._judge()
            try:
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _tell(self, asked: list[asyncio.Future[Unavailable | None]]) -> None:
        """Tell those who asked for a sweep how it ended, unless it is to be made again in a moment."""
        if self.trouble is not None and self.trouble.retry_after_s is not None:
            self._asked += asked
            return
        for waiting in asked:
            if not waiting.done():
                waiting.set_result(self.trouble)

    def _judge(self) -> float:
        """Raise or clear the holds of an unreachable venue; give the wait until the next sweep in seconds."""
        trouble = self.trouble
        if trouble is None:
            self._failures = 0
            for kind in (HoldKind.VENUE_UNREACHABLE, HoldKind.CREDENTIALS, HoldKind.VENUE_BAN):
                self._clear(kind)
            return self._end_of_boot()
        self._failures += 1
        if trouble.auth:
            self._raise(HoldKind.CREDENTIALS, trouble.cause)
        elif trouble.banned:
            self._raise(HoldKind.VENUE_BAN, trouble.cause)
        elif self._failures >= FAILURES_MAX:
            self._raise(HoldKind.VENUE_UNREACHABLE, trouble.cause)
        return max(RETRY_S[min(self._failures, len(RETRY_S)) - 1], trouble.retry_after_s or 0)

    def _end_of_boot(self) -> float:
        """Let go of the boot's hold once nothing is unresolved; give the wait until the next sweep in seconds."""
        state = self._book.state
        if not state.has_hold(HoldKind.RECONCILING):
            return self._pace.wait_s(busy=_is_busy(self._book))
        owing = any(record.state in UNANSWERED or record.booked < record.executed for record in state.active_orders)
        if self._unsettled:
            self._pace.forget()
        if not (missing_terms(state) or owing or self._unsettled):
            self._clear(HoldKind.RECONCILING)
        return SETTLE_S

    def _raise(self, kind: HoldKind, why: str) -> None:
        if not self._book.state.has_hold(kind):
            self._book.tell(inp.RaiseIn(kind=kind, scope=WHOLE_BOOK, why=why, release=Release.AUTOMATIC))

    def _clear(self, kind: HoldKind) -> None:
        if self._book.state.has_hold(kind):
            self._book.tell(inp.ClearIn(kind=kind, scope=WHOLE_BOOK, reason="reads agree again"))

    async def _sweep(self) -> Unavailable | None:
        """Read what is due; stop at the first read without an answer."""
        due = self._pace.due(self._clock.now_ns(), busy=_is_busy(self._book))
        for read in (self._read_clock, self._read_terms, self._read_prices):
            trouble = await read()
            if trouble is not None:
                return trouble
        if not due.any:
            return None
        trouble = await self._compare(due)
        if trouble is None:
            self._pace.done(due, self._clock.now_ns())
        return trouble

    async def _read_clock(self) -> Unavailable | None:
        offset_ms = await self._venue.clock_offset_ms()
        if isinstance(offset_ms, Unavailable):
            return offset_ms
        self.offset_ms = offset_ms
        return None

    async def _read_terms(self) -> Unavailable | None:
        symbols = missing_terms(self._book.state)
        if not symbols:
            return None
        terms = await self._venue.instruments(symbols)
        if isinstance(terms, Unavailable):
            return terms
        await self._book.ask(inp.InstrumentsIn(instruments=terms))
        return None

    async def _read_prices(self) -> Unavailable | None:
        symbols = watched(self._book.state)
        if not symbols:
            return None
        quotes = await self._venue.quotes(symbols)
        if isinstance(quotes, Unavailable):
            return quotes
        self._book.price(quotes)
        return None

    async def _compare(self, due: Reads) -> Unavailable | None:
        """Read the venue's book and have it compared with ours."""
        started_ns = self._clock.now_ns()
        before = await self._balances(due)
        if isinstance(before, Unavailable):
            return before
        venues = await self._read_book(due, before)
        if isinstance(venues, Unavailable):
            return venues
        answer = await self._book.ask(CompareIn(venues=venues, started_ns=started_ns, whole=due.whole))
        if not isinstance(answer, Differences):
            return Unavailable(cause="the engine takes nothing now")
        if due.whole:
            self._unsettled = _unsettled(answer.findings)
        return None

    async def _balances(self, due: Reads) -> tuple[Balance, ...] | Unavailable | None:
        """Read all balances, if they are due; the first ever read gives the capital."""
        if not due.balances:
            return None
        balances = await self._venue.balances()
        if not isinstance(balances, Unavailable):
            await self._book.ask(inp.BalancesIn(balances=balances))
        return balances

    async def _read_book(self, due: Reads, before: tuple[Balance, ...] | None) -> VenueBook | Unavailable:
        """Read orders and trades, and the balances once more: only what stayed the same belongs to one moment."""
        symbols = book_symbols(self._book.state)
        open_orders = await self._venue.open_orders(symbols) if due.open_orders else None
        if isinstance(open_orders, Unavailable):
            return open_orders
        lookups = {} if open_orders is None else await self._look_up(open_orders)
        if isinstance(lookups, Unavailable):
            return lookups
        parts: list[tuple[VenueOrder, ...]] = []
        trades: list[Fill] = []
        for symbol in symbols:
            told = await self._venue.fills(symbol, since_ms=self._trades_since_ms()) if due.trades else ()
            if isinstance(told, Unavailable):
                return told
            trades += told
            listed = await self._venue.order_history(symbol, self._history_since_ms()) if due.whole else ()
            if isinstance(listed, Unavailable):
                return listed
            parts.append(listed)
        after = await self._venue.balances() if before is not None else None
        if isinstance(after, Unavailable):
            return after
        return VenueBook(
            open_orders=open_orders,
            history=tuple(order for part in parts for order in part),
            lookups=lookups,
            trades=tuple(trades),
            balances=_totals(after) if after is not None and after == before else None,
        )

    async def _look_up(self, open_orders: Sequence[VenueOrder]) -> dict[OrderId, VenueOrder | Absent] | Unavailable:
        """Look up every order that the venue may still change and that is not in its list."""
        listed = {order.order_id for order in open_orders}
        answers: dict[OrderId, VenueOrder | Absent] = {}
        for record in self._book.state.active_orders:
            if record.state in _NOT_AT_VENUE or record.order.order_id in listed:
                continue
            answer = await self._venue.find(record.order)
            if isinstance(answer, Unavailable):
                return answer
            answers[record.order.order_id] = answer
        return answers

    def _trades_since_ms(self) -> int:
        """Give the venue's time from which trades are read: before the last one that we know."""
        state = self._book.state
        known_ms = state.last_trade_ms or state.began_ns // _NS_PER_MS
        return known_ms - OVERLAP_MS

    def _history_since_ms(self) -> int:
        return self._clock.now_ns() // _NS_PER_MS - HISTORY_MS


def _totals(balances: tuple[Balance, ...]) -> dict[Asset, Decimal]:
    with exact():
        return {balance.asset: balance.total for balance in balances}


def _unsettled(findings: tuple[Finding, ...]) -> bool:
    return any(finding.kind in _UNSETTLED for finding in findings)


def _is_busy(book: Book) -> bool:
    """Whether the book has anything at the venue that may change."""
    return bool(book.state.active or book.state.ledger.positions)
