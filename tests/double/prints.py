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
    """The last 1000 public trades of every symbol.

    A tape is begun when it is first touched, with one trade for each minute of
    the half hour before the start.
    """

    def __init__(self, candles: Mapping[str, Candles], start_ms: int) -> None:
        """Take the history that tapes begin with."""
        self._candles = candles
        self._start_ms = start_ms
        self._made = 0
        self._tapes: dict[str, deque[Print]] = {}

    def add(self, symbol: str, price: Decimal, quantity: Decimal, time_ms: int) -> None:
        """Add a trade; it took the ask if the price did not fall."""
        self._append(self._tape(symbol), price, quantity, time_ms)

    def last(self, symbol: str, count: int) -> Sequence[Print]:
        """Give the latest trades, newest first."""
        return list(self._tape(symbol))[: -count - 1 : -1]

    def _tape(self, symbol: str) -> deque[Print]:
        """Give a tape, begun if need be."""
        if symbol not in self._tapes:
            tape: deque[Print] = deque(maxlen=1000)
            self._tapes[symbol] = tape
            for back in range(30, 0, -1):
                at_ms = (self._start_ms // MINUTE_MS - back) * MINUTE_MS
                bar = self._candles[symbol].bar("1m", at_ms, self._start_ms)
                self._append(tape, bar.close, bar.volume, bar.close_ms)
        return self._tapes[symbol]

    def _append(self, tape: deque[Print], price: Decimal, quantity: Decimal, time_ms: int) -> None:
        """Put a trade at the end of a tape."""
        fell = bool(tape) and price < tape[-1].price
        self._made += 1
        tape.append(Print(self._made, price, quantity, time_ms, is_buyer_maker=fell))
