"""From a wish to an order that could be sent: worst price, size, lot. No rule has spoken yet."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ..model.market import Instrument, OrderType, Quote, Side
from ..model.money import HUNDRED, ONE, ZERO
from ..model.signal import Action, Level, LevelBasis, Signal, SizeBasis
from .limits import Limits
from .view import RiskView

_NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An order before the rules. ``wanted`` is the size asked for, ``quantity`` what can be sent, base units.

    ``price`` is the worst price in quote units; None when an exit goes to the market without any reference.
    """

    signal: Signal
    order_type: OrderType
    wanted: Decimal
    quantity: Decimal
    price: Decimal | None
    fresh: Quote | None
    """The reference price, only if young enough."""

    @property
    def entry(self) -> bool:
        """Whether it raises exposure."""
        return self.signal.action is Action.ENTER

    @property
    def notional(self) -> Decimal:
        """Value at the worst price, in quote units; zero without a price."""
        return ZERO if self.price is None else self.quantity * self.price


def propose(signal: Signal, view: RiskView, limits: Limits) -> Proposal:
    """Work out type, worst price and size of the order that a signal asks for."""
    fresh = _fresh(view, limits)
    order_type, price = _type_and_price(signal, view.instrument, fresh, limits)
    wanted = _exit_size(signal, view) if signal.action is Action.EXIT else _entry_size(signal, view, price, fresh)
    quantity = min(wanted, max(ZERO, view.owned - view.exiting)) if signal.action is Action.EXIT else wanted
    if view.instrument is not None:
        quantity = view.instrument.quantity_down(quantity)
    return Proposal(signal=signal, order_type=order_type, wanted=wanted, quantity=quantity, price=price, fresh=fresh)


def _fresh(view: RiskView, limits: Limits) -> Quote | None:
    quote = view.quote
    if quote is None or view.now_ns - quote.at_ns > limits.max_price_age_s * _NS_PER_S:
        return None
    return quote


def _type_and_price(
    signal: Signal, instrument: Instrument | None, fresh: Quote | None, limits: Limits
) -> tuple[OrderType, Decimal | None]:
    """Turn market wishes into IOC limits inside the collar, unless the symbol only takes market orders."""
    if signal.order_type is not OrderType.MARKET:
        price = signal.price
        if price is not None and instrument is not None:
            price = instrument.price_inside(price, signal.side)
        return signal.order_type, price
    if fresh is None or instrument is None:
        return OrderType.MARKET, None
    away = ONE + limits.collar if signal.side is Side.BUY else ONE - limits.collar
    price = instrument.price_inside(fresh.taker_price(signal.side) * away, signal.side)
    takes_limits = OrderType.LIMIT in instrument.order_types
    return (OrderType.IOC if takes_limits else OrderType.MARKET), price


def _exit_size(signal: Signal, view: RiskView) -> Decimal:
    """The whole position, or the quantity that was asked for."""
    if signal.size is None or signal.size.basis is not SizeBasis.QUANTITY:
        return view.owned
    return signal.size.value


def _entry_size(signal: Signal, view: RiskView, price: Decimal | None, fresh: Quote | None) -> Decimal:
    """Size an entry in base units; zero when a price or the equity that it needs is missing."""
    if signal.size is None:
        return ZERO
    if signal.size.basis is SizeBasis.QUANTITY:
        return signal.size.value
    if price is None or price <= 0:
        return ZERO
    if signal.size.basis is SizeBasis.NOTIONAL:
        return signal.size.value / price
    if view.equity is None:
        return ZERO
    budget = view.equity * signal.size.value / HUNDRED
    if signal.size.basis is SizeBasis.EQUITY_PERCENT:
        return budget / price
    distance = _stop_distance(signal, price, fresh)
    return ZERO if distance <= 0 else budget / distance


def _stop_distance(signal: Signal, price: Decimal, fresh: Quote | None) -> Decimal:
    """Give the loss per base unit between entry and stop, in quote units; zero when the signal names no stop."""
    level: Level | None = signal.protect.stop_loss if signal.protect else None
    if level is None:
        return ZERO
    entry = fresh.taker_price(signal.side) if fresh and signal.order_type is OrderType.MARKET else price
    if level.basis is LevelBasis.PERCENT:
        return entry * level.value / HUNDRED
    return entry - level.value if signal.side is Side.BUY else level.value - entry
