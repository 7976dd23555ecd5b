"""The paper book of a live account hears the prices that the account's streams bring, instead of asking for them."""

from ..engine.book import Book
from ..exchange.paper.venue import PaperVenue
from ..model.ids import Symbol
from ..model.market import Quote


class Overhearing:
    """Passes prices on to a paper book: its orders meet them, and it is valued with them."""

    def __init__(self, *, book: Book, venue: PaperVenue) -> None:
        """Bind the book and its venue."""
        self._book = book
        self._venue = venue

    def price(self, quotes: tuple[Quote, ...]) -> None:
        """Take prices over."""
        self._venue.see(quotes)
        self._book.price(quotes)

    def hear(self, symbols: frozenset[Symbol]) -> None:
        """Learn which symbols' prices come."""
        self._venue.hear(symbols)
        self._book.hear(symbols)
