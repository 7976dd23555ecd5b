"""One book at work: takes inputs, steps them, journals what happened, and only then lets it have effects."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final

from ..model.decision import Decision
from ..model.ids import OrderId, Symbol
from ..model.market import Quote
from ..model.money import exact
from ..model.order import Order
from ..model.outcome import SubmitOutcome
from . import events as ev
from .agenda import Agenda
from .answers import Answer, Busy
from .batch import Batch
from .beat import beat_s
from .breath import Breath
from .effects import CancelOrder, FindOrder
from .inputs import Input, QuotesIn, SignalIn, SubmitIn, TickIn
from .keeping import Keeping
from .last_look import must_stay
from .listeners import Listeners, OnEvents
from .mailbox import RETRY_AFTER_S, Mailbox, Post
from .on_signal import preview
from .ports import Clock, Head, Journal, Lane, Venue
from .recall import recall_signal, signal_places
from .release import Release
from .state import BookState
from .stepping import Stepping
from .worker import Spawn, Worker

_LOGGER = logging.getLogger(__name__)

TICK_S: Final = 0.25
"""How often time is looked at."""


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
        lane: Lane | None = None,
    ) -> None:
        """Bind the ports. ``state`` is the fold of what ``journal`` holds. Without a lane exits need the journal."""
        self.state = state
        self.journal = journal
        self.faulted = False
        self.stopping = False
        """Set when the run is about to end: no entry leaves any more."""

        self.entries_stopped = False
        """Set before anything else when entries must stop: the last check before an entry leaves looks here."""

        self.refused = 0
        """How many inputs found no place so far."""

        self._clock = clock
        self._install_secret = install_secret
        self._mailbox = Mailbox()
        self._keeping = Keeping(journal, lane)
        self._agenda = Agenda()
        self._breath = Breath()
        self._worker = Worker(venue=venue, clock=clock, post=self.tell, spawn=spawn, stopped=self._stopped)
        self._listeners = Listeners()
        self._stepping = Stepping(journal=journal, mailbox=self._mailbox, agenda=self._agenda, breath=self._breath)
        self._release = Release(worker=self._worker, listeners=self._listeners, breath=self._breath, tell=self.tell)

    @property
    def journal_healthy(self) -> bool:
        """Whether the journal could be written when it was last tried."""
        return self._keeping.healthy

    @property
    def head(self) -> Head:
        """The last journal record that ``state`` contains."""
        return self._keeping.head

    @property
    def queued(self) -> int:
        """How many inputs wait to be stepped."""
        return len(self._mailbox)

    def listen(self, on_events: OnEvents) -> Callable[[], None]:
        """Call back after every batch with its events, once they are on disk (none: only prices moved)."""
        return self._listeners.add(on_events)

    def hear(self, symbols: frozenset[Symbol]) -> None:
        """Learn which symbols' prices are brought by a stream, so that they are not asked for."""
        self._agenda.heard = symbols

    def unpriced(self) -> tuple[Symbol, ...]:
        """Name the symbols that need a price and have none that is fresh."""
        return self._agenda.unpriced(self.state, self._clock.now_ns())

    def price(self, quotes: tuple[Quote, ...]) -> None:
        """Take prices over at once, and value the book with them in its turn."""
        self.tell(QuotesIn(quotes=quotes))

    def tell(self, item: Input) -> None:
        """Queue an input whose answer nobody waits for. Of prices and ticks one at a time waits."""
        if self.faulted:
            return
        if isinstance(item, QuotesIn):
            self._mark(item.quotes)
        if not self._mailbox.put(Post(item=item)):
            # More news than the engine itself can have asked for: a bug.
            self.fail(f"no place for {type(item).__name__}")

    def _mark(self, quotes: tuple[Quote, ...]) -> None:
        """Keep the newest price of each symbol: reads and pushes overtake each other. One from the future never was."""
        now_ns = self._clock.now_ns()
        for quote in quotes:
            known = self.state.marks.get(quote.symbol)
            if known is None or known.at_ns <= quote.at_ns or known.at_ns > now_ns:
                self.state.marks[quote.symbol] = quote

    async def ask(self, item: Input) -> Answer:
        """Queue an input and wait until what it means is durable. Full, broken or unwritable: :class:`Busy`."""
        if self.faulted:
            return Busy(cause="engine_fault", retry_after_s=60)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if not self._mailbox.put(Post(item=item, waiting=waiting)):
            self.refused += 1
            return Busy(cause="mailbox_full", retry_after_s=RETRY_AFTER_S)
        return await waiting

    def late(self, order: Order, outcome: SubmitOutcome) -> None:
        """Take the answer to a submit that nobody waited for any more: it is evidence like any other."""
        self.tell(SubmitIn(order_id=order.order_id, outcome=outcome))

    def look(self, order_id: OrderId) -> None:
        """Look an order up now instead of in its turn: somebody heard that something happened to it.

        A look-up that is under way may have been answered before that, so another one follows it.
        """
        record = self.state.orders.get(order_id)
        if record is not None and not self.faulted:
            self._worker.release_after(FindOrder(order=record.order))

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
                if self._keeping.interrupted or self._breath.interrupted:
                    raise asyncio.CancelledError
        finally:
            self.faulted = True
            _refuse([*posts, *self._mailbox.empty()], "stopping")

    async def tick(self) -> None:
        """Let time pass until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(beat_s(loop.time(), TICK_S))
            self.tell(TickIn())

    async def settle(self, timeout_s: float) -> None:
        """Wait for submits and cancels that are under way, or begin meanwhile, at most ``timeout_s`` seconds."""
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + timeout_s
        while (tasks := self._worker.submitting) and (left_s := ends_s - loop.time()) > 0:
            await asyncio.wait(tasks, timeout=left_s)

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
            _refuse(posts, "engine_fault")

    def fail(self, why: str) -> None:
        """Take nothing more: neither inputs nor, above all, entries."""
        _LOGGER.error("The book %s takes nothing any more: %s", self.state.book, why)
        self.faulted = self.entries_stopped = True
        self.state.seen.undo()
        self._listeners.tell(())

    async def _process(self, posts: list[Post]) -> None:
        """Step a batch, write it in one transaction, then release its effects and answer.

        ``posts`` loses those that are left for the next batch.
        """
        batch = self._new_batch()
        await self._stepping.step(posts, batch)
        self._keeping.probe(batch)
        trouble = await self._keeping.write(batch) if batch.drafts else None
        if trouble is not None:
            await self._unwritten(posts, batch, trouble.cause)
            return
        self._keeping.kept(posts)
        if batch.drafts:
            self._take_over(batch)
            for item in self._keeping.unkept():
                self.tell(item)
        await self._release.release(posts, batch)

    def _take_over(self, batch: Batch) -> None:
        """Make the state of a batch that is on disk the book's own."""
        self.state = batch.state
        self.state.seen.keep()

    async def _unwritten(self, posts: list[Post], batch: Batch, cause: str) -> None:
        """Drop a batch that the disk refused. The state never left what is on disk, so nothing is to be undone.

        Exits go on through the lane. Whoever asked for anything else is told to ask again, and what the venue said is
        read again. Holds are raised as soon as the journal can be written; until then no entry leaves anyway. Cancels
        lower risk and go out.
        """
        self._keeping.lost(posts, batch, cause)
        self.state.seen.undo()
        for post in posts:
            await self._emergency(post)
        for effect in batch.effects:
            if isinstance(effect, CancelOrder):
                self._worker.release(effect)
        _refuse(posts, "journal")
        self._listeners.tell(())

    async def _emergency(self, post: Post) -> None:
        """Step one input of a dropped batch again.

        An exit that the lane can keep happens. What needs nothing to be kept, such as the answer to a repeated signal,
        is given to whoever asked.
        """
        batch = self._new_batch()
        batch.take(post, post.item, self._agenda)
        if not batch.drafts and post.waiting is not None:
            await self._release.release([post], batch)
        elif await self._keeping.save_exits(batch):
            self._take_over(batch)
            await self._release.release([post], batch)
        else:
            batch.state.seen.undo()

    async def finish(self, why: str) -> None:
        """Write that the run ends. The engine's own task must have ended, and :meth:`stop` been called."""
        batch = self._new_batch()
        batch.add(ev.RunStopped(why=why))
        if await self._keeping.write(batch) is None:
            self._take_over(batch)

    def _new_batch(self) -> Batch:
        return Batch(state=self.state, now_ns=self._clock.now_ns(), install_secret=self._install_secret)

    def _stopped(self, order: Order) -> bool:
        """Whether an order that is about to leave must stay: the last look before the socket."""
        if order.is_entry and (self.entries_stopped or self.stopping or not self.journal_healthy):
            return True
        if order.is_entry and self._keeping.holds_back(order):
            return True
        return must_stay(self.state, order, self._clock.now_ns())


def _refuse(posts: list[Post], cause: str) -> None:
    for post in posts:
        post.refuse(cause)
