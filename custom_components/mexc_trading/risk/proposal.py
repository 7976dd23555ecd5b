"""From a wish to an order that could be sent: type, worst price, size, lot. No rule has spoken yet."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ..model.market import OrderType, Quote, Side
from ..model.money import ZERO
from ..model.signal import Action, Signal
from .limits import Limits
from .pricing import entry_price, exit_price
from .sizing import entry_size, exit_size
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
    if signal.action is Action.ENTER:
        order_type, price = entry_price(signal, view.instrument, fresh, limits)
        wanted = quantity = entry_size(signal, view, price)
    else:
        order_type, price = exit_price(signal, view, fresh, limits)
        wanted = exit_size(signal, view)
        quantity = _sellable(wanted, view, price, order_type)
    if view.instrument is not None:
        quantity = view.instrument.quantity_down(quantity)
        if signal.action is Action.EXIT and price is not None:
            price = _worth_the_minimum(price, quantity, view, fresh)
    return Proposal(signal=signal, order_type=order_type, wanted=wanted, quantity=quantity, price=price, fresh=fresh)


def _fresh(view: RiskView, limits: Limits) -> Quote | None:
    """Give the quote if it is young enough. One from the future is as doubtful as an old one: a clock was set."""
    quote = view.quote
    if quote is None or abs(view.now_ns - quote.at_ns) > limits.max_price_age_s * _NS_PER_S:
        return None
    return quote


def _sellable(wanted: Decimal, view: RiskView, price: Decimal | None, order_type: OrderType) -> Decimal:
    """Cut an exit to what is owned and not being sold yet, and to the venue's largest order."""
    quantity = min(wanted, view.free)
    instrument = view.instrument
    if instrument is None or price is None or price <= 0:
        return quantity
    ceiling = instrument.max_notional_market if order_type is OrderType.MARKET else instrument.max_notional
    return min(quantity, ceiling / price) if ceiling > 0 else quantity


def _worth_the_minimum(price: Decimal, quantity: Decimal, view: RiskView, fresh: Quote | None) -> Decimal:
    """Raise the lowest price of a small exit to where the venue takes the order, as long as the market pays that."""
    instrument = view.instrument
    if instrument is None or fresh is None or quantity <= 0 or quantity * price >= instrument.min_notional:
        return price
    needed = instrument.price_inside(instrument.min_notional / quantity, Side.SELL)
    return needed if needed <= fresh.bid else price
