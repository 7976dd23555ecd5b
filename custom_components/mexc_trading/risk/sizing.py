"""How much: from what was asked for to base units."""

from decimal import Decimal

from ..model.market import Side
from ..model.money import HUNDRED, ZERO
from ..model.signal import LevelBasis, Protect, Signal, SizeBasis
from .view import RiskView


def exit_size(signal: Signal, view: RiskView) -> Decimal:
    """Size an exit in base units. Without a size, or with one that cannot be worked out, it is the whole position.

    Quote units and percent of equity are turned into base units at the last bid known, else at the average cost.
    """
    if signal.size is None:
        return view.owned
    if signal.size.basis is SizeBasis.QUANTITY:
        return signal.size.value
    price = view.quote.bid if view.quote is not None else view.average_price
    if price is None or price <= 0:
        return view.owned
    if signal.size.basis is SizeBasis.NOTIONAL:
        return signal.size.value / price
    if signal.size.basis is SizeBasis.EQUITY_PERCENT and view.equity is not None and view.equity > 0:
        return view.equity * signal.size.value / HUNDRED / price
    return view.owned


def entry_size(signal: Signal, view: RiskView, price: Decimal | None, stop: Decimal | None) -> Decimal:
    """Size an entry in base units; zero when a price, the equity or the stop that it needs is missing.

    Quote units and percent of equity are spent at the worst price, so the order never costs more than was asked for; a
    percentage at risk is what would be lost between the worst price and the stop.
    """
    if signal.size is None:
        return ZERO
    if signal.size.basis is SizeBasis.QUANTITY:
        return signal.size.value
    if price is None or price <= 0:
        return ZERO
    if signal.size.basis is SizeBasis.NOTIONAL:
        return signal.size.value / price
    if view.equity is None or view.equity <= 0:
        return ZERO
    budget = view.equity * signal.size.value / HUNDRED
    if signal.size.basis is SizeBasis.EQUITY_PERCENT:
        return budget / price
    distance = ZERO if stop is None else price - stop if signal.side is Side.BUY else stop - price
    return ZERO if distance <= 0 else budget / distance


def stop_price(protect: Protect | None, side: Side, price: Decimal | None) -> Decimal | None:
    """Say where the stop of an entry at its worst price would stand, in quote units; None when it has none.

    Of a fixed stop and a trailing one, the nearer counts: that is the one which would be hit first.
    """
    if protect is None or price is None:
        return None
    stops = []
    if protect.stop_loss is not None:
        level = protect.stop_loss
        stops.append(_away(price, level.value, side) if level.basis is LevelBasis.PERCENT else level.value)
    if protect.trailing_percent is not None:
        stops.append(_away(price, protect.trailing_percent, side))
    if not stops:
        return None
    return max(stops) if side is Side.BUY else min(stops)


def _away(price: Decimal, percent: Decimal, side: Side) -> Decimal:
    """Give the price at a distance on the losing side."""
    return price * (HUNDRED - percent if side is Side.BUY else HUNDRED + percent) / HUNDRED
