"""The engine's journal port on SQLite, with a thread of its own so that the event loop never waits for the disk."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
import sqlite3
from typing import override

from ..engine.ports import Draft, Head, Journal, JournalUnreadable, Record, Unwritable
from .lock import FileLock
from .months import Month
from .reading import Reader
from .seal import Seal, write_seal
from .snapshot import Snapshot, Snapshots
from .storage import Storage
from .worker import Worker
from .writer import SyncTimes, Writer, cause_of


class SqliteJournal(Journal):
    """One book's journal, made by :func:`.boot.open_journal`.

    The coroutines run one after the other in the order of their calls, also if a caller is cancelled meanwhile. What is
    no coroutine and reads the file blocks: call it off the event loop.
    """

    def __init__(self, *, path: Path, storage: Storage, writer: Writer, lock: FileLock, worker: Worker) -> None:
        """Take over an open writer, the lock and the worker whose thread made the writer."""
        self._path = path
        self._storage = storage
        self._reader = Reader(path, storage)
        self._writer = writer
        self._lock = lock
        self._worker = worker
        worker.when_idle(writer.fold)
        self._closed = False

    @property
    @override
    def head(self) -> Head:
        return self._writer.head

    @property
    def size_bytes(self) -> int:
        """Size of the written file and its log on disk. Two looks at the file system."""
        return self._reader.size_bytes()

    @property
    def sync_times(self) -> SyncTimes:
        """How long the last commits took."""
        return self._writer.sync_times()

    @override
    def records(self, after_seq: int = 0) -> Iterator[Record]:
        try:
            yield from self._reader.records(after_seq)
        except (sqlite3.DatabaseError, OSError) as error:
            raise JournalUnreadable(cause_of(error)) from error

    @override
    def find(self, key: str, after_seq: int = 0) -> tuple[Record, ...]:
        return self._read(lambda: self._reader.with_key(key, after_seq))

    def last(self, kind: str) -> Record | None:
        """Read the newest record of one kind. Blocking; raises :class:`..engine.ports.JournalUnreadable`."""
        return self._read(lambda: self._reader.last_of_kind(kind))

    def passes(self, head: Head) -> bool | None:
        """Say whether the chain passes through a head; None: its record is in an archive that is not here.

        Blocking; raises :class:`..engine.ports.JournalUnreadable`.
        """
        return self._read(lambda: self._reader.passes(head))

    def oldest(self) -> Record | None:
        """Read the first record of the written file. Blocking; raises :class:`..engine.ports.JournalUnreadable`."""
        return self._read(self._reader.oldest)

    def months(self) -> tuple[Month, ...]:
        """Count what each month added. Blocking, reads all; raises :class:`..engine.ports.JournalUnreadable`."""
        return self._read(self._reader.months)

    @override
    async def append(self, drafts: Sequence[Draft]) -> Head | Unwritable:
        return await self._worker.run(lambda: self._writer.append(drafts))

    async def save_snapshot(self, snapshot: Snapshot) -> Unwritable | None:
        """Keep a snapshot of the state at a head that ``append`` has confirmed."""
        return await self._worker.run(lambda: self._save_snapshot(snapshot))

    async def archive(self) -> Path | Unwritable | None:
        """Seal all records so far in a file of their own, beside the journal, and go on in a new one.

        Gives the archive's path; None if there is nothing to archive. Nothing else changes: head, records and chain go
        through all files. Save a snapshot first, so that boots do not need the archive.
        """
        return await self._worker.run(self._writer.archive)

    async def checkpoint(self) -> Unwritable | None:
        """Fold the log into the main file, so that everything is in one file at this moment."""
        return await self._worker.run(self._writer.checkpoint)

    async def begin_backup(self) -> Unwritable | None:
        """Make plain copies safe: until :meth:`end_backup` the main file stays as it is and only the log grows."""
        return await self._worker.run(self._writer.begin_backup)

    async def end_backup(self) -> None:
        """Go back to normal after a backup."""
        await self._worker.run(self._writer.end_backup)

    @override
    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        finishing = self._worker.run(self._finish)
        self._worker.stop()
        await finishing
        self._worker.join()

    def _read[T](self, read: Callable[[], T]) -> T:
        try:
            return read()
        except (sqlite3.DatabaseError, OSError) as error:
            raise JournalUnreadable(cause_of(error)) from error

    def _save_snapshot(self, snapshot: Snapshot) -> Unwritable | None:
        try:
            Snapshots(self._path, self._storage).save(snapshot)
        except OSError as error:
            return Unwritable(cause=cause_of(error))
        return None

    def _finish(self) -> None:
        """Close the file, seal the run, let go of the lock. Without a seal the next boot says "crashed"."""
        self._writer.close()
        with suppress(OSError):
            write_seal(self._path, self._storage, Seal(running=False, head=self._writer.head))
        self._lock.release()
