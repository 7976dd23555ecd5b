"""Time that passes only while nothing happens: an event loop that jumps to its next timer when all is quiet.

Sockets and files are real; the clock is not. A wait of two minutes costs as much as the requests made in it, and a run
is the same each time: whatever can happen now happens before time goes on, and what a thread does is waited for at
once and brought back after a time that dice decide, so that other things happen meanwhile. Everything in the process
shares the clock: :func:`install` puts it in the place of the functions of :mod:`time` that tell the time.
"""

import asyncio
from asyncio.selector_events import _SelectorSocketTransport  # type: ignore[attr-defined]
from collections.abc import Callable
from concurrent.futures import Executor
import math
from random import Random
import selectors
import threading
import time
from typing import Any, Final, Protocol, override

START_NS: Final = 1_795_359_600 * 1_000_000_000
"""Where virtual time begins: 2026-11-22T15:00Z."""

STUCK_REAL_S: Final = 20.0
"""Real seconds without any event while no timer is set: something waits for ever."""

DELIVERY_REAL_S: Final = 0.005
"""Real seconds within which the kernel brings what one socket has sent to the other; nearly always at once."""

TURNS_MAX: Final = 1_000
"""Turns of the loop at one moment after which a nanosecond passes: who waits for less would be woken for ever."""

THREAD_S_MAX: Final = 0.02
"""What a thread does takes up to so long (virtual), and once in a while ten times as long: a disk that syncs."""

_NS_PER_S: Final = 1_000_000_000
_REAL_TIME_NS: Final = time.time_ns
_REAL_MONOTONIC: Final = time.monotonic


class Stuck(Exception):
    """Nothing is going to happen any more."""


class VirtualTime:
    """The clock. It stands still unless it is moved."""

    def __init__(self) -> None:
        """Start at the beginning."""
        self._passed_ns = 0
        self._owed_s = 0.0
        self._began_ns = START_NS
        self.follows = False
        """Whether it follows the real clock for the time being, for threads that nobody waits for."""

    def begin_now(self) -> None:
        """Begin at the real time instead of the beginning of virtual time, and follow it."""
        self._began_ns = _REAL_TIME_NS()
        self.follows = True

    def time_ns(self) -> int:
        """Tell the time of day, in ns since the epoch."""
        return self._began_ns + self._passed_ns

    def time(self) -> float:
        """Tell the time of day, in seconds since the epoch."""
        return self.time_ns() / _NS_PER_S

    def monotonic_ns(self) -> int:
        """Tell the ns since the start, plus one second, so that nobody takes zero for "never"."""
        return _NS_PER_S + self._passed_ns

    def monotonic(self) -> float:
        """Tell the seconds since the start, plus one."""
        return self.monotonic_ns() / _NS_PER_S

    def restart(self) -> None:
        """Go back to the beginning; only between two event loops."""
        self._passed_ns = 0

    def owe(self, seconds: float) -> None:
        """Let what a thread is doing take so much longer."""
        self._owed_s += seconds

    def owed_s(self) -> float:
        """Give what is owed, once."""
        owed_s, self._owed_s = self._owed_s, 0.0
        return owed_s

    def pass_s(self, seconds: float) -> None:
        """Let time pass; rounded up, so that a timer that was waited for is due."""
        self._passed_ns += math.ceil(seconds * _NS_PER_S)


class _QuietSelector(selectors.EpollSelector):
    """Waits for sockets in no time, and for timers in virtual time."""

    def __init__(self, clock: VirtualTime) -> None:
        super().__init__()
        self._clock = clock
        self._turns = 0
        self.sent = False
        """Whether something was sent since time went on last: it must arrive before time goes on again."""

        self._followed_s: float | None = None
        """Up to when the real clock was followed."""

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._clock.follows:
            return self._follow(timeout)
        self._followed_s = None
        ready = super().select(0)
        if ready:
            self.sent = False
            self._turns = 0
            return ready
        if timeout is not None and timeout <= 0:
            self._turns += 1
            if self._turns > TURNS_MAX:
                self._turns = 0
                self._clock.pass_s(1 / _NS_PER_S)
            return ready
        self._turns = 0
        if self.sent:
            self.sent = False
            if ready := super().select(DELIVERY_REAL_S if timeout is None else min(DELIVERY_REAL_S, timeout)):
                return ready
        if timeout is None:
            ready = super().select(STUCK_REAL_S)
            if not ready:
                raise Stuck("no timer, no event")
            return ready
        self._clock.pass_s(timeout)
        return []

    def _follow(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait as any event loop does; as much time passes as has passed."""
        ready = super().select(timeout)
        now_s = _REAL_MONOTONIC()
        self._clock.pass_s(now_s - (self._followed_s or now_s))
        self._followed_s = now_s
        return ready


class _Transport(_SelectorSocketTransport):  # type: ignore[misc]
    """A socket that says when something leaves it."""

    @override
    def write(self, data: bytes) -> None:
        self._loop.note_sent()
        super().write(data)

    @override
    def writelines(self, list_of_data: list[bytes]) -> None:
        self._loop.note_sent()
        super().writelines(list_of_data)

    @override
    def _call_connection_lost(self, exc: BaseException | None) -> None:
        self._loop.note_sent()
        super()._call_connection_lost(exc)


class Thread(Protocol):
    """A thread that takes work."""

    def post(self, work: Callable[[], None]) -> None:
        """Do the work in the thread."""
        ...


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time."""

    def __init__(self, clock: VirtualTime, dice: Random, *, thread_s_max: float = THREAD_S_MAX) -> None:
        """Run on this clock; the dice say how long threads take."""
        self._virtual = clock
        self._dice = dice
        self._thread_s_max = thread_s_max
        self._brought_s: dict[int, float] = {}
        self._quiet = _QuietSelector(clock)
        super().__init__(self._quiet)

    def note_sent(self) -> None:
        """Note that something is on its way from one socket to another."""
        self._quiet.sent = True

    def _make_socket_transport(self, sock: Any, protocol: Any, waiter: Any = None, **named: Any) -> _Transport:  # noqa: ANN401  as asyncio calls it
        extra, server = named.get("extra"), named.get("server")
        return _Transport(self, sock, protocol, waiter, extra, server)

    @override
    def time(self) -> float:
        """Tell the virtual time."""
        return self._virtual.monotonic()

    def in_thread[T](self, thread: Thread, work: Callable[[], T]) -> asyncio.Future[T]:
        """Let a thread work while the world stands still, and bring the results later, in the order of the calls."""
        done = threading.Event()
        outcome: list[T] = []
        failure: list[BaseException] = []

        def do() -> None:
            try:
                outcome.append(work())
            except BaseException as error:  # noqa: BLE001  handed to the caller, whatever it is
                failure.append(error)
            done.set()

        thread.post(do)
        done.wait()
        return self._brought(id(thread), outcome, failure)

    @override
    def run_in_executor[T](self, executor: Executor | None, func: Callable[..., T], *args: object) -> asyncio.Future[T]:
        outcome: list[T] = []
        failure: list[BaseException] = []
        try:
            outcome.append(func(*args))
        except Exception as error:  # noqa: BLE001  as above
            failure.append(error)
        return self._brought(0, outcome, failure)

    def _brought[T](self, lane: int, outcome: list[T], failure: list[BaseException]) -> asyncio.Future[T]:
        """Bring a result some time from now; of one thread none overtakes another."""
        takes_s = self._dice.random() * self._thread_s_max * (10 if self._dice.random() < 0.02 else 1)
        takes_s += self._virtual.owed_s()
        at_s = max(self.time() + takes_s, self._brought_s.get(lane, 0.0) if lane else 0.0)
        self._brought_s[lane] = at_s
        future: asyncio.Future[T] = self.create_future()

        def bring() -> None:
            if future.done():
                return
            if failure:
                future.set_exception(failure[0])
            else:
                future.set_result(outcome[0])

        self.call_at(at_s, bring)
        return future


CLOCK: Final = VirtualTime()
"""The clock of this process, once it is installed."""


def install() -> None:
    """Let :mod:`time` tell virtual time in this process. To be called before anything else is imported."""
    time.time, time.time_ns = CLOCK.time, CLOCK.time_ns
    time.monotonic, time.monotonic_ns = CLOCK.monotonic, CLOCK.monotonic_ns
    time.clock_gettime_ns = lambda _: CLOCK.monotonic_ns()
