"""The order state machine as data (design section 5).

A pair that is not in the table is an illegal transition: it is journaled, the symbol is held, and the fact is kept.
Terminal states can be reopened by late evidence, because the venue's word about what it did always counts.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class OrderState(StrEnum):
    """Where an order stands, as far as we know."""

    PLANNED = "planned"
    SENDING = "sending"
    OPEN = "open"
    PARTIALLY_FILLED = "partially_filled"
    CANCELING = "canceling"
    UNKNOWN = "unknown"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    NEVER_PLACED = "never_placed"


class OrderStep(StrEnum):
    """What happened to an order."""

    SEND = "send"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOTHING_SENT = "nothing_sent"
    NO_ANSWER = "no_answer"
    SEEN_OPEN = "seen_open"
    SEEN_PARTIAL = "seen_partial"
    SEEN_FILLED = "seen_filled"
    SEEN_CANCELED = "seen_canceled"
    SEEN_EXPIRED = "seen_expired"
    CANCEL_ASKED = "cancel_asked"
    PROVEN_ABSENT = "proven_absent"


_S = OrderState
_E = OrderStep

TERMINAL: Final = frozenset({_S.FILLED, _S.CANCELED, _S.EXPIRED, _S.REJECTED, _S.NOT_SENT, _S.NEVER_PLACED})
"""States in which nothing more is expected of the venue."""

IN_FLIGHT: Final = frozenset({_S.PLANNED, _S.SENDING, _S.UNKNOWN, _S.CANCELING})
"""States whose true effect is not known yet: they count fully toward every limit."""

WORKING: Final = frozenset({_S.OPEN, _S.PARTIALLY_FILLED, _S.CANCELING})
"""States in which the venue can be asked to cancel."""

_SEEN: Final[Mapping[OrderStep, OrderState]] = {
    _E.SEEN_OPEN: _S.OPEN,
    _E.SEEN_PARTIAL: _S.PARTIALLY_FILLED,
    _E.SEEN_FILLED: _S.FILLED,
    _E.SEEN_CANCELED: _S.CANCELED,
    _E.SEEN_EXPIRED: _S.EXPIRED,
}

TRANSITIONS: Final[Mapping[tuple[OrderState, OrderStep], OrderState]] = {
    (_S.PLANNED, _E.SEND): _S.SENDING,
    # A planned order that was never released (crash, hold raised meanwhile) is certainly not at the venue.
    (_S.PLANNED, _E.NOTHING_SENT): _S.NOT_SENT,
    (_S.SENDING, _E.ACCEPTED): _S.OPEN,
    (_S.SENDING, _E.REFUSED): _S.REJECTED,
    (_S.SENDING, _E.NOTHING_SENT): _S.NOT_SENT,
    (_S.SENDING, _E.NO_ANSWER): _S.UNKNOWN,
    # A stream or a look-up can be faster than the answer to the request itself.
    **{(_S.SENDING, step): state for step, state in _SEEN.items()},
    # An order that was certainly not sent may be released once more with the same id.
    (_S.NOT_SENT, _E.SEND): _S.SENDING,
    **{(_S.UNKNOWN, step): state for step, state in _SEEN.items()},
    (_S.UNKNOWN, _E.PROVEN_ABSENT): _S.NEVER_PLACED,
    # The late answer of a request whose caller had given up: the best evidence there is.
    (_S.UNKNOWN, _E.ACCEPTED): _S.OPEN,
    (_S.UNKNOWN, _E.REFUSED): _S.REJECTED,
    # After a crash nobody knows any more whether this one had been resolved; it is looked up again.
    (_S.UNKNOWN, _E.NO_ANSWER): _S.UNKNOWN,
    **{(_S.OPEN, step): state for step, state in _SEEN.items()},
    # The acknowledgement that comes after a look-up already saw the order.
    (_S.OPEN, _E.ACCEPTED): _S.OPEN,
    (_S.OPEN, _E.CANCEL_ASKED): _S.CANCELING,
    **{(_S.PARTIALLY_FILLED, step): state for step, state in _SEEN.items()},
    (_S.PARTIALLY_FILLED, _E.ACCEPTED): _S.PARTIALLY_FILLED,
    # An older view that arrives late does not undo a fill: the state stays.
    (_S.PARTIALLY_FILLED, _E.SEEN_OPEN): _S.PARTIALLY_FILLED,
    (_S.PARTIALLY_FILLED, _E.CANCEL_ASKED): _S.CANCELING,
    **{(_S.CANCELING, step): state for step, state in _SEEN.items()},
    # Still open while the cancel is on its way; it is asked again if this lasts.
    (_S.CANCELING, _E.SEEN_OPEN): _S.CANCELING,
    (_S.CANCELING, _E.SEEN_PARTIAL): _S.CANCELING,
    (_S.CANCELING, _E.ACCEPTED): _S.CANCELING,
    (_S.CANCELING, _E.CANCEL_ASKED): _S.CANCELING,
    # Late evidence about orders that we took for finished. Repeats of the same news change nothing.
    (_S.FILLED, _E.SEEN_FILLED): _S.FILLED,
    (_S.FILLED, _E.ACCEPTED): _S.FILLED,
    (_S.FILLED, _E.SEEN_OPEN): _S.FILLED,
    (_S.FILLED, _E.SEEN_PARTIAL): _S.FILLED,
    (_S.CANCELED, _E.SEEN_CANCELED): _S.CANCELED,
    (_S.CANCELED, _E.ACCEPTED): _S.CANCELED,
    # A read that left before the cancel took effect.
    (_S.CANCELED, _E.SEEN_OPEN): _S.CANCELED,
    (_S.CANCELED, _E.SEEN_PARTIAL): _S.CANCELED,
    (_S.CANCELED, _E.SEEN_FILLED): _S.FILLED,
    (_S.EXPIRED, _E.SEEN_EXPIRED): _S.EXPIRED,
    (_S.EXPIRED, _E.SEEN_FILLED): _S.FILLED,
    **{(_S.NEVER_PLACED, step): state for step, state in _SEEN.items()},
}
"""``{(state, step): next state}``. Rows with a comment are the odd ones."""


def advance(state: OrderState, step: OrderStep) -> OrderState | None:
    """Give the next state, or None for an illegal transition."""
    return TRANSITIONS.get((state, step))
