"""Import this first, before anything of the integration: the process then lives in virtual time and loads fast.

Some of what others import takes hold of a clock as it is loaded, so time is changed before. The integration's packages
load without Home Assistant.
"""

import asyncio
from collections.abc import Callable, Coroutine
import os
import random
import sys
from typing import Final

import tests.journal.plain  # noqa: F401  the bare package stands in for the integration's root

from .virtual_time import CLOCK, THREAD_S_MAX, VirtualLoop, install

install()

from custom_components.mexc_trading.journal.worker import Worker  # noqa: E402  its clock is virtual by now

_SEEDED: Final = "PYTHONHASHSEED"


def repeatable() -> None:
    """Start the process anew with a fixed order of sets, so that a seed gives the same run each time."""
    if os.environ.get(_SEEDED) != "0":
        os.execve(sys.executable, sys.orig_argv, {**os.environ, _SEEDED: "0"})  # noqa: S606  ourselves


def run[T](work: Callable[[], Coroutine[object, object, T]], *, seed: int, thread_s_max: float = THREAD_S_MAX) -> T:
    """Run a program from the beginning of time."""
    CLOCK.restart()
    random.seed(seed)
    dice = random.Random(seed)
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(CLOCK, dice, thread_s_max=thread_s_max)) as runner:
        return runner.run(work())


def _stand_still[T](worker: Worker, work: Callable[[], T]) -> asyncio.Future[T]:
    """Let time stand still while a journal's thread works; its results come some time later."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        raise TypeError("this process has only virtual time")
    return loop.in_thread(worker, work)


Worker.run = _stand_still  # type: ignore[assignment, method-assign]
