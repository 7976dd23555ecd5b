"""What an order still owes, and what it still may do."""

from decimal import Decimal

import pytest

from custom_components.mexc_trading.orders.absence import absent_everywhere, believable_from_ns, proven_absent
from custom_components.mexc_trading.orders.states import TERMINAL, OrderState
from tests.engine.market import MS, NOW, S

from .samples import record

ALL_ABSENT = ("absent",) * 4


@pytest.mark.parametrize("state", OrderState)
def test_an_order_is_active_until_it_has_ended_and_its_trades_are_booked(state: OrderState) -> None:
    """In flight and unknown ones count in full."""
    done = state in TERMINAL
    assert record(state).active is not done
    assert record(state).remaining == record(state).pending == (0 if done else 1)
    assert record(state, executed=Decimal("0.6"), booked=Decimal("0.2")).active
    owing = record(state, executed=Decimal("0.6"), booked=Decimal("0.2"))
    assert owing.pending == (Decimal("0.4") if done else Decimal("0.8"))


def test_an_order_that_was_written_off_owes_nothing() -> None:
    """A person said so."""
    lost = record(OrderState.CANCELED, executed=Decimal(1), written_off=True)
    assert not lost.active
    assert lost.pending == 0


def test_more_booked_than_asked_for_leaves_nothing_to_come() -> None:
    """Never a negative quantity."""
    assert record(OrderState.OPEN, booked=Decimal(2), executed=Decimal(2)).remaining == 0
    assert record(OrderState.FILLED, booked=Decimal(2), executed=Decimal(1)).pending == 0


def test_absence_is_believed_sixteen_seconds_after_the_last_possible_signature() -> None:
    """Whichever came later: the release, or the news that no answer would come."""
    assert believable_from_ns(record(sent_ns=NOW)) == NOW + 16 * S
    assert believable_from_ns(record(sent_ns=NOW, unanswered_ns=NOW + 8 * S)) == NOW + 24 * S


@pytest.mark.parametrize("state", OrderState)
def test_only_an_unknown_order_that_did_nothing_can_be_proven_absent(state: OrderState) -> None:
    """One ns before the time, or one coin executed, is no proof."""
    unknown = state is OrderState.UNKNOWN
    asked = record(state, sent_ns=NOW)
    assert proven_absent(asked, said=ALL_ABSENT, searched_ns=NOW + 16 * S, now_ns=NOW + 17 * S) is unknown
    assert not proven_absent(asked, said=ALL_ABSENT, searched_ns=NOW + 16 * S - MS, now_ns=NOW + 17 * S)
    assert not proven_absent(asked, said=ALL_ABSENT, searched_ns=NOW + 16 * S, now_ns=NOW + 16 * S - 1)
    traded = record(state, sent_ns=NOW, executed=Decimal("0.1"), booked=Decimal("0.1"))
    assert not proven_absent(traded, said=ALL_ABSENT, searched_ns=NOW + 16 * S, now_ns=NOW + 17 * S)


def test_every_place_must_have_answered() -> None:
    """Nobody asked is nobody absent."""
    assert absent_everywhere(ALL_ABSENT)
    assert not absent_everywhere(("absent", "absent", "timeout", "absent"))
    assert not absent_everywhere(())
