"""Plays a plan on a double: hour after hour, and after each hour everything has to come to rest."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
import time
from typing import Any, Final

from tests.double import MexcDouble

from . import plot, tables
from .judge import MOVING, Judge, differences
from .memory import Kept, kept, resident_kib
from .plan import CALM_FROM_S, HOUR_S, Act, Plan, Step
from .trader import Trader
from .watch import Watch

RESTS_S: Final = 580.0
"""Virtual seconds of good weather after which everything has to be at rest."""

CALM_S: Final = 20.0
"""Rest has to last: it is looked at again after so long."""

CASH: Final = 200_000
"""Enough quote units that losses and fees never end the trading."""


@dataclass(slots=True, kw_only=True)
class Played:
    """What came of a plan."""

    seed: int
    hours: int = 0
    faults: list[str] = field(default_factory=list)
    head: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    memory: list[Kept] = field(default_factory=list)
    resident_kib: list[int] = field(default_factory=list)


class Stage:
    """One plan at play."""

    def __init__(self, plan: Plan, double: MexcDouble, folder: Path) -> None:
        """Set up; ``double`` runs."""
        self.played = Played(seed=plan.seed)
        self._plan = plan
        self._double = double
        self._trader = Trader(double, folder)
        self._watch = Watch(double, lambda: self._trader.limits)
        self._judge = Judge(double, self._trader, self._watch)
        self._fired = 0
        self._pushes = 0

    async def perform(self, on_hour: Callable[[Played], None]) -> Played:
        """Play everything, or until something is wrong."""
        self._double.venue.deposit("USDT", str(CASH))
        await self._trader.open()
        try:
            for number, steps in enumerate(self._plan.hours):
                await self._hour(steps)
                self._look(number + 1)
                on_hour(self.played)
                if self.played.faults:
                    break
            else:
                await self._trader.flatten("last", iter(plot.BY_SYMBOL))
                await self._rest()
                self._look(len(self._plan.hours))
        finally:
            await self._trader.close()
        self._judge.end()
        self.played.figures["decided again"] = self._judge.replayed
        self.played.faults = self._judge.found
        self.played.head = self._judge.story.head
        return self.played

    async def _hour(self, steps: tuple[Step, ...]) -> None:
        """Play an hour's steps in time, then let everything come to rest."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        async with asyncio.TaskGroup() as group:
            for step in steps:
                await asyncio.sleep(began_s + step.at_s - loop.time())
                if self._watch.faults:
                    break
                group.create_task(self._play(step))
        await self._calm()
        ends_s = began_s + (HOUR_S if steps[-1].at_s > CALM_FROM_S / 2 else 0)
        await self._rest()
        await asyncio.sleep(max(0.0, ends_s - loop.time()))

    async def _play(self, step: Step) -> None:
        """Do one step."""
        match step.act:
            case Act.PRICE if step.price is not None:
                self._pushes += 1
                self._double.venue.set_price(step.symbol, step.price)
            case Act.TRADE | Act.END:
                self._at_venue(step)
            case Act.STORM:
                for name, value in (step.settings or {}).items():
                    self._double.settings.change(name, value)
                self._double.faults.load({"seed": step.seed, "rules": list(step.rules)})
            case Act.CALM:
                await self._calm()
            case Act.BURST:
                await self._burst(step)
            case _:
                await self._trader.play(step)

    async def _burst(self, step: Step) -> None:
        """Let everybody talk at once."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        async with asyncio.TaskGroup() as group:
            for wish in sorted(plot.burst(step), key=lambda wish: wish.at_s):
                await asyncio.sleep(began_s + wish.at_s - loop.time())
                group.create_task(self._play(wish))

    def _at_venue(self, step: Step) -> None:
        """Let one of the orders that rest trade in part, or end, of the venue's own accord."""
        resting = self._double.venue.shelf.open_orders()
        if not resting:
            return
        order = Random(step.seed).choice(resting)
        if step.act is Act.END:
            self._double.venue.cancel(order)
            return
        row = self._double.venue.symbol(order.symbol)
        part = round(order.remaining / 2, row.quantity_places)
        if 0 < part < order.remaining:
            self._double.venue.fill(order, part)

    async def _calm(self) -> None:
        """Make the venue healthy; what it holds back already still comes late."""
        self._fired += len(self._double.faults.fired)
        self._double.faults.clear()
        self._double.clock.skew_ms = 0
        for name, value in (("order_visibility_s", 0), ("trades_lag_s", 0), ("balance_lag_s", 0)):
            self._double.settings.change(name, value)
        await self._double.partition.end()

    async def _rest(self) -> None:
        """Wait until everything is at rest and stays so; not for ever."""
        calm_s = 0.0
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + RESTS_S
        while calm_s < CALM_S and loop.time() < ends_s:
            await asyncio.sleep(1)
            if calm_s == 0 and (released := await self._trader.release_all()):
                for kind in released:
                    self.played.figures[f"released {kind}"] = self.played.figures.get(f"released {kind}", 0) + 1
            calm_s = calm_s + 1 if self._at_rest() else 0.0

    def _at_rest(self) -> bool:
        """Whether nothing is left to find out."""
        account = self._trader.account
        if account is None:
            return False
        model = account.read_model()
        moving = any(order.state in MOVING for order in model.orders)
        return (
            model.connected and not moving and not model.holds and not differences(account, self._double, self._watch)
        )

    def _look(self, hours: int) -> None:
        """Judge an hour, and see what it has left in memory."""
        self._judge.hour()
        account = self._trader.account
        if account is None:
            self._judge.faults.append("rest: the account is not open")
        else:
            holds = [hold.kind.value for hold in account.read_model().holds]
            self._judge.faults += [f"rest: still held by {kind}" for kind in holds if kind != "daily_loss"]
            self._judge.faults += [f"table: {what}" for what in tables.over(account)]
            self.played.figures["tables"] = {name: size for name, (size, _) in tables.sizes(account).items()}
            self.played.memory.append(kept(account))
        self.played.resident_kib.append(resident_kib())
        self.played.hours = hours
        self.played.faults = self._judge.found
        self._count()

    def _count(self) -> None:
        """Sum up so far."""
        story, trader = self._judge.story, self._trader
        self.played.figures |= {
            "wishes": trader.wishes,
            "placed": dict(self._watch.accepted),
            "trades": self._watch.trades,
            "in doubt": story.steps["no_answer"],
            "faults fired": self._fired,
            "prices": self._pushes,
            "requests": self._judge.requests,
            "records": story.records,
            "restarts": trader.restarts,
            "crashes": trader.crashes,
            "busy": dict(trader.refused),
            "holds": sorted(trader.holds.kinds),
            "virtual_s": round(time.monotonic()),
        }
