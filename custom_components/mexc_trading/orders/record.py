"""An order in the book: what was asked, where it stands, and what the venue has done so far."""

from dataclasses import dataclass
from decimal import Decimal

from ..model.ids import VenueOrderId
from ..model.money import ZERO
from ..model.order import Order
from .states import TERMINAL, OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """One order's life so far. Times in ns of our clock; quantities in base units.

    ``booked`` counts fills in the portfolio, ``executed`` what the venue reported on the order: while they differ,
    trades are still to be read.
    """

    order: Order
    state: OrderState
    planned_ns: int
    sent_ns: int = 0
    changed_ns: int = 0
    venue_order_id: VenueOrderId | None = None
    executed: Decimal = ZERO
    booked: Decimal = ZERO

    @property
    def active(self) -> bool:
        """Whether the venue may still do something with it, or trades are still missing."""
        return self.state not in TERMINAL or self.booked < self.executed

    @property
    def remaining(self) -> Decimal:
        """Base units that may still be bought or sold; zero once the order is terminal."""
        if self.state in TERMINAL:
            return ZERO
        return max(ZERO, self.order.quantity - self.booked)

    @property
    def pending(self) -> Decimal:
        """Base units that are executed or may still be, but are not booked yet: they count toward every limit."""
        if self.state in TERMINAL:
            return max(ZERO, self.executed - self.booked)
        return self.remaining
