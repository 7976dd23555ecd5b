"""Reading a journal beside the writer: short transactions on connections of their own. All of it blocks."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Final, NamedTuple

from ..engine.ports import Head, Record
from . import schema
from .chain import Break, Row, breaks
from .storage import Storage

_PAGE_RECORDS: Final = 512
"""Records fetched in one read transaction. A reader that held one for long would keep the log from being emptied."""

_BY_KEY: Final = f"SELECT {schema.COLUMNS} FROM records WHERE key = ? ORDER BY seq"
_LAST_OF_KIND: Final = f"SELECT {schema.COLUMNS} FROM records WHERE kind = ? ORDER BY seq DESC LIMIT 1"
_AT: Final = "SELECT hash FROM records WHERE seq = ?"
_MONTHS: Final = """\
SELECT strftime('%Y-%m', at_ns / 1000000000, 'unixepoch') AS month, count(*),
       sum(16 + length(CAST(kind || key || body || prev_hash || hash AS BLOB)))
FROM records GROUP BY month ORDER BY month"""


class Month(NamedTuple):
    """What one calendar month (UTC) added: records, and their bytes before SQLite's own overhead."""

    month: str
    records: int
    content_bytes: int


def records(storage: Storage, path: Path, after_seq: int = 0) -> Iterator[Record]:
    """Read records in order, in pages, up to what is durable when the last page is read."""
    with closing(storage.connect(path, read_only=True)) as connection:
        while page := connection.execute(f"{schema.AFTER} LIMIT {_PAGE_RECORDS}", (after_seq,)).fetchall():
            yield from map(Record._make, page)
            after_seq = page[-1][0]


def with_key(storage: Storage, path: Path, key: str) -> tuple[Record, ...]:
    """Read all records of one key, oldest first. Scans the file: the table has no index by key (see ``schema``)."""
    with closing(storage.connect(path, read_only=True)) as connection:
        return tuple(map(Record._make, connection.execute(_BY_KEY, (key,))))


def last_of_kind(storage: Storage, path: Path, kind: str) -> Record | None:
    """Read the newest record of one kind. Scans backwards."""
    with closing(storage.connect(path, read_only=True)) as connection:
        row = connection.execute(_LAST_OF_KIND, (kind,)).fetchone()
        return None if row is None else Record._make(row)


def months(storage: Storage, path: Path) -> tuple[Month, ...]:
    """Count what each month added. Reads the whole file."""
    with closing(storage.connect(path, read_only=True)) as connection:
        return tuple(map(Month._make, connection.execute(_MONTHS)))


def holds(storage: Storage, path: Path, heads: tuple[Head, ...]) -> tuple[bool, ...]:
    """Tell for each head whether the chain passes through it. Head 0 is in every chain that starts at genesis."""
    with closing(storage.connect(path, read_only=True)) as connection:
        found = [connection.execute(_AT, (head.seq,)).fetchone() for head in heads]
    return tuple(row is not None and row[0] == head.hash for row, head in zip(found, heads, strict=True))


def first_break(storage: Storage, path: Path, trusted: Head) -> Break | None:
    """Recompute the chain behind a trusted head and give the first contradiction."""
    with closing(storage.connect(path, read_only=True)) as connection:
        connection.text_factory = bytes
        rows = map(Row._make, connection.execute(schema.AFTER, (trusted.seq,)))
        return next(breaks(rows, after_seq=trusted.seq, after_hash=trusted.hash), None)


def size_bytes(path: Path) -> int:
    """Look up the size of the main file and its log.

    By name, without opening them: closing a descriptor of its own would drop SQLite's locks on the file.
    """
    total = 0
    for file in (path, path.with_name(f"{path.name}-wal")):
        try:
            total += file.stat().st_size
        except FileNotFoundError:
            continue
    return total


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is broken, as against a medium that is full, locked or failing now."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
