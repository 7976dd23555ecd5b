"""A price that is fresh enough to decide with: read anew when the one that is known is too old."""

import asyncio
from contextlib import suppress
from typing import Final

from ..engine.book import Book
from ..engine.ports import Clock, Venue
from ..engine.worker import Spawn
from ..model.ids import Symbol
from ..model.outcome import Unavailable
from ..model.signal import Signal

PRICE_WAIT_S: Final = 2
"""How long an entry waits for a fresh price before it is decided without one, and so denied."""

_NS_PER_S: Final = 1_000_000_000


class FreshPrice:
    """Sees to it that a signal is decided at a price that its rules accept, if the venue has one in time.

    Signals that come together share one question: a hundred of them would use up what may be asked in ten seconds.
    """

    def __init__(self, *, book: Book, venue: Venue, clock: Clock, spawn: Spawn) -> None:
        """Bind who needs the price, and who has it."""
        self._book = book
        self._venue = venue
        self._clock = clock
        self._spawn = spawn
        self._asking: dict[Symbol, asyncio.Task[None]] = {}

    async def refresh(self, signal: Signal) -> None:
        """Read the symbol's price if the one we have is too old to decide with."""
        state = self._book.state
        quote = state.marks.get(signal.symbol)
        oldest_ns = self._clock.now_ns() - state.limits.max_price_age_s * _NS_PER_S // 2
        if (quote is not None and quote.at_ns >= oldest_ns) or signal.symbol not in state.instruments:
            return
        asking = self._asking.get(signal.symbol)
        if asking is None:
            asking = self._asking[signal.symbol] = self._spawn(self._ask(signal.symbol), "mexc_trading price")
            asking.add_done_callback(lambda _: self._asking.pop(signal.symbol, None))
        answered, _ = await asyncio.wait((asking,), timeout=PRICE_WAIT_S)
        if answered and not asking.cancelled():
            asking.result()

    async def _ask(self, symbol: Symbol) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PRICE_WAIT_S):
                quotes = await self._venue.quotes((symbol,))
                if not isinstance(quotes, Unavailable):
                    self._book.price(quotes)
