"""A backtest in a process of its own: Home Assistant's loop is never blocked, and a run can be ended at any moment.

The process is started by ``spawn``: it shares no memory, lock or socket with the one that started it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
import multiprocessing
from multiprocessing.connection import Connection
from typing import Final

from ..model.signal import Signal
from ..risk.strategy import StrategyTerms
from .candles import Candles
from .result import BacktestResult
from .rule_strategy import RuleTerms
from .terms import BacktestTerms

type Progress = Callable[[int, int], None]
"""Told from time to time how many candles are done, and of how many."""

END_S: Final = 5
"""How long an ended process is waited for before it is killed."""


class RunFailed(Exception):
    """The run ended without a result: what went wrong, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that a run needs. Plain values: it goes to another process, or to another machine."""

    candles: Candles
    terms: BacktestTerms
    rules: RuleTerms | None = None
    recorded: tuple[Signal, ...] = ()
    strategy: StrategyTerms | None = None
    """Whose they are, with limits of its own; None: nobody's."""


def work(job: Job, progress: Progress = lambda _done, _total: None) -> BacktestResult:
    """Run a job here and now. A plain function of a plain value, as executors want it."""
    # Imported by the process that does the work: the one that starts it has no use for that.
    from .backtest import backtest  # noqa: PLC0415

    return backtest(
        job.candles,
        job.terms,
        rules=job.rules,
        recorded=job.recorded,
        strategy=job.strategy,
        progress=progress,
    )


async def run(job: Job, progress: Progress = lambda _done, _total: None) -> BacktestResult:
    """Run a job in a process of its own; cancelling this ends it. Raises :class:`RunFailed`."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(job, theirs), daemon=True)
    try:
        await asyncio.to_thread(process.start)
        theirs.close()
        return await _listen(ours, progress)
    finally:
        await asyncio.to_thread(_end, process)
        ours.close()


async def _listen(pipe: Connection, progress: Callable[[int, int], None]) -> BacktestResult:
    """Pass progress on until there is a result."""
    while True:
        try:
            said = await asyncio.to_thread(pipe.recv)
        except EOFError:
            raise RunFailed("the process ended without a word") from None
        match said:
            case BacktestResult():
                return said
            case (int(done), int(total)):
                progress(done, total)
            case _:
                raise RunFailed(str(said))


def _serve(job: Job, pipe: Connection) -> None:
    """Work in the other process: tell progress, then the result or what was wrong with the job."""

    def tell(done: int, total: int) -> None:
        pipe.send((done, total))

    # Whoever started us may be gone; then there is nobody to tell.
    with suppress(BrokenPipeError):
        try:
            pipe.send(work(job, tell))
        except (ValueError, ArithmeticError) as error:
            pipe.send(f"{type(error).__name__}: {error}")


def _end(process: multiprocessing.context.SpawnProcess) -> None:
    """See a process off."""
    if process.pid is None:
        return
    process.terminate()
    process.join(END_S)
    if process.is_alive():
        process.kill()
        process.join()
