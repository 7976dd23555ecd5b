"""The journal's thread by itself, and what it does when nobody asks for anything."""

import asyncio
from functools import partial
from pathlib import Path
import threading

import pytest

from custom_components.mexc_trading.engine.ports import Head
from custom_components.mexc_trading.journal.storage import DISK
from custom_components.mexc_trading.journal.worker import Worker
from custom_components.mexc_trading.journal.writer import Writer

from .books import audit, drafts


async def test_work_runs_in_order_in_one_other_thread() -> None:
    """Results come back to their callers, in the order of the calls."""
    worker = Worker("journal of a test")
    names = await asyncio.gather(*(worker.run(lambda: threading.current_thread().name) for _ in range(5)))
    assert set(names) == {"journal of a test"}
    done: list[int] = []
    await asyncio.gather(*(worker.run(partial(done.append, number)) for number in range(50)))
    assert done == list(range(50))
    worker.stop()
    worker.join()


async def test_an_exception_reaches_its_caller_and_nobody_else() -> None:
    """A bug in one piece of work neither ends the thread nor goes unseen."""
    worker = Worker("journal of a test")
    with pytest.raises(ZeroDivisionError):
        await worker.run(lambda: 1 // 0)
    assert await worker.run(lambda: "still there") == "still there"
    worker.stop()
    with pytest.raises(RuntimeError):
        worker.run(lambda: None)
    worker.join()


async def test_idle_work_runs_once_in_a_quiet_moment() -> None:
    """Once after work, not before any, and not again and again."""
    worker = Worker("journal of a test")
    idle, calls = threading.Event(), []

    def note() -> None:
        calls.append(threading.current_thread().name)
        idle.set()

    worker.when_idle(note)
    assert calls == []
    await worker.run(lambda: None)
    assert await asyncio.to_thread(idle.wait, 60)
    assert await worker.run(lambda: list(calls)) == ["journal of a test"]
    worker.stop()
    worker.join()


def test_a_caller_whose_loop_is_gone_does_not_end_the_thread() -> None:
    """A loop that was closed while its work was under way."""
    worker = Worker("journal of a test")
    gate = threading.Event()

    async def leave() -> None:
        worker.run(lambda: gate.wait(10))

    asyncio.run(leave())
    gate.set()
    assert asyncio.run(_answer(worker)) == "still there"
    worker.stop()
    worker.join()


async def _answer(worker: Worker) -> str:
    return await worker.run(lambda: "still there")


def test_a_quiet_moment_folds_a_log_that_is_worth_it(tmp_path: Path) -> None:
    """A short log stays; a longer one goes into the main file, and nothing else changes."""
    path = tmp_path / "live.db"
    writer = Writer(path, DISK)
    small = path.stat().st_size
    writer.append(drafts(1, 10))
    writer.fold()
    assert path.stat().st_size == small
    head = writer.append(drafts(11, 1000))
    assert isinstance(head, Head)
    writer.fold()
    folded = path.stat().st_size
    assert folded > 100 * 1000
    assert writer.append(drafts(1011, 10)) == writer.head
    assert path.stat().st_size == folded
    writer.close()
    assert audit(path, head).records == 1020
