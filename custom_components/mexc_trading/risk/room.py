"""How much room the limits of size leave: what each allows, and what is used of it already.

Their rules compare with these figures, and an entry that may be made smaller is cut to them, so both always agree.
"""

from decimal import Decimal
from typing import Final, NamedTuple

from ..model.ids import Symbol
from ..model.money import ZERO
from ..model.signal import Signal
from .limits import Limits
from .view import RiskView


class Ceiling(NamedTuple):
    """A limit, and what is used of it before the order; None: nobody knows, because a price is missing."""

    limit: Decimal
    used: Decimal | None


def order_notional(limits: Limits) -> Ceiling | None:
    """Quote units at the worst price of one order."""
    return None if limits.max_notional_per_order is None else Ceiling(limits.max_notional_per_order, ZERO)


def order_quantity(symbol: Symbol, limits: Limits) -> Ceiling | None:
    """Base units of one order."""
    for name, quantity in limits.max_quantity_per_order:
        if name == symbol:
            return Ceiling(quantity, ZERO)
    return None


def symbol_exposure(symbol: Symbol, view: RiskView, limits: Limits) -> Ceiling | None:
    """Quote units of one symbol."""
    if limits.max_symbol_exposure is None:
        return None
    return Ceiling(limits.max_symbol_exposure, _worth((symbol,), view))


def group_exposure(symbol: Symbol, view: RiskView, limits: Limits) -> Ceiling | None:
    """Quote units of the group with the least room among those that the symbol belongs to."""
    tightest: Ceiling | None = None
    for group in limits.groups:
        if symbol not in group.symbols:
            continue
        ceiling = Ceiling(group.max_exposure, _worth(group.symbols, view))
        if ceiling.used is None:
            return ceiling
        if tightest is None or tightest.used is None or ceiling.limit - ceiling.used < tightest.limit - tightest.used:
            tightest = ceiling
    return tightest


def gross_exposure(view: RiskView, limits: Limits) -> Ceiling | None:
    """Quote units of everything."""
    if limits.max_gross_exposure is None:
        return None
    return Ceiling(limits.max_gross_exposure, None if view.unpriced else view.gross)


def unprotected_exposure(view: RiskView, limits: Limits) -> Ceiling | None:
    """Quote units of everything that no stop at the venue covers: on spot, of everything."""
    if limits.max_unprotected_exposure is None:
        return None
    return Ceiling(limits.max_unprotected_exposure, None if view.unpriced else view.gross)


def room(signal: Signal, price: Decimal, reference: Decimal, view: RiskView, limits: Limits) -> Decimal:
    """Base units ≥ 0 of a new entry that the limits per order and of exposure leave room for."""
    symbol = signal.symbol
    quantity = order_quantity(symbol, limits)
    lefts = [_left(order_notional(limits), price)]
    if quantity is not None:
        lefts.append(quantity.limit)
    lefts += [
        _left(ceiling, reference)
        for ceiling in (
            symbol_exposure(symbol, view, limits),
            group_exposure(symbol, view, limits),
            gross_exposure(view, limits),
            unprotected_exposure(view, limits),
        )
    ]
    return max(ZERO, min(lefts))


_ENDLESS: Final = Decimal("Infinity")


def _left(ceiling: Ceiling | None, per_unit: Decimal) -> Decimal:
    """Base units until a ceiling, each counting ``per_unit`` > 0."""
    if ceiling is None:
        return _ENDLESS
    return ZERO if ceiling.used is None else (ceiling.limit - ceiling.used) / per_unit


def _worth(symbols: tuple[Symbol, ...], view: RiskView) -> Decimal | None:
    """Add up what symbols are worth; None when one that is held has no price."""
    total = ZERO
    for symbol in symbols:
        if symbol in view.unpriced:
            return None
        total += view.exposures.get(symbol, ZERO)
    return total
