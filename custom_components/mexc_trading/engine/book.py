"""One book at work: takes inputs, steps them, journals what happened, and only then lets it have effects."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final

from ..model.market import Quote
from ..model.order import Order
from ..orders.states import OrderState
from . import events as ev
from .agenda import Agenda
from .answers import Answer, Busy
from .effects import Effect
from .fold import fold
from .inputs import Input, LostIn, QuotesIn, TickIn
from .mailbox import Mailbox, Post
from .ports import Clock, Draft, Journal, Unwritable, Venue
from .records import draft, event_of
from .state import BookState
from .step import step
from .worker import Spawn, Worker

_LOGGER = logging.getLogger(__name__)

BATCH_MAX: Final = 64
"""Inputs that share one transaction and one sync."""

TICK_S: Final = 0.25
"""How often time is looked at."""

RETRY_AFTER_S: Final = 2
"""What a sender is told to wait when nothing could be taken in."""


class Book:
    """The single writer of one book. Everything that checks and reserves goes through its one task."""

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
        self._agenda = Agenda()
        self._worker = Worker(venue=venue, clock=clock, post=self.tell, spawn=spawn, stopped=self._stopped)
        self._listeners: list[Callable[[tuple[ev.Event, ...]], None]] = []

    def listen(self, on_events: Callable[[tuple[ev.Event, ...]], None]) -> Callable[[], None]:
        """Call back after every batch with its events, once they are on disk (none: only prices moved)."""
        self._listeners.append(on_events)
        return lambda: self._listeners.remove(on_events)

    def price(self, quotes: tuple[Quote, ...]) -> None:
        """Take prices over at once, and value the book with them in its turn."""
        self.state.marks.update((quote.symbol, quote) for quote in quotes)
        self.tell(QuotesIn(quotes=quotes))

    def tell(self, item: Input) -> None:
        """Queue an input whose answer nobody waits for."""
        self._mailbox.put(Post(item=item))

    async def ask(self, item: Input) -> Answer:
        """Queue an input and wait until what it means is durable. Full, broken or unwritable: :class:`Busy`."""
        if self.faulted:
            return Busy(cause="engine_fault", retry_after_s=60)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if not self._mailbox.put(Post(item=item, waiting=waiting)):
            return Busy(cause="mailbox_full", retry_after_s=RETRY_AFTER_S)
        return await waiting

    async def run(self) -> None:
        """Work until cancelled. A bug stops the book: no input is taken any more, and a person is told."""
        posts: list[Post] = []
        try:
            while not self.faulted:
                posts = await self._mailbox.take(BATCH_MAX)
                await self._batch(posts)
        finally:
            self.faulted = True
            self._refuse([*posts, *self._mailbox.empty()], "stopping")

    async def _batch(self, posts: list[Post]) -> None:
        """Process a batch; on a bug take nothing more."""
        try:
            await self._process(posts)
        except Exception:  # The engine's border: a book that cannot be trusted to step must not go on.
            _LOGGER.exception("The book %s stopped on an unexpected failure", self.state.book)
            self.faulted = self.entries_stopped = True
            self._refuse(posts, "engine_fault")
            self._notify(())

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

    async def _process(self, posts: list[Post]) -> None:
        """Step a batch, write it in one transaction, then answer and release its effects."""
        now_ns = self._clock.now_ns()
        events: list[ev.Event] = []
        drafts: list[Draft] = []
        effects: list[Effect] = []
        answers: list[tuple[Post, Answer | None]] = []
        for post in posts:
            if isinstance(post.item, QuotesIn):
                self.state.marks.update((quote.symbol, quote) for quote in post.item.quotes)
            outcome = step(self.state, post.item, now_ns, self._install_secret)
            for event in outcome.events:
                fold(self.state, event, now_ns)
                drafts.append(draft(event, now_ns))
            events += outcome.events
            effects += outcome.effects
            answers.append((post, outcome.answer))
            if isinstance(post.item, TickIn):
                effects += self._agenda.due(self.state, now_ns)
                self._report_lost()
        if drafts and isinstance(head := await self.journal.append(drafts), Unwritable):
            await self._rewind(head.cause)
            self._refuse(posts, "journal")
            return
        self.journal_healthy = self.journal_healthy or bool(drafts)
        for post, answer in answers:
            if answer is not None:
                post.answer(answer)
        for effect in effects:
            self._worker.release(effect)
        self._notify(tuple(events))

    def _stopped(self, order: Order) -> bool:
        """Whether an entry that is about to leave must stay: the last look before the socket."""
        if self.entries_stopped:
            return True
        decision = order.decision
        return any(
            hold.scope.covers(strategy=decision.strategy, symbol=decision.symbol) for hold in self.state.holds.values()
        )

    def _report_lost(self) -> None:
        """Find orders that wait for an answer which nobody will bring: their submit is not under way."""
        for record in self.state.active_orders:
            if record.state is OrderState.SENDING and not self._worker.is_sending(record.order):
                self.tell(LostIn(order_id=record.order.order_id))

    def _refuse(self, posts: list[Post], cause: str) -> None:
        for post in posts:
            post.answer(Busy(cause=cause, retry_after_s=RETRY_AFTER_S))

    def _notify(self, events: tuple[ev.Event, ...]) -> None:
        for on_events in tuple(self._listeners):
            on_events(events)

    async def _rewind(self, cause: str) -> None:
        """Go back to what is on disk: the state must never be ahead of the journal.

        Nothing of the batch had an effect yet, so nothing is lost: whoever asked is told to ask again, and what the
        venue said is read again.
        """
        if self.journal_healthy:
            _LOGGER.error("The journal of %s cannot be written: %s", self.state.book, cause)
        self.journal_healthy = False
        marks, zone = self.state.marks, self.state.zone
        blank = BookState(book=self.state.book, quote=self.state.quote, zone=zone)
        self.state = await asyncio.to_thread(restore, blank, self.journal)
        self.state.marks = marks
        self._notify(())


def restore(blank: BookState, journal: Journal) -> BookState:
    """Fold a whole journal into a blank state. Blocking."""
    for record in journal.records():
        fold(blank, event_of(record), record.at_ns)
    return blank
