"""Reading a journal beside the writer: short transactions on connections of their own. All of it blocks."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
import sqlite3
from typing import Any, Final

from ..engine.ports import Head, JournalUnreadable, Record
from . import schema
from .chain import GENESIS_HASH, Break, Row, breaks
from .months import Month, months
from .segments import archives
from .storage import Storage

_PAGE_RECORDS: Final = 512
"""Records fetched in one read transaction. A reader that held one for long would keep the log from being folded."""

_FIRST_PAGE_RECORDS: Final = 4
"""The first page is short: many readers look at one record and go."""

_BY_KEY: Final = f"SELECT {schema.COLUMNS} FROM records WHERE key = ? AND seq > ? ORDER BY seq"
_LAST_OF_KIND: Final = f"SELECT {schema.COLUMNS} FROM records WHERE kind = ? ORDER BY seq DESC LIMIT 1"
_START: Final = "SELECT seq, prev_hash FROM records ORDER BY seq LIMIT 1"
_AT: Final = "SELECT hash FROM records WHERE seq = ?"


class Missing(JournalUnreadable):
    """Records are asked for that lie in an archive which is not here. Put it back beside the journal."""


class Reader:
    """All segments of one journal as one sequence of records."""

    def __init__(self, path: Path, storage: Storage) -> None:
        """Name the written file; archives are looked for beside it at each call."""
        self._path = path
        self._storage = storage

    def records(self, after_seq: int = 0) -> Iterator[Record]:
        """Read records in order, in pages, up to what is durable when the last page is read."""
        yield from map(Record._make, self._rows(after_seq))

    def with_key(self, key: str, after_seq: int = 0) -> tuple[Record, ...]:
        """Read all records of one key behind a number, oldest first.

        Scans from there: an index by key would cost every commit a page or two. Raises :class:`Missing`.
        """
        found: list[Record] = []
        for path in self._files(after_seq):
            with closing(self._storage.connect(path, read_only=True)) as connection:
                self._follows(connection, after_seq)
                rows = connection.execute(_BY_KEY, (key, after_seq)).fetchall()
                found += map(Record._make, rows)
                last = connection.execute(schema.LAST).fetchone()
                after_seq = after_seq if last is None else max(after_seq, last[0])
        return tuple(found)

    def last_of_kind(self, kind: str) -> Record | None:
        """Read the newest record of one kind. Scans backwards."""
        for path in reversed(self._files(0)):
            with closing(self._storage.connect(path, read_only=True)) as connection:
                row = connection.execute(_LAST_OF_KIND, (kind,)).fetchone()
            if row is not None:
                return Record._make(row)
        return None

    def months(self) -> tuple[Month, ...]:
        """Count what each month added. Reads everything."""
        with ExitStack() as opened:
            connect = self._storage.connect
            return months(opened.enter_context(closing(connect(path, read_only=True))) for path in self._files(0))

    def passes(self, head: Head) -> bool | None:
        """Whether the chain passes through a head. None: its record is in an archive that is not here."""
        if head.seq == 0:
            return head.hash == GENESIS_HASH
        for path in self._files(head.seq - 1):
            with closing(self._storage.connect(path, read_only=True)) as connection:
                row = connection.execute(_AT, (head.seq,)).fetchone()
                if row is not None:
                    return bool(row[0] == head.hash)
                if (first := _first_seq(connection)) is not None and first > head.seq:
                    return None
        return False

    def oldest(self) -> Record | None:
        """Read the first record of the written file: all before it lies in archives."""
        with closing(self._storage.connect(self._path, read_only=True)) as connection:
            row = connection.execute(f"{schema.AFTER} LIMIT 1", (0,)).fetchone()
        return None if row is None else Record._make(row)

    def start(self) -> Head:
        """What the first record points back to that is here and from which on none is missing. Normally genesis."""
        start = self._start_of(self._path)
        for archive in reversed(archives(self._path)):
            if archive.last_seq <= start.seq:
                break
            start = self._start_of(archive.path)
        return start

    def first_break(self, trusted: Head) -> Break | None:
        """Recompute the chain behind a trusted head and give the first contradiction. Raises :class:`Missing`."""
        rows = map(Row._make, self._rows(trusted.seq, text_factory=bytes))
        return next(breaks(rows, after_seq=trusted.seq, after_hash=trusted.hash), None)

    def size_bytes(self) -> int:
        """Look up the size of the written file and its log.

        By name, without opening them: closing a descriptor of its own would drop SQLite's locks on the file.
        """
        total = 0
        for file in (self._path, self._path.with_name(f"{self._path.name}-wal")):
            try:
                total += file.stat().st_size
            except FileNotFoundError:
                continue
        return total

    def _files(self, after_seq: int) -> tuple[Path, ...]:
        """Name the files that may hold records behind a number, oldest first."""
        return (*(archive.path for archive in archives(self._path) if archive.last_seq > after_seq), self._path)

    def _rows(self, after_seq: int, text_factory: type[str | bytes] = str) -> Iterator[tuple[Any, ...]]:
        """Read rows in order through all files. The copied record at a segment's beginning comes once."""
        limit = _FIRST_PAGE_RECORDS
        for path in self._files(after_seq):
            with closing(self._storage.connect(path, read_only=True)) as connection:
                connection.text_factory = text_factory
                self._follows(connection, after_seq)
                while page := connection.execute(f"{schema.AFTER} LIMIT {limit}", (after_seq,)).fetchall():
                    limit = _PAGE_RECORDS
                    yield from page
                    after_seq = page[-1][0]

    def _follows(self, connection: sqlite3.Connection, after_seq: int) -> None:
        """Raise :class:`Missing` unless a file goes on where the ones before it end."""
        if (first := _first_seq(connection)) is not None and first > after_seq + 1:
            raise Missing(f"records {after_seq + 1} to {first - 1} are not beside {self._path.name}")

    def _start_of(self, path: Path) -> Head:
        with closing(self._storage.connect(path, read_only=True)) as connection:
            row = connection.execute(_START).fetchone()
        return Head(0, GENESIS_HASH) if row is None else Head(row[0] - 1, row[1])


def _first_seq(connection: sqlite3.Connection) -> int | None:
    row = connection.execute(_START).fetchone()
    return None if row is None else int(row[0])
