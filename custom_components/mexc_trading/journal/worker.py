"""A thread that does one piece of work after the other, for callers on an event loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

_QUIET_S: Final = 0.1
"""How long without work counts as idle: longer than the pauses between the batches of a burst."""


class Worker:
    """The journal's own thread.

    Work runs in the order of the calls and always to its end: a caller that is cancelled stops waiting, nothing more.
    Half the latency of an executor, which matters when a sync takes 60 µs.
    """

    def __init__(self, name: str) -> None:
        """Start the thread. It ends with :meth:`stop`, or with the process."""
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._stopped = False
        self._idle: Callable[[], None] = _nothing
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def run[T](self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Do the work in the thread; the future gets its result or its exception. RuntimeError after :meth:`stop`."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()

        def tell[V](setting: Callable[[V], None], value: V) -> None:
            if not result.done():
                setting(value)

        def do() -> None:
            try:
                answer = partial(tell, result.set_result, work())
            except BaseException as error:  # noqa: BLE001  handed to the caller, whatever it is
                answer = partial(tell, result.set_exception, error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(answer)

        self.post(do)
        return result

    def post(self, work: Callable[[], None]) -> None:
        """Do the work in the thread without anybody waiting. RuntimeError after :meth:`stop`."""
        if self._stopped:
            raise RuntimeError("the journal is closed")
        self._work.put(work)

    def when_idle(self, work: Callable[[], None]) -> None:
        """Do this once each time no work has come for a moment."""
        self._idle = work

    def stop(self) -> None:
        """Take no more work; the thread ends behind the work it already has."""
        self._stopped = True
        self._work.put(None)

    def join(self) -> None:
        """Wait for the thread's end. Blocks for as long as work is left."""
        self._thread.join()

    def _run(self) -> None:
        worked = False
        while True:
            try:
                work = self._work.get(timeout=_QUIET_S if worked else None)
            except Empty:
                worked = False
                self._idle()
                continue
            if work is None:
                return
            work()
            worked = True


def _nothing() -> None:
    """What an idle worker does until it is told otherwise."""
