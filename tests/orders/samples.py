"""An order and its record, to be varied."""

from decimal import Decimal

from custom_components.mexc_trading.model.decision import Decision, Findings, Verdict
from custom_components.mexc_trading.model.ids import PERSON, BookName, DecisionId, OrderId, SignalId
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.order import Leg, Order
from custom_components.mexc_trading.model.signal import Action
from custom_components.mexc_trading.orders.record import OrderRecord
from custom_components.mexc_trading.orders.states import OrderState
from tests.engine.market import BTC, NOW


def decision(
    *,
    action: Action = Action.ENTER,
    quantity: str = "1",
    price: str | None = "100",
    verdict: Verdict = Verdict.ALLOW,
) -> Decision:
    """Make a decision."""
    return Decision(
        decision_id=DecisionId("decision"),
        decision_hash="00" * 32,
        book=BookName("live"),
        strategy=PERSON,
        signal_id=SignalId("signal"),
        symbol=BTC,
        action=action,
        side=Side.BUY if action is Action.ENTER else Side.SELL,
        order_type=OrderType.LIMIT,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
        verdict=verdict,
        results=Findings(),
        decided_at_ns=NOW,
        limits_hash="",
    )


def order(
    *,
    permit: Decision | None = None,
    leg: Leg = Leg.ENTRY,
    kind: OrderType = OrderType.LIMIT,
    quantity: str = "1",
    price: str | None = "100",
) -> Order:
    """Make an order."""
    return Order(
        order_id=OrderId("order"),
        decision=permit or decision(),
        leg=leg,
        attempt=0,
        type=kind,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
    )


def record(state: OrderState = OrderState.OPEN, **fields: object) -> OrderRecord:
    """Make a record."""
    return OrderRecord(order=order(), state=state, planned_ns=NOW, **fields)  # type: ignore[arg-type]
