"""Reads a venue's side of an account, as far as it is due, so that it can be compared with ours."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from ..model.fill import Fill
from ..model.ids import Asset, OrderId
from ..model.money import exact
from ..model.order import VenueOrder
from ..model.outcome import Absent, Balance, Unavailable
from ..orders.reconcile import Finding, VenueBook
from ..orders.states import OrderState
from . import inputs as inp
from .answers import Differences
from .book import Book
from .compare_inputs import CompareIn
from .pace import Reads
from .ports import Clock, Venue
from .scope import book_symbols, traded_symbols

HISTORY_MS: Final = 7 * 86_400_000 - 600_000
"""How far back the venue's history of orders is read; its look-ups go no further either (fact sheet 1.7).

Ten minutes less than the venue's window of a week: with what is read beyond our clock it stays one question.
"""

OVERLAP_MS: Final = 3_600_000
"""How far before the last trade that we know the venue's trades are read again."""

_NOT_AT_VENUE: Final = frozenset({OrderState.PLANNED, OrderState.SENDING, OrderState.NOT_SENT})

_NS_PER_MS: Final = 1_000_000


class AccountReads:
    """One book's reads of its account. A failed read is "no answer", never zero."""

    def __init__(self, *, book: Book, venue: Venue, clock: Clock) -> None:
        """Bind the book and where it trades."""
        self._book = book
        self._venue = venue
        self._clock = clock

    async def compare(self, due: Reads) -> tuple[Finding, ...] | Unavailable:
        """Read the venue's book, have it compared with ours, and give the differences."""
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
        return answer.findings

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
        state = self._book.state
        open_orders = await self._venue.open_orders(book_symbols(state)) if due.open_orders else None
        if isinstance(open_orders, Unavailable):
            return open_orders
        lookups = {} if open_orders is None else await self._look_up(open_orders)
        if isinstance(lookups, Unavailable):
            return lookups
        trades: list[Fill] = []
        for symbol in traded_symbols(state) if due.trades else ():
            told = await self._venue.fills(symbol, since_ms=self._trades_since_ms())
            if isinstance(told, Unavailable):
                return told
            trades += told
        history: list[VenueOrder] = []
        for symbol in book_symbols(state) if due.whole else ():
            listed = await self._venue.order_history(symbol, self._history_since_ms())
            if isinstance(listed, Unavailable):
                return listed
            history += listed
        after = await self._venue.balances() if before is not None else None
        if isinstance(after, Unavailable):
            return after
        return VenueBook(
            open_orders=open_orders,
            history=tuple(history),
            lookups=lookups,
            trades=tuple(trades),
            balances=_totals(after) if after is not None and after == before else None,
            locked={balance.asset: balance.locked for balance in after or ()},
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
