"""When to keep a snapshot of the folded state: now and then while the book works, and at a stop in good order."""

import asyncio
import logging
from typing import Final

from ..engine.book import Book
from ..engine.ports import Head, Unwritable
from ..engine.state_codec import StateDocument, document_of, written
from ..engine.worker import Spawn
from ..journal.snapshot import Snapshot
from ..journal.sqlite import SqliteJournal

_LOGGER = logging.getLogger(__name__)

EVERY_RECORDS: Final = 5_000
"""Records after which the next boot would take noticeably longer: about half a second on a small machine."""


class Snapshotter:
    """One book's snapshots. The state is taken down at once; writing it takes place in other threads."""

    def __init__(self, *, book: Book, journal: SqliteJournal, spawn: Spawn, seq: int) -> None:
        """Begin with what the newest snapshot holds (``seq`` 0: there is none)."""
        self._book = book
        self._journal = journal
        self._spawn = spawn
        self._seq = seq
        self._writing = False

    def look(self) -> None:
        """Start a snapshot if one is due and none is being written."""
        if not self._writing and self._book.state.seq - self._seq >= EVERY_RECORDS:
            self._writing = True
            self._spawn(self._write(), "mexc_trading snapshot")

    async def _write(self) -> None:
        try:
            await self.take()
        finally:
            self._writing = False

    async def take(self) -> None:
        """Keep a snapshot of the state as it is now. A disk that refuses costs nothing but a longer boot.

        While something stands in the emergency lane the state is ahead of the journal, and no snapshot is taken: the
        next boot would find the exit in it, believe that the journal has it, and forget the only record of it.
        """
        if self._book.state.seq != self._book.head.seq:
            return
        head, document = self._book.head, document_of(self._book.state)
        self._seq = head.seq
        if isinstance(trouble := await self._keep(head, document), Unwritable):
            _LOGGER.warning("A snapshot could not be kept: %s", trouble.cause)

    async def _keep(self, head: Head, document: StateDocument) -> Unwritable | None:
        text = await asyncio.to_thread(written, document)
        return await self._journal.save_snapshot(Snapshot(head=head, state=text))
