"""One order at the paper venue: what was asked and what has become of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ...model.fill import Fill
from ...model.ids import OrderId, VenueOrderId
from ...model.market import Instrument, OrderType
from ...model.money import ZERO
from ...model.order import Order, VenueOrder, VenueStatus
from ...model.outcome import Accepted

RESTING: Final = frozenset({OrderType.LIMIT, OrderType.POST_ONLY})
"""Types whose remainder stays in the book."""


@dataclass(slots=True, kw_only=True)
class PaperOrder:
    """An order that the venue has accepted. ``open`` while more of it may trade."""

    order: Order
    instrument: Instrument
    created_ms: int
    executed: Decimal = ZERO
    executed_quote: Decimal = ZERO
    open: bool = True
    fills: list[Fill] = field(default_factory=list)
    booked_before: int = 0
    """Trades from before a restart: their numbers are taken."""

    @property
    def remaining(self) -> Decimal:
        """Base units that have not traded."""
        return self.order.quantity - self.executed

    @property
    def status(self) -> VenueStatus:
        """The venue's word for where it stands."""
        if self.remaining <= 0:
            return VenueStatus.FILLED
        if self.open:
            return VenueStatus.PARTIALLY_FILLED if self.executed else VenueStatus.NEW
        return VenueStatus.PARTIALLY_CANCELED if self.executed else VenueStatus.CANCELED

    def report(self) -> VenueOrder:
        """Tell of it as the venue does when it is looked up."""
        order = self.order
        return VenueOrder(
            venue_order_id=venue_name(order.order_id),
            order_id=order.order_id,
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            quantity=order.quantity,
            price=order.price,
            executed=self.executed,
            executed_quote=self.executed_quote,
            status=self.status,
            created_ms=self.created_ms,
        )

    def acknowledgement(self) -> Accepted:
        """Confirm it as the venue does when it is placed."""
        order = self.order
        return Accepted(
            venue_order_id=venue_name(order.order_id),
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            price=order.price,
            quantity=order.quantity,
        )


def venue_name(order_id: OrderId) -> VenueOrderId:
    """Name an order as the venue would; the same after a restart."""
    return VenueOrderId(f"paper-{order_id}")
