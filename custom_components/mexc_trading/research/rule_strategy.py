"""A strategy of two expressions: when to enter, when to leave. The same object serves a backtest and live candles."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..model.ids import StrategyId, Symbol
from ..model.signal import Protect, Size
from .expression import Compiler
from .indicators import Bar

NEVER: Final = "1 < 0"
"""An exit that leaves everything to the protective exits."""


class Wish(StrEnum):
    """What the rules want at the close of a candle."""

    ENTER = "enter"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerms:
    """A rule strategy as it is saved: two expressions over the candles of a symbol, and what an entry asks for."""

    strategy_id: StrategyId
    symbol: Symbol
    entry: str
    exit: str
    size: Size
    protect: Protect | None = None


class RuleStrategy:
    """Follows the candles of one symbol. Long only: spot has nothing else."""

    def __init__(self, terms: RuleTerms) -> None:
        """Compile the rules. Raises :class:`.places.ExpressionError`."""
        self.terms = terms
        self.bar = Bar()
        compiler = Compiler(self.bar)
        self._enter = compiler.condition(terms.entry)
        self._leave = compiler.condition(terms.exit)
        self._series = compiler.series
        self._updates = tuple(series.update for series in self._series)
        self._warm = not self._series
        self._leaving = False

    def on_candle(self, *, holding: bool) -> Wish | None:
        """Take in what stands in ``bar`` and say what is wanted now. Nothing, while an indicator is not ready.

        The rule that matters is the exit while something is held, and the entry while nothing is. An exit is wanted
        until nothing is held: the market may have taken a part only, and a cross happens once.
        """
        for update in self._updates:
            update()
        if not self._warm:
            self._warm = all(series.ready for series in self._series)
            if not self._warm:
                return None
        if holding:
            self._leaving = self._leaving or bool(self._leave())
            return Wish.LEAVE if self._leaving else None
        self._leaving = False
        return Wish.ENTER if self._enter() else None
