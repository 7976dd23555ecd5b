"""A rule strategy as an account has it: which symbols, which candles, which rules, how much."""

from dataclasses import dataclass

from ..exchange.mexc.klines import INTERVAL_MS, Interval
from ..model.ids import StrategyId, Symbol
from ..model.signal import Protect, Size
from ..orders.identity import canonical_json
from .rule_strategy import RuleTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePlan:
    """One rule strategy, on each of its symbols alone."""

    strategy_id: StrategyId
    symbols: tuple[Symbol, ...]
    interval: Interval
    entry: str
    exit: str
    size: Size
    protect: Protect | None
    since_s: int
    """When these rules were saved, in seconds since the epoch: nothing that closed before is traded by them."""

    @property
    def text(self) -> str:
        """Write down the rules: evidence is about exactly these. Exits and limits are the strategy's terms."""
        return canonical_json(
            {
                "interval": self.interval.value,
                "entry": self.entry,
                "exit": self.exit,
                "size": {self.size.basis.value: self.size.value},
            }
        )

    @property
    def interval_ms(self) -> int:
        """How long a candle is."""
        return INTERVAL_MS[self.interval]

    def terms(self, symbol: Symbol) -> RuleTerms:
        """Give the rules of one symbol."""
        return RuleTerms(
            strategy_id=self.strategy_id,
            symbol=symbol,
            entry=self.entry,
            exit=self.exit,
            size=self.size,
            protect=self.protect,
        )
