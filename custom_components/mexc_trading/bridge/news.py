"""What happened to orders, in the words that automations hear."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..engine import events as ev
from ..engine.state import BookState
from ..model.ids import OrderId
from ..model.money import plain
from ..orders.states import OrderStep
from .risk_news import RiskKind, risk_news_of


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


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that happened, with its ids and figures as text. Its kind says which of the two streams it is of."""

    kind: NewsKind | RiskKind
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


def news_of(event: ev.Event, state: BookState) -> tuple[News, ...]:
    """Tell an event as news, of orders or of risk. ``state`` already contains the event."""
    of_orders, of_risk = _order_news(event, state), risk_news_of(event)
    told = () if of_orders is None else (of_orders,)
    return told if of_risk is None else (*told, News(kind=of_risk[0], attributes=of_risk[1]))


def _order_news(event: ev.Event, state: BookState) -> News | None:
    match event:
        case ev.OrderStepped() if event.step in _BY_STEP:
            attributes = _order(state, event.order_id)
            if event.cause:
                attributes["cause"] = event.cause
            return News(kind=_BY_STEP[event.step], attributes=attributes)
        case ev.FillBooked() if event.fill.order_id is not None:
            return _fill(state, event, event.fill.order_id)
        case _:
            return None


def _fill(state: BookState, event: ev.FillBooked, order_id: OrderId) -> News:
    record = state.orders[order_id]
    whole = record.booked >= record.order.quantity
    fill = event.fill
    return News(
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
