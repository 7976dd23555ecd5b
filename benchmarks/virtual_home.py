"""A real Home Assistant in this process whose days pass in minutes. Import this before anything else.

While it starts, time is the real one. When it is let fly, the event loop jumps from timer to timer (as that of
``tests.simulation``), and what runs in an executor or in the journal's thread is waited for at once. The recorder's
thread works in real time meanwhile: whoever lets time fly has to wait for it now and then.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime, tzinfo
from pathlib import Path
import random
import time
from typing import Any, Final, override

from tests.simulation.virtual_time import CLOCK, VirtualLoop, install

install()
CLOCK.begin_now()

from homeassistant import util  # noqa: E402  its clocks are taken hold of as it is imported
from homeassistant.util import dt as dt_util  # noqa: E402


def _utcnow() -> datetime:
    """Tell the time of day in virtual time."""
    return datetime.fromtimestamp(time.time(), UTC)


def _now(time_zone: tzinfo | None = None) -> datetime:
    """Tell it in a zone."""
    return datetime.fromtimestamp(time.time(), time_zone or dt_util.get_default_time_zone())


util.utcnow = dt_util.utcnow = _utcnow  # type: ignore[assignment]
dt_util.now = _now

from custom_components.mexc_trading.journal.worker import Worker  # noqa: E402  as above
from homeassistant import bootstrap  # noqa: E402
from homeassistant.core import HomeAssistant  # noqa: E402
from homeassistant.runner import RuntimeConfig  # noqa: E402
from tests.demo.home import Home  # noqa: E402

_THREADS: Final = 8


class _Loop(VirtualLoop):
    """A virtual loop whose executors are real threads: Home Assistant forbids to read files on its loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS)
        super().__init__(CLOCK, random.Random(1))  # noqa: S311  dice

    @override
    def run_in_executor[T](self, executor: Executor | None, func: Callable[..., T], *args: object) -> asyncio.Future[T]:
        pool = executor or self._pool
        if CLOCK.follows:
            return asyncio.wrap_future(pool.submit(func, *args), loop=self)
        outcome: list[T] = []
        failure: list[BaseException] = []
        try:
            outcome.append(pool.submit(func, *args).result())
        except Exception as error:  # noqa: BLE001  handed to the caller, whatever it is
            failure.append(error)
        return self._brought(0, outcome, failure)


def _stand_still[T](worker: Worker, work: Callable[[], T]) -> asyncio.Future[T]:
    """Let time stand still while a journal's thread works."""
    loop = asyncio.get_running_loop()
    if CLOCK.follows or not isinstance(loop, VirtualLoop):
        return _WORK(worker, work)
    return loop.in_thread(worker, work)


_WORK: Final = Worker.run
Worker.run = _stand_still  # type: ignore[assignment, method-assign]


class HomeHere(Home):
    """A Home Assistant in this process."""

    hass: HomeAssistant

    @override
    async def start(self) -> None:
        """Start it; it serves requests soon."""
        started = await bootstrap.async_setup_hass(RuntimeConfig(config_dir=str(self.folder), skip_pip=True))
        if started is None:
            raise RuntimeError("Home Assistant did not start")
        self.hass = started
        await self.hass.async_start()

    @override
    async def stop(self) -> None:
        """Stop it, in real time."""
        CLOCK.follows = True
        await self.hass.async_stop(force=True)


def run[T](work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a program on real time, until it lets time fly."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(work())


def make_home(folder: Path, port: int) -> HomeHere:
    """Prepare one; the integration is that of this folder."""
    home = HomeHere(folder=folder, port=port)
    (folder / "custom_components" / "mexc_trading").unlink()
    return home
