"""What a person, a backup and the calendar ask of one book's journal, while the engine goes on writing it.

Whatever reads much runs as a process of its own: a story, an export, a verification. One at a time for each book.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import logging
import os
from pathlib import Path
from typing import Any, Final

from .. import inquiry
from ..engine.ports import Head, JournalUnreadable, Unwritable
from ..inquiry.exits import EXIT_DIFFERENT, EXIT_DONE
from ..journal.audit import audit
from ..journal.process import run_python
from ..journal.segments import archives
from ..journal.sqlite import SqliteJournal
from .snapshots import Snapshotter

_LOGGER = logging.getLogger(__name__)

ARCHIVE_RECORDS_MIN: Final = 50_000
"""A month that brought fewer records stays in the written file: many small archives help nobody."""

BACKUP_S_MAX: Final = 3600
"""How long a backup keeps the log from being folded. One that takes longer, or that nobody ended, does so no more."""

_ROOT: Final = Path(inquiry.__file__).resolve().parents[3]
_EXPORTS: Final = "exports"
_NS_PER_S: Final = 1_000_000_000


class Unanswered(Exception):
    """A question to the journal got no answer: it could not be read, or nobody came to an end with it."""


class UnknownId(Exception):
    """No record of the book knows an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a journal is on disk, archives included, and what the last whole month added (bytes of content)."""

    bytes: int
    archives: int
    month: str
    month_records: int
    month_bytes: int


class Bookkeeping:
    """One book's journal, asked and kept. For the event loop: nothing here blocks it."""

    def __init__(self, *, path: Path, journal: SqliteJournal, snapshots: Snapshotter) -> None:
        """Take an open journal; ``path`` is its written file."""
        self.path = path
        self.size: Size | None = None
        """As last measured."""

        self._journal = journal
        self._snapshots = snapshots
        self._one_at_a_time = asyncio.Lock()
        self._backup_over: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def head(self) -> Head:
        """The last durable record."""
        return self._journal.head

    async def incident(self, wanted: str) -> dict[str, Any]:
        """Tell the story of an id, with ``text`` for people. Raises :class:`UnknownId` and :class:`Unanswered`."""
        story: dict[str, Any] = json.loads(await self._ask("incident", ["--format", "both"], wanted))
        return story

    async def export(self, *, form: str, first: str | None, last: str | None) -> tuple[Path, dict[str, int]]:
        """Write all tables into the account's folder; give the folder, and the rows of each file.

        Raises :class:`Unanswered`.
        """
        folder = self.path.with_name(_EXPORTS)
        days = [*(["--from", first] if first else []), *(["--to", last] if last else [])]
        options = ["--out", str(folder), "--format", form, *days]
        counts: dict[str, int] = json.loads(await self._ask("export", options))
        return folder, counts

    async def verify(self, witnesses: Sequence[Head]) -> dict[str, Any]:
        """Verify the whole journal on a copy, against heads seen elsewhere. Raises :class:`Unanswered`."""
        async with self._one_at_a_time:
            try:
                report: dict[str, Any] = json.loads(await audit(self.path, witnesses=witnesses))
            except JournalUnreadable as error:
                raise Unanswered(str(error)) from error
        return report

    async def missed(self, heads: Sequence[Head]) -> tuple[Head, ...]:
        """Name the heads that the chain does not pass through, the newest last. Raises :class:`Unanswered`."""
        try:
            passes = await asyncio.to_thread(lambda: [self._journal.passes(head) for head in heads])
        except JournalUnreadable as error:
            raise Unanswered(str(error)) from error
        return tuple(head for head, passed in zip(heads, passes, strict=True) if passed is False)

    async def begin_backup(self) -> None:
        """Make plain copies of the files safe: only the log grows until :meth:`end_backup`. Trading goes on.

        A journal that refuses is not being written, so that its copy is safe as well.
        """
        if isinstance(refused := await self._journal.begin_backup(), Unwritable):
            _LOGGER.warning("The journal %s is copied as it is: %s", self.path.name, refused.cause)
        loop = asyncio.get_running_loop()
        self._backup_over = loop.call_later(BACKUP_S_MAX, self._backup_forgotten)

    async def end_backup(self) -> None:
        """Fold the log again."""
        if self._backup_over is not None:
            self._backup_over.cancel()
            self._backup_over = None
        await self._journal.end_backup()

    def _backup_forgotten(self) -> None:
        _LOGGER.warning("Nobody ended the backup of %s", self.path.name)
        self._ending = asyncio.ensure_future(self.end_backup())

    def close(self) -> None:
        """Wait for no backup any more."""
        if self._backup_over is not None:
            self._backup_over.cancel()

    async def keep(self, now_ns: int) -> None:
        """Do what is due: measure, and at the turn of a month archive what was written before it."""
        month = f"{datetime.fromtimestamp(now_ns // _NS_PER_S, UTC):%Y-%m}"
        try:
            oldest = await asyncio.to_thread(self._journal.oldest)
            if oldest is not None and self._is_full(oldest.seq, oldest.at_ns, month):
                await self._archive()
            if self.size is None or self.size.month != _before(month):
                self.size = await asyncio.to_thread(self._measure, month)
                _LOGGER.info("The journal %s: %s", self.path.name, self.size)
        except JournalUnreadable as error:
            _LOGGER.warning("The journal %s could not be measured: %s", self.path.name, error)

    def _is_full(self, oldest_seq: int, oldest_ns: int, month: str) -> bool:
        """Whether the written file began in an earlier month and holds enough to be put away."""
        began = f"{datetime.fromtimestamp(oldest_ns // _NS_PER_S, UTC):%Y-%m}"
        return began < month and self.head.seq - oldest_seq >= ARCHIVE_RECORDS_MIN

    async def _archive(self) -> None:
        """Put all records so far into a file of their own; a snapshot first, so that boots do not need it."""
        await self._snapshots.take()
        if isinstance(archived := await self._journal.archive(), Unwritable):
            _LOGGER.warning("The journal %s was not archived: %s", self.path.name, archived.cause)

    def _measure(self, month: str) -> Size:
        """Look at the files, and count the last whole month. Blocking, reads everything."""
        sealed = archives(self.path)
        last = next((found for found in self._journal.months() if found.month == _before(month)), None)
        return Size(
            bytes=self._journal.size_bytes + sum(archive.path.stat().st_size for archive in sealed),
            archives=len(sealed),
            month=_before(month),
            month_records=last.records if last else 0,
            month_bytes=last.content_bytes if last else 0,
        )

    async def _ask(self, command: str, options: Sequence[str], *subject: str) -> str:
        """Run a question as a process of its own, and give what it wrote."""
        program = ["-P", "-m", inquiry.__name__, command, *options, "--", str(self.path), *subject]
        async with self._one_at_a_time:
            try:
                ran = await run_python(program, os.environ | {"PYTHONPATH": str(_ROOT)})
            except (TimeoutError, OSError) as error:
                raise Unanswered(str(error) or type(error).__name__) from error
        if ran.code == EXIT_DIFFERENT:
            raise UnknownId(ran.complaint.strip())
        if ran.code != EXIT_DONE:
            raise Unanswered(ran.complaint.strip()[-_COMPLAINT_MAX:])
        return ran.output


_COMPLAINT_MAX: Final = 300


def _before(month: str) -> str:
    """Name the month before one."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year}-{number - 1:02d}" if number > 1 else f"{year - 1}-12"
