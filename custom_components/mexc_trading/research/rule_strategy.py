"""A strategy of two expressions: when to enter, when to leave. The same object serves a backtest and live candles."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..model.ids import BookName, SignalId, StrategyId, Symbol
from ..model.market import Side
from ..model.signal import Action, Protect, Signal, Size, Source
from .expression import Compiler
from .indicators import Bar

NEVER: Final = "1 < 0"
"""An exit that leaves everything to the protective exits."""


WANTED_S: Final = 30
"""How long an entry is wanted: the default of signals."""

REASON_CHARS: Final = 256
"""Characters of a rule that go with its signal, as many as any sender's reason may have."""

_MS_PER_MINUTE: Final = 60_000
_NS_PER_MS: Final = 1_000_000


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
        self._compiler = compiler
        self._enter = compiler.condition(terms.entry)
        self._leave = compiler.condition(terms.exit)
        self._series = compiler.series
        self._updates = tuple(series.update for series in self._series)
        self._warm = not self._series
        self._leaving = False

    @property
    def memory(self) -> int:
        """How many candles the rules look back on at most."""
        return self._compiler.memory

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


def signal_of(rules: RuleTerms, wish: Wish, *, book: BookName, close_ms: int, interval_ms: int) -> Signal:
    """Make the signal of a wish at the close of a candle.

    Its id says of which candle and which side it is: whoever works the same candle out again wants the same thing, and
    gets the decision that it got before.
    """
    entering = wish is Wish.ENTER
    side = Side.BUY if entering else Side.SELL
    return Signal(
        book=book,
        strategy=rules.strategy_id,
        signal_id=SignalId(f"{rules.symbol}:{interval_ms // _MS_PER_MINUTE}m:{close_ms}:{side}"),
        issued_at_ns=close_ms * _NS_PER_MS,
        symbol=rules.symbol,
        action=Action.ENTER if entering else Action.EXIT,
        side=side,
        size=rules.size if entering else None,
        protect=rules.protect if entering else None,
        valid_for_s=WANTED_S if entering else None,
        reason=" ".join((rules.entry if entering else rules.exit).split())[:REASON_CHARS],
        source=Source.RULE,
    )
