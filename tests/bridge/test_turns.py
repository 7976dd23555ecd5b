"""The turnstile at the doors: few at a time, in order, and no door waits for another's flood."""

import asyncio
from contextlib import suppress

from custom_components.mexc_trading.bridge.turns import AT_ONCE, WAITING_MAX, Turns


class Crowd:
    """Requests at doors, and who passed in which turn of the loop."""

    def __init__(self) -> None:
        """Start with nobody."""
        self.turns = Turns()
        self.passed: list[str] = []
        self.refused: list[str] = []

    async def come(self, door: str, name: str) -> None:
        """Wait for a turn."""
        (self.passed if await self.turns.take(door) else self.refused).append(name)


async def test_who_comes_alone_does_not_wait() -> None:
    """A quiet door costs not even a turn of the loop."""
    crowd = Crowd()
    coming = crowd.come("a", "first")

    with suppress(StopIteration):
        coming.send(None)

    assert crowd.passed == ["first"]


async def test_few_pass_in_one_turn_of_the_loop() -> None:
    """Given more requests than a turn takes, then the others pass in the following turns, in their order."""
    crowd = Crowd()
    async with asyncio.TaskGroup() as group:
        for number in range(3 * AT_ONCE):
            group.create_task(crowd.come("a", str(number)))
        seen = 0
        while seen < 3 * AT_ONCE:
            await asyncio.sleep(0)
            assert len(crowd.passed) - seen <= AT_ONCE
            seen = len(crowd.passed)

    assert crowd.passed == [str(number) for number in range(3 * AT_ONCE)]


async def test_a_flood_at_one_door_delays_nobody_at_another() -> None:
    """Given a door where many wait, when somebody comes to another one, then they are among the next to pass."""
    crowd = Crowd()
    async with asyncio.TaskGroup() as group:
        for number in range(100):
            group.create_task(crowd.come("flooded", str(number)))
        await asyncio.sleep(0)
        await crowd.come("quiet", "exit")
        assert crowd.passed.index("exit") <= 3 * AT_ONCE


async def test_who_finds_too_many_waiting_is_refused_at_once() -> None:
    """Given a full door, then the next is refused and those who wait are not, nor is anybody at another door."""
    crowd = Crowd()
    async with asyncio.TaskGroup() as group:
        for number in range(AT_ONCE + WAITING_MAX):
            group.create_task(crowd.come("full", str(number)))
        await asyncio.sleep(0)
        # The first have passed before the others came to wait.
        refusing = [crowd.come("full", f"late-{number}") for number in range(2 * AT_ONCE)]
        other = group.create_task(crowd.come("other", "other"))
        for late in refusing:
            group.create_task(late)
        await other

    assert crowd.refused
    assert all(name.startswith("late-") for name in crowd.refused)
    assert len(crowd.passed) + len(crowd.refused) == AT_ONCE + WAITING_MAX + 2 * AT_ONCE + 1


async def test_who_goes_away_takes_no_turn() -> None:
    """Given somebody who stopped waiting, then the next passes in their stead."""
    crowd = Crowd()
    tasks = [asyncio.create_task(crowd.come("a", str(number))) for number in range(AT_ONCE + 2)]
    await asyncio.sleep(0)
    tasks[AT_ONCE].cancel()

    await asyncio.wait(tasks)

    assert crowd.passed[-1] == str(AT_ONCE + 1)
    assert str(AT_ONCE) not in crowd.passed
