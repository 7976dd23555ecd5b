"""Measures what can go wrong around a book, and has the holds of degraded mode raised and cleared.

What is a trouble, and when it is over, stands in :mod:`..engine.health`. Here is only where the figures come from.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
import shutil
from typing import Final

from ..engine.beat import beat_s
from ..engine.book import Book
from ..engine.health import Health, Measured
from ..engine.upkeep import Upkeep
from ..exchange.mexc.streams.streams import StreamHealth
from ..model.hold import HoldKind, ScopeKind
from ..model.ids import StrategyId
from ..model.outcome import ClockOffset
from .clock import MachineClock
from .clock_watch import ClockWatch
from .timed_journal import TimedJournal

PULSE_S: Final = 0.25
"""Between two looks at the event loop: a stall shows up to this much shorter than it was."""

LOOK_S: Final = 1
"""Between two looks at everything else."""

DISK_EVERY_S: Final = 10
"""Between two looks at the disk, which take a thread."""

LAG_SHOWN_MS: Final = 100
"""A pulse that is later than this is looked at at once."""

_MS_PER_S: Final = 1_000
_US_PER_MS: Final = 1_000
_NS_PER_S: Final = 1_000_000_000
_BYTES_PER_MIB: Final = 1_048_576


class Monitor:
    """One book's monitor."""

    def __init__(
        self,
        *,
        book: Book,
        upkeep: Upkeep,
        journal: TimedJournal,
        streams: Callable[[], StreamHealth | None],
        clock: MachineClock,
        offset: ClockOffset,
        folder: Path,
    ) -> None:
        """Watch this book; ``folder`` is where its journal lives, ``streams`` says how they are, if there are any.

        ``offset`` is the venue's clock against ours, as it was measured before the book was opened.
        """
        self._book = book
        self._upkeep = upkeep
        self._journal = journal
        self._streams = streams
        self._clock = clock
        self._watch = ClockWatch(book=book, upkeep=upkeep, clock=clock, offset=offset)
        self._folder = folder
        self._health = Health()
        self._health.resume(book.state.holds.values())
        self._stop_listening: Callable[[], None] = lambda: None
        self._home_running: bool | None = None
        self._database_works: bool | None = None
        self._refused = book.refused
        self._disk_free_mib: int | None = None
        self._began_ns = clock.now_ns()
        self._streams_ns = self._began_ns
        """When the streams were last all there."""

        self._heard_ns: dict[StrategyId, int] = {}

    def home(self, *, running: bool, database_works: bool | None) -> None:
        """Say whether Home Assistant runs, and whether its database takes what it is given (None: it has none)."""
        news = (running, database_works) != (self._home_running, self._database_works)
        self._home_running, self._database_works = running, database_works
        if news:
            self._look(lag_ms=0)

    def heard(self, strategy: StrategyId) -> None:
        """Note that a strategy has spoken."""
        self._heard_ns[strategy] = self._clock.now_ns()

    def begin(self) -> None:
        """Look before the engine does anything: by a clock that is off, no day must begin."""
        self._stop_listening = self._clock.listen(self._clock_set)
        self._look(lag_ms=0)

    async def run(self) -> None:
        """Watch until cancelled, after :meth:`begin`."""
        try:
            await self._watch_on()
        finally:
            self._stop_listening()

    async def _watch_on(self) -> None:
        loop = asyncio.get_running_loop()
        look_s = disk_s = loop.time()
        while True:
            if loop.time() >= disk_s:
                self._disk_free_mib = await asyncio.to_thread(_free_mib, self._folder)
                disk_s = loop.time() + DISK_EVERY_S
            wait_s = beat_s(loop.time(), PULSE_S)
            due_s = loop.time() + wait_s
            await asyncio.sleep(wait_s)
            lag_ms = max(0, round((loop.time() - due_s) * _MS_PER_S))
            if lag_ms >= LAG_SHOWN_MS or loop.time() >= look_s or self._watch.jumped():
                self._look(lag_ms=lag_ms)
                look_s = loop.time() + LOOK_S

    def _look(self, *, lag_ms: int) -> None:
        """Measure everything and tell the engine what began and what is over."""
        if self._book.faulted:
            return
        now_ns = self._clock.now_ns()
        self._health.heartbeats = {
            name: terms.heartbeat_s for name, terms in self._book.state.strategies.items() if terms.heartbeat_s
        }
        for item in self._health.judge(self._measured(now_ns, lag_ms), now_ns):
            self._book.tell(item)

    def _measured(self, now_ns: int, lag_ms: int) -> Measured:
        refused, self._refused = self._book.refused - self._refused, self._book.refused
        return Measured(
            loop_lag_ms=lag_ms,
            mailbox_refused=refused,
            clock_skew_ms=self._watch.skew_ms(),
            price_age_s=max(self._price_ages_s(now_ns), default=0),
            stream_age_s=self._stream_age_s(now_ns),
            journal_ms=self._journal.slowest_us() // _US_PER_MS,
            disk_free_mib=self._disk_free_mib,
            home_running=self._home_running,
            database_works=self._database_works,
            drifting=self._drifting(),
            silence_s={
                name: max(0, now_ns - self._heard_ns.get(name, self._began_ns)) // _NS_PER_S
                for name in self._health.heartbeats
            },
        )

    def _clock_set(self, by_ns: int) -> None:
        """Go on by a clock that is set: what was heard a moment ago still was."""
        self._watch.clock_set(by_ns)
        self._began_ns += by_ns
        self._streams_ns += by_ns
        self._heard_ns = {name: at_ns + by_ns for name, at_ns in self._heard_ns.items()}

    def _price_ages_s(self, now_ns: int) -> Iterator[int]:
        """Give the age of the price of everything that is held; one that was never there is as old as this run."""
        for symbol in self._book.state.ledger.positions:
            quote = self._book.state.marks.get(symbol)
            yield max(0, now_ns - (quote.at_ns if quote else self._began_ns)) // _NS_PER_S

    def _stream_age_s(self, now_ns: int) -> int | None:
        """Give how long the streams have not all been there. One that is there and silent has nothing to say."""
        health = self._streams()
        if health is None:
            return None
        if health.private_live and health.market_live:
            self._streams_ns = now_ns
        return max(0, now_ns - self._streams_ns) // _NS_PER_S

    def _drifting(self) -> bool:
        """Whether coins are missing, seen by two comparisons in a row: their symbol's own hold says so."""
        return any(
            hold.kind is HoldKind.QUANTITY_DRIFT and hold.scope.kind is ScopeKind.SYMBOL
            for hold in self._book.state.holds.values()
        )


def _free_mib(folder: Path) -> int | None:
    """Give what is free where the journal lives; None where nobody can say. Blocking."""
    try:
        return shutil.disk_usage(folder).free // _BYTES_PER_MIB
    except OSError:
        return None
