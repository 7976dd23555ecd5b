"""What happened to orders, in the words that automations hear."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..engine import events as ev
from ..engine.state import BookState
from ..model.decision import Decision, RuleName, Verdict
from ..model.ids import OrderId
from ..model.money import plain
from ..orders.states import OrderStep


class NewsKind(StrEnum):
    """The event types of the ``orders`` event entity."""

    ACCEPTED = "accepted"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    NEVER_PLACED = "never_placed"
    DENIED = "denied"
    NEEDS_APPROVAL = "needs_approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNews:
    """One thing that happened, with its ids and figures as text."""

    kind: NewsKind
    attributes: dict[str, str]


_BY_STEP: Final[Mapping[OrderStep, NewsKind]] = {
    OrderStep.ACCEPTED: NewsKind.ACCEPTED,
    OrderStep.REFUSED: NewsKind.REJECTED,
    OrderStep.NOTHING_SENT: NewsKind.NOT_SENT,
    OrderStep.NO_ANSWER: NewsKind.UNKNOWN,
    OrderStep.SEEN_CANCELED: NewsKind.CANCELED,
    OrderStep.GIVEN_UP: NewsKind.EXPIRED,
    OrderStep.PROVEN_ABSENT: NewsKind.NEVER_PLACED,
}


def news_of(event: ev.Event, state: BookState) -> OrderNews | None:
    """Tell an event as news; None when it is none. ``state`` already contains the event."""
    match event:
        case ev.SignalDecided() if event.decision.verdict is Verdict.NEEDS_APPROVAL:
            return OrderNews(kind=NewsKind.NEEDS_APPROVAL, attributes=_question(event.decision))
        case ev.SignalDecided() if not event.decision.allowed:
            return OrderNews(kind=NewsKind.DENIED, attributes=_denial(event.decision))
        case ev.OrderStepped() if event.step in _BY_STEP:
            attributes = _order(state, event.order_id)
            if event.cause:
                attributes["cause"] = event.cause
            return OrderNews(kind=_BY_STEP[event.step], attributes=attributes)
        case ev.FillBooked() if event.fill.order_id is not None:
            return _fill(state, event, event.fill.order_id)
        case _:
            return None


def _fill(state: BookState, event: ev.FillBooked, order_id: OrderId) -> OrderNews:
    record = state.orders[order_id]
    whole = record.booked >= record.order.quantity
    fill = event.fill
    return OrderNews(
        kind=NewsKind.FILLED if whole else NewsKind.PARTIALLY_FILLED,
        attributes={
            **_order(state, order_id),
            "fill_id": fill.fill_id,
            "fill_quantity": plain(fill.quantity),
            "fill_price": plain(fill.price),
            "fee": plain(fill.fee),
            "fee_asset": fill.fee_asset,
        },
    )


def _order(state: BookState, order_id: OrderId) -> dict[str, str]:
    order = state.orders[order_id].order
    return {
        "order_id": order_id,
        "decision_id": order.decision.decision_id,
        "signal_id": order.decision.signal_id,
        "symbol": order.symbol,
        "side": order.side.value,
        "leg": order.leg.value,
        "quantity": plain(order.quantity),
    }


def _question(decision: Decision) -> dict[str, str]:
    """Say what a person is asked about: enough for a notification with two buttons."""
    asked = next(result for result in decision.results if result.rule is RuleName.APPROVAL)
    return {
        **_decision(decision),
        "side": decision.side.value,
        "quantity": plain(decision.quantity),
        "limit": asked.limit,
        "value": asked.value,
        "unit": asked.unit,
    }


def _denial(decision: Decision) -> dict[str, str]:
    first = decision.denials[0]
    return {
        **_decision(decision),
        "rule": first.rule.value,
        "limit": first.limit,
        "value": first.value,
        "unit": first.unit,
    }


def _decision(decision: Decision) -> dict[str, str]:
    return {
        "decision_id": decision.decision_id,
        "signal_id": decision.signal_id,
        "symbol": decision.symbol,
        "action": decision.action.value,
    }
