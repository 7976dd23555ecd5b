"""What came of a backtest in figures, with the definition of each. Floats: they describe, nothing is booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
import math
import random
from statistics import fmean, stdev
from typing import Final, NamedTuple

from .trades import Trade

DAYS_A_YEAR: Final = 365
"""This market never closes."""


class Point(NamedTuple):
    """The equity and the price at one candle's close, in quote units."""

    at_ms: int
    equity: float
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """None where a figure has no meaning: too few days, no loss, no trade."""

    trades: int
    """Episodes that went from flat to flat."""

    result: float
    """Net of fees and slippage, of closed trades, in quote units."""

    fees: float
    return_percent: float
    """Equity at the end over equity at the start; what is still held is valued at the last bid."""

    hold_percent: float
    """The same for buying at the first open and holding to the last close, without fees."""

    win_percent: float | None
    """Trades with a result above zero."""

    profit_factor: float | None
    """Sum of the gains over the sum of the losses."""

    mean_result: float | None
    max_drawdown_percent: float
    """The deepest fall of the equity from its highest so far, over all candle closes, in percent of that highest."""

    sharpe: float | None
    """Mean of the daily returns over their standard deviation, times √365; no interest is taken off."""

    sortino: float | None
    """Mean of the daily returns over the root of the mean of squared losing days, times √365."""

    exposure_percent: float
    """Candles at whose close something was held."""


def measured(
    trades: Sequence[Trade],
    *,
    days: Sequence[float],
    equity: tuple[float, float],
    hold: float,
    drawdown: float,
    held: float,
) -> Measures:
    """Work the figures out.

    ``days`` are the equities at the ends of days, the start first; ``equity`` at start and end; ``hold`` the market's
    return, ``drawdown`` and ``held`` as fractions.
    """
    results = [float(trade.result) for trade in trades]
    gains, losses = sum(gain for gain in results if gain > 0), -sum(loss for loss in results if loss < 0)
    sharpe, sortino = ratios([now / before - 1 for before, now in pairwise(days)])
    return Measures(
        trades=len(trades),
        result=sum(results),
        fees=sum(float(trade.fees) for trade in trades),
        return_percent=(equity[1] / equity[0] - 1) * 100,
        hold_percent=hold * 100,
        win_percent=100 * sum(result > 0 for result in results) / len(results) if results else None,
        profit_factor=gains / losses if losses else None,
        mean_result=fmean(results) if results else None,
        max_drawdown_percent=drawdown * 100,
        sharpe=sharpe,
        sortino=sortino,
        exposure_percent=held * 100,
    )


def ratios(returns: Sequence[float]) -> tuple[float | None, float | None]:
    """Give Sharpe's and Sortino's ratio of daily returns, for a year."""
    if len(returns) < 2:  # noqa: PLR2004 # a spread needs two
        return None, None
    mean, spread = fmean(returns), stdev(returns)
    below = math.sqrt(fmean(min(0.0, day) ** 2 for day in returns))
    year = math.sqrt(DAYS_A_YEAR)
    return (mean / spread * year if spread else None), (mean / below * year if below else None)


class Spread(NamedTuple):
    """Where a figure lies in nine of ten resamples."""

    low: float
    middle: float
    high: float


def bootstrap(trades: Sequence[Trade], *, seed: int, rounds: int = 1_000) -> Spread | None:
    """Draw the same number of trades with replacement, again and again: the spread of the total result by luck alone.

    None without trades. The same seed gives the same spread.
    """
    results = [float(trade.result) for trade in trades]
    if not results:
        return None
    chance = random.Random(seed)  # noqa: S311 # a resample, no secret
    totals = sorted(sum(chance.choices(results, k=len(results))) for _ in range(rounds))
    return Spread(totals[rounds // 20], totals[rounds // 2], totals[rounds - 1 - rounds // 20])
