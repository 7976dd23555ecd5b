"""What the journal costs beside the bare database and the bare disk: ``python -m benchmarks.journal [--records N]``.

Both sides of every ratio run in one process on one disk, in turns of a few milliseconds, so that a disk or a processor
that slows down slows both. A figure is the median of the turns; a ratio is the median of the turns' ratios.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
import json
import os
from pathlib import Path
import sqlite3
from statistics import median
import sys
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any, Final, TypedDict, override

if __name__ == "__main__":
    from tests.journal import plain as plain  # noqa: PLC0414  loads the packages without Home Assistant

from custom_components.mexc_trading.engine.ports import Draft, Record
from custom_components.mexc_trading.journal.boot import Opened, open_journal
from custom_components.mexc_trading.journal.reading import Reader
from custom_components.mexc_trading.journal.snapshot import Snapshot
from custom_components.mexc_trading.journal.sqlite import SqliteJournal
from custom_components.mexc_trading.journal.storage import DISK, Disk, Storage, connect
from custom_components.mexc_trading.journal.verify import verify
from custom_components.mexc_trading.journal.writer import Writer

BATCHES: Final = (1, 16, 64)
TURNS: Final = 60
SLOW_TURNS: Final = 20
SLOW_SYNC_S: Final = 0.001
WARM_UP_APPENDS: Final = 1200
"""So many that each side has filled its log once and writes over it in place from then on, as it does for life."""

BATCHES_PER_TURN: Final = 32
CHAIN_BOUND: Final = 0.85
BOOT_BOUND_S: Final = 2.0
RECORDS_MAX: Final = 1_000_000
SNAPSHOT_BYTES: Final = 256 * 1024
BARE: Final = "sqlite3, WAL, FULL"
RAW: Final = "append + fdatasync"
_FILL_BATCH: Final = 4096


class Row(TypedDict):
    """One line of the table. ``ratio``: ours over the peer's, above 1 is better than the peer; None without a peer."""

    name: str
    measure: str
    unit: str
    ours: float
    peer: str | None
    peer_version: str | None
    peer_value: float | None
    ratio: float | None
    bound: str | None
    holds: bool | None
    runs: int


def body(number: int) -> str:
    """A body as the engine writes them, in turn: signal, decision with eleven rules, order, answer, fill."""
    trade = {"symbol": "BTCUSDT", "side": "buy", "quantity": f"0.{number:06d}", "price": "90000.1"}
    rules = [
        {"rule": f"rule_{n}", "finding": "pass", "limit": "250", "value": str(number), "unit": "USDT"}
        for n in range(11)
    ]
    trace = {"method": "POST", "path": "/api/v3/order", "query": "symbol=BTCUSDT&side=BUY&type=LIMIT", "status": 200}
    fields = (
        {
            **trade,
            "size": {"notional": "250"},
            "valid_for": 30,
            "reason": "EMA 20 crossed above EMA 60",
            "source": "webhook",
        },
        {**trade, "verdict": "allow", "results": rules},
        {**trade, "order_id": f"m{number:031d}", "decision_id": f"{number:032x}", "leg": "entry", "attempt": 0},
        {**trade, "venue_order_id": f"C02__{number:018d}", "outcome": "accepted", "trace": trace},
        {**trade, "fill_id": f"{number:020d}", "fee": "0.05", "fee_asset": "USDT", "maker": False, "at_ms": number},
    )[number % 5]
    return json.dumps(fields, separators=(",", ":"))


BODIES: Final = tuple(body(number) for number in range(4096))


def drafts(first: int, count: int) -> list[Draft]:
    """Make drafts in a row, with keys as long as a signal key."""
    return [
        Draft(number * 1_000_000, "decision", f"live\x1fema-cross\x1fBTCUSDT:{number:012d}", BODIES[number & 4095])
        for number in range(first, first + count)
    ]


class SlowConnection(sqlite3.Connection):
    """A disk whose sync takes a millisecond, as of a good consumer SSD; an SD card takes ten times that."""

    @override
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        cursor = super().execute(sql, parameters)
        if sql == "COMMIT":
            sleep(SLOW_SYNC_S)
        return cursor


class SlowDisk(Disk):
    """The same for our side, through the journal's own storage port."""

    @override
    def connect(self, path: Path, *, read_only: bool) -> sqlite3.Connection:
        return connect(path, SlowConnection, read_only=read_only)


class BareSqlite:
    """SQLite as anybody would use it for this: same pragmas, same fields, no chain, no triggers, no checks."""

    def __init__(self, path: Path, kind: type[sqlite3.Connection] = sqlite3.Connection) -> None:
        """Make the file."""
        self.connection = kind(str(path), isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.execute(
            "CREATE TABLE records (seq INTEGER PRIMARY KEY, at_ns INTEGER NOT NULL,"
            " kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL) STRICT"
        )

    def append(self, batch: list[Draft]) -> None:
        """One transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO records (at_ns, kind, key, body) VALUES (?, ?, ?, ?)", batch)
        self.connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


class RawFile:
    """A file to which lines are appended, synced once per batch. It could not be read back by key, number or kind."""

    def __init__(self, path: Path) -> None:
        """Make the file."""
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def append(self, batch: list[Draft]) -> None:
        """One write and one fdatasync."""
        os.write(self.descriptor, "".join(f"{at}\t{kind}\t{key}\t{text}\n" for at, kind, key, text in batch).encode())
        os.fdatasync(self.descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self.descriptor)


type Append = Callable[[list[Draft]], Awaitable[object]]


async def _turn(append: Append, batches: list[list[Draft]]) -> float:
    """Append the batches and give records per second."""
    started = perf_counter()
    for batch in batches:
        await append(batch)
    return sum(map(len, batches)) / (perf_counter() - started)


async def _race(sides: dict[str, Append], batch: int, turns: int) -> dict[str, list[float]]:
    """Let the sides take turns at the same batches, each turn in another order. Gives records per second by side."""
    for append in sides.values():
        await _turn(append, [drafts(number, 1) for number in range(WARM_UP_APPENDS)])
    rates: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for turn in range(turns):
        batches = [drafts((turn * BATCHES_PER_TURN + number) * batch, batch) for number in range(BATCHES_PER_TURN)]
        names = names[1:] + names[:1]
        for name in names:
            rates[name].append(await _turn(sides[name], batches))
    return rates


async def append_rows(folder: Path) -> list[Row]:
    """Measure ``await journal.append``, on this disk and on a slower one; the peer is in a thread of its own too."""
    rows: list[Row] = []
    disks = (
        ("", DISK, sqlite3.Connection, TURNS),
        (" of 1 ms", SlowDisk(), SlowConnection, SLOW_TURNS),
    )
    for label, disk, kind, turns in disks:
        journal = await _open(folder / f"ours{label}.db", disk)
        bare = BareSqlite(folder / f"bare{label}.db", kind)
        with ThreadPoolExecutor(max_workers=1) as thread, closing(bare):
            sides: dict[str, Append] = {
                "ours": journal.append,
                "bare": partial(_in_executor, thread, bare.append),
            }
            rows += [
                _row(f"append, {batch} per sync{label}", rates["ours"], BARE, rates["bare"], bound=CHAIN_BOUND)
                for batch in BATCHES
                for rates in [await _race(sides, batch, turns)]
            ]
        await journal.close()
    return rows


async def _in_executor(thread: ThreadPoolExecutor, append: Callable[[list[Draft]], None], batch: list[Draft]) -> None:
    """Append as asyncio programs do it."""
    await asyncio.get_running_loop().run_in_executor(thread, append, batch)


async def writing_rows(folder: Path) -> list[Row]:
    """Measure the writing alone, all in one thread: what of the above is the journal and what is the way there."""
    rows: list[Row] = []
    path = folder / "direct.db"
    with (
        closing(Writer(path, DISK)) as writer,
        closing(BareSqlite(folder / "inline.db")) as bare,
        closing(RawFile(folder / "raw.jsonl")) as raw,
    ):
        sides = {"ours": _inline(writer.append), "bare": _inline(bare.append), "raw": _inline(raw.append)}
        for batch in BATCHES:
            rates = await _race(sides, batch, TURNS)
            name = f"write, {batch} per sync"
            rows += [_row(name, rates["ours"], BARE, rates["bare"]), _row(name, rates["ours"], RAW, rates["raw"])]
    return rows


def _inline(append: Callable[[list[Draft]], object]) -> Append:
    """Call in the running thread: what is measured is the writing alone."""

    async def call(batch: list[Draft]) -> object:
        return append(batch)

    return call


async def size_rows(folder: Path, records: int) -> list[Row]:
    """Measure what grows with the journal: reading, verifying, looking up, booting with and without a snapshot."""
    path = folder / f"{records}.db"
    await _fill(path, records)
    label = f"{records:,} records"
    read = _seconds(lambda: sum(1 for _ in _records(path)))
    peer = _seconds(lambda: _bare_read(path))
    checked = _seconds(lambda: _verified(path, records))
    rows = [
        _row(f"read, {label}", [records / read], "sqlite3 cursor", [records / peer]),
        _row(f"verify, {label}", [records / checked], "sqlite3 cursor", [records / peer]),
        _timed(f"boot without snapshot, {label}", await _boot_s(path)),
    ]
    outcome = await _open(path)
    await outcome.save_snapshot(Snapshot(head=outcome.head, state="x" * SNAPSHOT_BYTES))
    await outcome.close()
    rows.append(_timed(f"boot with snapshot, {label}", await _boot_s(path), bound_s=BOOT_BOUND_S))
    rows.append(_timed(f"find by key, {label}", _seconds(lambda: Reader(path, DISK).with_key("nowhere"))))
    rows.append(_timed(f"size per record, {label}", path.stat().st_size / records, unit="bytes"))
    return rows


async def _fill(path: Path, records: int) -> None:
    journal = await _open(path)
    for first in range(0, records, _FILL_BATCH):
        await journal.append(drafts(first, min(_FILL_BATCH, records - first)))
    await journal.close()


async def _open(path: Path, storage: Storage = DISK) -> SqliteJournal:
    outcome = await open_journal(path, storage=storage)
    if not isinstance(outcome, Opened):
        raise SystemExit(outcome.cause)
    return outcome.journal


async def _boot_s(path: Path) -> float:
    """Time one boot, the files in the page cache."""
    started = perf_counter()
    journal = await _open(path)
    seconds = perf_counter() - started
    await journal.close()
    return seconds


def _records(path: Path) -> Iterator[Record]:
    return Reader(path, DISK).records()


def _bare_read(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return sum(1 for _ in connection.execute("SELECT * FROM records ORDER BY seq"))


def _verified(path: Path, expected: int) -> None:
    report = verify([path])
    if not report.valid or report.records != expected:
        raise SystemExit(f"the journal that was just made does not verify: {report}")


def _seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _row(name: str, ours: list[float], peer: str, theirs: list[float], *, bound: float | None = None) -> Row:
    """Make a row of rates. The ratio is the median of the turns' ratios."""
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    return Row(
        name=f"journal: {name}",
        measure="rate",
        unit="records/s",
        ours=round(median(ours)),
        peer=peer,
        peer_version=None if peer == RAW else sqlite3.sqlite_version,
        peer_value=round(median(theirs)),
        ratio=round(ratio, 3),
        bound=None if bound is None else f"ratio >= {bound}",
        holds=None if bound is None else ratio >= bound,
        runs=len(ours),
    )


def _timed(name: str, value: float, *, unit: str = "s", bound_s: float | None = None) -> Row:
    """Make a row without a peer."""
    return Row(
        name=f"journal: {name}",
        measure="time" if unit == "s" else "size",
        unit=unit,
        ours=round(value, 4),
        peer=None,
        peer_version=None,
        peer_value=None,
        ratio=None,
        bound=None if bound_s is None else f"<= {bound_s} s",
        holds=None if bound_s is None else value <= bound_s,
        runs=1,
    )


async def measure(folder: Path, records_max: int = RECORDS_MAX) -> list[Row]:
    """Measure everything in a folder on the disk that is meant."""
    rows = await append_rows(folder) + await writing_rows(folder)
    records = 1000
    while records <= records_max:
        rows += await size_rows(folder, records)
        (folder / f"{records}.db").unlink()
        records *= 10
    return rows


def rows(records_max: int = RECORDS_MAX) -> list[Row]:
    """Give the journal's lines for the table of all benchmarks."""
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        return asyncio.run(measure(Path(folder), records_max))


def main() -> int:
    """Print the rows as JSON, one a line; exit code 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(description="Measure the journal.")
    parser.add_argument("--records", type=int, default=RECORDS_MAX, help="largest journal to read, verify and boot")
    table = rows(parser.parse_args().records)
    for row in table:
        print(json.dumps(row))
    return int(any(row["holds"] is False for row in table))


if __name__ == "__main__":
    sys.exit(main())
