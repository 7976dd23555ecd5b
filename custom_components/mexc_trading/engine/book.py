"""One book at work: takes inputs, steps them, journals what happened, and only then lets it have effects."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final

from ..model.decision import Decision
from ..model.ids import HoldId
from ..model.market import Quote
from ..model.money import exact
from ..model.order import Order
from ..orders.states import OrderState
from . import events as ev
from .agenda import Agenda
from .answers import Answer, Busy, Done
from .batch import Batch
from .effects import CancelOrder
from .fold import fold
from .holds import hold_id
from .inputs import Input, LostIn, QuotesIn, RaiseIn, SignalIn, TickIn
from .mailbox import Mailbox, Post
from .on_signal import preview
from .ports import Clock, Journal, JournalUnreadable, Unwritable, Venue
from .recall import forgotten, recall_order, recall_signal, signal_places
from .records import event_of
from .state import BookState
from .worker import Spawn, Worker

_LOGGER = logging.getLogger(__name__)

TICK_S: Final = 0.25
"""How often time is looked at."""

RETRY_AFTER_S: Final = 2
"""What a sender is told to wait when nothing could be taken in."""

PROBE_NS: Final = 1_000_000_000
"""How often a journal that cannot be written is tried again, if nothing else does."""

UNKEPT_MAX: Final = 64
"""Holds that wait for a journal that cannot be written. One a kind and scope, so more would be a bug."""

_UNANSWERABLE: Final = frozenset({OrderState.PLANNED, OrderState.SENDING})


class Book:
    """The single writer of one book. Everything that checks and reserves goes through its one task.

    ``state`` is always what is on disk: a batch is worked out on a copy, which takes its place after the sync.
    """

    def __init__(
        self,
        *,
        state: BookState,
        journal: Journal,
        venue: Venue,
        clock: Clock,
        install_secret: bytes,
        spawn: Spawn,
    ) -> None:
        """Bind the ports. ``state`` is the fold of what ``journal`` holds."""
        self.state = state
        self.journal = journal
        self.journal_healthy = True
        self.faulted = False
        self.entries_stopped = False
        """Set before anything else when entries must stop: the last check before an entry leaves looks here."""

        self._clock = clock
        self._install_secret = install_secret
        self._mailbox = Mailbox()
        self._waiting: set[type[Input]] = set()
        self._unkept: dict[HoldId, RaiseIn] = {}
        self._gap: ev.JournalGap | None = None
        self._probe_ns = 0
        self._agenda = Agenda()
        self._worker = Worker(venue=venue, clock=clock, post=self.tell, spawn=spawn, stopped=self._stopped)
        self._listeners: list[Callable[[tuple[ev.Event, ...]], None]] = []

    def listen(self, on_events: Callable[[tuple[ev.Event, ...]], None]) -> Callable[[], None]:
        """Call back after every batch with its events, once they are on disk (none: only prices moved)."""
        self._listeners.append(on_events)
        return lambda: self._listeners.remove(on_events)

    def price(self, quotes: tuple[Quote, ...]) -> None:
        """Take prices over at once, and value the book with them in its turn."""
        self.tell(QuotesIn(quotes=quotes))

    def tell(self, item: Input) -> None:
        """Queue an input whose answer nobody waits for. Of prices and ticks one at a time waits."""
        if self.faulted:
            return
        if isinstance(item, (QuotesIn, TickIn)):
            if isinstance(item, QuotesIn):
                self.state.marks.update((quote.symbol, quote) for quote in item.quotes)
            if type(item) in self._waiting:
                return
            self._waiting.add(type(item))
        if not self._mailbox.put(Post(item=item)):
            # More news than the engine itself can have asked for: a bug.
            self.fail(f"no place for {type(item).__name__}")

    async def ask(self, item: Input) -> Answer:
        """Queue an input and wait until what it means is durable. Full, broken or unwritable: :class:`Busy`."""
        if self.faulted:
            return Busy(cause="engine_fault", retry_after_s=60)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if not self._mailbox.put(Post(item=item, waiting=waiting)):
            return Busy(cause="mailbox_full", retry_after_s=RETRY_AFTER_S)
        return await waiting

    async def preview(self, item: SignalIn) -> Decision:
        """Say what a signal would get now, without any consequence. Raises :class:`.ports.JournalUnreadable`."""
        if places := signal_places(self.state, item):
            item = await asyncio.to_thread(recall_signal, self.journal, item, places)
        with exact():
            return preview(self.state, item, self._clock.now_ns())

    async def run(self) -> None:
        """Work until cancelled. A bug stops the book: no input is taken any more, and a person is told."""
        posts: list[Post] = []
        try:
            while not self.faulted:
                posts = await self._mailbox.take()
                await self._batch(posts)
        finally:
            self.faulted = True
            self._refuse([*posts, *self._mailbox.empty()], "stopping")

    async def tick(self) -> None:
        """Let time pass until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            self.tell(TickIn())

    async def settle(self, timeout_s: float) -> None:
        """Wait for submits and cancels that are under way, at most ``timeout_s`` seconds."""
        tasks = self._worker.submitting
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)

    async def stop(self) -> None:
        """End all calls that are under way. The engine's own task must have ended."""
        await self._worker.stop()

    async def _batch(self, posts: list[Post]) -> None:
        """Process a batch; on a bug take nothing more."""
        try:
            await self._process(posts)
        except Exception:  # The engine's border: a book that cannot be trusted to step must not go on.
            _LOGGER.exception("The book %s stopped on an unexpected failure", self.state.book)
            self.fail("unexpected failure")
            self._refuse(posts, "engine_fault")

    def fail(self, why: str) -> None:
        """Take nothing more: neither inputs nor, above all, entries."""
        _LOGGER.error("The book %s takes nothing any more: %s", self.state.book, why)
        self.faulted = self.entries_stopped = True
        self.state.seen.undo()
        self._notify(())

    async def _process(self, posts: list[Post]) -> None:
        """Step a batch, write it in one transaction, then release its effects and answer."""
        self._waiting.difference_update(type(post.item) for post in posts)
        batch = Batch(state=self.state, now_ns=self._clock.now_ns(), install_secret=self._install_secret)
        for post in posts:
            item = await self._remembered(post, batch)
            if item is not None:
                batch.take(post, item, self._agenda)
        if self._gap is not None and (batch.drafts or (batch.ticked and batch.now_ns >= self._probe_ns)):
            batch.add(self._gap)
        if batch.drafts and isinstance(head := await self.journal.append(batch.drafts), Unwritable):
            self._unwritten(posts, batch, head.cause)
            return
        if batch.drafts:
            self._written(batch)
        self._let_go(posts, batch)

    async def _remembered(self, post: Post, batch: Batch) -> Input | None:
        """Complete an input with what only the journal still knows. None: that cannot be read, so nothing is taken."""
        item, state = post.item, batch.state
        try:
            if isinstance(item, SignalIn) and (places := signal_places(state, item)):
                return await asyncio.to_thread(recall_signal, self.journal, item, places)
            for order_id in forgotten(state, item):
                record = await asyncio.to_thread(recall_order, state, self.journal, order_id)
                if record is not None:
                    batch.add(ev.OrderRecalled(record=record))
        except JournalUnreadable as error:
            _LOGGER.warning("The journal of %s cannot be read: %s", state.book, error)
            post.answer(Busy(cause="journal", retry_after_s=RETRY_AFTER_S))
            return None
        return item

    def _written(self, batch: Batch) -> None:
        """Make a batch that is on disk the book's state."""
        if self.journal.head.seq != batch.state.seq:
            raise RuntimeError(f"the journal ends at {self.journal.head.seq}, the state at {batch.state.seq}")
        self.state = batch.state
        self.state.seen.keep()
        self.journal_healthy, self._gap = True, None
        unkept, self._unkept = self._unkept, {}
        for item in unkept.values():
            self.tell(item)

    def _let_go(self, posts: list[Post], batch: Batch) -> None:
        """Release effects, then tell everybody: listeners before those who asked, so that they find things in place."""
        for effect in batch.effects:
            self._worker.release(effect)
        if batch.ticked:
            self._report_lost()
        self._notify(tuple(batch.events))
        for post, answer in batch.answers:
            post.answer(answer)
        for post in posts:
            post.answer(Done())

    def _unwritten(self, posts: list[Post], batch: Batch, cause: str) -> None:
        """Drop a batch that the disk refused. The state never left what is on disk, so nothing is to be undone.

        Whoever asked is told to ask again, and what the venue said is read again. Holds are raised as soon as the
        journal can be written; until then no entry leaves anyway. Cancels lower risk and go out.
        """
        if self.journal_healthy:
            _LOGGER.error("The journal of %s cannot be written: %s", self.state.book, cause)
        self.journal_healthy = False
        self._gap = self._gap or ev.JournalGap(since_ns=batch.now_ns, cause=cause)
        self._probe_ns = batch.now_ns + PROBE_NS
        self.state.seen.undo()
        for post in posts:
            if isinstance(post.item, RaiseIn) and len(self._unkept) < UNKEPT_MAX:
                self._unkept.setdefault(hold_id(post.item.kind, post.item.scope), post.item)
        for effect in batch.effects:
            if isinstance(effect, CancelOrder):
                self._worker.release(effect)
        self._refuse(posts, "journal")
        self._notify(())

    def _stopped(self, order: Order) -> bool:
        """Whether an entry that is about to leave must stay: the last look before the socket."""
        if self.entries_stopped or not self.journal_healthy:
            return True
        decision = order.decision
        return any(
            hold.scope.covers(strategy=decision.strategy, symbol=decision.symbol) for hold in self.state.holds.values()
        )

    def _report_lost(self) -> None:
        """Find orders that wait for an answer which nobody will bring: their submit is not under way."""
        for record in self.state.active_orders:
            if record.state in _UNANSWERABLE and not self._worker.is_sending(record.order):
                self.tell(LostIn(order_id=record.order.order_id))

    def _refuse(self, posts: list[Post], cause: str) -> None:
        for post in posts:
            post.answer(Busy(cause=cause, retry_after_s=RETRY_AFTER_S))

    def _notify(self, events: tuple[ev.Event, ...]) -> None:
        """Call the listeners, each on its own: what goes wrong there is none of the book's business."""
        loop = asyncio.get_running_loop()
        for on_events in tuple(self._listeners):
            loop.call_soon(on_events, events)


def restore(blank: BookState, journal: Journal) -> BookState:
    """Fold a whole journal into a blank state. Blocking."""
    for record in journal.records():
        fold(blank, event_of(record), record.at_ns)
    blank.seen.keep()
    return blank
