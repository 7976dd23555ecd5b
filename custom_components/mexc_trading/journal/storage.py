"""The door to the medium: everything the journal writes goes through here, so that tests can make it fail or slow."""

from pathlib import Path
import sqlite3
from typing import Final, Protocol, override

from .files import replace_durably, write_over

_BUSY_TIMEOUT_S: Final = 1.0
"""How long SQLite waits for a foreign lock before it gives up. In WAL our own connections never wait for each other."""


class Storage(Protocol):
    """What the journal asks of a medium. Trouble is sqlite3.OperationalError from a connection, OSError from a file."""

    def connect(self, path: Path, *, read_only: bool) -> sqlite3.Connection:
        """Open an existing SQLite file in autocommit mode."""
        ...

    def replace(self, path: Path, content: bytes) -> None:
        """Put a small file in place, whole and durable, or leave the old one."""
        ...

    def write_at(self, path: Path, offset: int, content: bytes) -> None:
        """Write over bytes of a file that is there, and sync them. A caller that lets it not grow needs no room."""
        ...


class Disk(Storage):
    """The file system."""

    @override
    def connect(self, path: Path, *, read_only: bool) -> sqlite3.Connection:
        return connect(path, sqlite3.Connection, read_only=read_only)

    @override
    def replace(self, path: Path, content: bytes) -> None:
        replace_durably(path, content)

    @override
    def write_at(self, path: Path, offset: int, content: bytes) -> None:
        write_over(path, offset, content)


DISK: Final = Disk()


def connect[C: sqlite3.Connection](path: Path, kind: type[C], *, read_only: bool) -> C:
    """Open an existing SQLite file, never create one. Readers see committed records only and cannot write.

    Not bound to the opening thread: the journal hands each connection to one thread at a time, but closing may
    happen in another one.
    """
    mode = "ro" if read_only else "rw"
    return kind(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
