"""The disk, with the traps between it and the journal."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
import sqlite3
from typing import Any, Protocol, override

from custom_components.mexc_trading.journal.storage import DISK, Storage, connect
from custom_components.mexc_trading.journal.writer import Row


class Watch(Protocol):
    """What is told of everything that is written."""

    def written(self, rows: Sequence[Row]) -> AbstractContextManager[None]:
        """Surround the moment in which records go into a transaction."""
        ...

    def committed(self, rows: Sequence[Row]) -> AbstractContextManager[None]:
        """Surround the transaction's commit."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Surround the moment in which a snapshot takes its place."""
        ...


class TrappedDisk(Storage):
    """The file system, watched."""

    def __init__(self, watch: Watch) -> None:
        """Say who watches."""
        self._watch = watch

    @override
    def connect(self, path: Path, *, read_only: bool) -> sqlite3.Connection:
        if read_only:
            return DISK.connect(path, read_only=True)
        connection = connect(path, _Connection, read_only=False)
        connection.watch = self._watch
        return connection

    @override
    def replace(self, path: Path, content: bytes) -> None:
        with self._watch.snapshot() if "snapshot" in path.name else _unwatched():
            DISK.replace(path, content)

    @override
    def write_at(self, path: Path, offset: int, content: bytes) -> None:
        DISK.write_at(path, offset, content)


@contextmanager
def _unwatched() -> Iterator[None]:
    yield


class _Connection(sqlite3.Connection):
    """A writing connection whose transactions of records are watched."""

    watch: Watch
    _rows: Sequence[Row] = ()

    @override
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql != "COMMIT" or not self._rows:
            return super().execute(sql, parameters)
        rows, self._rows = self._rows, ()
        with self.watch.committed(rows):
            return super().execute(sql, parameters)

    @override
    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        self._rows = parameters
        with self.watch.written(parameters):
            return super().executemany(sql, parameters)
