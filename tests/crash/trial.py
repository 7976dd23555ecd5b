"""One cell played: lives one after the other on one journal and one venue, until calm; and what was wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
import shutil
import time
from typing import Final, cast

from tests.double import MexcDouble
from tests.double.state import load_state, save_state

from .checks import ORDER, Told, after_a_kill, read_disk, when_calm
from .nursery import Json, Life, Nursery
from .points import Cell, Fate, Moment, Step, When, Wish

HELD_S: Final = 4.0
"""How long the venue's door, or its answer, is held while the process dies: just within the fence of 5 s."""

LIVES_MAX: Final = 4

_FAULTS: Final[dict[Fate, Json]] = {
    Fate.REFUSED: {"action": "refuse", "code": 30004},
    Fate.LOST: {"action": "drop_answer"},
    Fate.VANISHED: {"action": "reset_before"},
}

_MOMENTS: Final[dict[Moment, list[object]]] = {
    Moment.FIRST_BEFORE: [1, When.BEFORE.value],
    Moment.FIRST_AFTER: [1, When.AFTER.value],
    Moment.SECOND_BEFORE: [2, When.BEFORE.value],
    Moment.SECOND_AFTER: [2, When.AFTER.value],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one life ended. ``calm`` is what it found when nothing was in doubt; ``died`` a failure of its own."""

    reached: str = ""
    calm: Json | None = None
    answered: Json | None = None
    died: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a cell. ``reached`` names the places of its crashes; all of ``wrong`` must be empty."""

    cell: str
    reached: tuple[str, ...]
    missed: bool
    held: tuple[str, ...]
    wrong: tuple[str, ...]
    seconds: float


@dataclass(slots=True, kw_only=True)
class World:
    """A venue and a folder that outlive the processes, and everything that those told."""

    nursery: Nursery
    double: MexcDouble
    folder: Path
    told: Told = field(default_factory=Told)

    def spec(self, **more: object) -> Json:
        """Say what every life needs to know."""
        double = self.double
        return {
            "folder": str(self.folder / "entry"),
            "rest_url": double.rest_url,
            "stream_url": double.stream_url,
            "api_key": double.api_key,
            "api_secret": double.api_secret,
            **more,
        }

    async def live(self, spec: Json, killed_at: str = "") -> Ending:
        """Start a life and listen until it is gone. ``killed_at``: it is killed from here, when the venue has it."""
        life = await self.nursery.start(spec)
        ending = Ending()
        killing = asyncio.create_task(self._kill(life, method(Wish(cast("str", spec["wish"]))))) if killed_at else None
        async for told in life:
            ending = self._heard(ending, told)
        await life.gone()
        if killing is not None and not killing.cancel():
            ending = Ending(reached=killed_at)
        return ending

    def _heard(self, ending: Ending, told: Json) -> Ending:
        """Take note of what a life tells."""
        self.told.hear(told)
        return Ending(
            reached=cast("str", told.get("reached", ending.reached)),
            calm=cast("Json | None", told.get("calm", ending.calm)),
            answered=told if "answered" in told else ending.answered,
            died=cast("str", told.get("died", ending.died)),
        )

    async def _kill(self, life: Life, method: str) -> None:
        """Wait until the wish stands at the venue's door, or has been judged behind it; then ``kill -9``."""
        await self.double.requests.wait_for(method, ORDER)
        life.kill()


def method(wish: Wish) -> str:
    """Name the HTTP method that carries a wish."""
    return "DELETE" if wish is Wish.CANCEL else "POST"


@asynccontextmanager
async def world(nursery: Nursery, folder: Path, template: Path | None) -> AsyncIterator[World]:
    """Open a venue, as a template left it."""
    folder.mkdir()
    double = MexcDouble()
    if template is not None:
        shutil.copytree(template / "entry", folder / "entry")
        load_state(double.venue, template / "double.json")
    async with double:
        yield World(nursery=nursery, double=double, folder=folder)


async def prepare(nursery: Nursery, folder: Path, wish: Wish) -> Path | None:
    """Make what a wish starts from: nothing, a position, or an order that rests."""
    if wish is Wish.ENTRY:
        return None
    async with world(nursery, folder, None) as made:
        spec = made.spec(wish=Wish.ENTRY.value, name="before", issued_at_ns=time.time_ns(), rest=wish is Wish.CANCEL)
        ending = await made.live(spec)
        if ending.calm is None or len(made.double.venue.orders) != 1:
            raise RuntimeError(f"nothing to start from: {ending}")
        save_state(made.double.venue, folder / "double.json")
    return folder


async def play(nursery: Nursery, folder: Path, template: Path | None, cell: Cell) -> Result:
    """Play a cell: crash, crash again if it says so, live until calm, and once more with the same wish."""
    started = time.monotonic()
    async with world(nursery, folder, template) as made:
        _misbehave(made.double, cell)
        spec = made.spec(wish=cell.wish.value, name="wish", issued_at_ns=time.time_ns())
        if cell.step is Step.SNAPSHOT:
            spec["snapshots"] = True
        if cell.wish is Wish.CANCEL:
            (order,) = made.double.venue.orders
            spec["order_id"] = order.client_order_id
        reached, wrong, ending, disk = [], [], Ending(), None
        for number in range(LIVES_MAX):
            ending = await _one(made, cell, spec, number)
            disk = await asyncio.to_thread(read_disk, made.folder / "entry", made.told)
            wrong += after_a_kill(disk, made.double, made.told)
            if not ending.reached:
                break
            reached.append(ending.reached)
        if (cell.step, cell.when) == (Step.ACCEPTED, When.BEFORE):
            # What still stands at the venue's door must have come in: an account at rest has reckoned with it.
            await asyncio.sleep(HELD_S)
            wrong += after_a_kill(disk, made.double, made.told)
        if ending.calm is None:
            wrong.append(f"not calm: {ending.died or 'gone'}")
        else:
            wrong += when_calm(ending.calm, made.double)
        wrong += _unanswered(ending)
        held = [] if ending.calm is None else cast("list[list[str]]", ending.calm["held"])
        return Result(
            cell=cell.name,
            reached=tuple(reached),
            missed=len(reached) != (2 if cell.again else 1),
            held=tuple(kind for kind, *_ in held),
            wrong=tuple(dict.fromkeys(wrong)),
            seconds=round(time.monotonic() - started, 1),
        )


async def _one(made: World, cell: Cell, spec: Json, number: int) -> Ending:
    """Live the first life, which is crashed at the step; the second, crashed again or not; or a quiet one."""
    at = [cell.step.value, cell.when.value]
    if number == 0:
        fill = made.double.venue.orders[0].order_id if cell.wish is Wish.CANCEL else None
        if cell.step is Step.ACCEPTED:
            return await made.live({**spec, "fill": fill}, f"{cell.when} {cell.step}")
        return await made.live({**spec, "at": at, "fill": fill})
    if number == 1 and cell.again is not None:
        return await made.live({**spec, "at": at, "commit": _MOMENTS[cell.again]})
    return await made.live(spec)


def _misbehave(double: MexcDouble, cell: Cell) -> None:
    """Let the venue treat the first request as the cell says, and hold it while the process is killed at its door."""
    first: Json = {"method": method(cell.wish), "path": ORDER, "times": 1}
    if cell.step is Step.ACCEPTED:
        action = "delay_before" if cell.when is When.BEFORE else "delay_after"
        double.faults.add({**first, "action": action, "seconds": HELD_S})  # type: ignore[dict-item]
    if cell.fate in _FAULTS:
        double.faults.add({**first, **_FAULTS[cell.fate]})  # type: ignore[dict-item]


def _unanswered(ending: Ending) -> list[str]:
    """The wish that comes again has to be answered."""
    answered = ending.answered
    return [] if answered is not None and answered["answered"] else [f"the wish was not taken: {answered}"]
