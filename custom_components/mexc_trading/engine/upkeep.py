"""Keeps a book in touch with its venue: the reads of a boot, and the same reads again and again (design section 7)."""

import asyncio
from typing import Final

from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.outcome import ClockOffset, Unavailable
from ..orders.reconcile import Finding, FindingKind
from ..orders.states import UNANSWERED
from . import inputs as inp
from .account_reads import AccountReads
from .agenda import missing_terms, terms_wanted
from .book import Book
from .pace import HISTORY, LOOK_IDLE_S, LOOK_S, Pace, Reads, Stake
from .ports import Clock, Venue

RETRY_S: Final = (1, 2, 4, 8, 15, 30)
"""Waits after failed sweeps; the last one repeats."""

SETTLE_S: Final = 0.25
"""How often a booting book looks whether its unresolved orders are resolved."""

FAILURES_MAX: Final = 2
"""Failed sweeps in a row after which the venue counts as unreachable."""

_UNSETTLED: Final = frozenset(
    {FindingKind.BEHIND, FindingKind.MISSING_FILL, FindingKind.ORPHAN_ORDER, FindingKind.DENIED}
)
"""Differences after which the books are compared once more before entries pass."""

_VENUE_TROUBLE: Final = (HoldKind.VENUE_UNREACHABLE, HoldKind.CREDENTIALS, HoldKind.VENUE_BAN)
"""Holds that a good sweep ends, if it began after they did."""

CLOCK_SET_S: Final = 2
"""A wait that was so much longer or shorter than asked for, by our clock: it was set, or the machine slept."""

_NS_PER_S: Final = 1_000_000_000


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
        self._reads = AccountReads(book=book, venue=venue, clock=clock)
        self._failures = 0
        self._unsettled = True
        self.offset: ClockOffset | None = None
        """The venue's clock against ours; None before the first answer."""

        self.trouble: Unavailable | None = None
        """What the last sweep failed on; None after a good one."""

    @property
    def connected(self) -> bool:
        """Whether the last sweep got all its answers."""
        return self.trouble is None and self.offset is not None

    @property
    def offset_ms(self) -> int | None:
        """The venue's clock minus ours; None: not measured yet."""
        return None if self.offset is None else self.offset.offset_ms

    def wake(self) -> None:
        """Read everything and compare the whole books, now."""
        self._pace.forget("whole")
        self._wake.set()

    def look(self) -> None:
        """Read now what is due anyway, and what is not known yet: terms and prices of new symbols."""
        self._wake.set()

    def look_at_clock(self) -> None:
        """Read the venue's clock now."""
        self._pace.forget("clock")
        self._wake.set()

    async def whole(self) -> Unavailable | None:
        """Read everything and compare the whole books, from now on; give what was in the way.

        Where the venue, or our own budget of requests, asks to wait, it is waited and read again.
        """
        asked: asyncio.Future[Unavailable | None] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self.wake()
        return await asked

    def hear(self, *, live: bool) -> None:
        """Learn that the account's stream flows from here on, or not any more.

        When it begins, what may have changed unheard is read now: all but the venue's history. When it ends, it is
        looked whether the venue is still there.
        """
        self._pace.heard = live
        self._pace.forget(*(("clock", "open_orders", "balances", "trades") if live else ("clock",)))
        self._wake.set()

    def stir(self) -> None:
        """Learn that the stream told of something in the account that is not known: read it soon."""
        self._pace.stir()

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            self._wake.clear()
            asked, self._asked = self._asked, []
            began_ns = self._clock.now_ns()
            self.trouble = await self._sweep()
            self._tell(asked)
            await self._rest(self._judge(began_ns))

    async def _rest(self, wait_s: float) -> None:
        """Wait until the next sweep. When our clock was set meanwhile, the venue's is read."""
        began_ns, shortest_s = self._clock.now_ns(), 0.0
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            shortest_s = wait_s
        waited_s = (self._clock.now_ns() - began_ns) / _NS_PER_S
        if not shortest_s - CLOCK_SET_S <= waited_s <= wait_s + CLOCK_SET_S:
            # The machine may have slept: what happened meanwhile is read at once, not when its turn comes.
            self._pace.forget("clock", "open_orders", "balances", "trades")

    def _tell(self, asked: list[asyncio.Future[Unavailable | None]]) -> None:
        """Tell those who asked for a sweep how it ended, unless it is to be made again in a moment."""
        if self.trouble is not None and self.trouble.retry_after_s is not None:
            self._asked += asked
            return
        for waiting in asked:
            if not waiting.done():
                waiting.set_result(self.trouble)

    def _judge(self, began_ns: int) -> float:
        """Raise or clear the holds of an unreachable venue; give the wait until the next sweep in seconds."""
        trouble = self.trouble
        if trouble is None:
            self._failures = 0
            for kind in _VENUE_TROUBLE:
                self._clear(kind, before_ns=began_ns)
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
            return LOOK_IDLE_S if _stake(self._book) is Stake.NOTHING else LOOK_S
        owing = any(record.state in UNANSWERED or record.booked < record.executed for record in state.active_orders)
        if self._unsettled:
            self._pace.forget("whole")
        if not (missing_terms(state) or owing or self._unsettled):
            self._clear(HoldKind.RECONCILING)
        return SETTLE_S

    def _raise(self, kind: HoldKind, why: str) -> None:
        if not self._book.state.has_hold(kind):
            self._book.tell(inp.RaiseIn(kind=kind, scope=WHOLE_BOOK, why=why, release=Release.AUTOMATIC))

    def _clear(self, kind: HoldKind, before_ns: int | None = None) -> None:
        """End a hold, if it began before a moment. One from the future did, before the clock was set back."""
        now_ns = self._clock.now_ns()
        holds = (hold for hold in self._book.state.holds.values() if hold.kind is kind)
        if any(before_ns is None or not before_ns < hold.since_ns <= now_ns for hold in holds):
            self._book.tell(inp.ClearIn(kind=kind, scope=WHOLE_BOOK, reason="reads agree again"))

    async def _sweep(self) -> Unavailable | None:
        """Read what is due; stop at the first read without an answer."""
        if self.trouble is not None or any(self._book.state.has_hold(kind) for kind in _VENUE_TROUBLE):
            self._pace.forget("clock")
        due = self._pace.due(self._clock.now_ns(), _stake(self._book))
        trouble = await self._read_clock() if due.clock else None
        trouble = trouble or await self._read_terms() or await self._read_prices()
        if trouble is not None:
            return trouble
        if due.of_account and (trouble := await self._compare(due)) is not None:
            return trouble
        self._pace.done(due, self._clock.now_ns())
        return None

    async def _compare(self, due: Reads) -> Unavailable | None:
        """Compare what is due; of a whole comparison first what can hurt.

        What is held, working and owed is right, and so are its exits, before the history of every market is read: that
        takes the longer, the more markets there are. Entries wait for all of it, because limits look at the whole book.
        """
        unsettled = False
        for part in (due._replace(whole=False), HISTORY) if due.whole else (due,):
            findings = await self._reads.compare(part)
            if isinstance(findings, Unavailable):
                return findings
            unsettled = unsettled or _unsettled(findings)
        if due.whole:
            self._unsettled = unsettled
        return None

    async def _read_clock(self) -> Unavailable | None:
        offset = await self._venue.clock_offset()
        if isinstance(offset, Unavailable):
            return offset
        self.offset = offset
        return None

    async def _read_terms(self) -> Unavailable | None:
        """Ask for all trading terms: the venue's client keeps them, and knows when to read them anew."""
        wanted = terms_wanted(self._book.state)
        terms = await self._venue.instruments(wanted) if wanted else ()
        if isinstance(terms, Unavailable):
            return terms
        if any(self._book.state.instruments.get(instrument.symbol) != instrument for instrument in terms):
            await self._book.ask(inp.InstrumentsIn(instruments=terms))
        return None

    async def _read_prices(self) -> Unavailable | None:
        symbols = self._book.unpriced()
        quotes = await self._venue.quotes(symbols) if symbols else ()
        if isinstance(quotes, Unavailable):
            return quotes
        self._book.price(quotes)
        return None


def _unsettled(findings: tuple[Finding, ...]) -> bool:
    return any(finding.kind in _UNSETTLED for finding in findings)


def _stake(book: Book) -> Stake:
    """Say what of the book's is at the venue and may change."""
    if book.state.active:
        return Stake.ORDER
    return Stake.POSITION if book.state.ledger.positions else Stake.NOTHING
