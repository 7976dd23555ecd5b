"""An order: what we ask of the venue. It belongs to one decision and one leg."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .decision import Decision
from .ids import OrderId, Symbol, VenueOrderId
from .leg import Leg
from .market import OrderType, Side
from .signal import Action

__all__ = ["Leg", "Order", "Unauthorized", "VenueOrder", "VenueStatus", "require_permission"]


class Unauthorized(Exception):
    """An order that its decision does not cover. A bug, never an expected case: the book stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A request for the venue, inseparable from the decision that permits it.

    The constructor refuses an order that its decision does not cover, so no code path can hand the venue
    anything the risk engine did not pass: quantity in base units, price in quote units (None: market order).
    """

    order_id: OrderId
    decision: Decision
    leg: Leg
    attempt: int
    type: OrderType
    quantity: Decimal
    price: Decimal | None

    def __post_init__(self) -> None:
        """Refuse what the decision does not permit."""
        decision = self.decision
        if not decision.allowed:
            raise Unauthorized(f"{decision.decision_id}: verdict is {decision.verdict}")
        if not 0 < self.quantity <= decision.quantity:
            raise Unauthorized(f"{decision.decision_id}: quantity {self.quantity} of {decision.quantity}")
        if self.price is not None and decision.price is not None and self._beyond(decision.price):
            raise Unauthorized(f"{decision.decision_id}: price {self.price} beyond {decision.price}")

    def _beyond(self, worst: Decimal) -> bool:
        """Whether the order could trade at a worse price than the decision allows."""
        return self.price is not None and (self.price > worst if self.side is Side.BUY else self.price < worst)

    @property
    def symbol(self) -> Symbol:
        """The market, as decided."""
        return self.decision.symbol

    @property
    def side(self) -> Side:
        """The direction, as decided."""
        return self.decision.side

    @property
    def is_entry(self) -> bool:
        """Whether this order raises exposure. What either its leg or its decision calls an entry, is one."""
        return self.leg is Leg.ENTRY or self.decision.action is Action.ENTER


def require_permission(order: Order) -> None:
    """Refuse an order that its decision does not cover: every venue asks before anything else.

    :class:`Order` refuses it too. This is the last door.
    """
    decision = order.decision
    if not decision.allowed or not 0 < order.quantity <= decision.quantity:
        raise Unauthorized(f"{decision.decision_id}: {decision.verdict}, {order.quantity} of {decision.quantity}")
    if (order.price is None) is not (order.type is OrderType.MARKET):
        raise Unauthorized(f"{decision.decision_id}: a {order.type} order with price {order.price}")


class VenueStatus(StrEnum):
    """An order's status in the venue's words (fact sheet 1.5); ``unrecognised`` is a word we do not know yet."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    PARTIALLY_CANCELED = "PARTIALLY_CANCELED"
    UNRECOGNISED = "UNRECOGNISED"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueOrder:
    """An order as the venue reports it. ``order_id`` is None for orders that carry no client id of anybody."""

    venue_order_id: VenueOrderId
    order_id: OrderId | None
    symbol: Symbol
    side: Side
    type: OrderType | None
    quantity: Decimal
    price: Decimal | None
    executed: Decimal
    executed_quote: Decimal
    status: VenueStatus
    created_ms: int
