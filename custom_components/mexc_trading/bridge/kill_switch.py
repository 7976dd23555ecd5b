"""The kill switch of an account: a flag in memory, a file, and a hold in the journal, taken in this order."""

import asyncio
from contextlib import suppress
import logging
from pathlib import Path
from typing import Final

from ..engine.answers import Answer, Done
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


class KillSwitch:
    """One account's kill switch. It needs no network, no price and no database to take hold."""

    def __init__(self, *, book: Book, folder: Path) -> None:
        """Take up what the journal says; the files are looked for by :meth:`watch`."""
        self._book = book
        self._file = KillFile(folder)
        self._engaged = KILL_SWITCH in book.state.holds
        self._engagements = 0
        book.entries_stopped = book.entries_stopped or self._engaged

    @property
    def engaged(self) -> bool:
        """Whether entries are stopped by it, in memory or in the journal."""
        return self._engaged or KILL_SWITCH in self._book.state.holds

    async def engage(self, *, who: str, reason: str) -> None:
        """Stop entries. Never raises."""
        self._engaged = self._book.entries_stopped = True
        self._engagements += 1
        await self._write(f"{who}: {reason}")
        await self._book.ask(
            RaiseIn(kind=HoldKind.KILL_SWITCH, scope=WHOLE_BOOK, why=f"{who}: {reason}", release=Release.PERSON)
        )

    async def release(self, *, who: str, reason: str) -> Answer:
        """Let entries pass again, unless somebody engages it once more meanwhile."""
        engagements = self._engagements
        answer = await self._book.ask(ReleaseIn(hold_id=KILL_SWITCH, who=who, reason=reason))
        if not isinstance(answer, Done):
            return answer
        with suppress(OSError):
            await asyncio.to_thread(self._file.remove)
        if self._engagements == engagements:
            self._engaged = False
            self._book.entries_stopped = self._book.faulted
        else:
            # The file that was just removed may have been the new one.
            await self._write("engaged again while it was being released")
        return answer

    async def watch(self) -> None:
        """Engage when a kill file appears. Its absence releases nothing: software only ever raises."""
        while True:
            if not self._engaged and await asyncio.to_thread(self._file.present):
                await self.engage(who="file", reason="kill file found")
            await asyncio.sleep(FILE_EVERY_S)

    async def _write(self, text: str) -> None:
        try:
            await asyncio.to_thread(self._file.write, text)
        except OSError:
            _LOGGER.warning("The kill file could not be written; the kill switch holds in memory and journal")
