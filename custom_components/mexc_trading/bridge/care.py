"""Looking after one book's journal while it runs: witnessed heads, size and archive, a verification now and then."""

import asyncio
from collections.abc import Sequence
import logging
from typing import Any, Final

from ..engine.answers import Done
from ..engine.book import Book
from ..engine.inputs import RaiseIn
from ..engine.ports import Clock, Head
from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.ids import BookName
from .bookkeeping import Bookkeeping, Unanswered
from .witnesses import Witnesses

_LOGGER = logging.getLogger(__name__)

NOTED_EVERY_S: Final = 300
"""How often the head is noted outside: what a rebuilt or restored journal may hide is at most this young."""

KEPT_EVERY: Final = 12
"""Rounds between looks at size and month: an hour."""

VERIFIED_EVERY_S: Final = 7 * 86_400
"""How often all of the chain is recomputed, in a process of its own."""

_NS_PER_S: Final = 1_000_000_000


class Care:
    """One book's caretaker. Nothing it does is waited for by the engine."""

    def __init__(
        self, *, name: BookName, book: Book, keeping: Bookkeeping, witnesses: Witnesses | None, clock: Clock
    ) -> None:
        """Bind what is looked after."""
        self._name = name
        self._book = book
        self._keeping = keeping
        self._witnesses = witnesses
        self._clock = clock

    async def run(self) -> None:
        """Look after the journal until cancelled."""
        count = 0
        while True:
            await asyncio.sleep(NOTED_EVERY_S)
            count += 1
            await self.look(whole=count % KEPT_EVERY == 0)

    async def look(self, *, whole: bool) -> None:
        """Note the head; with ``whole`` do what is due of the rest too."""
        await self.note()
        if not whole:
            return
        now_ns = self._clock.now_ns()
        await self._keeping.keep(now_ns)
        if self._witnesses is None:
            return
        if now_ns // _NS_PER_S - await self._witnesses.verified_s(self._name) >= VERIFIED_EVERY_S:
            try:
                await self.verified()
            except Unanswered as unanswered:
                _LOGGER.warning("The journal of %s could not be verified: %s", self._name, unanswered)

    async def note(self) -> None:
        """Note the head outside."""
        if self._witnesses is not None:
            await self._witnesses.note(self._name, self._keeping.head)

    async def since_s(self) -> int:
        """Say from when on heads that others kept say something about this journal, in s since the epoch."""
        return 0 if self._witnesses is None else await self._witnesses.since_s(self._name)

    async def weigh(self, heads: Sequence[Head]) -> None:
        """Compare the journal with heads that others kept. A contradiction stops entries until a person has looked.

        It is told once: from then on only what is seen of the journal as it is now counts.
        """
        try:
            missed = await self._keeping.missed(heads)
        except Unanswered as unanswered:
            _LOGGER.warning("The journal of %s could not be compared: %s", self._name, unanswered)
            return
        if not missed:
            return
        why = f"the journal does not pass through record {missed[-1].seq} as Home Assistant's recorder saw it"
        item = RaiseIn(kind=HoldKind.RESTORED_BACKUP, scope=WHOLE_BOOK, why=why, release=Release.PERSON)
        if isinstance(await self._book.ask(item), Done) and self._witnesses is not None:
            await self._witnesses.note(self._name, self._keeping.head, afresh=True)

    async def verified(self) -> dict[str, Any]:
        """Verify everything. What is found stops entries until a person has looked.

        Raises :class:`.bookkeeping.Unanswered`.
        """
        heads = () if self._witnesses is None else await self._witnesses.heads(self._name)
        report = await self._keeping.verify(heads)
        if self._witnesses is not None:
            await self._witnesses.verified(self._name, self._clock.now_ns() // _NS_PER_S)
        if not report["valid"]:
            first = report["findings"][0]
            why = f"verification: {first['kind']} at record {first['seq']}, {report['found']} findings"
            self._book.tell(RaiseIn(kind=HoldKind.JOURNAL, scope=WHOLE_BOOK, why=why, release=Release.PERSON))
        return report
