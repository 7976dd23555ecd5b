"""A book at work with its real tasks and a real journal, a scripted venue, and time that passes by hand."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Answer, Decided
from custom_components.mexc_trading.engine.begin import begin, moved_already
from custom_components.mexc_trading.engine.book import Book
from custom_components.mexc_trading.engine.fold import fold
from custom_components.mexc_trading.engine.ports import Clock, Journal, Lane, Unwritable, Venue
from custom_components.mexc_trading.engine.records import draft, event_of, event_of_draft
from custom_components.mexc_trading.engine.restore import restore
from custom_components.mexc_trading.engine.state import BookState
from custom_components.mexc_trading.journal.boot import Opened, open_journal
from custom_components.mexc_trading.journal.lane import EmergencyLane
from custom_components.mexc_trading.journal.storage import DISK, Storage
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind
from custom_components.mexc_trading.model.ids import OrderId
from custom_components.mexc_trading.model.outcome import Unavailable
from custom_components.mexc_trading.model.signal import Signal
from custom_components.mexc_trading.orders.record import OrderRecord

from .market import BTC, ETH, LIMITS, LIVE, NOW, SECRET, USDT, S, quote
from .venue import ScriptedVenue

BARRIER = OrderId("barrier")


class HandClock:
    """Time that stands still until a test moves it."""

    def __init__(self, now_ns: int = NOW) -> None:
        """Start at a fixed moment."""
        self.time_ns = now_ns

    def now_ns(self) -> int:
        """Give the time."""
        return self.time_ns


def spawn(work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
    """Start a task."""
    return asyncio.create_task(work, name=name)


class Desk:
    """What a test moves: time, the venue, and what goes into the book."""

    def __init__(self, book: Book, clock: HandClock, venue: ScriptedVenue) -> None:
        """Take an open book over and set it to work."""
        self.task = asyncio.create_task(book.run())
        self.book = book
        self.clock = clock
        self.venue = venue

    async def ready(self) -> None:
        """Let the boot's reads come in, so that entries may pass."""
        instruments, balances = await self.venue.instruments((BTC, ETH)), await self.venue.balances()
        assert not isinstance(instruments, Unavailable)
        assert not isinstance(balances, Unavailable)
        self.book.tell(inp.InstrumentsIn(instruments=instruments))
        self.book.tell(inp.BalancesIn(balances=balances))
        self.book.tell(inp.ClearIn(kind=HoldKind.RECONCILING, scope=WHOLE_BOOK, reason="test"))
        await self.wait(0)

    async def wait(self, seconds: float) -> None:
        """Let time pass, tick, and let everything that follows from it come to rest."""
        self.clock.time_ns += round(seconds * S)
        self.book.price((quote(BTC, at_ns=self.clock.time_ns), quote(ETH, at_ns=self.clock.time_ns)))
        self.book.tell(inp.TickIn())
        await self.rest()

    async def rest(self) -> None:
        """Wait until nothing is queued, stepped, or under way at the venue, as seen twice without a record between."""
        seen = -1
        while not self.book.faulted:
            await self.book.ask(inp.CancelIn(order_id=BARRIER, who="barrier"))
            tasks = [task for task in self.book._worker._under_way.values() if not task.done()]
            idle = not tasks and not len(self.book._mailbox)
            if idle and seen == self.book.head.seq:
                return
            seen = self.book.head.seq if idle else -1
            if self.venue.gate is not None and not self.venue.gate.is_set():
                return
            await asyncio.wait(tasks, timeout=60) if tasks else None

    async def ask(self, signal: Signal, digest: str = "digest") -> Answer:
        """Pass a signal through the gate."""
        return await self.book.ask(inp.SignalIn(signal=signal, digest=digest))

    async def send(self, signal: Signal) -> OrderId:
        """Pass a signal that must be allowed, and let its order come to rest."""
        answer = await self.ask(signal)
        assert isinstance(answer, Decided), answer
        assert answer.order_id is not None, answer.decision.denials
        await self.rest()
        return answer.order_id

    def healthy(self) -> bool:
        """Whether the journal could be written when it was last tried."""
        return self.book.journal_healthy

    def record(self, order_id: OrderId) -> OrderRecord:
        """Give an order's record."""
        return self.book.state.orders[order_id]


async def open_state(opened: Opened, clock: Clock, lane: Lane | None = None) -> BookState:
    """Fold a journal and begin a run on it."""
    blank = BookState(book=LIVE, quote=USDT)
    snapshot = opened.snapshot.state if opened.snapshot else None
    state = await asyncio.to_thread(restore, blank, opened.journal, snapshot)
    now_ns = clock.now_ns()
    left = () if lane is None else lane.pending()
    drafts = [] if moved_already(state, left) else list(left)
    for kept in drafts:
        fold(state, event_of_draft(kept), kept.at_ns)
    for event in begin(state, version="test", limits=LIMITS, now_ns=now_ns):
        fold(state, event, now_ns)
        drafts.append(draft(event, now_ns))
    assert not isinstance(await opened.journal.append(drafts), Unwritable)
    state.seen.keep()
    return state


@asynccontextmanager
async def open_desk(
    path: Path,
    *,
    clock: HandClock | None = None,
    venue: ScriptedVenue | None = None,
    storage: Storage = DISK,
    lane: EmergencyLane | None = None,
) -> AsyncIterator[Desk]:
    """Open a book on a journal file; on the way out everything is closed in the order of a real stop."""
    clock = clock or HandClock()
    venue = venue or ScriptedVenue(clock)
    opened = await open_journal(path, storage=storage)
    assert not isinstance(opened, Unwritable)
    book = assemble(await open_state(opened, clock, lane), opened.journal, venue, clock, lane)
    desk = Desk(book, clock, venue)
    try:
        yield desk
    finally:
        desk.task.cancel()
        await asyncio.gather(desk.task, return_exceptions=True)
        await book.stop()
        await opened.journal.close()


def assemble(state: BookState, journal: Journal, venue: Venue, clock: Clock, lane: Lane | None = None) -> Book:
    """Put a book together."""
    return Book(state=state, journal=journal, venue=venue, clock=clock, install_secret=SECRET, spawn=spawn, lane=lane)


def refolded(journal: Journal) -> BookState:
    """Fold a journal anew: what a restart would know."""
    state = BookState(book=LIVE, quote=USDT)
    for record in journal.records():
        fold(state, event_of(record), record.at_ns)
    return state
