"""An order in the book: what was asked, where it stands, and what the venue has done so far."""

from dataclasses import dataclass
from decimal import Decimal

from ..model.ids import FillId, VenueOrderId
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
    expires_ns: int | None = None
    """After this an order that was not sent yet is not wanted any more; None: it always is."""

    sends: int = 0
    """How many times it was released to be sent: more than one only after proof that nothing had left."""

    sent_ns: int = 0
    unanswered_ns: int = 0
    """When we last learned that no answer would come: nothing of the request can have been signed after that."""

    changed_ns: int = 0
    venue_order_id: VenueOrderId | None = None
    executed: Decimal = ZERO
    booked: Decimal = ZERO
    fills: tuple[FillId, ...] = ()
    """The trades that are booked, so that none is booked twice."""

    seen: bool = False
    """Whether the venue told of it when asked, as against only acknowledging it."""

    missing_ns: int | None = None
    """Since when the venue denies an order that it had acknowledged or shown; None: it does not."""

    evidence: tuple[str, ...] = ()
    """What each place said in the last search that found nothing."""

    said: str = ""
    """What the last look-up that did not find it said, in words; empty once it is found."""

    cancel_wanted: bool = False
    written_off: bool = False

    @property
    def active(self) -> bool:
        """Whether anything is still expected of it: by the venue, by us, or trades that are missing."""
        return not self.written_off and (self.state not in TERMINAL or self.booked < self.executed)

    @property
    def remaining(self) -> Decimal:
        """Base units that may still be bought or sold; zero once the order is terminal."""
        if self.state in TERMINAL:
            return ZERO
        return max(ZERO, self.order.quantity - self.booked)

    @property
    def pending(self) -> Decimal:
        """Base units that are executed or may still be, but are not booked yet: they count toward every limit."""
        if self.written_off:
            return ZERO
        if self.state in TERMINAL:
            return max(ZERO, self.executed - self.booked)
        return self.remaining
