"""Looks at a live account's key when it opens and once a day: what it may do, how old it is, how long it will live."""

import asyncio
from contextlib import suppress
from typing import Final

from ..engine.book import Book
from ..engine.inputs import ClearIn, RaiseIn
from ..engine.ports import Clock
from ..exchange.mexc.key import KeyConcern, judge_key
from ..exchange.mexc.spot import MexcSpot
from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.outcome import Unavailable

EVERY_S: Final = 24 * 3600
"""A key's terms change when its owner changes them, and by growing old."""

RETRY_S: Final = 60
"""After a look that got no answer. What was known stays: no answer is no news."""

_NS_PER_MS: Final = 1_000_000


class KeyWatch:
    """One key. Only reads: the form of the endpoint that changes a key cannot be called."""

    def __init__(self, *, book: Book, venue: MexcSpot, clock: Clock) -> None:
        """Know nothing yet."""
        self._book = book
        self._venue = venue
        self._clock = clock
        self._wake = asyncio.Event()
        self.concerns: tuple[KeyConcern, ...] = ()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self._wake.clear()
            answered = await self._look()
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S if answered else RETRY_S):
                    await self._wake.wait()

    async def _look(self) -> bool:
        """Judge the key; one that must not trade stops entries until another one, or other terms, are in place."""
        terms = await self._venue.key_terms()
        if isinstance(terms, Unavailable):
            return False
        self.concerns = judge_key(terms, now_ms=self._clock.now_ns() // _NS_PER_MS)
        unfit = ", ".join(concern for concern in self.concerns if concern.forbids_trading)
        if unfit:
            self._book.tell(RaiseIn(kind=HoldKind.KEY_UNFIT, scope=WHOLE_BOOK, why=unfit, release=Release.AUTOMATIC))
        elif self._book.state.has_hold(HoldKind.KEY_UNFIT):
            self._book.tell(ClearIn(kind=HoldKind.KEY_UNFIT, scope=WHOLE_BOOK, reason="the key is fit again"))
        return True
