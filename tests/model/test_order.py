"""An order cannot be made without a decision that covers it."""

import pytest

from custom_components.mexc_trading.model.decision import Verdict
from custom_components.mexc_trading.model.order import Leg, Unauthorized
from custom_components.mexc_trading.model.signal import Action
from tests.orders.samples import decision, order


@pytest.mark.parametrize("verdict", [Verdict.DENY, Verdict.NEEDS_APPROVAL])
def test_a_decision_that_does_not_allow_makes_no_order(verdict: Verdict) -> None:
    """Denied, or not approved yet."""
    with pytest.raises(Unauthorized, match="verdict"):
        order(permit=decision(verdict=verdict))


@pytest.mark.parametrize("quantity", ["0", "-1", "1.001"])
def test_an_order_is_not_larger_than_decided_and_never_empty(quantity: str) -> None:
    """Up to the decided quantity."""
    assert order(quantity="1").quantity == order(quantity="0.001").quantity * 1000
    with pytest.raises(Unauthorized, match="quantity"):
        order(quantity=quantity)


def test_an_order_is_not_at_a_worse_price_than_decided() -> None:
    """A buyer pays no more, a seller takes no less; better is allowed."""
    assert order(price="99").price is not None
    with pytest.raises(Unauthorized, match="price"):
        order(price="100.1")
    exit_ = decision(action=Action.EXIT)
    assert order(permit=exit_, leg=Leg.CLOSE, price="101").price is not None
    with pytest.raises(Unauthorized, match="price"):
        order(permit=exit_, leg=Leg.CLOSE, price="99.9")


@pytest.mark.parametrize(
    ("action", "leg", "entry"),
    [
        (Action.ENTER, Leg.ENTRY, True),
        (Action.ENTER, Leg.CLOSE, True),
        (Action.EXIT, Leg.ENTRY, True),
        (Action.EXIT, Leg.CLOSE, False),
        (Action.EXIT, Leg.STOP, False),
    ],
)
def test_what_either_decision_or_leg_calls_an_entry_is_stopped_like_one(
    action: Action, leg: Leg, *, entry: bool
) -> None:
    """No mislabelled order slips past what stops entries."""
    price = "100"
    assert order(permit=decision(action=action), leg=leg, price=price).is_entry is entry
