"""A journal's file as the tools read it: beside the engine that writes it, or a copy, with the archives beside it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import sqlite3

from ..engine.ports import JournalUnreadable, Record
from ..engine.replay import Checkpoint
from ..journal import schema
from ..journal.reading import Reader
from ..journal.snapshot import Snapshots
from ..journal.storage import DISK


class CannotRead(Exception):
    """A file that is not there, is no journal, or cannot be read. The text names the file and the problem."""


class JournalFile:
    """One journal, to be read any number of times. Short transactions: the engine that writes it does not notice."""

    def __init__(self, path: Path) -> None:
        """Look whether it is a journal; raises :class:`CannotRead`."""
        self.path = path
        if not path.is_file():
            raise CannotRead(f"{path}: there is no such file")
        try:
            with closing(DISK.connect(path, read_only=True)) as connection:
                schema.check(connection)
        except (schema.NotAJournal, schema.UnknownFormat) as error:
            raise CannotRead(f"{path}: not a journal of this version: {error}") from error
        except (sqlite3.DatabaseError, OSError) as error:
            raise CannotRead(f"{path}: {error}") from error

    def records(self) -> Iterator[Record]:
        """Read all records, oldest first; raises :class:`CannotRead`."""
        try:
            yield from Reader(self.path, DISK).records()
        except (sqlite3.DatabaseError, OSError, JournalUnreadable) as error:
            raise CannotRead(f"{self.path}: {error}") from error

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Read the snapshots beside it that are whole."""
        kept = Snapshots(self.path, DISK).kept()
        return tuple(Checkpoint(seq=snapshot.head.seq, state=snapshot.state) for snapshot in kept)
