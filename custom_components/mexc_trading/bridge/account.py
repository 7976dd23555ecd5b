"""One account at work: its journal, its venue and its book, assembled; what Home Assistant talks to."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import logging
from typing import Final

from aiohttp import ClientSession

from ..engine.answers import Answer, Busy, Done
from ..engine.begin import begin
from ..engine.book import Book, restore
from ..engine.events import Event, RunStopped
from ..engine.fold import fold
from ..engine.inputs import CancelIn, Input, LimitsIn, RaiseIn, ReleaseIn, SignalIn, StrategiesIn
from ..engine.ports import Clock, Head, Unwritable, Venue
from ..engine.records import draft
from ..engine.state import BookState
from ..engine.upkeep import Upkeep
from ..engine.worker import Spawn
from ..journal.boot import Opened, open_journal
from ..model.decision import Decision
from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.ids import HoldId, OrderId
from ..model.outcome import Unavailable
from ..model.signal import Action, Signal
from ..risk.limits import Limits
from ..risk.strategy import StrategyTerms
from .clock import SystemClock
from .kill_file import KillFile
from .news import OrderNews, news_of
from .read_model import ReadModel, picture
from .terms import AccountTerms
from .venues import AccountUnreachable, check_key, make_venue

_LOGGER = logging.getLogger(__name__)

SETTLE_S: Final = 5
"""How long a stop waits for calls that are under way; the rest belongs to the next boot."""

KILL_FILE_EVERY_S: Final = 1
"""How often the kill files are looked for."""

PRICE_WAIT_S: Final = 2
"""How long an entry waits for a fresh price before it is decided without one, and so denied."""

SYSTEM_CLOCK: Final = SystemClock()

_NS_PER_S: Final = 1_000_000_000


class JournalUnwritable(Exception):
    """The account's journal cannot be opened for writing; without one nothing is traded."""


class Account:
    """One account: one book, and the way in and out of it."""

    def __init__(self, *, terms: AccountTerms, book: Book, venue: Venue, clock: Clock, spawn: Spawn) -> None:
        """Bind what :func:`open_account` has assembled."""
        self.terms = terms
        self._book = book
        self._venue = venue
        self._clock = clock
        self._upkeep = Upkeep(book=book, venue=venue, clock=clock)
        self._kill_file = KillFile(terms.folder)
        self._killed = book.state.has_hold(HoldKind.KILL_SWITCH)
        book.entries_stopped = book.entries_stopped or self._killed
        self._engagements = 0
        self._stopping = False
        self._on_change: list[Callable[[], None]] = []
        self._on_news: list[Callable[[OrderNews], None]] = []
        book.listen(self._notify)
        self._tasks = [
            spawn(book.run(), "mexc_trading engine"),
            spawn(book.tick(), "mexc_trading tick"),
            spawn(self._upkeep.run(), "mexc_trading upkeep"),
            spawn(self._watch_kill_file(), "mexc_trading kill file"),
        ]
        for task in self._tasks:
            task.add_done_callback(self._on_end)

    def read_model(self) -> ReadModel:
        """Take an immutable snapshot. Cheap."""
        return picture(
            self._book,
            at_ns=self._clock.now_ns(),
            kill_switch=self._killed or self._book.state.has_hold(HoldKind.KILL_SWITCH),
            offset_ms=self._upkeep.offset_ms,
            connected=self._upkeep.connected,
        )

    def listen(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call back on the event loop after each change."""
        self._on_change.append(on_change)
        return lambda: self._on_change.remove(on_change)

    def listen_orders(self, on_event: Callable[[OrderNews], None]) -> Callable[[], None]:
        """Call back on the event loop with each piece of news about orders."""
        self._on_news.append(on_event)
        return lambda: self._on_news.remove(on_event)

    async def submit(self, signal: Signal, digest: str) -> Answer:
        """Put a signal through the gate. The answer comes when the decision is durable."""
        if self._stopping:
            return Busy(cause="stopping", retry_after_s=60)
        if signal.action is Action.ENTER:
            await self._refresh_price(signal)
        return await self._book.ask(SignalIn(signal=signal, digest=digest))

    async def preview(self, signal: Signal) -> Decision:
        """Say what :meth:`submit` would decide now, at the same fresh price. Nothing comes of it."""
        if signal.action is Action.ENTER:
            await self._refresh_price(signal)
        return await self._book.preview(SignalIn(signal=signal, digest=""))

    async def cancel(self, order_id: OrderId) -> bool:
        """Ask for an order's cancellation. False: no such order."""
        return isinstance(await self._book.ask(CancelIn(order_id=order_id, who="person")), Done)

    async def engage_kill_switch(self, *, who: str, reason: str) -> None:
        """Stop entries: in memory first, then in the file, then in the journal, then the cancels. Never raises."""
        self._killed = self._book.entries_stopped = True
        self._engagements += 1
        await self._write_kill_file(f"{who}: {reason}")
        hold = RaiseIn(kind=HoldKind.KILL_SWITCH, scope=WHOLE_BOOK, why=f"{who}: {reason}", release=Release.PERSON)
        await self._book.ask(hold)
        self._changed()

    async def _write_kill_file(self, text: str) -> None:
        try:
            await asyncio.to_thread(self._kill_file.write, text)
        except OSError:
            _LOGGER.warning("The kill file could not be written; the kill switch holds in memory and journal")

    async def release_hold(self, hold_id: HoldId, *, who: str, reason: str) -> bool:
        """End a hold that a person releases. False: no such hold, or not a person's to release."""
        engagements = self._engagements
        answer = await self._book.ask(ReleaseIn(hold_id=hold_id, who=who, reason=reason))
        if not isinstance(answer, Done):
            return False
        if hold_id == HoldId(HoldKind.KILL_SWITCH.value):
            with suppress(OSError):
                await asyncio.to_thread(self._kill_file.remove)
            if self._engagements == engagements:
                self._killed = False
                self._book.entries_stopped = self._stopping or self._book.faulted
            else:
                # Somebody engaged it again meanwhile, and the file just removed may have been the new one.
                await self._write_kill_file("engaged again while it was being released")
            self._changed()
        return True

    async def set_limits(self, limits: Limits) -> None:
        """Put limits in force; the engine goes on."""
        await self._control(LimitsIn(limits=limits))
        self._upkeep.wake()

    async def set_strategies(self, strategies: tuple[StrategyTerms, ...]) -> None:
        """Put strategy terms in force; the engine goes on."""
        await self._control(StrategiesIn(strategies=strategies))

    def reconcile(self) -> None:
        """Read everything from the venue now."""
        self._upkeep.wake()

    async def stop_entries(self) -> None:
        """Take no more signals, let no more entries leave, wait a moment for calls that are under way."""
        self._stopping = self._book.entries_stopped = True
        await self._book.settle(SETTLE_S)

    async def close(self) -> None:
        """Stop, seal the journal and let go of everything."""
        await self.stop_entries()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._book.stop()
        await self._book.journal.append([draft(RunStopped(why="closed"), self._clock.now_ns())])
        await self._book.journal.close()

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

    async def _watch_kill_file(self) -> None:
        """Engage when a kill file appears. Its absence releases nothing: software only ever raises."""
        while True:
            if not self._killed and await asyncio.to_thread(self._kill_file.present):
                await self.engage_kill_switch(who="file", reason="kill file found")
            await asyncio.sleep(KILL_FILE_EVERY_S)

    def _notify(self, events: tuple[Event, ...]) -> None:
        for event in events:
            news = news_of(event, self._book.state)
            if news is not None:
                for on_event in tuple(self._on_news):
                    on_event(news)
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
    witnesses: tuple[Head, ...] = (),
    clock: Clock = SYSTEM_CLOCK,
) -> Account:
    """Open an account: lock and verify the journal, fold it, start on hold ``reconciling``.

    Raises :class:`AccountUnreachable`, :class:`.venues.AccountRefused`, :class:`JournalUnwritable`, and the journal's
    own :class:`~..journal.lock.Locked`.
    """
    venue = make_venue(terms, session=session, clock=clock)
    offset_ms = await venue.clock_offset_ms()
    if isinstance(offset_ms, Unavailable):
        raise AccountUnreachable(offset_ms.cause)
    await check_key(venue)
    opened = await open_journal(terms.folder / f"{terms.mode}.db", witnesses=witnesses)
    if isinstance(opened, Unwritable):
        raise JournalUnwritable(opened.cause)
    try:
        return await _start(terms, opened, venue=venue, clock=clock, spawn=spawn, version=version)
    except BaseException:
        await opened.journal.close()
        raise


async def _start(
    terms: AccountTerms, opened: Opened, *, venue: Venue, clock: Clock, spawn: Spawn, version: str
) -> Account:
    """Fold the journal, write that a run began on hold, and set the book to work."""
    blank = BookState(book=terms.mode, quote=terms.quote, zone=terms.zone)
    state = await asyncio.to_thread(restore, blank, opened.journal)
    now_ns = clock.now_ns()
    begun = begin(state, version=version, limits=terms.limits, now_ns=now_ns)
    for event in begun:
        fold(state, event, now_ns)
    if isinstance(head := await opened.journal.append([draft(event, now_ns) for event in begun]), Unwritable):
        raise JournalUnwritable(head.cause)
    state.seen.keep()
    book = Book(
        state=state,
        journal=opened.journal,
        venue=venue,
        clock=clock,
        install_secret=terms.install_secret,
        spawn=spawn,
    )
    if await asyncio.to_thread(KillFile(terms.folder).present):
        book.entries_stopped = True
    return Account(terms=terms, book=book, venue=venue, clock=clock, spawn=spawn)
