"""The lock that keeps a second engine out of a book."""

import fcntl
import os
from pathlib import Path
from typing import Final

_PID_DIGITS_MAX: Final = 20


class Locked(Exception):
    """Another engine has this journal open. Two writers would break the chain, so the second one must not start."""


class FileLock:
    """An exclusive lock on a file beside the journal, held until :meth:`release` or the end of the process.

    The kernel drops it when the process dies, however it dies; the file itself stays. It is advisory: it keeps out a
    second copy of this integration, not a person with an SQLite shell.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock or raise :class:`Locked`. OSError if the file cannot be made."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, _PID_DIGITS_MAX, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise Locked(f"{path.name} is held by process {holder or 'unknown'}") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let go. A second call does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
