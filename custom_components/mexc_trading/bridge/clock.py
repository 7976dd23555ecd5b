"""The clock of this machine: time that passes, whatever the wall clock is set to meanwhile.

Everything that is waited for, and every fence, goes by this clock. So it starts at the wall clock and then counts what
passes, a sleep of the machine included, and a wall clock that jumps takes nobody along. Whether the jump was right is
for the exchange's clock to say: :mod:`.clock_watch` asks, and lets this one follow.
"""

from collections.abc import Callable
import time
from typing import Final, Protocol

SLEWED_NS: Final = 1_000_000_000
"""Up to so far apart from the wall clock this one is drawn near: a leap second, a step of the time service, drift. The
exchange tolerates as much."""

SLEW_PART: Final = 1_000
"""It is drawn near by this part of the time that passes. So it never goes back, and no wait is off by more."""

_BOOTTIME: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)
"""Counts on while the machine sleeps. Where there is none, a sleep looks like a wall clock that jumped."""

type OnSet = Callable[[int], None]
"""Hears by how many ns the clock is about to be set."""


class MachineClock(Protocol):
    """A clock that knows how far the machine's wall clock has left it."""

    def now_ns(self) -> int:
        """Give the time in ns since the epoch (UTC)."""
        ...

    def apart_ns(self) -> int:
        """Give the wall clock minus this one."""
        ...

    def follow(self) -> None:
        """Be set to the wall clock; who listens hears of it just before."""
        ...

    def listen(self, on_set: OnSet) -> Callable[[], None]:
        """Call back before the clock is set; calling what is given ends that."""
        ...


class SystemClock:
    """The real one. One for the whole process, so that everybody in it agrees."""

    def __init__(self, *, wall_ns: Callable[[], int] | None = None, passed_ns: Callable[[], int] | None = None) -> None:
        """Start at the wall clock. ``passed_ns`` counts on steadily."""
        self._wall_ns = wall_ns or _wall_ns
        self._passed_ns = passed_ns or _passed_ns
        self._seen_ns = self._passed_ns()
        self._base_ns = self._wall_ns() - self._seen_ns
        self._listeners: list[OnSet] = []

    def now_ns(self) -> int:
        """Give the time in ns since the epoch (UTC)."""
        passed_ns = self._passed_ns()
        apart_ns = self._wall_ns() - self._base_ns - passed_ns
        if -SLEWED_NS <= apart_ns <= SLEWED_NS:
            most_ns = max(0, passed_ns - self._seen_ns) // SLEW_PART
            self._base_ns += max(-most_ns, min(most_ns, apart_ns))
        self._seen_ns = passed_ns
        return self._base_ns + passed_ns

    def apart_ns(self) -> int:
        """Give the wall clock minus this one."""
        return self._wall_ns() - self._base_ns - self._passed_ns()

    def follow(self) -> None:
        """Be set to the wall clock; who listens hears of it just before."""
        by_ns = self.apart_ns()
        for on_set in tuple(self._listeners):
            on_set(by_ns)
        self._base_ns += by_ns

    def listen(self, on_set: OnSet) -> Callable[[], None]:
        """Call back before the clock is set; calling what is given ends that."""
        self._listeners.append(on_set)
        return lambda: self._listeners.remove(on_set)


def _wall_ns() -> int:
    """Tell the wall clock; looked up at each call, so that a process whose time runs otherwise is followed."""
    return time.time_ns()


def _passed_ns() -> int:
    """Tell what passed since the machine started, in ns; looked up at each call as well."""
    return time.monotonic_ns() if _BOOTTIME is None else time.clock_gettime_ns(_BOOTTIME)
