"""Verifying a journal that is in use: ``verify`` runs as its own process, on a copy that is made beside the writer."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
import shutil
import sqlite3
from tempfile import mkdtemp
from typing import Final

from ..engine.ports import Head, JournalUnreadable
from . import verify
from .process import run_python
from .segments import archives
from .storage import DISK, Storage
from .writer import cause_of

_ROOM_FACTOR: Final = 2
"""How much must be free, in sizes of the journal: looking at it must not fill the disk that it is written to."""


async def audit(journal: Path, *, witnesses: Sequence[Head] = (), storage: Storage = DISK) -> str:
    """Verify a journal with its archives and give the report, a JSON object (see ``verify``).

    Raises :class:`..engine.ports.JournalUnreadable` if no copy could be made or read: that is no verdict.
    """
    copying = asyncio.ensure_future(asyncio.to_thread(_copy, journal, storage))
    try:
        folder = await asyncio.shield(copying)
    except asyncio.CancelledError:
        await asyncio.wait([copying])  # A thread cannot be stopped; what it has made by then goes.
        if copying.exception() is None:
            await asyncio.to_thread(shutil.rmtree, copying.result())
        raise
    except (sqlite3.DatabaseError, OSError) as error:
        raise JournalUnreadable(cause_of(error)) from error
    try:
        seen = [argument for witness in witnesses for argument in ("--witness", f"{witness.seq}:{witness.hash}")]
        files = await asyncio.to_thread(lambda: sorted(folder.glob("*.db")))
        code, report, complaint = await run_python([verify.__file__, *map(str, files), *seen])
    except TimeoutError as error:
        raise JournalUnreadable("verifying took too long") from error
    finally:
        await asyncio.to_thread(shutil.rmtree, folder)
    if code not in {verify.EXIT_VALID, verify.EXIT_FOUND}:
        raise JournalUnreadable(complaint)
    return report


def _copy(journal: Path, storage: Storage) -> Path:
    """Copy all files, the written one as of one moment, into a folder of their own, where names sort oldest first."""
    files = [archive.path for archive in archives(journal)]
    needed = _ROOM_FACTOR * sum(path.stat().st_size for path in (*files, journal))
    if shutil.disk_usage(journal.parent).free < needed:
        raise OSError(f"a copy of the journal needs {needed} bytes of free room")
    folder = Path(mkdtemp(prefix=f"{journal.stem}.audit-", dir=journal.parent))
    try:
        for number, path in enumerate(files):
            shutil.copy(path, folder / f"{number:06d}.db")
        with (
            closing(storage.connect(journal, read_only=True)) as source,
            closing(sqlite3.connect(folder / "written.db")) as target,
        ):
            source.backup(target)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return folder
