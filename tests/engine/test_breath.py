"""Long work stops now and then, and what is urgent overtakes what waits."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import override

import pytest

from custom_components.mexc_trading.engine import breath as breath_module, inputs as inp, stepping
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.breath import TURN_S, Breath
from custom_components.mexc_trading.model.signal import Action

from .desk import Desk, open_desk
from .market import entry, leave

FLOOD = 40


class Stopwatch(asyncio.SelectorEventLoop):
    """A loop whose clock goes on by hand."""

    at_s = 0.0

    @override
    def time(self) -> float:
        """Give the time."""
        return self.at_s


def worked(*pieces_s: float) -> tuple[int, Breath]:
    """Work at pieces that take so long each; give how often somebody else had a turn meanwhile."""
    loop, breath, turns = Stopwatch(), Breath(), 0

    async def other() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async def work() -> int:
        task = asyncio.create_task(other())
        await asyncio.sleep(0)
        before = turns
        breath.begin()
        for piece_s in pieces_s:
            loop.at_s += piece_s
            await breath.take()
        task.cancel()
        return turns - before

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work()), breath


def test_short_work_goes_through() -> None:
    """What takes less than a turn is not interrupted."""
    assert worked(TURN_S / 4, TURN_S / 4)[0] == 0


def test_long_work_lets_others_have_their_turn() -> None:
    """After each turn's worth of work the others come, and the measure of the work goes on."""
    turns, breath = worked(TURN_S, TURN_S, TURN_S)

    assert turns == 3
    assert breath.worked_s == pytest.approx(3 * TURN_S)


async def test_a_cancellation_does_not_tear_the_work() -> None:
    """Given work that is cancelled while others have their turn, then it goes on, and whoever asks learns of it."""
    breath, done = Breath(), []

    async def work() -> None:
        breath.begin()
        await breath.rest()
        done.append(True)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await task

    assert (done, breath.interrupted) == ([True], True)


async def test_an_exit_overtakes_the_entries_of_a_batch_that_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a batch of entries that takes long, when an exit comes, then it is decided before those that are left."""
    monkeypatch.setattr(stepping, "BATCH_WORK_S", 0.0)
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        await desk.send(entry())
        order = await _flooded(desk)

    assert order.index(Action.EXIT) < FLOOD // 2
    assert len(order) == FLOOD + 1


async def test_an_exit_ends_the_batch_of_entries_that_it_comes_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a batch of entries under way, when an exit comes, then it is decided after the one that is looked at."""
    monkeypatch.setattr(stepping, "BATCH_WORK_S", 1000.0)
    monkeypatch.setattr(breath_module, "TURN_S", 0.0)
    order: list[Action] = []
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        await desk.send(entry())

        async def ask(item: inp.SignalIn) -> None:
            assert isinstance(await desk.book.ask(item), Decided)
            order.append(item.signal.action)

        async with asyncio.TaskGroup() as group:
            for number in range(FLOOD):
                group.create_task(ask(inp.SignalIn(signal=entry(f"flood-{number}"), digest="d")))
            await _turns_until(lambda: desk.book.queued == FLOOD)
            await _turns_until(lambda: desk.book.queued == 0)
            group.create_task(ask(inp.SignalIn(signal=leave(), digest="d")))

    assert 0 < order.index(Action.EXIT) < FLOOD // 2
    assert len(order) == FLOOD + 1


async def _turns_until(holds: Callable[[], bool]) -> None:
    """Let the others on the loop have turns until something holds."""
    for _ in range(100 * FLOOD):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never held")


async def _flooded(desk: Desk) -> list[Action]:
    """Send a flood of entries, and an exit once the first is answered; give the order of the answers."""
    order: list[Action] = []
    begun = asyncio.Event()

    async def ask(item: inp.SignalIn) -> None:
        answer = await desk.book.ask(item)
        assert isinstance(answer, Decided)
        order.append(item.signal.action)
        begun.set()

    async with asyncio.TaskGroup() as group:
        for number in range(FLOOD):
            group.create_task(ask(inp.SignalIn(signal=entry(f"flood-{number}"), digest="d")))
        await begun.wait()
        group.create_task(ask(inp.SignalIn(signal=leave(), digest="d")))
    return order


async def test_what_is_left_for_the_next_batch_is_answered_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given batches that end after one input, then everything is decided once, the first first."""
    monkeypatch.setattr(stepping, "BATCH_WORK_S", 0.0)
    answered: list[str] = []
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()

        async def ask(name: str) -> None:
            answer = await desk.ask(entry(name))
            assert isinstance(answer, Decided)
            assert not answer.duplicate
            answered.append(name)

        names = [f"s-{number:02}" for number in range(20)]
        await asyncio.gather(*(ask(name) for name in names))

    assert answered == names
