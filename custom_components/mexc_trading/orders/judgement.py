"""What the venue's words mean for an order: from outcomes and reports to steps of the state machine. Pure tables."""

from collections.abc import Mapping
from typing import Final

from ..model.order import Order, VenueOrder, VenueStatus
from ..model.outcome import (
    Absent,
    Accepted,
    CancelAccepted,
    CancelOutcome,
    NotSent,
    Rejected,
    SubmitOutcome,
    Throttled,
    Unavailable,
)
from .states import OrderStep

_STATUS_STEP: Final[Mapping[VenueStatus, OrderStep]] = {
    VenueStatus.NEW: OrderStep.SEEN_OPEN,
    VenueStatus.PARTIALLY_FILLED: OrderStep.SEEN_PARTIAL,
    VenueStatus.FILLED: OrderStep.SEEN_FILLED,
    VenueStatus.CANCELED: OrderStep.SEEN_CANCELED,
    # Terminal with fills; several bots hang because they take it for open (fact sheet 8, pitfalls 3 and 4).
    VenueStatus.PARTIALLY_CANCELED: OrderStep.SEEN_CANCELED,
    # A word nobody knows proves only that the order exists: nothing more is concluded from it.
    VenueStatus.UNRECOGNISED: OrderStep.SEEN_SOMEHOW,
}


def submit_step(outcome: SubmitOutcome) -> OrderStep:
    """Give the step that an answer to a submit means.

    A throttled create counts as unanswered: it is looked up before anything else (design section 5).
    """
    match outcome:
        case Accepted():
            return OrderStep.ACCEPTED
        case Rejected():
            return OrderStep.REFUSED
        case NotSent():
            return OrderStep.NOTHING_SENT
        case _:  # Throttled and ambiguous.
            return OrderStep.NO_ANSWER


def in_words(outcome: SubmitOutcome | CancelOutcome | Absent | Unavailable) -> str:
    """Name what came back for the journal: a class and a code or cause of our own, never the venue's text."""
    match outcome:
        case Accepted() | CancelAccepted():
            return "accepted"
        case Rejected():
            return f"{outcome.refusal}:{outcome.code}"
        case Throttled():
            return "banned" if outcome.banned else "throttled"
        case Absent():
            return "absent"
        case _:  # Not sent, ambiguous, or unavailable: each with a cause of our own.
            return outcome.cause


def report_step(report: VenueOrder) -> OrderStep:
    """Give the step that a venue's order report means."""
    return _STATUS_STEP[report.status]


def mismatch(order: Order, seen: Accepted | VenueOrder) -> str:
    """Name the first field in which the venue's words differ from what was asked; empty when they agree.

    Fields that the venue left out are not compared. A market order has no price to compare.
    """
    if seen.symbol is not None and seen.symbol != order.symbol:
        return "symbol"
    if seen.side is not None and seen.side is not order.side:
        return "side"
    if seen.type is not None and seen.type is not order.type:
        return "type"
    if seen.price is not None and order.price is not None and seen.price != order.price:
        return "price"
    if seen.quantity is not None and seen.quantity != order.quantity:
        return "quantity"
    return ""
