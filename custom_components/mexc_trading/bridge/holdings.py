"""What a book owns just now, and whose it is: what a strategy of the account's own asks before it wants something."""

from ..engine.book import Book
from ..model.ids import StrategyId, Symbol

_NS_PER_MS = 1_000_000


class Holdings:
    """A look at one book's positions and orders."""

    def __init__(self, book: Book) -> None:
        """Look at this book."""
        self._book = book

    def is_of(self, strategy: StrategyId, symbol: Symbol) -> bool:
        """Whether the book owns some of a symbol because this strategy bought it."""
        state = self._book.state
        watched = state.memory.protections.get(symbol)
        return symbol in state.ledger.positions and watched is not None and watched.strategy == strategy

    def opened_ms(self, symbol: Symbol) -> int | None:
        """Say when what is owned of a symbol began to be; None: nothing is."""
        position = self._book.state.ledger.positions.get(symbol)
        return None if position is None else position.opened_ns // _NS_PER_MS

    def awaits(self, symbol: Symbol) -> bool:
        """Whether something is still expected of an order in a symbol."""
        return any(record.order.symbol == symbol for record in self._book.state.active_orders)
