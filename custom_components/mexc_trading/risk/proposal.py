"""From a wish to an order that could be sent: type, worst price, size, lot. No rule has spoken yet."""

from decimal import Decimal
from typing import Final, NamedTuple

from ..model.market import Instrument, OrderType, Quote, Side
from ..model.money import ZERO
from ..model.signal import Action, Protect, Signal, SizeBasis
from .limits import Limits
from .pricing import entry_price, exit_price
from .room import room
from .sizing import entry_size, exit_size, stop_price
from .view import RiskView

_NS_PER_S: Final = 1_000_000_000


class Proposal(NamedTuple):
    """An order before the rules, quantities in base units.

    ``wanted`` is the size asked for, ``asked`` that size rounded down to the lot, ``quantity`` what can be sent after
    an exit was cut to what is free, or an entry to the limits that it may be made smaller for. ``price`` is the worst
    price in quote units; None when an exit goes to the market without any reference.
    """

    signal: Signal
    entry: bool
    """Whether it raises exposure."""

    order_type: OrderType
    wanted: Decimal
    asked: Decimal
    quantity: Decimal
    price: Decimal | None
    notional: Decimal
    """What can be sent, at the worst price, in quote units; zero without a price."""

    reference: Decimal
    """What a base unit counts for toward exposure: the worst price, or the touch if that is higher; zero if unknown."""

    fresh: Quote | None
    """The reference price, only if young enough."""

    stop_price: Decimal | None
    """Where its stop would stand, filled at the worst price."""

    protect: Protect | None


def propose(signal: Signal, view: RiskView, limits: Limits) -> Proposal:
    """Work out type, worst price and size of the order that a signal asks for."""
    fresh = _fresh(view, limits)
    return (_entry if signal.action is Action.ENTER else _exit)(signal, view, limits, fresh)


def _entry(signal: Signal, view: RiskView, limits: Limits, fresh: Quote | None) -> Proposal:
    instrument, terms = view.instrument, view.strategy
    protect = signal.protect or (terms.protect if terms is not None else None)
    order_type, price = entry_price(signal, instrument, fresh, limits)
    stop = stop_price(protect, signal.side, price)
    wanted = entry_size(signal, view, price, stop)
    asked = wanted if instrument is None else instrument.quantity_down(wanted)
    reference = max(price or ZERO, fresh.ask if fresh is not None else ZERO)
    quantity = asked
    if _may_be_clamped(signal, view) and price is not None and price > 0 and instrument is not None:
        quantity = min(asked, instrument.quantity_down(room(signal, price, reference, view, limits)))
    return Proposal(
        signal=signal,
        entry=True,
        order_type=order_type,
        wanted=wanted,
        asked=asked,
        quantity=quantity,
        price=price,
        notional=ZERO if price is None else quantity * price,
        reference=reference,
        fresh=fresh,
        stop_price=stop,
        protect=protect,
    )


def _exit(signal: Signal, view: RiskView, limits: Limits, fresh: Quote | None) -> Proposal:
    instrument = view.instrument
    order_type, price = exit_price(signal, view, fresh, limits)
    wanted = exit_size(signal, view)
    quantity = _sellable(wanted, view, price, order_type)
    if instrument is not None:
        quantity = instrument.quantity_down(quantity)
        if price is not None:
            price = _worth_the_minimum(price, quantity, instrument, fresh)
    return Proposal(
        signal=signal,
        entry=False,
        order_type=order_type,
        wanted=wanted,
        asked=wanted,
        quantity=quantity,
        price=price,
        notional=ZERO if price is None else quantity * price,
        reference=ZERO,
        fresh=fresh,
        stop_price=None,
        protect=None,
    )


def _may_be_clamped(signal: Signal, view: RiskView) -> bool:
    """Whether the entry's size follows from a value and its strategy wants less rather than nothing."""
    by_value = signal.size is not None and signal.size.basis is not SizeBasis.QUANTITY
    return by_value and view.strategy is not None and view.strategy.clamp


def _fresh(view: RiskView, limits: Limits) -> Quote | None:
    """Give the quote if it is young enough. One from the future is as doubtful as an old one: a clock was set."""
    quote = view.quote
    if quote is None or abs(view.now_ns - quote.at_ns) > limits.max_price_age_s * _NS_PER_S:
        return None
    return quote


def _sellable(wanted: Decimal, view: RiskView, price: Decimal | None, order_type: OrderType) -> Decimal:
    """Cut an exit to what is owned and not being sold yet, and to the venue's largest order.

    One at the market has no price of its own: there it is the last ask known, however old, else what was paid. The
    venue would refuse the whole of an order above its maximum, so a guess sells more than none.
    """
    quantity = min(wanted, view.free)
    instrument = view.instrument
    if instrument is None:
        return quantity
    per_unit = price
    if per_unit is None:
        per_unit = view.quote.ask if view.quote is not None else view.average_price
    ceiling = instrument.max_notional_market if order_type is OrderType.MARKET else instrument.max_notional
    return min(quantity, ceiling / per_unit) if per_unit is not None and per_unit > 0 and ceiling > 0 else quantity


def _worth_the_minimum(price: Decimal, quantity: Decimal, instrument: Instrument, fresh: Quote | None) -> Decimal:
    """Raise the lowest price of a small exit to where the venue takes the order, as long as the market pays that."""
    if fresh is None or quantity <= 0 or quantity * price >= instrument.min_notional:
        return price
    needed = instrument.price_inside(instrument.min_notional / quantity, Side.SELL)
    return needed if needed <= fresh.bid else price
