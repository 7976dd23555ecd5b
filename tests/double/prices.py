"""The moving price: still until told, or a seeded walk."""

from collections.abc import Callable, Mapping
from decimal import Decimal
import random

from .decimals import round_to
from .symbols import Symbol


class Prices:
    """Mid price of every symbol.

    Set by hand with ``set``; with ``moving`` on, ``walk`` takes one seeded
    step for each symbol (standard deviation ``step_share`` of the price).
    ``on_change(symbol)`` is called after each change.
    """

    def __init__(
        self,
        symbols: Mapping[str, Symbol],
        seed: int,
        on_change: Callable[[str], None],
    ) -> None:
        """Start every symbol at its start price."""
        self.moving = False
        self.step_share = 0.0004
        self._symbols = symbols
        self._on_change = on_change
        self._random = random.Random(seed)
        self._mid = {name: symbol.start_price for name, symbol in symbols.items()}

    def mid(self, symbol: str) -> Decimal:
        """Tell the mid price; KeyError for a symbol that is not listed."""
        return self._mid[symbol]

    def set(self, symbol: str, price: Decimal) -> None:
        """Put the mid price somewhere; it must be above zero."""
        if price <= 0:
            msg = "a price is above zero"
            raise ValueError(msg)
        if symbol not in self._symbols:
            msg = f"{symbol} is not listed"
            raise ValueError(msg)
        self._mid[symbol] = price
        self._on_change(symbol)

    def walk(self) -> None:
        """Take one step on every symbol, in a fixed order."""
        for name, symbol in self._symbols.items():
            factor = Decimal(str(1 + self._random.gauss(0, self.step_share)))
            self.set(name, max(symbol.tick, round_to(self._mid[name] * factor, symbol.price_places)))

    def shown(self) -> dict[str, Decimal]:
        """Give all mid prices by symbol."""
        return dict(self._mid)
