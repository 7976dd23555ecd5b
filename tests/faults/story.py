"""The story: boot, entry, fill, an order that rests and is cancelled, exit, snapshot, restart, repeat, entry, exit."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from tests.double import MexcDouble
from tests.simulation.judge import MOVING, Judge, differences
from tests.simulation.plan import Act, Kind, Step
from tests.simulation.power import Machine
from tests.simulation.trader import Trader
from tests.simulation.watch import Watch

BOOT_LOOKS: Final = 80
LOOK_S: Final = 0.5
PAUSE_S: Final = 2.5
RESTS_S: Final = 400.0
CALM_S: Final = 3
RELOAD_S: Final = 60.0
"""After so long without a journal, although its disk is well again, a person reloads the account."""


def _enter(name: str, price: int = 91_000, kind: Kind = Kind.LIMIT) -> Step:
    return Step(
        at_s=0,
        act=Act.ENTER,
        name=name,
        symbol="BTCUSDT",
        strategy="carry",
        kind=kind,
        quantity=Decimal("0.001"),
        price=Decimal(price),
    )


def _exit(name: str) -> Step:
    return Step(at_s=0, act=Act.EXIT, name=name, symbol="BTCUSDT", strategy="carry", price=Decimal(80_000))


FIRST_RUN: Final = (
    _enter("in"),
    _enter("rest", 80_000, Kind.POST_ONLY),
    _exit("out"),
    Step(at_s=0, act=Act.CANCEL, of="rest"),
)
SECOND_RUN: Final = (Step(at_s=0, act=Act.REPEAT, of="in"), _enter("again"), _exit("out again"))


@dataclass(slots=True, kw_only=True)
class Told:
    """What came of one telling. ``faults`` says what should not have been; empty: all is well."""

    name: str
    faults: list[str] = field(default_factory=list)
    struck: bool = False
    reloaded: bool = False
    mode: str = ""
    placed: int = 0


class Teller:
    """One telling."""

    def __init__(self, name: str, double: MexcDouble, folder: Path, machine: Callable[[], Machine]) -> None:
        """Set up; ``double`` runs, ``machine`` gives what each run of the account starts on."""
        self.told = Told(name=name)
        self._double = double
        self._trader = Trader(double, folder, machine=machine)
        self._watch = Watch(double, lambda: self._trader.limits)
        self._judge = Judge(double, self._trader, self._watch)
        self._opening: asyncio.Future[None] | None = None
        self._crashing: asyncio.Future[None] | None = None

    def crash(self) -> None:
        """Start the account anew without having stopped it: its power has gone."""
        self._crashing = asyncio.ensure_future(self._trader.play(Step(at_s=0, act=Act.CRASH)))

    async def tell(self, struck: Callable[[], bool], heal: Callable[[], None]) -> Told:
        """Tell the story; say whether ``struck`` by then; let the fault go; see that everything comes right."""
        await self._boot(self._trader.open())
        await self._play(FIRST_RUN)
        if self._trader.account is not None:
            await self._trader.account._snapshots.take()
        await self._boot(self._trader.play(Step(at_s=0, act=Act.RESTART)))
        await self._play(SECOND_RUN)
        self.told.struck = struck()
        account = self._trader.account
        self.told.mode = "closed" if account is None else account.read_model().mode.value
        heal()
        await self._heal()
        await self._rest()
        await self._prove()
        await self._trader.close()
        self._judge.hour()
        self._judge.end()
        self.told.faults += self._judge.found
        self.told.placed = sum(self._watch.accepted.values())
        return self.told

    async def _boot(self, opening: Coroutine[object, object, None]) -> None:
        """Wait for a boot, but not for ever: the disk may stay sick."""
        self._opening = asyncio.ensure_future(opening)
        for _ in range(BOOT_LOOKS):
            if self._trader.account is not None and not self._trader.account.read_model().holds:
                return
            await asyncio.sleep(LOOK_S)

    async def _play(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            await self._trader.play(step)
            await asyncio.sleep(PAUSE_S)

    async def _heal(self) -> None:
        """Let the fault go."""
        self._double.faults.clear()
        await self._double.partition.end()
        for starting in (self._opening, self._crashing):
            if starting is not None:
                await starting

    async def _rest(self) -> None:
        """Wait until everything is at rest. A journal that stays refused is a person's business: a reload."""
        loop = asyncio.get_running_loop()
        began_s, calm = loop.time(), 0
        while calm < CALM_S and loop.time() < began_s + RESTS_S:
            await asyncio.sleep(1)
            await self._trader.release_all()
            account = self._trader.account
            if account is not None and not account._book.journal_healthy and loop.time() > began_s + RELOAD_S:
                self.told.reloaded = True
                await self._trader.play(Step(at_s=0, act=Act.RESTART))
            calm = calm + 1 if self._at_rest() else 0
        if calm < CALM_S:
            self.told.faults.append(f"rest: {self._unrest()}")

    def _at_rest(self) -> bool:
        return not self._unrest()

    def _unrest(self) -> tuple[str, ...]:
        """Say what is not at rest."""
        account = self._trader.account
        if account is None:
            return ("the account is not open",)
        model = account.read_model()
        found = [f"{order.order_id} is {order.state}" for order in model.orders if order.state in MOVING]
        found += [f"held by {hold.kind}" for hold in model.holds]
        found += differences(account, self._double, self._watch)
        found += [] if model.connected else ["not connected"]
        return (*found, *(() if account._book.journal_healthy else ("the journal refuses",)))

    async def _prove(self) -> None:
        """Trade once more: whatever it was, it is over."""
        await self._trader.flatten("flat", iter(("BTCUSDT",)))
        await self._rest()
        before = self._watch.accepted["BUY"]
        for step in (_enter("proof"), _exit("proof out")):
            await self._trader.play(step)
            await self._rest()
        if self._watch.accepted["BUY"] != before + 1:
            self.told.faults.append("recovery: an entry does not pass")
        if self._watch.owned["BTCUSDT"] != 0:
            self.told.faults.append(f"recovery: {self._watch.owned['BTCUSDT']} stays")
