"""How much: from what was asked for to base units."""

from decimal import Decimal

from ..model.market import Side
from ..model.money import HUNDRED, ZERO
from ..model.signal import LevelBasis, Signal, SizeBasis
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


def entry_size(signal: Signal, view: RiskView, price: Decimal | None) -> Decimal:
    """Size an entry in base units; zero when a price, the equity or the stop that it needs is missing.

    Quote units and percent of equity are spent at the worst price, so the order never costs more than was asked for.
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
    distance = stop_distance(signal, price)
    return ZERO if distance <= 0 else budget / distance


def stop_distance(signal: Signal, price: Decimal) -> Decimal:
    """Give the loss per base unit if the stop were hit, in quote units, for an entry at its worst price.

    Zero or less: the signal names no stop, or one on the wrong side.
    """
    level = signal.protect.stop_loss if signal.protect else None
    if level is None:
        return ZERO
    if level.basis is LevelBasis.PERCENT:
        return price * level.value / HUNDRED
    return price - level.value if signal.side is Side.BUY else level.value - price
