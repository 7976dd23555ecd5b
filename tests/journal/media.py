"""Media that misbehave on demand. Everything below the fault is the real disk and the real SQLite."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
import errno
from pathlib import Path
import sqlite3
from threading import Event
from typing import Any, override

from custom_components.mexc_trading.journal.storage import DISK, Storage, connect

FILE_CALLS = frozenset({"replace", "write_at"})
"""Calls that go to plain files, not to SQLite."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a disk refuses, as SQLite and as the file system word it."""

    name: str
    sqlite_code: int
    sqlite_text: str
    errno: int

    def as_sqlite(self) -> sqlite3.OperationalError:
        """Make the error that SQLite's driver raises."""
        error = sqlite3.OperationalError(self.sqlite_text)
        error.sqlite_errorcode = self.sqlite_code
        error.sqlite_errorname = self.name
        return error

    def as_os(self) -> OSError:
        """Make the error that the file system raises."""
        return OSError(self.errno, self.name)

    def at(self, call: str) -> Exception:
        """Make the error that this call of the storage raises."""
        return self.as_os() if call in FILE_CALLS else self.as_sqlite()


FAULTS = (
    Fault("SQLITE_IOERR", sqlite3.SQLITE_IOERR, "disk I/O error", errno.EIO),
    Fault("SQLITE_FULL", sqlite3.SQLITE_FULL, "database or disk is full", errno.ENOSPC),
    Fault("SQLITE_READONLY", sqlite3.SQLITE_READONLY, "attempt to write a readonly database", errno.EROFS),
    Fault("SQLITE_BUSY", sqlite3.SQLITE_BUSY, "database is locked", errno.EBUSY),
)


class WatchedConnection(sqlite3.Connection):
    """A connection that passes every statement by its medium."""

    around: Callable[[str], AbstractContextManager[None]]

    @override
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        with self.around(sql):
            return super().execute(sql, parameters)

    @override
    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        with self.around(sql):
            return super().executemany(sql, parameters)


class Medium(Storage):
    """A disk whose every call passes by :meth:`around`."""

    def __init__(self) -> None:
        """Start without a connection."""
        self.writing: list[WatchedConnection] = []
        """The writing connections, in the order in which they were opened."""

    @contextmanager
    def around(self, call: str) -> Iterator[None]:
        """Wrap one call of the storage: the text of a statement, ``connect``, ``replace`` or ``write_at``."""
        yield

    @override
    def connect(self, path: Path, *, read_only: bool) -> sqlite3.Connection:
        with ExitStack() as undo:
            with self.around("connect"):
                connection = undo.enter_context(closing(connect(path, WatchedConnection, read_only=read_only)))
                connection.around = self.around
            undo.pop_all()
        if not read_only:
            self.writing.append(connection)
        return connection

    @override
    def replace(self, path: Path, content: bytes) -> None:
        with self.around("replace"):
            DISK.replace(path, content)

    @override
    def write_at(self, path: Path, offset: int, content: bytes) -> None:
        with self.around("write_at"):
            DISK.write_at(path, offset, content)


class FaultyMedium(Medium):
    """Fails the Nth call, and those behind it while ``lasting``; before its effect or, if ``late``, after it."""

    def __init__(self, fault: Fault, nth: int | None = None, *, lasting: bool = False, late: bool = False) -> None:
        """Count calls from 1; None: no call fails until :meth:`strike`."""
        super().__init__()
        self._fault = fault
        self._nth = nth
        self._only = ""
        self._lasting = lasting
        self._late = late
        self.calls = 0

    @property
    def struck(self) -> bool:
        """Whether the fault has happened."""
        return self._nth is not None and self.calls >= self._nth

    def strike(self, only: str = "", *, delay: int = 0) -> None:
        """Fail at the next call, or so many calls later, or at the next call of this text."""
        self._nth = self.calls + 1 + delay
        self._only = only

    def heal(self) -> None:
        """Let every further call pass."""
        self._nth = None

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        self.calls += 1
        due = self._is_due(call)
        if due and not self._late:
            raise self._fault.at(call)
        yield
        if due:
            raise self._fault.at(call)

    def _is_due(self, call: str) -> bool:
        if self._nth is None or self.calls < self._nth or (self._only and call != self._only):
            return False
        if call == "write_at" and self._fault.errno == errno.ENOSPC:
            return False  # Its room was taken before.
        if self._only:
            self._nth = None
            return True
        return self._lasting or self.calls == self._nth


class SlowMedium(Medium):
    """A medium on which a sync takes its time."""

    def __init__(self, sync_s: float) -> None:
        """Take the duration of one sync in s."""
        super().__init__()
        self._sync_s = sync_s
        self._never = Event()

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        yield
        if call == "COMMIT":
            self._never.wait(self._sync_s)


class GatedMedium(Medium):
    """A medium whose calls of one kind, commits by default, wait until the test opens the gate."""

    def __init__(self, call: str = "COMMIT") -> None:
        """Start with the gate open."""
        super().__init__()
        self._call = call
        self.gate = Event()
        self.gate.set()
        self.reached = Event()
        """Set once a call has come to the gate."""

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        if call == self._call:
            self.reached.set()
            if not self.gate.wait(timeout=60):
                raise TimeoutError("nobody opened the gate: whoever should was waiting for the call")
        yield
