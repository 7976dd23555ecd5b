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
    """It was never sent, and is too old or no longer wanted."""

    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    """Nothing of it left yet; it waits to be sent again, or for its time to run out."""

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
    SEEN_SOMEHOW = "seen_somehow"
    """The venue knows it, in a status that we do not."""

    CANCEL_ASKED = "cancel_asked"
    PROVEN_ABSENT = "proven_absent"
    GIVEN_UP = "given_up"
    """It waited to be sent again, and will not be."""

    WRITTEN_OFF = "written_off"
    """A person said that nothing more will come of it."""


_S = OrderState
_E = OrderStep

TERMINAL: Final = frozenset({_S.FILLED, _S.CANCELED, _S.EXPIRED, _S.REJECTED, _S.NEVER_PLACED})
"""States in which nothing more is expected of anybody."""

WORKING: Final = frozenset({_S.OPEN, _S.PARTIALLY_FILLED, _S.CANCELING})
"""States in which the venue can be asked to cancel."""

UNANSWERED: Final = frozenset({_S.SENDING, _S.UNKNOWN})
"""States in which nobody knows whether the venue has it."""

SIGHTINGS: Final[Mapping[OrderStep, OrderState]] = {
    _E.SEEN_OPEN: _S.OPEN,
    _E.SEEN_PARTIAL: _S.PARTIALLY_FILLED,
    _E.SEEN_FILLED: _S.FILLED,
    _E.SEEN_CANCELED: _S.CANCELED,
    _E.SEEN_SOMEHOW: _S.OPEN,
}
"""What the venue says of an order when it is looked up, and the state that it means."""

_REOPENED: Final[Mapping[OrderStep, OrderState]] = {**SIGHTINGS, _E.ACCEPTED: _S.OPEN}

TRANSITIONS: Final[Mapping[tuple[OrderState, OrderStep], OrderState]] = {
    (_S.PLANNED, _E.SEND): _S.SENDING,
    # A planned order that was never released (crash, hold raised meanwhile) is certainly not at the venue.
    (_S.PLANNED, _E.NOTHING_SENT): _S.NOT_SENT,
    (_S.SENDING, _E.ACCEPTED): _S.OPEN,
    (_S.SENDING, _E.REFUSED): _S.REJECTED,
    (_S.SENDING, _E.NOTHING_SENT): _S.NOT_SENT,
    (_S.SENDING, _E.NO_ANSWER): _S.UNKNOWN,
    # A stream or a look-up can be faster than the answer to the request itself.
    **{(_S.SENDING, step): state for step, state in SIGHTINGS.items()},
    # Wishes to cancel that come before the venue has acknowledged: remembered on the order, acted on once it is seen.
    (_S.SENDING, _E.CANCEL_ASKED): _S.SENDING,
    (_S.UNKNOWN, _E.CANCEL_ASKED): _S.UNKNOWN,
    # An order that was certainly not sent may be released once more with the same id.
    (_S.NOT_SENT, _E.SEND): _S.SENDING,
    (_S.NOT_SENT, _E.GIVEN_UP): _S.EXPIRED,
    **{(_S.UNKNOWN, step): state for step, state in SIGHTINGS.items()},
    (_S.UNKNOWN, _E.PROVEN_ABSENT): _S.NEVER_PLACED,
    # The late answer of a request whose caller had given up: the best evidence there is.
    (_S.UNKNOWN, _E.ACCEPTED): _S.OPEN,
    (_S.UNKNOWN, _E.REFUSED): _S.REJECTED,
    (_S.UNKNOWN, _E.NOTHING_SENT): _S.NOT_SENT,
    (_S.NEVER_PLACED, _E.REFUSED): _S.REJECTED,
    # After a crash nobody knows any more whether this one had been resolved; it is looked up again.
    (_S.UNKNOWN, _E.NO_ANSWER): _S.UNKNOWN,
    **{(_S.OPEN, step): state for step, state in SIGHTINGS.items()},
    # The acknowledgement that comes after a look-up already saw the order.
    (_S.OPEN, _E.ACCEPTED): _S.OPEN,
    (_S.OPEN, _E.CANCEL_ASKED): _S.CANCELING,
    **{(_S.PARTIALLY_FILLED, step): state for step, state in SIGHTINGS.items()},
    (_S.PARTIALLY_FILLED, _E.ACCEPTED): _S.PARTIALLY_FILLED,
    # An older view that arrives late does not undo a fill: the state stays.
    (_S.PARTIALLY_FILLED, _E.SEEN_OPEN): _S.PARTIALLY_FILLED,
    (_S.PARTIALLY_FILLED, _E.SEEN_SOMEHOW): _S.PARTIALLY_FILLED,
    (_S.PARTIALLY_FILLED, _E.CANCEL_ASKED): _S.CANCELING,
    **{(_S.CANCELING, step): state for step, state in SIGHTINGS.items()},
    # Still open while the cancel is on its way; it is asked again if this lasts.
    (_S.CANCELING, _E.SEEN_OPEN): _S.CANCELING,
    (_S.CANCELING, _E.SEEN_PARTIAL): _S.CANCELING,
    (_S.CANCELING, _E.SEEN_SOMEHOW): _S.CANCELING,
    (_S.CANCELING, _E.ACCEPTED): _S.CANCELING,
    (_S.CANCELING, _E.CANCEL_ASKED): _S.CANCELING,
    # The request's answer never came, but the order had been seen meanwhile: silence says nothing against that.
    **{(state, _E.NO_ANSWER): state for state in (*WORKING, _S.FILLED, _S.CANCELED)},
    # A person gives up on what the venue no longer tells anything about.
    **{(state, _E.WRITTEN_OFF): _S.CANCELED for state in (_S.UNKNOWN, *WORKING, _S.CANCELED)},
    (_S.FILLED, _E.WRITTEN_OFF): _S.FILLED,
    # News about finished orders. Repeats, and reads that left before the end, change nothing.
    (_S.FILLED, _E.SEEN_FILLED): _S.FILLED,
    (_S.FILLED, _E.ACCEPTED): _S.FILLED,
    (_S.FILLED, _E.SEEN_OPEN): _S.FILLED,
    (_S.FILLED, _E.SEEN_PARTIAL): _S.FILLED,
    (_S.FILLED, _E.SEEN_SOMEHOW): _S.FILLED,
    (_S.CANCELED, _E.SEEN_CANCELED): _S.CANCELED,
    (_S.CANCELED, _E.ACCEPTED): _S.CANCELED,
    (_S.CANCELED, _E.SEEN_OPEN): _S.CANCELED,
    (_S.CANCELED, _E.SEEN_PARTIAL): _S.CANCELED,
    (_S.CANCELED, _E.SEEN_SOMEHOW): _S.CANCELED,
    (_S.CANCELED, _E.SEEN_FILLED): _S.FILLED,
    # The venue has an order that we were certain it did not have: see ALARMING.
    **{(_S.NEVER_PLACED, step): state for step, state in _REOPENED.items()},
    **{(_S.NOT_SENT, step): state for step, state in _REOPENED.items()},
    **{(_S.EXPIRED, step): state for step, state in _REOPENED.items()},
    **{(_S.REJECTED, step): state for step, state in _REOPENED.items()},
}
"""``{(state, step): next state}``. Rows with a comment are the odd ones."""

ALARMING: Final = frozenset(
    (state, step) for state in (_S.NEVER_PLACED, _S.NOT_SENT, _S.EXPIRED, _S.REJECTED) for step in _REOPENED
)
"""Pairs in the table that must never come about. The order follows the evidence, so that it counts toward every limit
and can be cancelled, but a certainty was wrong: the symbol is held as for an illegal transition."""


def advance(state: OrderState, step: OrderStep) -> OrderState | None:
    """Give the next state, or None for an illegal transition."""
    return TRANSITIONS.get((state, step))
