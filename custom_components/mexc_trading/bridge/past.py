"""What a book can tell of the past: its journal, followed or searched for signals, and the market's candles."""

import asyncio

from ..engine.book import Book
from ..engine.ports import Venue
from ..engine.state import BookState
from ..exchange.mexc.market import MexcMarket
from ..exchange.mexc.spot import MexcSpot
from ..model.ids import StrategyId, Symbol
from ..model.signal import Signal
from ..research.candle_source import MexcCandles
from ..research.journal_evidence import BookHistory
from ..research.recorded import signals_from_journal
from .spared import spared
from .terms import AccountTerms
from .venues import market_of


class Past:
    """One book's past. Journals are read in other threads."""

    def __init__(self, *, terms: AccountTerms, book: Book, venue: Venue) -> None:
        """Bind the book."""
        self._terms = terms
        self._book = book
        self._venue = venue

    def history(self) -> BookHistory:
        """Give an empty history of this book, for :meth:`read_on`."""
        return BookHistory(BookState(book=self._terms.mode, quote=self._terms.quote, zone=self._terms.zone))

    async def read_on(self, history: BookHistory) -> None:
        """Let a history read on to the journal's end. Raises :class:`~..engine.ports.JournalUnreadable`."""
        await asyncio.to_thread(history.read, spared(self._book.journal.records(history.state.seq)))

    async def recorded(self, strategy: StrategyId, symbol: Symbol) -> tuple[Signal, ...]:
        """Give what a strategy wanted of a symbol, whatever was decided then."""
        records = spared(self._book.journal.records())
        return await asyncio.to_thread(signals_from_journal, records, strategy, symbol)

    @property
    def candles(self) -> MexcCandles | None:
        """The market's candles; None where the prices come from elsewhere."""
        client = market_of(self._venue)
        return MexcCandles(client) if isinstance(client, (MexcMarket, MexcSpot)) else None
