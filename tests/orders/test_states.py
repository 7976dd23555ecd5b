"""The order state machine as a table: what must hold for every row, whatever rows there are."""

from collections.abc import Iterable
from itertools import product

import pytest

from custom_components.mexc_trading.orders.states import (
    ALARMING,
    SIGHTINGS,
    TERMINAL,
    TRANSITIONS,
    UNANSWERED,
    WORKING,
    OrderState as S,
    OrderStep as E,
    advance,
)

SEEN_AT_VENUE = frozenset({S.OPEN, S.PARTIALLY_FILLED, S.CANCELING, S.FILLED, S.CANCELED})
NEVER_AT_VENUE = frozenset({S.PLANNED, S.NOT_SENT, S.REJECTED, S.NEVER_PLACED, S.EXPIRED})


def reachable(start: S, without: Iterable[tuple[S, E]] = ()) -> set[S]:
    """Give every state that can follow, over any number of steps."""
    found, new = {start}, [start]
    while new:
        state = new.pop()
        for (before, step), after in TRANSITIONS.items():
            if before is state and (before, step) not in without and after not in found:
                found.add(after)
                new.append(after)
    return found


def test_every_state_can_be_reached_from_a_plan() -> None:
    """No state is dead."""
    assert reachable(S.PLANNED) == set(S)


def test_what_was_seen_at_the_venue_is_never_taken_for_not_placed() -> None:
    """No step leads from an order that was there to one that never was."""
    for state in SEEN_AT_VENUE:
        assert reachable(state) <= SEEN_AT_VENUE


def test_sending_follows_only_a_plan_or_the_certainty_that_nothing_left() -> None:
    """Not one row sends an order again after ambiguity."""
    senders = {before for (before, _), after in TRANSITIONS.items() if after is S.SENDING and before is not S.SENDING}
    assert senders == {S.PLANNED, S.NOT_SENT}
    assert {step for (before, step), after in TRANSITIONS.items() if after is S.SENDING} == {E.SEND, E.CANCEL_ASKED}


def test_absence_can_be_proven_only_of_what_is_unknown() -> None:
    """An order that answered, or was seen, is not absent."""
    assert [pair for pair in TRANSITIONS if pair[1] is E.PROVEN_ABSENT] == [(S.UNKNOWN, E.PROVEN_ABSENT)]


def test_nothing_is_expected_in_a_terminal_state_but_late_evidence_counts() -> None:
    """A terminal state is left only toward what the venue says it did."""
    for (before, step), after in TRANSITIONS.items():
        if before in TERMINAL and after is not before:
            assert step in {*SIGHTINGS, E.ACCEPTED, E.REFUSED}
    assert not TERMINAL & (WORKING | UNANSWERED)


@pytest.mark.parametrize(("state", "step"), product([S.SENDING, S.UNKNOWN, *sorted(WORKING)], SIGHTINGS))
def test_any_sighting_is_foreseen_while_something_is_expected(state: S, step: E) -> None:
    """Whatever the venue says of an active order, the table has a row for it."""
    after = advance(state, step)
    assert after is not None
    if step in (E.SEEN_FILLED, E.SEEN_CANCELED):
        assert after is SIGHTINGS[step]


def test_a_sighting_of_what_certainly_was_not_there_is_followed_and_alarming() -> None:
    """A certainty was wrong: the order counts from then on, and a person is called."""
    for state in NEVER_AT_VENUE - {S.PLANNED}:
        for step in (*SIGHTINGS, E.ACCEPTED):
            assert advance(state, step) in SEEN_AT_VENUE
            assert (state, step) in ALARMING
    assert set(TRANSITIONS) >= ALARMING


def test_the_same_news_twice_is_no_illegal_transition() -> None:
    """Answers come doubled and out of order."""
    for (_before, step), after in TRANSITIONS.items():
        if step in (*SIGHTINGS, E.ACCEPTED, E.CANCEL_ASKED, E.WRITTEN_OFF):
            assert advance(after, step) is not None or step in (E.CANCEL_ASKED, E.SEEN_SOMEHOW), (after, step)


def test_a_cancelled_order_that_filled_is_filled() -> None:
    """The race between cancel and fill ends with what happened."""
    assert advance(S.CANCELED, E.SEEN_FILLED) is S.FILLED
    assert advance(S.CANCELING, E.SEEN_FILLED) is S.FILLED
    assert advance(S.FILLED, E.SEEN_CANCELED) is None


def test_a_pair_that_is_not_listed_is_illegal() -> None:
    """There are such pairs, and they say so."""
    assert advance(S.PLANNED, E.ACCEPTED) is None
    assert advance(S.REJECTED, E.SEND) is None
    assert advance(S.UNKNOWN, E.SEND) is None
    assert advance(S.OPEN, E.PROVEN_ABSENT) is None
