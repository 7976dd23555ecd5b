"""Which symbols concern a book."""

from ..model.ids import Symbol
from .state import BookState


def book_symbols(state: BookState) -> tuple[Symbol, ...]:
    """Name the symbols on which an order or a coin of ours can be: allowed, held, working, or left as dust."""
    symbols = set(state.limits.symbols) | set(state.ledger.positions) | set(state.ledger.dust)
    symbols.update(record.order.symbol for record in state.orders.values())
    return tuple(sorted(symbols))
