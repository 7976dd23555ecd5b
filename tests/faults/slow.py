"""The same story on media whose sync takes its time: what comes of it may come later, and is the same."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
import json
from pathlib import Path
import sqlite3
import tempfile
from typing import Any, Final, override

from tests.double import MexcDouble
from tests.simulation.in_virtual_time import run
from tests.simulation.judge import Judge
from tests.simulation.plan import Act, Kind, Step
from tests.simulation.power import Machine
from tests.simulation.trader import Trader
from tests.simulation.virtual_time import CLOCK
from tests.simulation.watch import Watch

FLOOD: Final = 60
"""Wishes that come one after the other without a pause, too large to be allowed."""

FLOOD_EVERY_S: Final = 0.002
PAUSE_S: Final = 3.0
_TIMES: Final = ("_ns", "_ms", "_seq")
"""How names of fields end that say when, or after which record."""


class SlowMachine(Machine):
    """A machine on which each sync takes so long (virtual seconds)."""

    def __init__(self, sync_s: float) -> None:
        """Count its syncs."""
        super().__init__()
        self.syncs = 0
        self._sync_s = sync_s

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        with super().around(call):
            yield
        if call == "COMMIT":
            self.syncs += 1
            CLOCK.owe(self._sync_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of the story: the journal without its times, the venue's orders, and how it got there."""

    content: list[str]
    orders: list[tuple[str, ...]]
    syncs: int
    records: int
    answer_ms: int
    faults: list[str]


def _wish(name: str, quantity: str, price: str, kind: Kind = Kind.LIMIT) -> Step:
    return Step(
        at_s=0,
        act=Act.ENTER,
        name=name,
        symbol="BTCUSDT",
        strategy="carry",
        kind=kind,
        quantity=Decimal(quantity),
        price=Decimal(price),
    )


_STORY: Final = (
    _wish("in", "0.001", "91000"),
    _wish("rest", "0.001", "85000", Kind.POST_ONLY),
    Step(at_s=0, act=Act.REPEAT, of="in"),
    Step(at_s=0, act=Act.EXIT, name="out", symbol="BTCUSDT", strategy="carry"),
    Step(at_s=0, act=Act.CANCEL, of="rest"),
)


async def _told(sync_s: float, folder: Path) -> Came:
    """Tell the story: a boot, a flood of wishes, and orders one after the other."""
    machine = SlowMachine(sync_s)
    async with MexcDouble(seed=1) as double:
        trader = Trader(double, folder, machine=lambda: machine)
        watch = Watch(double, lambda: trader.limits)
        judge = Judge(double, trader, watch)
        await trader.open()
        await asyncio.sleep(PAUSE_S)
        before, began_s = machine.syncs, CLOCK.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(FLOOD):
                group.create_task(trader.play(_wish(f"flood-{number}", "1", "91000")))
                await asyncio.sleep(FLOOD_EVERY_S)
        syncs, took_s = machine.syncs - before, CLOCK.monotonic() - began_s
        for step in _STORY:
            await trader.play(step)
            await asyncio.sleep(PAUSE_S)
        judge.hour()
        await trader.close()
        judge.end()
        rows: list[tuple[str, ...]] = [
            (o.client_order_id or "", o.side.value, str(o.price), str(o.quantity), o.status.value)
            for o in double.venue.orders
        ]
    content = _content(trader.journal)
    return Came(
        content=content,
        orders=rows,
        syncs=syncs,
        records=len(content),
        answer_ms=round(took_s * 1000),
        faults=judge.found,
    )


def tell(sync_s: float) -> Came:
    """Tell the story on a medium whose sync takes so long."""
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        return run(lambda: _told(sync_s, Path(scratch)), seed=1, thread_s_max=0.0)


def _content(path: Path) -> list[str]:
    """Read a journal without its times, in no order: what came at the same time may change places."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT kind, key, body FROM records").fetchall()
    counted = Counter(
        f"{kind} {key} {json.dumps(_timeless(json.loads(body)), sort_keys=True)}" for kind, key, body in rows
    )
    return sorted(counted.elements())


def _timeless(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Leave out what says when."""
    if isinstance(value, dict):
        return {
            name: _timeless(inner) for name, inner in value.items() if not name.endswith(_TIMES) and name != "query"
        }
    if isinstance(value, list):
        # A rule's result that is measured in seconds: how old the wish or the price was.
        return value[:2] if value[-1:] == ["s"] else [_timeless(inner) for inner in value]
    return value
