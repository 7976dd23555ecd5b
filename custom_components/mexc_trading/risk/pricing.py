"""The type and the worst price of an order. An entry keeps what was asked for; an exit takes its safest form."""

from decimal import Decimal
from typing import Final

from ..model.market import Instrument, OrderType, Quote, Side
from ..model.money import ONE
from ..model.signal import Signal
from .limits import Limits
from .view import RiskView

AT_MARKET: Final = 3
"""The urgency from which an exit takes any price: after collars of one, two and four times the limit."""

COLLAR_MAX: Final = Decimal("0.5")
"""However urgent, a limit never falls below half the reference: beyond that the price is wrong, not the collar."""

IN_BAND: Final = Decimal("0.9")
"""The part of the venue's price band that is used: it is measured from the last price, not from the touch."""

type TypeAndPrice = tuple[OrderType, Decimal | None]


def entry_price(signal: Signal, instrument: Instrument | None, fresh: Quote | None, limits: Limits) -> TypeAndPrice:
    """Turn a market wish into an IOC limit inside collar and band, unless the symbol only takes market orders.

    Any other price is rounded to the tick toward the safe side, however many decimals it came with.
    """
    if signal.order_type is not OrderType.MARKET:
        price = signal.price
        if price is not None and instrument is not None:
            price = instrument.price_inside(price, signal.side)
        return signal.order_type, price
    if fresh is None or instrument is None:
        return OrderType.MARKET, None
    price = _inside_collar(fresh, signal.side, limits.collar, instrument)
    takes_limits = OrderType.LIMIT in instrument.order_types
    return (OrderType.IOC if takes_limits else OrderType.MARKET), price


def exit_price(signal: Signal, view: RiskView, fresh: Quote | None, limits: Limits) -> TypeAndPrice:
    """Give an exit the form that is most likely to be taken.

    With a fresh price: an IOC limit inside the collar, or the limit asked for, raised to the collar if it lay below.
    Without one: a market order; where the symbol takes none, an IOC limit from the last price known. A type that the
    symbol does not take is replaced. Urgency doubles the collar with each step and ends at the market.
    """
    instrument = view.instrument
    if instrument is None:
        return OrderType.MARKET, None
    takes_limits, takes_market = (kind in instrument.order_types for kind in (OrderType.LIMIT, OrderType.MARKET))
    if signal.urgency >= AT_MARKET and takes_market:
        return OrderType.MARKET, None
    if signal.order_type is not OrderType.MARKET and signal.price is not None:
        return _asked(signal, signal.price, instrument, fresh, limits)
    reference = fresh if fresh is not None or takes_market else view.quote
    if reference is None:
        return OrderType.MARKET, None
    collar = min(limits.collar * 2**signal.urgency, COLLAR_MAX)
    price = _inside_collar(reference, Side.SELL, collar, instrument)
    return (OrderType.IOC if takes_limits else OrderType.MARKET), price


def _asked(signal: Signal, price: Decimal, instrument: Instrument, fresh: Quote | None, limits: Limits) -> TypeAndPrice:
    """Keep an exit's own limit: never below the collar, and in a type that the symbol takes."""
    price = instrument.price_inside(price, Side.SELL)
    if fresh is not None:
        price = max(price, _inside_collar(fresh, Side.SELL, limits.collar, instrument))
    if OrderType.LIMIT not in instrument.order_types:
        # A limit that the market already pays is a market order; any other is tried as it is, and may be refused.
        at_once = fresh is not None and price <= fresh.bid
        return (OrderType.MARKET if at_once else signal.order_type), price
    post_only_missing = signal.order_type is OrderType.POST_ONLY and OrderType.POST_ONLY not in instrument.order_types
    return (OrderType.LIMIT if post_only_missing else signal.order_type), price


def _inside_collar(quote: Quote, side: Side, collar: Decimal, instrument: Instrument) -> Decimal:
    """Give the worst price that the collar allows and the venue takes, rounded to the tick; never below one tick."""
    band = instrument.band(side)
    reach = collar if band is None else min(collar, band * IN_BAND)
    away = ONE + reach if side is Side.BUY else ONE - reach
    price = instrument.price_inside(quote.taker_price(side) * away, side)
    return price if side is Side.BUY else max(price, instrument.tick)
