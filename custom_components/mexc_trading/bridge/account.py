"""One book of an account at work: journal, venue and engine, assembled; what Home Assistant talks to."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from aiohttp import ClientSession

from ..engine.answers import Answer, Busy, Done
from ..engine.book import Book
from ..engine.events import Event
from ..engine.inputs import CancelIn, Input, LimitsIn, ReleaseIn, SignalIn, StageIn, StrategiesIn
from ..engine.kpis import KpiMeter
from ..engine.ports import Clock, Venue
from ..engine.stage_events import StageEvent
from ..engine.state import Report
from ..engine.upkeep import Upkeep
from ..engine.worker import Spawn
from ..exchange.health import VenueHealth
from ..exchange.mexc.spot import MexcSpot
from ..exchange.mexc.streams.streams import StreamHealth
from ..exchange.paper.venue import Market, PaperVenue
from ..journal.storage import DISK, Storage
from ..model.decision import Decision
from ..model.ids import HoldId, OrderId, StrategyId, Symbol
from ..model.market import Instrument
from ..model.outcome import Unavailable
from ..model.signal import Action, Signal
from ..risk.limits import Limits
from ..risk.strategy import StrategyTerms
from .bookkeeping import Bookkeeping
from .care import Care
from .clock import SystemClock
from .guard import Guard
from .key_watch import KeyWatch
from .kill_file import KillFile
from .kill_switch import KILL_SWITCH, KillSwitch
from .listening import Listening
from .monitor import Monitor
from .news import News, news_of
from .opening import JournalUnwritable, open_book
from .past import Past
from .read_model import Gauges, ReadModel, picture
from .snapshots import Snapshotter
from .terms import AccountTerms
from .timed_journal import TimedJournal
from .venues import AccountUnreachable, check_key, health_of, make_venue, market_of
from .witnesses import Witnesses

__all__ = ["Account", "JournalUnwritable", "open_account"]

SETTLE_S: Final = 5
"""How long a stop waits for calls that are under way; the rest belongs to the next boot."""

PRICE_WAIT_S: Final = 2
"""How long an entry waits for a fresh price before it is decided without one, and so denied."""

COMPARE_WAIT_S: Final = 60
"""How long a comparison of the books may take: all reads of a boot, at a venue that is slow."""

SYSTEM_CLOCK: Final = SystemClock()

_NS_PER_S: Final = 1_000_000_000


class Account:
    """One book of an account, and the way in and out of it. The books of one account share its kill switch."""

    def __init__(
        self,
        *,
        terms: AccountTerms,
        book: Book,
        venue: Venue,
        clock: Clock,
        spawn: Spawn,
        snapshots: Snapshotter,
        journal: TimedJournal,
        bookkeeping: Bookkeeping,
        witnesses: Witnesses | None,
        beside: Account | None,
    ) -> None:
        """Bind what :func:`open_account` has assembled."""
        self.terms = terms
        self._book = book
        self._venue = venue
        self._clock = clock
        self._snapshots = snapshots
        self._journal = journal
        self.bookkeeping = bookkeeping
        self._care = Care(name=terms.mode, book=book, keeping=bookkeeping, witnesses=witnesses, clock=clock)
        self._meter = KpiMeter()
        self._upkeep = Upkeep(book=book, venue=venue, clock=clock)
        self.past = Past(terms=terms, book=book, venue=venue)
        self.kill_switch: KillSwitch = KillSwitch(terms.folder) if beside is None else beside.kill_switch
        self.kill_switch.guard(book)
        self.monitor = Monitor(
            book=book, upkeep=self._upkeep, journal=journal, streams=self.streams, clock=clock, folder=terms.folder
        )
        self.guard = Guard(book=book, clock=clock, refresh=self._refresh_price)
        self._stopping = self._closed = False
        self._closing = asyncio.Lock()
        self._on_change: list[Callable[[], None]] = []
        self._on_news: list[Callable[[News], None]] = []
        book.listen(self._notify)
        self._tasks = [
            spawn(book.run(), "mexc_trading engine"),
            spawn(book.tick(), "mexc_trading tick"),
            spawn(self._upkeep.run(), "mexc_trading upkeep"),
            spawn(self.monitor.run(), "mexc_trading monitor"),
            spawn(self._care.run(), "mexc_trading care"),
        ]
        if beside is None:
            self._tasks.append(spawn(self.kill_switch.watch(), "mexc_trading kill file"))
        self._listening: Listening | None = None
        self._key_watch: KeyWatch | None = None
        if isinstance(venue, MexcSpot):
            self._key_watch = KeyWatch(book=book, venue=venue, clock=clock)
            self._tasks.append(spawn(self._key_watch.run(), "mexc_trading key"))
            venue.on_late_outcome = book.late
            self._listening = Listening(book=book, upkeep=self._upkeep, venue=venue, stream_url=terms.stream_url)
            self._tasks.append(spawn(self._listening.run(), "mexc_trading streams"))
        for task in self._tasks:
            task.add_done_callback(self._on_end)

    @property
    def market(self) -> Market:
        """Where the book's prices come from."""
        return market_of(self._venue)

    def read_model(self) -> ReadModel:
        """Take an immutable snapshot. Cheap."""
        now_ns = self._clock.now_ns()
        gauges = Gauges(
            connected=self._upkeep.connected,
            kill_switch=self.kill_switch.engaged,
            clock_offset_ms=self._upkeep.offset_ms,
            kpis=self._meter.read(now_ns),
            venue=self.health(),
            journal_p99_us=self._journal.p99_us,
            key_concerns=self._key_watch.concerns if self._key_watch else (),
            journal_size=self.bookkeeping.size,
        )
        return picture(self._book, at_ns=now_ns, gauges=gauges)

    def health(self) -> VenueHealth | None:
        """Tell how the exchange's client is doing, on paper that of its prices; None: it does not say."""
        return health_of(self._venue)

    def streams(self) -> StreamHealth | None:
        """Tell how the streams of a live account are doing; None for paper."""
        return None if self._listening is None else self._listening.health()

    def listen(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call back on the event loop after each change."""
        self._on_change.append(on_change)
        return lambda: self._on_change.remove(on_change)

    def listen_news(self, on_event: Callable[[News], None]) -> Callable[[], None]:
        """Call back on the event loop with each piece of news."""
        self._on_news.append(on_event)
        return lambda: self._on_news.remove(on_event)

    async def submit(self, signal: Signal, digest: str) -> Answer:
        """Put a signal through the gate. The answer comes when the decision is durable."""
        if self._stopping and signal.action is Action.ENTER:
            return Busy(cause="stopping", retry_after_s=60)
        self._meter.arrived(signal.key, self._clock.now_ns())
        if signal.action is Action.ENTER:
            await self._refresh_price(signal)
        return await self._book.ask(SignalIn(signal=signal, digest=digest))

    async def preview(self, signal: Signal) -> Decision:
        """Say what :meth:`submit` would decide now, at the same fresh price. Nothing comes of it."""
        if signal.action is Action.ENTER:
            await self._refresh_price(signal)
        return await self._book.preview(SignalIn(signal=signal, digest=""))

    async def cancel(self, order_id: OrderId, *, who: str) -> bool:
        """Ask for an order's cancellation. False: no such order."""
        return isinstance(await self._book.ask(CancelIn(order_id=order_id, who=who)), Done)

    async def engage_kill_switch(self, *, who: str, reason: str) -> None:
        """Stop entries: in memory first, then in the file, then in the journal, then the cancels. Never raises."""
        await self.kill_switch.engage(who=who, reason=reason)
        self._changed()

    async def release_hold(self, hold_id: HoldId, *, who: str, reason: str) -> bool:
        """End a hold that a person releases. False: no such hold, or not a person's to release."""
        if hold_id == KILL_SWITCH:
            answer = await self.kill_switch.release(who=who, reason=reason)
            self._changed()
        else:
            answer = await self._book.ask(ReleaseIn(hold_id=hold_id, who=who, reason=reason))
        return isinstance(answer, Done)

    async def set_limits(self, limits: Limits) -> None:
        """Put limits in force; the engine goes on."""
        await self._control(LimitsIn(limits=limits))
        self._upkeep.look()

    async def set_strategies(self, strategies: tuple[StrategyTerms, ...]) -> None:
        """Put strategy terms in force; the engine goes on."""
        await self._control(StrategiesIn(strategies=strategies))

    async def record(self, fact: StageEvent) -> None:
        """Journal a fact about a strategy's way to live."""
        await self._control(StageIn(fact=fact))

    def promoted(self, strategy: StrategyId) -> str:
        """Say which version of a strategy may trade with money; empty: none."""
        return self._book.state.promoted.get(strategy, "")

    def holds_for(self, strategy: StrategyId, symbol: Symbol) -> bool:
        """Whether the book owns some of a symbol because this strategy bought it."""
        state = self._book.state
        watched = state.memory.protections.get(symbol)
        return symbol in state.ledger.positions and watched is not None and watched.strategy == strategy

    @property
    def limits(self) -> Limits:
        """The limits in force."""
        return self._book.state.limits

    def instrument(self, symbol: Symbol) -> Instrument | None:
        """Give a symbol's trading terms; None: it is not traded here, or not known yet."""
        return self._book.state.instruments.get(symbol)

    def reconcile(self) -> None:
        """Read everything from the venue now, what the key may do as well."""
        self._upkeep.wake()
        if self._key_watch is not None:
            self._key_watch.wake()

    async def reconciled(self) -> Report | Unavailable:
        """Read everything from the venue now, and give every difference between its books and ours."""
        trouble: Unavailable | None = Unavailable(cause="timeout")
        with suppress(TimeoutError):
            async with asyncio.timeout(COMPARE_WAIT_S):
                trouble = await self._upkeep.whole()
        return trouble or self._book.state.report or Unavailable(cause="not compared yet")

    async def verified(self) -> dict[str, Any]:
        """Verify the book's whole journal against the heads that were seen outside.

        Raises :class:`.bookkeeping.Unanswered`.
        """
        return await self._care.verified()

    async def stop_entries(self) -> None:
        """Take no more entries, let none leave any more, wait a moment for calls that are under way. Exits go on."""
        self._stopping = self._book.stopping = True
        await self._book.settle(SETTLE_S)

    async def close(self) -> None:
        """Stop, seal the journal and let go of everything. Home Assistant may ask for it twice when it ends."""
        async with self._closing:
            if not self._closed:
                self._closed = True
                await self._close()

    async def _close(self) -> None:
        await self.stop_entries()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._book.stop()
        await self._book.finish("closed")
        await self._snapshots.take()
        self.bookkeeping.close()
        await self._book.journal.close()
        await self._care.note()

    def _on_end(self, task: asyncio.Task[None]) -> None:
        """Stop the book when one of its tasks ends on a bug: without it, it would only seem to work."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._book.fail(f"{task.get_name()}: {type(error).__name__}")

    async def _control(self, item: Input) -> None:
        answer = await self._book.ask(item)
        if isinstance(answer, Busy):
            raise JournalUnwritable(answer.cause)

    async def _refresh_price(self, signal: Signal) -> None:
        """Read the symbol's price if the one we have is too old to decide with."""
        state = self._book.state
        quote = state.marks.get(signal.symbol)
        oldest_ns = self._clock.now_ns() - state.limits.max_price_age_s * _NS_PER_S // 2
        if (quote is not None and quote.at_ns >= oldest_ns) or signal.symbol not in state.instruments:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(PRICE_WAIT_S):
                quotes = await self._venue.quotes((signal.symbol,))
                if not isinstance(quotes, Unavailable):
                    self._book.price(quotes)

    def _notify(self, events: tuple[Event, ...]) -> None:
        now_ns = self._clock.now_ns()
        self._meter.able(now_ns, able=self._upkeep.connected and self._book.journal_healthy and not self._book.faulted)
        for event in events:
            self._meter.happened(event, self._book.state, now_ns)
            for news in news_of(event, self._book.state):
                for on_event in tuple(self._on_news):
                    on_event(news)
        self._snapshots.look()
        self._changed()

    def _changed(self) -> None:
        for on_change in tuple(self._on_change):
            on_change()


async def open_account(
    terms: AccountTerms,
    *,
    session: ClientSession,
    spawn: Spawn,
    version: str,
    witnesses: Witnesses | None = None,
    clock: Clock = SYSTEM_CLOCK,
    storage: Storage = DISK,
    beside: Account | None = None,
) -> Account:
    """Open a book of an account: lock and verify the journal, fold it, start on hold ``reconciling``.

    ``witnesses`` know heads of the journal that were seen before. ``beside`` is the account's book that is open
    already: its kill switch and its view of the market are used.
    Raises :class:`AccountUnreachable`, :class:`.venues.AccountRefused`, :class:`JournalUnwritable`, and the journal's
    own :class:`~..journal.lock.Locked`.
    """
    market = None if beside is None else beside.market
    venue = make_venue(terms, session=session, clock=clock, market=market)
    offset = await venue.clock_offset()
    if isinstance(offset, Unavailable):
        raise AccountUnreachable(offset.cause)
    await check_key(venue, clock)
    heads = () if witnesses is None else await witnesses.heads(terms.mode)
    opened = await open_book(terms, clock=clock, version=version, witnesses=heads, storage=storage)
    if witnesses is not None:
        await witnesses.note(terms.mode, opened.journal.head, afresh=opened.doubtful)
    if isinstance(venue, PaperVenue):
        venue.resume(opened.state)
    journal = TimedJournal(opened.journal)
    book = Book(
        state=opened.state,
        journal=journal,
        venue=venue,
        clock=clock,
        install_secret=terms.install_secret,
        spawn=spawn,
        lane=opened.lane,
    )
    # A kill file that is already there holds before the first look at it.
    book.entries_stopped = await asyncio.to_thread(KillFile(terms.folder).present)
    snapshots = Snapshotter(book=book, journal=opened.journal, spawn=spawn, seq=opened.snapshot_seq)
    path = terms.folder / f"{terms.mode}.db"
    return Account(
        terms=terms,
        book=book,
        venue=venue,
        clock=clock,
        spawn=spawn,
        snapshots=snapshots,
        journal=journal,
        bookkeeping=Bookkeeping(path=path, journal=opened.journal, snapshots=snapshots),
        witnesses=witnesses,
        beside=beside,
    )
