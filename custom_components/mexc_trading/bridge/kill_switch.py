"""The kill switch of an account: a flag in memory, a file, and a hold in each book's journal, taken in this order."""

import asyncio
from contextlib import suppress
import logging
from pathlib import Path
from typing import Final

from ..engine.answers import Answer, Busy, Done, Unknown
from ..engine.beat import beat_s
from ..engine.book import Book
from ..engine.inputs import RaiseIn, ReleaseIn
from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.ids import HoldId
from .kill_file import KillFile

_LOGGER = logging.getLogger(__name__)

FILE_EVERY_S: Final = 1
"""How often the kill files are looked for."""

KILL_SWITCH: Final = HoldId(HoldKind.KILL_SWITCH.value)
"""The hold that stops a whole account."""

_FOUND: Final = "kill file found"


class KillSwitch:
    """One account's kill switch, for all of its books. It needs no network, price or database to take hold."""

    def __init__(self, folder: Path) -> None:
        """Start without a book; the files are looked for by :meth:`watch`."""
        self._books: list[Book] = []
        self._file = KillFile(folder)
        self._engaged = False
        self._engagements = 0
        self._under_way: set[asyncio.Task[None]] = set()

    def guard(self, book: Book) -> None:
        """Stop this book's entries too, from now on, and take up what its journal says."""
        self._books.append(book)
        self._engaged = self._engaged or KILL_SWITCH in book.state.holds
        for each in self._books:
            each.entries_stopped = each.entries_stopped or self._engaged

    @property
    def engaged(self) -> bool:
        """Whether entries are stopped by it, in memory or in a journal."""
        return self._engaged or any(KILL_SWITCH in book.state.holds for book in self._books)

    async def engage(self, *, who: str, reason: str) -> None:
        """Stop entries. Never raises. What was begun is carried through, even if nobody waits for it any more."""
        self._engaged = True
        self._engagements += 1
        for book in self._books:
            book.entries_stopped = True
        work = asyncio.create_task(self._carry_through(f"{who}: {reason}"))
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        await asyncio.shield(work)

    async def _carry_through(self, why: str) -> None:
        """Put it on file and in the journals, which cancel what works."""
        await self._write(why)
        item = RaiseIn(kind=HoldKind.KILL_SWITCH, scope=WHOLE_BOOK, why=why, release=Release.PERSON)
        await asyncio.gather(*(book.ask(item) for book in self._books))

    async def release(self, *, who: str, reason: str) -> Answer:
        """Let entries pass again, unless it is engaged once more meanwhile, a book cannot journal it, or a file stays.

        A kill file that is still there, such as the one for every account, engages it before anything can pass.
        """
        engagements = self._engagements
        item = ReleaseIn(hold_id=KILL_SWITCH, who=who, reason=reason)
        answers = await asyncio.gather(*(book.ask(item) for book in self._books))
        busy = next((answer for answer in answers if isinstance(answer, Busy)), None)
        if busy is not None or Done() not in answers:
            return busy or Unknown()
        with suppress(OSError):
            await asyncio.to_thread(self._file.remove)
        stays = await asyncio.to_thread(self._file.present)
        if self._engagements != engagements:
            # The file that was just removed may have been the new one.
            await self._write("engaged again while it was being released")
        elif stays:
            await self.engage(who="file", reason=_FOUND)
            return Unknown()
        else:
            self._engaged = False
            for book in self._books:
                book.entries_stopped = book.faulted
        return Done()

    async def watch(self) -> None:
        """Engage when a kill file appears. Its absence releases nothing: software only ever raises."""
        loop = asyncio.get_running_loop()
        while True:
            if not self._engaged and await asyncio.to_thread(self._file.present):
                await self.engage(who="file", reason=_FOUND)
            await asyncio.sleep(beat_s(loop.time(), FILE_EVERY_S))

    async def _write(self, text: str) -> None:
        try:
            await asyncio.to_thread(self._file.write, text)
        except OSError:
            _LOGGER.warning("The kill file could not be written; the kill switch holds in memory and journal")
