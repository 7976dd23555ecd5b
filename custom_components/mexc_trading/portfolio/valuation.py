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
    """Fall from the flow-adjusted peak, in percent ≥ 0 of the equity at that peak.

    Deposits and withdrawals change ``capital`` only, so they neither cause nor cure a drawdown.
    """
    peak_equity = capital + peak_pnl
    if peak_equity <= 0:
        return ZERO
    return max(ZERO, (peak_pnl - total_pnl) / peak_equity * HUNDRED)
