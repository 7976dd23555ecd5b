"""A run in another process gives the same, tells how far it is, and ends when nobody wants it any more."""

import asyncio
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
import multiprocessing

import pytest

from custom_components.mexc_trading.research.runner import Job, RunFailed, run, work
from custom_components.mexc_trading.research.sweep import Split, applied, settings, sweep, walk_forward

from .market import rules, terms, walk

PATTERN = rules("cross_above(ema({fast}), ema({slow}))", "cross_below(ema({fast}), ema({slow}))")


async def test_in_a_process_of_its_own() -> None:
    """Given a job, when it is run elsewhere, then the result is what it is here, and its progress was told."""
    job, told = Job(candles=walk(9_000), terms=terms(), rules=rules()), list[tuple[int, int]]()
    assert await run(job, lambda done, total: told.append((done, total))) == work(job)
    assert told == [(0, 9_000), (8_192, 9_000), (9_000, 9_000)]
    assert multiprocessing.active_children() == []


async def test_a_job_that_cannot_be_run() -> None:
    """Given rules that are none, then the run fails with their error and place."""
    with pytest.raises(RunFailed, match="line 1, column 8"):
        await run(Job(candles=walk(10), terms=terms(), rules=rules("close >")))


async def test_cancelled() -> None:
    """Given a run under way, when it is cancelled, then its process ends."""
    started = asyncio.Event()

    def tell(done: int, total: int) -> None:
        started.set()

    job = Job(candles=walk(100_000), terms=terms(), rules=rules())
    task = asyncio.create_task(run(job, tell))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert multiprocessing.active_children() == []


def test_a_sweep_is_the_same_through_any_executor() -> None:
    """Given six settings, then threads and processes give what running them one by one gives, in their order."""
    candles = walk(1_500)
    wanted = list(settings({"fast": (3, 5), "slow": (10, 20, 40)}))
    alone = [work(Job(candles=candles, terms=terms(), rules=applied(PATTERN, setting))).measures for setting in wanted]
    with ThreadPoolExecutor(2) as threads:
        threaded = sweep(threads, candles, terms(), PATTERN, wanted)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        spread = sweep(processes, candles, terms(), PATTERN, wanted)
    assert [swept.measures for swept in threaded] == alone
    assert spread == threaded
    assert [swept.setting for swept in spread] == wanted
    assert len({swept.measures.trades for swept in spread}) > 3


def test_settings_stand_in_the_rules() -> None:
    """Given a setting, then it stands in both expressions, and the rest of the terms stays."""
    expected = replace(PATTERN, entry="cross_above(ema(3), ema(9))", exit="cross_below(ema(3), ema(9))")
    assert applied(PATTERN, {"fast": 3, "slow": 9}) == expected


def test_walking_forward() -> None:
    """Given ten candles in three parts, then each later part is judged by the one before."""
    assert walk_forward(10, 3) == (Split((0, 3), (3, 6)), Split((3, 6), (6, 10)))
    with pytest.raises(ValueError, match="1 parts"):
        walk_forward(10, 1)
