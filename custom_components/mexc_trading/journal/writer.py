"""The one connection that writes: a batch is one transaction and one sync, or nothing."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
import sqlite3
from time import perf_counter_ns
from typing import Final, NamedTuple

from ..engine.ports import Draft, Head, Unwritable
from . import schema
from .chain import GENESIS_HASH, record_hash
from .files import private_file
from .segments import archives, seal_segment
from .storage import Storage

BODY_BYTES_MAX: Final = 1024 * 1024
KEY_BYTES_MAX: Final = 512
KIND_BYTES_MAX: Final = 64
BATCH_RECORDS_MAX: Final = 4096
"""Bounds of one record and one transaction. Breaking one is a bug of the caller and raises :class:`TooLarge`."""

type Row = tuple[int, int, str, str, str, str, str]
"""The columns of one record, in the table's order."""

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

_PAGE_SIZE: Final = f"PRAGMA page_size = {_PAGE_BYTES}"

_PRAGMAS: Final = (
    _PAGE_SIZE,
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
        """Open the file, make it if there is none, and read the head.

        Raises sqlite3.DatabaseError, :class:`schema.NotAJournal`, :class:`schema.UnknownFormat` or OSError.
        """
        self._path = path
        self._storage = storage
        self._times_ns: deque[int] = deque(maxlen=_TIMES_KEPT)
        self._refusal = ""
        self._suspect = False
        self._unfolded = 0
        self._for_backup = False
        self._connection: sqlite3.Connection | None = None
        try:
            self.head = _head_of(self._open_file())
        except BaseException:
            self.close()
            raise

    def append(self, drafts: Sequence[Draft]) -> Head | Unwritable:
        """Write all drafts in one transaction and sync it, or none. An empty batch gives the head.

        A power cut right after ``Unwritable`` may still leave the batch on disk, because its bytes may have reached the
        log before the sync failed. It is never the other way round.
        """
        rows = linked(self.head, drafts)
        return self._attempt(lambda: self._append(rows)) if rows else self.head

    def sync_times(self) -> SyncTimes:
        """Sum up the last commits, at most 1,024 of them."""
        times = sorted(self._times_ns.copy())
        if not times:
            return SyncTimes(0, 0, 0, 0)
        return SyncTimes(len(times), *(times[len(times) * p // 1000] // 1000 for p in (500, 990, 999)))

    def checkpoint(self) -> Unwritable | None:
        """Fold the whole log into the main file and empty it. ``Unwritable`` if disk or reader stand in the way."""
        return self._attempt(self._checkpoint)

    def fold(self) -> None:
        """Move the log into the main file if it is worth it. For idle moments; a failure shows at the next batch."""
        if self._unfolded >= _FOLD_AFTER_RECORDS and self._connection is not None and not self._for_backup:
            self._unfolded = 0
            with suppress(sqlite3.OperationalError):
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def begin_backup(self) -> Unwritable | None:
        """Leave the main file alone until :meth:`end_backup`: a copy of it and then of its log is a sound journal."""
        return self._attempt(self._begin_backup)

    def end_backup(self) -> None:
        """Fold again, on a fresh connection: a copy made in this process has dropped SQLite's locks on the file."""
        self._for_backup = False
        self.close()

    def archive(self) -> Path | Unwritable | None:
        """Seal what is written under an archive's name and go on in a new file. None: there is nothing to archive."""
        return self._attempt(self._archive)

    def close(self) -> None:
        """Close the connection; SQLite folds the log into the main file if it can."""
        if self._connection is not None:
            with suppress(sqlite3.OperationalError):
                self._connection.close()
            self._connection = None

    def _attempt[T](self, work: Callable[[], T]) -> T | Unwritable:
        """Turn what a disk can do to us into a value. Misuse of the database stays an exception: it is a bug."""
        try:
            return work()
        except sqlite3.ProgrammingError:
            raise
        except (sqlite3.DatabaseError, OSError) as error:
            self._suspect = True
            return Unwritable(cause=cause_of(error))

    def _append(self, rows: Sequence[Row]) -> Head | Unwritable:
        if refusal := self._repair():
            return Unwritable(cause=refusal)
        self._commit(self._opened(), rows)
        self.head = Head(rows[-1][0], rows[-1][6])
        self._unfolded += len(rows)
        return self.head

    def _checkpoint(self) -> Unwritable | None:
        busy, _, _ = self._opened().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return Unwritable(cause="a reader keeps the log") if busy else None

    def _begin_backup(self) -> Unwritable | None:
        self._opened().execute("PRAGMA wal_autocheckpoint = 0")
        self._for_backup = True
        self._checkpoint()  # A reader may keep it from emptying the log. Then the copy has a longer log, no more.
        return None

    def _archive(self) -> Path | Unwritable | None:
        if refusal := "a backup is under way" if self._for_backup else self._repair():
            return Unwritable(cause=refusal)
        connection = self._opened()
        first_seq = connection.execute("SELECT min(seq) FROM records").fetchone()[0]
        if first_seq is None or first_seq == self.head.seq:
            return None
        if connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
            return Unwritable(cause="a reader keeps the log")
        following = self._path.with_name(f"{self._path.name}.next")
        self._begin(following, connection.execute(schema.LAST_ROW).fetchone())
        self.close()
        return seal_segment(self._path, following, first_seq, self.head.seq)

    def _commit(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """One transaction, one sync. Whatever goes wrong, no transaction stays open."""
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
        connection = self._opened()
        if self._path.stat().st_ino != self._inode:
            self._refusal = "the file was replaced while it was open"
        elif self._suspect:
            # The fresh connection comes before the old one goes: so the shared index of the log stays, and a batch
            # whose sync failed is not taken for a commit.
            self._connection = self._connect()
            connection.close()
            if (stored := _head_of(self._connection)) != self.head:
                self._refusal = f"the file ends at {stored.seq}, confirmed was {self.head.seq}"
            self._suspect = bool(self._refusal)
        return self._refusal

    def _opened(self) -> sqlite3.Connection:
        """The connection, made anew if there is none: after a backup, or after an archive that failed half way."""
        if self._connection is None:
            self._suspect = True
            return self._open_file()
        return self._connection

    def _open_file(self) -> sqlite3.Connection:
        """Open the file; make it, or complete what a crash left blank, behind the newest archive if there is one."""
        private_file(self._path)
        self._inode = self._path.stat().st_ino
        connection = self._connect()
        try:
            if schema.is_blank(connection):
                schema.create(connection, self._last_archived())
            schema.check(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _last_archived(self) -> Row | None:
        """Read the record that a new file begins with."""
        for archive in reversed(archives(self._path)):
            with closing(self._storage.connect(archive.path, read_only=True)) as connection:
                row: Row = connection.execute(schema.LAST_ROW).fetchone()
                return row
        return None

    def _begin(self, path: Path, first: Row) -> None:
        """Make the file that goes on behind an archive, under another name for now."""
        path.unlink(missing_ok=True)
        private_file(path)
        with closing(self._storage.connect(path, read_only=False)) as connection:
            connection.execute(_PAGE_SIZE)
            schema.create(connection, first)

    def _connect(self) -> sqlite3.Connection:
        connection = self._storage.connect(self._path, read_only=False)
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection


def _head_of(connection: sqlite3.Connection) -> Head:
    row = connection.execute(schema.LAST).fetchone()
    return GENESIS if row is None else Head(*row)


def linked(head: Head, drafts: Sequence[Draft]) -> list[Row]:
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


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is broken, as against a medium that is full, locked or failing now."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
