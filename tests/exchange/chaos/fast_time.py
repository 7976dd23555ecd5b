"""A process in which every second is a tenth of one, or less: all clocks and all waits, so that proportions stay.

Not for the process of a test run: it changes the ``time`` module. Constants are left alone, which is the point.
"""

import asyncio
from collections.abc import Callable, Coroutine
import selectors
import time
from typing import Final, override

FACTOR: Final = 10


class _FastSelector(selectors.DefaultSelector):
    """Waits a tenth as long as it is told to, or less."""

    def __init__(self, factor: int) -> None:
        """Wait so many times shorter."""
        super().__init__()
        self._factor = factor

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._factor)


def run[T](work: Callable[[], Coroutine[object, object, T]], factor: int = FACTOR) -> T:
    """Run a program in fast time. Does not give the old time back: the process is for this alone."""
    hurry(factor)
    return run_hurried(work, factor)


def run_hurried[T](work: Callable[[], Coroutine[object, object, T]], factor: int) -> T:
    """Run a program in a process that was hurried, or that was forked from one: their clocks agree."""
    loop = asyncio.SelectorEventLoop(_FastSelector(factor))
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work())


def hurry(factor: int) -> None:
    """Let this process's clocks run faster from now on."""
    wall_ns, steady_ns, told_ns = time.time_ns, time.monotonic_ns, time.clock_gettime_ns
    wall_zero, steady_zero, started_zero = wall_ns(), steady_ns(), told_ns(time.CLOCK_BOOTTIME)

    def fast_wall_ns() -> int:
        return wall_zero + (wall_ns() - wall_zero) * factor

    def fast_steady_ns() -> int:
        return steady_zero + (steady_ns() - steady_zero) * factor

    def fast_told_ns(which: int) -> int:
        if which != time.CLOCK_BOOTTIME:
            return told_ns(which)
        return started_zero + (told_ns(which) - started_zero) * factor

    time.time_ns = fast_wall_ns
    time.time = lambda: fast_wall_ns() / 1e9
    time.monotonic_ns = fast_steady_ns
    time.monotonic = lambda: fast_steady_ns() / 1e9
    time.clock_gettime_ns = fast_told_ns
