"""What a strategy has done, as far as it bears on its stage. Figures describe; no money is worked out from them."""

from dataclasses import dataclass
from typing import Protocol

from .result import BacktestResult
from .shadow import FillDifference

_MS_PER_DAY = 86_400_000


class Conduct(Protocol):
    """What backtest and paper have in common."""

    @property
    def gains(self) -> float:
        """Sum of the results above zero, in quote units."""
        ...

    @property
    def losses(self) -> float:
        """Sum of those below, without the sign."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestEvidence:
    """What a backtest of one version showed."""

    version: str
    days: float
    episodes: int
    gains: float
    losses: float
    drawdown_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEvidence:
    """What the paper journal shows of one version since it began."""

    version: str
    days: float
    episodes: int
    gains: float
    losses: float
    drawdown_percent: float
    slippage_excess_percent: float
    """Mean of how much worse its fills were than the price they were decided at and the modelled slippage."""

    unresolved: int
    """Orders whose end nobody knows."""

    illegal_transitions: int
    kill_drill_s: int | None
    """When the kill switch was last engaged, in seconds since the epoch; None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEvidence:
    """How a strategy did since it was promoted; ``version`` is what was promoted."""

    version: str
    drawdown_percent: float
    behind_paper_percent: float
    """How much less it made than its shadow on paper, in percent of the capital; below zero: more."""

    slippage_percent: float
    rejects_in_a_row: int
    fills: FillDifference
    """Its fills against those of its shadow."""


def of_backtest(result: BacktestResult, version: str) -> BacktestEvidence:
    """Take a finished run for evidence about a version."""
    results = [float(trade.result) for trade in result.trades]
    return BacktestEvidence(
        version=version,
        days=(result.until_ms - result.since_ms) / _MS_PER_DAY,
        episodes=len(results),
        gains=sum(gain for gain in results if gain > 0),
        losses=-sum(loss for loss in results if loss < 0),
        drawdown_percent=result.measures.max_drawdown_percent,
    )
