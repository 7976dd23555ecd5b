"""A rule strategy that follows the live candles of one symbol: each closed candle once, in their order."""

from collections.abc import Iterable
from typing import Final

from .candles import CandleRow
from .rule_strategy import RuleStrategy, RuleTerms, Wish

FADE: Final = 20
"""How many times its length an exponential mean is fed before it counts: what came earlier weighs under a millionth."""

WARM_UP_MIN: Final = 200
WARM_UP_MAX: Final = 25_000
"""Least and most candles that are read before a strategy follows live ones: at most 50 requests."""


class Follower:
    """Takes closed candles as a backtest does. Give them in order; what is not newer than the last one is left."""

    def __init__(self, rules: RuleTerms, interval_ms: int) -> None:
        """Compile the rules. Raises :class:`.places.ExpressionError`."""
        self.rules = rules
        self.interval_ms = interval_ms
        self._strategy = RuleStrategy(rules)
        self.next_ms: int | None = None
        """When the next candle to be taken opens at the earliest; None: no candle was taken yet."""

    @property
    def warm_up(self) -> int:
        """How many candles of the past it wants first."""
        return min(max(self._strategy.memory * FADE, WARM_UP_MIN), WARM_UP_MAX)

    def take(self, row: CandleRow, *, holding: bool) -> Wish | None:
        """Take a candle in and say what is wanted at its close."""
        if self.next_ms is not None and row.open_ms < self.next_ms:
            return None
        self.next_ms = row.open_ms + self.interval_ms
        bar = self._strategy.bar
        bar.open, bar.high, bar.low, bar.close, bar.volume = map(float, row[1:])
        return self._strategy.on_candle(holding=holding)

    def catch_up(self, rows: Iterable[CandleRow], *, held_since_ms: int | None) -> Wish | None:
        """Take candles in, and say what is wanted at the close of the last one.

        What was wanted at the others is past. An exit among them that was wanted after ``held_since_ms`` still is:
        exits have no end. None: nothing is held.
        """
        wish: Wish | None = None
        for row in rows:
            held = held_since_ms is not None and row.open_ms + self.interval_ms > held_since_ms
            wish = self.take(row, holding=held)
        return wish
