"""One book of an account at work: what Home Assistant talks to."""

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from ..engine.answers import Answer, Busy, Done
from ..engine.book import Book
from ..engine.events import Event
from ..engine.inputs import CancelIn, Input, LimitsIn, ReleaseIn, SignalIn, StageIn, StrategiesIn
from ..engine.ports import Venue
from ..engine.stage_events import StageEvent
from ..engine.state import Report
from ..engine.upkeep import Upkeep
from ..engine.worker import Spawn
from ..exchange.health import VenueHealth
from ..exchange.paper.terms import PaperTerms
from ..exchange.paper.venue import Market, PaperVenue
from ..journal.reset import ask_for_reset
from ..journal.storage import DISK
from ..model.decision import Decision
from ..model.ids import HoldId, OrderId, StrategyId, Symbol
from ..model.market import Instrument
from ..model.outcome import ClockOffset, Unavailable
from ..model.signal import Action, Signal
from ..risk.limits import Limits
from ..risk.strategy import StrategyTerms
from .bookkeeping import Bookkeeping
from .care import Care
from .clock import MachineClock
from .contact import Contact
from .fresh_price import FreshPrice
from .guard import Guard
from .holdings import Holdings
from .kill_switch import KILL_SWITCH, KillSwitch
from .monitor import Monitor
from .opening import JournalUnwritable
from .past import Past
from .read_model import Gauges, Glance, ReadModel, glance, picture
from .running import Running
from .snapshots import Snapshotter
from .telling import Telling
from .terms import AccountTerms
from .timed_journal import TimedJournal
from .venues import health_of, market_of, worst_breaker_of
from .witnesses import Witnesses

SETTLE_S: Final = 5
"""How long a stop waits for calls that are under way; the rest belongs to the next boot."""

COMPARE_WAIT_S: Final = 60
"""How long a comparison of the books may take: all reads of a boot, at a venue that is slow."""

_NS_PER_MS: Final = 1_000_000


class Account:
    """One book of an account, and the way in and out of it. The books of one account share its kill switch."""

    def __init__(
        self,
        *,
        terms: AccountTerms,
        book: Book,
        venue: Venue,
        clock: MachineClock,
        offset: ClockOffset,
        spawn: Spawn,
        snapshots: Snapshotter,
        journal: TimedJournal,
        bookkeeping: Bookkeeping,
        witnesses: Witnesses | None,
        beside: Account | None,
    ) -> None:
        """Bind what :func:`.open_account.open_account` has assembled."""
        self.terms = terms
        self._book = book
        self._venue = venue
        self._clock = clock
        self._snapshots = snapshots
        self._journal = journal
        self.bookkeeping = bookkeeping
        self.care = Care(name=terms.mode, book=book, keeping=bookkeeping, witnesses=witnesses, clock=clock)
        self._upkeep = Upkeep(book=book, venue=venue, clock=clock)
        self.telling = Telling(book=book, upkeep=self._upkeep, clock=clock)
        self.past = Past(terms=terms, book=book, venue=venue)
        self.holdings = Holdings(book)
        self.kill_switch: KillSwitch = KillSwitch(terms.folder) if beside is None else beside.kill_switch
        self.kill_switch.guard(book)
        self.contact = Contact(book=book, upkeep=self._upkeep, venue=venue, clock=clock, stream_url=terms.stream_url)
        self.monitor = Monitor(
            book=book,
            upkeep=self._upkeep,
            journal=journal,
            streams=self.contact.streams,
            clock=clock,
            offset=offset,
            folder=terms.folder,
        )
        self._price = FreshPrice(book=book, venue=venue, clock=clock, spawn=spawn)
        self.guard = Guard(book=book, clock=clock, refresh=self._price.refresh)
        self._stopping = self._closed = False
        self._ends = "closed"
        self._closing = asyncio.Lock()
        book.listen(self._notify)
        self._running = Running(book=book, spawn=spawn)
        self._start(beside)

    def _start(self, beside: Account | None) -> None:
        """Begin everything that goes on by itself."""
        self.monitor.begin()
        self._running.start(self._book.run(), "engine")
        self._running.start(self._book.tick(), "tick")
        self._running.start(self._upkeep.run(), "upkeep")
        self._running.start(self.monitor.run(), "monitor")
        self._running.start(self.care.run(), "care")
        if beside is None:
            self._running.start(self.kill_switch.watch(), "kill file")
        self.contact.start(self._running, None if beside is None else beside.contact)

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
            kpis=self.telling.kpis(),
            venue=self.health(),
            journal_p99_us=self._journal.p99_us,
            key_concerns=self.contact.key_concerns,
            journal_size=self.bookkeeping.size,
        )
        return picture(self._book, at_ns=now_ns, gauges=gauges)

    def glance(self) -> Glance:
        """Tell what should not wait to be shown. Much cheaper than a snapshot, and asked for with every price."""
        return glance(
            self._book,
            connected=self._upkeep.connected,
            kill_switch=self.kill_switch.engaged,
            breaker=worst_breaker_of(self._venue),
        )

    def health(self) -> VenueHealth | None:
        """Tell how the exchange's client is doing, on paper that of its prices; None: it does not say."""
        return health_of(self._venue)

    async def submit(self, signal: Signal, digest: str) -> Answer:
        """Put a signal through the gate. The answer comes when the decision is durable."""
        if self._stopping and signal.action is Action.ENTER:
            return Busy(cause="stopping", retry_after_s=60)
        self.telling.arrived(signal.key)
        if signal.action is Action.ENTER:
            await self._price.refresh(signal)
        return await self._book.ask(SignalIn(signal=signal, digest=digest))

    async def preview(self, signal: Signal) -> Decision:
        """Say what :meth:`submit` would decide now, at the same fresh price. Nothing comes of it."""
        if signal.action is Action.ENTER:
            await self._price.refresh(signal)
        return await self._book.preview(SignalIn(signal=signal, digest=""))

    async def cancel(self, order_id: OrderId, *, who: str) -> bool:
        """Ask for an order's cancellation. False: no such order."""
        return isinstance(await self._book.ask(CancelIn(order_id=order_id, who=who)), Done)

    async def engage_kill_switch(self, *, who: str, reason: str) -> None:
        """Stop entries: in memory first, then in the file, then in the journal, then the cancels. Never raises."""
        await self.kill_switch.engage(who=who, reason=reason)
        self.telling.changed()

    async def release_hold(self, hold_id: HoldId, *, who: str, reason: str) -> bool:
        """End a hold that a person releases. False: no such hold, or not a person's to release."""
        if hold_id == KILL_SWITCH:
            answer = await self.kill_switch.release(who=who, reason=reason)
            self.telling.changed()
        else:
            answer = await self._book.ask(ReleaseIn(hold_id=hold_id, who=who, reason=reason))
        return isinstance(answer, Done)

    async def set_limits(self, limits: Limits) -> None:
        """Put limits in force; the engine goes on."""
        await self._control(LimitsIn(limits=limits))
        self._upkeep.look()

    @property
    def paper_terms(self) -> PaperTerms | None:
        """How the book's paper venue behaves; None where money is traded."""
        return self._venue.terms if isinstance(self._venue, PaperVenue) else None

    def behave(self, terms: PaperTerms) -> None:
        """Let the paper venue behave differently from now on; where money is traded that is MEXC's business."""
        if isinstance(self._venue, PaperVenue):
            self._venue.behave(terms)

    async def set_strategies(self, strategies: tuple[StrategyTerms, ...]) -> None:
        """Put strategy terms in force; the engine goes on."""
        await self._control(StrategiesIn(strategies=strategies))

    async def record(self, fact: StageEvent) -> None:
        """Journal a fact about a strategy's way to live."""
        await self._control(StageIn(fact=fact))

    def promoted(self, strategy: StrategyId) -> str:
        """Say which version of a strategy may trade with money; empty: none."""
        return self._book.state.promoted.get(strategy, "")

    @property
    def limits(self) -> Limits:
        """The limits in force."""
        return self._book.state.limits

    def instrument(self, symbol: Symbol) -> Instrument | None:
        """Give a symbol's trading terms; None: it is not traded here, or not known yet."""
        return self._book.state.instruments.get(symbol)

    def now_ns(self) -> int:
        """Tell the time in ns since the epoch, by the clock that the book goes by."""
        return self._clock.now_ns()

    def venue_ms(self) -> int:
        """Tell the venue's time in ms, as far as it is known."""
        return self._clock.now_ns() // _NS_PER_MS + (self._upkeep.offset_ms or 0)

    def reconcile(self) -> None:
        """Read everything from the venue now, what the key may do as well."""
        self._upkeep.wake()
        self.contact.look_at_key()

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
        return await self.care.verified()

    async def begin_anew(self, capital: Decimal, *, who: str, why: str) -> str:
        """Say that this book is over: the next opening puts it away and begins a new one with this capital.

        Gives the folder that it goes to. Raises :class:`.opening.JournalUnwritable`; then the book goes on.
        """
        path = self.bookkeeping.path
        try:
            reset = await asyncio.to_thread(ask_for_reset, path, DISK, capital=capital, who=who, why=why)
        except OSError as error:
            raise JournalUnwritable(str(error)) from error
        self._ends = f"begun anew by {who}: {why}"
        return reset.former

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
        self.contact.close()
        await self.stop_entries()
        await self._running.stop()
        await self._book.stop()
        await self._book.finish(self._ends)
        await self._snapshots.take()
        self.bookkeeping.close()
        await self._book.journal.close()
        await self.care.note()

    async def _control(self, item: Input) -> None:
        answer = await self._book.ask(item)
        if isinstance(answer, Busy):
            raise JournalUnwritable(answer.cause)

    def _notify(self, events: tuple[Event, ...]) -> None:
        self._snapshots.look()
        self.telling.happened(events)
