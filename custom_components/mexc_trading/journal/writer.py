"""The one connection that writes: a batch is one transaction and one sync, or nothing."""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
import sqlite3
from time import perf_counter_ns
from typing import Final, NamedTuple

from ..engine.ports import Draft, Head, Unwritable
from . import schema
from .chain import GENESIS_HASH, record_hash
from .storage import Storage

BODY_BYTES_MAX: Final = 1024 * 1024
KEY_BYTES_MAX: Final = 512
KIND_BYTES_MAX: Final = 64
BATCH_RECORDS_MAX: Final = 4096
"""Bounds of one record and one transaction. Breaking one is a bug of the caller and raises :class:`TooLarge`."""

GENESIS: Final = Head(0, GENESIS_HASH)

_TIMES_KEPT: Final = 1024
_PAGE_BYTES: Final = 8192
"""Twice SQLite's default: a batch is fewer writes, and a record wastes less of its page."""

_LOG_BYTES_MAX: Final = 4 * 1024 * 1024
"""Where SQLite folds the log into the main file in the middle of a commit: the bound for a journal that never idles."""

_FOLD_AFTER_RECORDS: Final = 128
"""Where the log is worth folding in an idle moment. A log that stays short is written over in place: a commit that
makes a file longer costs the file system a sync of its own.
"""

_PRAGMAS: Final = (
    f"PRAGMA page_size = {_PAGE_BYTES}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA trusted_schema = OFF",
    f"PRAGMA journal_size_limit = {_LOG_BYTES_MAX}",
    f"PRAGMA wal_autocheckpoint = {_LOG_BYTES_MAX // _PAGE_BYTES}",
)
"""FULL in WAL mode syncs the log at every commit: what ``append`` confirms has been on the medium."""


class TooLarge(ValueError):
    """A batch, key, kind or body beyond the journal's bounds."""


class SyncTimes(NamedTuple):
    """How long the last commits took, sync included, in µs. All zero before the first."""

    commits: int
    p50_us: int
    p99_us: int
    max_us: int


class Writer:
    """Owns the writing connection and the head. Not thread-safe: one thread calls it.

    After a failed batch the head is where it was and later batches may work. If the file turns out to hold something
    else than was confirmed (it was replaced, or somebody else wrote), the writer refuses for good: the next boot looks
    at what is there.
    """

    def __init__(self, path: Path, storage: Storage) -> None:
        """Open an existing file, lay the schema if it is blank, and read the head.

        Raises sqlite3.DatabaseError, :class:`schema.NotAJournal`, :class:`schema.UnknownFormat` or OSError.
        """
        self._path = path
        self._storage = storage
        self._inode = path.stat().st_ino
        self._times_ns: deque[int] = deque(maxlen=_TIMES_KEPT)
        self._refusal = ""
        self._suspect = False
        self._unfolded = 0
        self._connection = self._connect()
        try:
            if schema.is_blank(self._connection):
                schema.create(self._connection)
            schema.check(self._connection)
            self.head = self._stored_head()
        except BaseException:
            self._connection.close()
            raise

    def append(self, drafts: Sequence[Draft]) -> Head | Unwritable:
        """Write all drafts in one transaction and sync it, or none. An empty batch gives the head.

        A power cut right after ``Unwritable`` may still leave the batch on disk, because its bytes may have reached the
        log before the sync failed. It is never the other way round.
        """
        rows = linked(self.head, drafts)
        if not rows:
            return self.head
        try:
            cause = self._refusal or self._repair()
            if not cause:
                self._commit(rows)
        except sqlite3.ProgrammingError:
            raise
        except (sqlite3.DatabaseError, OSError) as error:
            self._suspect = True
            cause = cause_of(error)
        if cause:
            return Unwritable(cause=cause)
        self.head = Head(rows[-1][0], rows[-1][6])
        self._unfolded += len(rows)
        return self.head

    def sync_times(self) -> SyncTimes:
        """Sum up the last commits, at most 1,024 of them."""
        times = sorted(self._times_ns.copy())
        if not times:
            return SyncTimes(0, 0, 0, 0)
        return SyncTimes(len(times), *(times[len(times) * p // 1000] // 1000 for p in (500, 990, 999)))

    def checkpoint(self) -> Unwritable | None:
        """Fold the whole log into the main file and empty it. ``Unwritable`` if disk or reader stand in the way."""
        try:
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            return Unwritable(cause=cause_of(error))
        return Unwritable(cause="a reader keeps the log") if busy else None

    def fold(self) -> None:
        """Move the log into the main file if it is worth it. For idle moments; a failure shows at the next batch."""
        if self._unfolded >= _FOLD_AFTER_RECORDS:
            self._unfolded = 0
            with suppress(sqlite3.OperationalError):
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Close the connection; SQLite folds the log into the main file if it can."""
        with suppress(sqlite3.OperationalError):
            self._connection.close()

    def _commit(self, rows: Sequence[tuple[int, int, str, str, str, str, str]]) -> None:
        """One transaction, one sync. Whatever goes wrong, no transaction stays open."""
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(schema.INSERT, rows)
            started = perf_counter_ns()
            connection.execute("COMMIT")
            self._times_ns.append(perf_counter_ns() - started)
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _repair(self) -> str:
        """Before a batch: look whether the file is still ours and, after a failure, still says what was confirmed.

        Gives the reason for refusing, or nothing.
        """
        if self._path.stat().st_ino != self._inode:
            self._refusal = "the file was replaced while it was open"
        elif self._suspect:
            self._reconnect()
            if (stored := self._stored_head()) != self.head:
                self._refusal = f"the file ends at {stored.seq}, confirmed was {self.head.seq}"
            self._suspect = bool(self._refusal)
        return self._refusal

    def _reconnect(self) -> None:
        """Take a fresh connection before the old one goes.

        In this order the shared index of the log stays, so that a batch whose sync failed is not taken for a commit.
        """
        fresh = self._connect()
        self._connection.close()
        self._connection = fresh

    def _connect(self) -> sqlite3.Connection:
        connection = self._storage.connect(self._path, read_only=False)
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    def _stored_head(self) -> Head:
        row = self._connection.execute(schema.LAST).fetchone()
        return GENESIS if row is None else Head(*row)


def linked(head: Head, drafts: Sequence[Draft]) -> list[tuple[int, int, str, str, str, str, str]]:
    """Chain drafts behind the head. Raises :class:`TooLarge`, or ValueError for text that is not Unicode."""
    if len(drafts) > BATCH_RECORDS_MAX:
        raise TooLarge(f"{len(drafts)} records in one batch")
    rows = []
    seq, link = head
    for at_ns, kind, key, body in drafts:
        seq += 1
        fields = seq, at_ns, kind.encode(), key.encode(), body.encode(), link.encode()
        if len(fields[4]) > BODY_BYTES_MAX or len(fields[3]) > KEY_BYTES_MAX or len(fields[2]) > KIND_BYTES_MAX:
            raise TooLarge(f"{kind[:KIND_BYTES_MAX]}: key {len(fields[3])} bytes, body {len(fields[4])} bytes")
        own = record_hash(fields)
        rows.append((seq, at_ns, kind, key, body, link, own))
        link = own
    return rows


def cause_of(error: sqlite3.Error | OSError) -> str:
    """Name a failure for people: SQLite's symbol, or the class, with the message."""
    return f"{getattr(error, 'sqlite_errorname', type(error).__name__)}: {error}"
