"""A process in which every second is a tenth of one: all clocks and all waits, so that every proportion stays as it is.

Not for the process of a test run: it changes the ``time`` module. Constants are left alone, which is the point.
"""

import asyncio
from collections.abc import Callable, Coroutine
import selectors
import time
from typing import Final, override

FACTOR: Final = 10


class _FastSelector(selectors.DefaultSelector):
    """Waits a tenth as long as it is told to."""

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / FACTOR)


def run[T](work: Callable[[], Coroutine[object, object, T]]) -> T:
    """Run a program in fast time. Does not give the old time back: the process is for this alone."""
    _hurry()
    loop = asyncio.SelectorEventLoop(_FastSelector())
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work())


def _hurry() -> None:
    """Let this process's clocks run faster from now on."""
    wall_ns, steady_ns = time.time_ns, time.monotonic_ns
    wall_zero, steady_zero = wall_ns(), steady_ns()

    def fast_wall_ns() -> int:
        return wall_zero + (wall_ns() - wall_zero) * FACTOR

    def fast_steady_ns() -> int:
        return steady_zero + (steady_ns() - steady_zero) * FACTOR

    time.time_ns = fast_wall_ns
    time.time = lambda: fast_wall_ns() / 1e9
    time.monotonic_ns = fast_steady_ns
    time.monotonic = lambda: fast_steady_ns() / 1e9
