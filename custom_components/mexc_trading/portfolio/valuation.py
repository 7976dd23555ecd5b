"""What a book is worth at the prices of a moment. Long positions are valued at the bid: what a seller would get."""

from dataclasses import dataclass
from decimal import Decimal

from ..model.money import HUNDRED, ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """Unrealised and total PnL in quote units."""

    unrealized: Decimal
    total_pnl: Decimal


def drawdown_percent(*, capital: Decimal, peak_pnl: Decimal, total_pnl: Decimal) -> Decimal:
    """Fall from the flow-adjusted peak, in percent ≥ 0 of the equity at that peak."""
    peak_equity = capital + peak_pnl
    if peak_equity <= 0:
        return ZERO
    return max(ZERO, (peak_pnl - total_pnl) / peak_equity * HUNDRED)


def peak_after_flow(capital: Decimal, peak_pnl: Decimal, equity: Decimal, amount: Decimal) -> Decimal:
    """Move a peak with a deposit (> 0) or withdrawal (< 0), so that the fall from it in percent stays what it was.

    ``capital`` and ``equity`` are those before the flow. Of an account that is emptied, or was empty, nothing can be
    measured: the peak is then where it stands after the flow.
    """
    after = equity + amount
    if equity <= 0 or after <= 0 or capital + peak_pnl <= 0:
        return equity - capital
    return (capital + peak_pnl) * after / equity - capital - amount
