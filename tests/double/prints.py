"""Public trades: what everybody sees on the tape."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .candles import MINUTE_MS, Candles


@dataclass(frozen=True, slots=True)
class Print:
    """One public trade; ``is_buyer_maker`` means that the seller took."""

    number: int
    price: Decimal
    quantity: Decimal
    time_ms: int
    is_buyer_maker: bool


class Prints:
    """The last 1000 public trades of every symbol, some of them from before the start."""

    def __init__(self, candles: Mapping[str, Candles], now_ms: int) -> None:
        """Put one trade per minute of the last half hour on each tape."""
        self._made = 0
        self._tapes: dict[str, deque[Print]] = {name: deque(maxlen=1000) for name in candles}
        for name, bars in candles.items():
            for back in range(30, 0, -1):
                at_ms = (now_ms // MINUTE_MS - back) * MINUTE_MS
                bar = bars.bar("1m", at_ms, now_ms)
                self.add(name, bar.close, bar.volume, bar.close_ms)

    def add(self, symbol: str, price: Decimal, quantity: Decimal, time_ms: int) -> None:
        """Add a trade; it took the ask if the price did not fall."""
        tape = self._tapes[symbol]
        fell = bool(tape) and price < tape[-1].price
        self._made += 1
        tape.append(Print(self._made, price, quantity, time_ms, is_buyer_maker=fell))

    def last(self, symbol: str, count: int) -> Sequence[Print]:
        """Give the latest trades, newest first."""
        return list(self._tapes[symbol])[: -count - 1 : -1]
