"""What the venue's words mean for an order."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.model.ids import OrderId, Symbol, VenueOrderId
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import (
    Absent,
    Accepted,
    Ambiguous,
    CancelAccepted,
    CancelOutcome,
    NotSent,
    RefusalClass,
    Rejected,
    SubmitOutcome,
    Throttled,
    Unavailable,
)
from custom_components.mexc_trading.orders.judgement import in_words, mismatch, report_step, submit_step
from custom_components.mexc_trading.orders.states import OrderStep
from tests.engine.market import BTC, report

from .samples import order

ACCEPTED = Accepted(
    venue_order_id=VenueOrderId("V1"),
    symbol=BTC,
    side=Side.BUY,
    type=OrderType.LIMIT,
    price=Decimal(100),
    quantity=Decimal(1),
)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (ACCEPTED, "accepted"),
        (CancelAccepted(), "accepted"),
        (Rejected(code=30004, refusal=RefusalClass.FUNDS, message="the venue's own text"), "funds:30004"),
        (Throttled(retry_after_s=None, banned=False), "throttled"),
        (Throttled(retry_after_s=None, banned=True), "banned"),
        (Absent(), "absent"),
        (NotSent(cause="dns"), "dns"),
        (Ambiguous(cause="reset"), "reset"),
        (Unavailable(cause="timeout"), "timeout"),
    ],
)
def test_what_came_back_has_a_word_of_ours(
    outcome: SubmitOutcome | CancelOutcome | Absent | Unavailable, words: str
) -> None:
    """It is journaled for years; the venue's text never is."""
    assert in_words(outcome) == words


def altered(field: str, value: object) -> Accepted:
    """Give the acknowledgement with one field changed."""
    acknowledgement = replace(ACCEPTED)
    object.__setattr__(acknowledgement, field, value)
    return acknowledgement


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        (ACCEPTED, OrderStep.ACCEPTED),
        (Rejected(code=1, refusal=RefusalClass.FUNDS, message=""), OrderStep.REFUSED),
        (NotSent(cause=""), OrderStep.NOTHING_SENT),
        (Throttled(retry_after_s=None, banned=False), OrderStep.NO_ANSWER),
        (Throttled(retry_after_s=None, banned=True), OrderStep.NO_ANSWER),
        (Ambiguous(cause=""), OrderStep.NO_ANSWER),
    ],
)
def test_each_answer_to_a_submit_is_one_step(outcome: SubmitOutcome, step: OrderStep) -> None:
    """Only what is certain is taken for certain."""
    assert submit_step(outcome) is step


@pytest.mark.parametrize("status", VenueStatus)
def test_each_status_is_one_step(status: VenueStatus) -> None:
    """A partly cancelled order has ended; several bots wait for it for ever."""
    steps = {
        VenueStatus.NEW: OrderStep.SEEN_OPEN,
        VenueStatus.PARTIALLY_FILLED: OrderStep.SEEN_PARTIAL,
        VenueStatus.FILLED: OrderStep.SEEN_FILLED,
        VenueStatus.CANCELED: OrderStep.SEEN_CANCELED,
        VenueStatus.PARTIALLY_CANCELED: OrderStep.SEEN_CANCELED,
        VenueStatus.UNRECOGNISED: OrderStep.SEEN_SOMEHOW,
    }
    assert report_step(report(OrderId("x"), status)) is steps[status]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("symbol", Symbol("ETHUSDT")),
        ("side", Side.SELL),
        ("type", OrderType.IOC),
        ("price", Decimal("100.1")),
        ("quantity", Decimal("1.001")),
    ],
)
def test_each_field_that_differs_is_named(field: str, value: object) -> None:
    """And a field that was left out is not compared."""
    assert mismatch(order(), ACCEPTED) == ""
    assert mismatch(order(), altered(field, value)) == field
    assert mismatch(order(), altered(field, None)) == ""


def test_the_same_number_written_otherwise_is_no_mismatch() -> None:
    """The venue pads with zeros."""
    assert mismatch(order(), replace(ACCEPTED, price=Decimal("100.000"), quantity=Decimal("1.0"))) == ""


def test_a_market_order_has_no_price_to_compare() -> None:
    """The venue answers with one all the same."""
    market = order(kind=OrderType.MARKET, price=None)
    assert mismatch(market, replace(ACCEPTED, type=OrderType.MARKET)) == ""
