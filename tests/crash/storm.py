"""The long run: thousands of lives of random trading at a venue that misbehaves, each ended at a random moment."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
import random
import shutil
from typing import Final, cast

from tests.exchange.chaos.schedules import schedule

from .checks import Disk, after_a_kill, apart, read_disk, when_calm
from .nursery import Json, Life, Nursery
from .trading import TRADED
from .trial import World, world

AT_ONCE: Final = 8
KILLS_A_WORLD: Final = 25
"""Lives on one journal and one venue; then they must come to rest, and another world begins."""

STEPS_MAX: Final = 80
SOON_S: Final = 4.0
LATER_S: Final = 6.0
"""Seconds of fast time within which a life is killed, counted from its beginning or from its first rest."""

NOTE_EVERY: Final = 100
AGAIN_EVERY: Final = 5
"""After so many kills of a world, and at its end, everything is also folded and decided again from the beginning."""

SENT_KEPT: Final = 10

_MODES: Final = {
    "soon": "a random moment after the start",
    "later": "a random moment of trading",
    "step": "a random moment of trading",
}
"""Where a life was killed that did not kill itself at a step."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the long run came to. ``wrong`` must be empty."""

    kills: int = 0
    places: Counter[str] = field(default_factory=Counter)
    rests: int = 0
    worlds: int = 0
    wished: Counter[str] = field(default_factory=Counter)
    denied: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    fills: int = 0
    faults: int = 0
    held: Counter[str] = field(default_factory=Counter)
    apart: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    """Complaints, with the number of kills when they came up first."""

    def shown(self) -> Json:
        """Give the figures by name."""
        return {
            "kills": self.kills,
            "killed": dict(sorted(self.places.items())),
            "worlds": self.worlds,
            "rests": self.rests,
            "wished": dict(sorted(self.wished.items())),
            "denied by": dict(sorted(self.denied.items())),
            "orders at the venue": self.orders,
            "trades": self.fills,
            "faults that struck": self.faults,
            "held at a rest": dict(sorted(self.held.items())),
            "positions apart, the symbol held": self.apart,
            "wrong": len(self.wrong),
        }


async def storm(nursery: Nursery, folder: Path, *, kills: int, seed: int, note: Callable[[str], None]) -> Tally:
    """Play worlds, a few at once, until so many lives were killed."""
    tally = Tally()
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, lives: int) -> None:
        async with slots:
            weather = _Weather(f"{seed}/{number}", tally, note)
            async with world(nursery, folder / f"world-{number}", None) as made:
                await weather.play(made, lives)
            await asyncio.to_thread(shutil.rmtree, folder / f"world-{number}")

    counts = [min(KILLS_A_WORLD, kills - done) for done in range(0, kills, KILLS_A_WORLD)]
    await asyncio.gather(*(one(number, lives) for number, lives in enumerate(counts)))
    return tally


class _Weather:
    """One world and what becomes of it."""

    def __init__(self, name: str, tally: Tally, note: Callable[[str], None]) -> None:
        """Begin under this star; ``note`` is told what is wrong as soon as it is."""
        self._name = name
        self._dice = random.Random(name)
        self._tally = tally
        self._note = note
        self._sent: list[Json] = []
        self._rested = False

    async def play(self, made: World, lives: int) -> None:
        """Kill so many lives, then let the last one come to rest."""
        killed = 0
        while killed < lives:
            killed += await self._life(made, last=False, again=killed % AGAIN_EVERY == AGAIN_EVERY - 1)
        await self._life(made, last=True, again=True)
        self._tally.worlds += 1
        self._tally.orders += len(made.double.venue.orders)
        self._tally.fills += len(made.double.venue.fills)
        self._tally.faults += len(made.double.faults.fired)

    async def _life(self, made: World, *, last: bool, again: bool) -> bool:
        """Begin a life, kill it, and look; give whether it was killed."""
        await _heal(made)
        mode = "quiet" if last else self._dice.choice(("step", "soon", "later"))
        spec = made.spec(
            left=self._dice.randint(1, STEPS_MAX) if mode == "step" else 0,
            seed=self._dice.getrandbits(48),
            sent=self._sent[-SENT_KEPT:],
            last=last,
            again=again,
            symbols=TRADED,
        )
        life = await made.nursery.start(spec)
        killers = [asyncio.create_task(self._kill(life, SOON_S))] if mode == "soon" else []
        place, died = mode, ""
        self._rested = False
        async for told in life:
            if "calm" in told:
                self._rest(made, cast("Json", told["calm"]))
                if not last:
                    self._unleash(made, cast("int", spec["seed"]))
                    life.go()
                    killers += [asyncio.create_task(self._kill(life, LATER_S))] if mode != "soon" else []
            place = cast("str", told.get("reached", place))
            died = cast("str", told.get("died", died))
            made.told.hear(told)
            self._count(told)
        await life.gone()
        for killer in killers:
            killer.cancel()
        await _heal(made)
        disk = await asyncio.to_thread(read_disk, made.folder / "entry", made.told, again=again)
        self._judge(disk, made, died, last=last)
        if not (last or died):
            self._tally.kills += 1
            if self._tally.kills % NOTE_EVERY == 0:
                self._note(f"{self._tally.kills} kills, {len(self._tally.wrong)} wrong")
            self._tally.places[_MODES.get(place, place)] += 1
        return not died

    async def _kill(self, life: Life, within_s: float) -> None:
        await asyncio.sleep(self._dice.uniform(0, within_s))
        life.kill()

    def _count(self, told: Json) -> None:
        """Count a wish, and remember it for later lives."""
        if "wished" in told:
            self._tally.wished[cast("str", told["wished"])] += 1
        self._tally.denied.update(cast("list[str]", told.get("denied", [])))
        if "signal" in told:
            self._sent.append(cast("Json", told["signal"]))

    def _rest(self, made: World, calm: Json) -> None:
        """Compare what the book believes with what the venue knows, while nothing moves."""
        self._rested = True
        self._tally.rests += 1
        self._tally.held.update(kind for kind, *_ in cast("list[list[str]]", calm["held"]))
        self._tally.apart += len(apart(calm, made.double))
        self._complain(when_calm(calm, made.double))

    def _judge(self, disk: Disk | None, made: World, died: str, *, last: bool) -> None:
        """Look at what the kill left."""
        self._complain(after_a_kill(disk, made.double, made.told))
        if died:
            self._complain([f"died: {died}"])
        if last and not self._rested:
            self._complain(["the last life did not come to rest"])

    def _complain(self, wrong: list[str]) -> None:
        for complaint in wrong:
            named = f"world {self._name}: {complaint}"
            if named not in self._tally.wrong:
                self._tally.wrong[named] = self._tally.kills
                self._note(named)

    def _unleash(self, made: World, seed: int) -> None:
        """Let prices move and things go wrong."""
        plan = schedule(seed)
        for name, value in cast("Json", plan["settings"]).items():
            made.double.settings.change(name, str(value))
        made.double.faults.load({"seed": seed, "rules": plan["rules"]})  # type: ignore[dict-item]
        made.double.prices.moving = True


async def _heal(made: World) -> None:
    """Let nothing go wrong and nothing move any more. What was accepted stays hidden for as long as it was."""
    made.double.prices.moving = False
    made.double.faults.clear()
    made.double.clock.skew_ms = 0
    await made.double.partition.end()
