"""Whether this machine knows what time it is: our clock and the wall clock, each against the exchange's.

Ours counts what passes and goes along with no jump. So a jump is either of the wall clock alone, or it makes good what
ours has wrong: a machine that started with a wrong time, or a guest that stood still while its host did not. Only the
exchange can tell. Where it bears the wall clock out and ours not, ours follows.
"""

from dataclasses import replace

from ..engine.book import Book
from ..engine.guard_inputs import ClockSetIn
from ..engine.health import THRESHOLDS
from ..engine.upkeep import Upkeep
from ..model.outcome import ClockOffset
from .clock import MachineClock

_NS_PER_MS = 1_000_000


class ClockWatch:
    """One book's look at the clock."""

    def __init__(self, *, book: Book, upkeep: Upkeep, clock: MachineClock, offset: ClockOffset) -> None:
        """``offset`` is what was measured before the book was opened; the upkeep measures it again and again."""
        self._book = book
        self._upkeep = upkeep
        self._clock = clock
        self._first = offset
        self._apart_ms = self._apart()

    def jumped(self) -> bool:
        """Whether the wall clock has jumped since :meth:`skew_ms` was asked."""
        return abs(self._apart() - self._apart_ms) > THRESHOLDS["clock_skew_ms"].limit

    def skew_ms(self) -> int:
        """Say how far our clock or the wall clock may be off at most, whichever is worse."""
        offset = self._upkeep.offset or self._first
        if self.jumped():
            self._upkeep.look_at_clock()
        self._apart_ms = self._apart()
        limit_ms = THRESHOLDS["clock_skew_ms"].limit
        ours_ms, walls_ms = offset.worst_ms, _moved(offset, self._apart_ms).worst_ms
        if walls_ms <= limit_ms < ours_ms:
            self._clock.follow()
            self._apart_ms = 0
        return max(ours_ms, walls_ms)

    def clock_set(self, by_ns: int) -> None:
        """Have the fences counted anew by the new time, and what was measured by the old one measured again."""
        self._book.tell(ClockSetIn())
        by_ms = by_ns // _NS_PER_MS
        self._first = _moved(self._first, by_ms)
        if self._upkeep.offset is not None:
            self._upkeep.offset = _moved(self._upkeep.offset, by_ms)
        self._upkeep.wake()

    def _apart(self) -> int:
        return self._clock.apart_ns() // _NS_PER_MS


def _moved(offset: ClockOffset, by_ms: int) -> ClockOffset:
    """Say what would have been measured of a clock that is ahead of ours by this much."""
    return replace(
        offset, offset_ms=offset.offset_ms - by_ms, measured_at_ns=offset.measured_at_ns + by_ms * _NS_PER_MS
    )
