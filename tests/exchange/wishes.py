"""Orders to try with, each covered by a decision as every order is."""

from dataclasses import replace
from decimal import Decimal
from itertools import count

from custom_components.mexc_trading.model.decision import Decision, Findings, Verdict
from custom_components.mexc_trading.model.ids import BookName, DecisionId, OrderId, SignalId, StrategyId, Symbol
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.order import Leg, Order
from custom_components.mexc_trading.model.signal import Action

BTCUSDT = Symbol("BTCUSDT")
_numbers = count(1)


def decision(
    *,
    side: Side = Side.BUY,
    order_type: OrderType = OrderType.LIMIT,
    quantity: str = "0.001",
    price: str | None = "90000.1",
    symbol: str = BTCUSDT,
    action: Action = Action.ENTER,
) -> Decision:
    """Make an allowing decision."""
    number = next(_numbers)
    return Decision(
        decision_id=DecisionId(f"d{number}"),
        decision_hash=f"{number:064x}",
        book=BookName("live"),
        strategy=StrategyId("s"),
        signal_id=SignalId(f"signal-{number}"),
        symbol=Symbol(symbol),
        action=action,
        side=side,
        order_type=order_type,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
        verdict=Verdict.ALLOW,
        results=Findings(),
        decided_at_ns=0,
        limits_hash="0" * 64,
    )


def order(
    *,
    side: Side = Side.BUY,
    order_type: OrderType = OrderType.LIMIT,
    quantity: str = "0.001",
    price: str | None = "90000.1",
    symbol: str = BTCUSDT,
    leg: Leg = Leg.ENTRY,
    order_id: str | None = None,
) -> Order:
    """Make an order that its decision covers."""
    action = Action.ENTER if leg is Leg.ENTRY else Action.EXIT
    permit = decision(side=side, order_type=order_type, quantity=quantity, price=price, symbol=symbol, action=action)
    return Order(
        order_id=OrderId(order_id or f"ha{next(_numbers):020d}"),
        decision=permit,
        leg=leg,
        attempt=0,
        type=order_type,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
    )


def unpermitted(wanted: Order) -> Order:
    """Turn an order's decision into a denial behind its back, as only a bug could."""
    denied = replace(wanted.decision, verdict=Verdict.DENY)
    object.__setattr__(wanted, "decision", denied)
    return wanted
