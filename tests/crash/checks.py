"""What must hold after every kill, judged by what is on disk and at the venue alone."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
import json
from pathlib import Path
import shutil
import sqlite3
from tempfile import TemporaryDirectory
import time
from typing import Final, NamedTuple, cast

from custom_components.mexc_trading.bridge.terms import LIVE
from custom_components.mexc_trading.engine.ports import Record
from custom_components.mexc_trading.engine.replay import Checkpoint, Replayed, replay
from custom_components.mexc_trading.journal.verify import Report, Witness, verify
from custom_components.mexc_trading.model.hold import Scope, ScopeKind
from custom_components.mexc_trading.model.ids import OrderId
from custom_components.mexc_trading.model.order import Leg
from custom_components.mexc_trading.orders.identity import is_ours, leg_of_order
from tests.double import MexcDouble

from .nursery import Json

ORDER: Final = "/api/v3/order"

SLACK_NS: Final = 500 * 1_000_000
"""Of fast time: an entry that passed its last look while the hold's commit came back from the disk."""


class Row(NamedTuple):
    """A record of the journal, its body read."""

    seq: int
    at_ns: int
    kind: str
    key: str
    body: Json


class Head(NamedTuple):
    """A head that the journal confirmed, and when."""

    seq: int
    hash: str
    at_ns: int


class Left(NamedTuple):
    """A request for an order that was about to leave, and when."""

    order_id: OrderId
    symbol: str
    at_ns: int


@dataclass(slots=True, kw_only=True)
class Told:
    """What the processes told before they were gone."""

    heads: list[Head] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    decisions: set[str] = field(default_factory=set)
    """Those that somebody was answered with."""

    def hear(self, told: Json) -> None:
        """Take note of one thing."""
        if "head" in told:
            seq, digest = cast("tuple[int, str]", told["head"])
            self.heads.append(Head(seq, digest, cast("int", told["at_ns"])))
        if "leaves" in told:
            name, symbol = OrderId(cast("str", told["leaves"])), cast("str", told["symbol"])
            self.left.append(Left(name, symbol, cast("int", told["at_ns"])))
        if told.get("decision"):
            self.decisions.add(cast("str", told["decision"]))


class Disk(NamedTuple):
    """A journal as a killed process left it, and what deciding everything again says of it."""

    report: Report
    rows: tuple[Row, ...]
    replayed: Replayed


def read_disk(folder: Path, told: Told, *, again: bool = True) -> Disk | None:
    """Verify a copy of the journal against all heads that were ever confirmed, and read it. None: there is none yet.

    ``again``: decide every signal again, too.
    """
    if not (folder / "live.db").exists():
        return None
    with TemporaryDirectory(dir=folder.parent) as copies:
        for file in folder.glob("live*.db*"):
            shutil.copy(file, copies)
        files = sorted(Path(copies).glob("live*.db"))
        try:
            report = verify(files, witnesses=[Witness(head.seq, head.hash) for head in told.heads])
        except sqlite3.OperationalError:
            if told.heads:
                raise
            return None
        with closing(sqlite3.connect(files[-1])) as connection:
            records = [Record(*row) for row in connection.execute("SELECT * FROM records ORDER BY seq")]
    rows = tuple(Row(found.seq, found.at_ns, found.kind, found.key, json.loads(found.body)) for found in records)
    return Disk(report, rows, replay(records if again else (), checkpoints=_checkpoints(folder)))


def _checkpoints(folder: Path) -> Iterator[Checkpoint]:
    """Read the snapshots, each a header and a state."""
    for file in folder.glob("live.snapshot-*.json"):
        header, _, state = file.read_text(encoding="utf-8").partition("\n")
        yield Checkpoint(seq=json.loads(header)["seq"], state=state)


def after_a_kill(disk: Disk | None, double: MexcDouble, told: Told) -> list[str]:
    """Name everything that must never be, whatever the moment of the kill."""
    if disk is None:
        return [f"{len(double.venue.orders)} orders and no journal"] if double.venue.orders else []
    wrong = [f"chain: {found.kind} at {found.seq}: {found.detail}" for found in disk.report.findings]
    quarantined = [row.body for row in disk.rows if row.kind == "hold_raised" and "restored_backup" in str(row.body)]
    wrong += [f"journal doubted: {body}" for body in quarantined]
    wrong += [f"client: {violation}" for violation in double.violations]
    decided = {row.key for row in disk.rows if row.kind == "signal_decided"}
    wrong += [f"decision {name} was told and is not in the journal" for name in told.decisions - decided]
    wrong += [f"replay: {different.fields}" for different in disk.replayed.listed]
    wrong += [f"replay: another state than the snapshot at {seq}" for seq in disk.replayed.snapshots_different]
    return [*wrong, *_twice(disk, double), *_unknown(disk, double), *_in_spite_of_a_hold(disk, told)]


def when_calm(calm: Json, double: MexcDouble) -> list[str]:
    """Name what is wrong with a book that says that nothing is in doubt."""
    held = {name for _, _, name in cast("list[list[str]]", calm["held"])}
    wrong = [f"folded from the beginning, {field}" for field in cast("list[str]", calm["misfolded"])]
    wrong += ["the book stopped"] if calm["faulted"] else []
    return wrong + [why for symbol, why in apart(calm, double).items() if not held & {symbol, ""}]


def apart(calm: Json, double: MexcDouble) -> dict[str, str]:
    """Name the symbols of which another quantity is booked than was traded."""
    positions = cast("Mapping[str, str]", calm["positions"])
    traded: dict[str, Decimal] = {}
    for fill in double.venue.fills:
        signed = fill.quantity if fill.side.name == "BUY" else -fill.quantity
        traded[fill.symbol] = traded.get(fill.symbol, Decimal(0)) + signed
    booked = {symbol: Decimal(quantity) for symbol, quantity in positions.items()}
    return {
        symbol: f"{symbol}: {booked.get(symbol, 0)} booked, {traded.get(symbol, 0)} traded"
        for symbol in sorted(traded.keys() | booked.keys())
        if booked.get(symbol, 0) != traded.get(symbol, 0)
    }


def _twice(disk: Disk, double: MexcDouble) -> list[str]:
    """At most one accepted order under an id, and at most one accepted entry of a decision."""
    accepted = Counter(order.client_order_id for order in double.venue.orders)
    wrong = [f"{name} accepted {count} times" for name, count in accepted.items() if count > 1]
    decisions = {row.key: str(row.body["decision_id"]) for row in disk.rows if row.kind == "order_planned"}
    entries = Counter(
        decisions[name]
        for name in accepted
        if name in decisions and name is not None and leg_of_order(OrderId(name)) is Leg.ENTRY
    )
    return wrong + [f"decision {name}: {count} entries accepted" for name, count in entries.items() if count > 1]


def _unknown(disk: Disk, double: MexcDouble) -> list[str]:
    """Every order at the venue that bears our mark was planned in the journal."""
    planned = {row.key for row in disk.rows if row.kind == "order_planned"}
    return [
        f"{order.client_order_id} is at the venue and not in the journal"
        for order in double.venue.orders
        if is_ours(order.client_order_id, LIVE) and order.client_order_id not in planned
    ]


def _in_spite_of_a_hold(disk: Disk, told: Told) -> list[str]:
    """No entry left after the hold over it was durable and before that hold ended."""
    entries = [left for left in told.left if leg_of_order(left.order_id) is Leg.ENTRY]
    released = [(row.key, row.seq, row.at_ns) for row in disk.rows if row.kind == "hold_released"]
    wrong: list[str] = []
    for row in disk.rows:
        durable_ns = next((head.at_ns for head in told.heads if head.seq >= row.seq), None)
        if row.kind != "hold_raised" or durable_ns is None:
            continue
        ends_ns = next((at_ns for key, seq, at_ns in released if key == row.key and seq > row.seq), time.time_ns())
        wrong += [
            f"entry {left.order_id} left in spite of hold {row.key}"
            for left in entries
            if _scope(row).covers(strategy="", symbol=left.symbol) and durable_ns + SLACK_NS < left.at_ns < ends_ns
        ]
    return wrong


def _scope(row: Row) -> Scope:
    scope = cast("Mapping[str, Mapping[str, str]]", row.body["hold"])["scope"]
    return Scope(kind=ScopeKind(scope["kind"]), name=scope["name"])
