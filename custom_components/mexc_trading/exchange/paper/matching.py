"""Would this order have traded? Pure: an order, what the market showed, and the model's terms.

The caller is inside :func:`~...model.money.exact`.
"""

from decimal import Decimal
from typing import NamedTuple

from ...model.market import Instrument, OrderType, Side
from ...model.money import ONE, ZERO, round_down, round_up
from ...model.order import Order
from .evidence import Evidence
from .terms import PaperTerms


class Match(NamedTuple):
    """A trade to be: price in quote units, quantity in base units (> 0)."""

    price: Decimal
    quantity: Decimal
    maker: bool


def crosses(order: Order, seen: Evidence) -> bool:
    """Whether an order that arrives now meets the other side of the market."""
    return order.price is None or not _worse(seen.price_for(order.side), order.price, order.side)


def taken(order: Order, remaining: Decimal, seen: Evidence, terms: PaperTerms, instrument: Instrument) -> Match | None:
    """Match an order on its arrival: at the touch and the slippage beyond it, never beyond the order's own price."""
    if order.type is OrderType.POST_ONLY or not crosses(order, seen):
        return None
    price = _slipped(seen.price_for(order.side), order.side, terms, instrument)
    if order.price is not None and _worse(price, order.price, order.side):
        return None
    quantity = _available(remaining, seen.quantity_for(order.side), terms, instrument)
    if quantity <= 0 or (order.type is OrderType.FOK and quantity < remaining):
        return None
    return Match(price, quantity, maker=False)


def rested(order: Order, remaining: Decimal, seen: Evidence, terms: PaperTerms, instrument: Instrument) -> Match | None:
    """Match an order that rests, at its own price: traded through, or met by what was displayed there.

    At exactly its price, without a displayed quantity, others stand before it: nothing is concluded.
    """
    if order.price is None:
        return None
    met, displayed = seen.price_for(order.side), seen.quantity_for(order.side)
    if _worse(met, order.price, order.side):
        return None
    through = met != order.price
    if not through and (displayed is None or not seen.standing):
        return None
    quantity = _available(remaining, displayed, terms, instrument)
    return Match(order.price, quantity, maker=True) if quantity > 0 else None


def _worse(price: Decimal, than: Decimal, side: Side) -> bool:
    """Whether a price is worse for this side."""
    return price > than if side is Side.BUY else price < than


def _slipped(price: Decimal, side: Side, terms: PaperTerms, instrument: Instrument) -> Decimal:
    """Move a taker's price away by the slippage, to the next tick."""
    if not terms.slippage:
        return price
    if side is Side.BUY:
        return round_up(price * (ONE + terms.slippage), instrument.tick)
    return max(instrument.tick, round_down(price * (ONE - terms.slippage), instrument.tick))


def _available(remaining: Decimal, displayed: Decimal | None, terms: PaperTerms, instrument: Instrument) -> Decimal:
    """Give what can be had of a displayed quantity; all, where nobody told one."""
    if displayed is None:
        return remaining
    share = displayed * terms.share
    return remaining if remaining <= share else max(ZERO, instrument.quantity_down(share))
