"""Which symbols concern a book."""

from ..model.ids import Symbol
from .state import BookState


def book_symbols(state: BookState) -> tuple[Symbol, ...]:
    """Name the symbols on which an order or a coin of ours can be: allowed, held, working, or left as dust."""
    symbols = set(state.limits.symbols) | set(state.ledger.positions) | set(state.ledger.dust)
    symbols.update(record.order.symbol for record in state.orders.values())
    return tuple(sorted(symbols))


def traded_symbols(state: BookState) -> tuple[Symbol, ...]:
    """Name the symbols on which a trade can be missing: held, left as dust, or with an order that is remembered.

    An order that is not is finished with all of its trades. One that we never knew of is found in the venue's history,
    which is read for every symbol of the book, and its trades are read with it.
    """
    symbols = set(state.ledger.positions) | set(state.ledger.dust)
    symbols.update(record.order.symbol for record in state.orders.values())
    return tuple(sorted(symbols))
