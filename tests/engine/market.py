"""One small market and the wishes about it that engine tests share.

BTCUSDT: bid 99.9, ask 100, tick 0.1, lot 0.001, at least 1 USDT. Times are ns.
"""

from decimal import Decimal
from typing import Final

from custom_components.mexc_trading.model.fill import Fill
from custom_components.mexc_trading.model.ids import (
    PERSON,
    Asset,
    BookName,
    FillId,
    OrderId,
    SignalId,
    StrategyId,
    Symbol,
    VenueOrderId,
)
from custom_components.mexc_trading.model.market import Instrument, OrderType, Quote, Side
from custom_components.mexc_trading.model.order import VenueOrder, VenueStatus
from custom_components.mexc_trading.model.signal import Action, Signal, Size, SizeBasis
from custom_components.mexc_trading.risk.limits import Limits

S: Final = 1_000_000_000
MS: Final = 1_000_000
NOW: Final = 1_790_000_000 * S
SECRET: Final = b"a secret of an install, for tests"
LIVE: Final = BookName("live")
USDT: Final = Asset("USDT")
BTC: Final = Symbol("BTCUSDT")
ETH: Final = Symbol("ETHUSDT")
MX: Final = Symbol("MXUSDT")
LIMITS: Final = Limits(symbols=frozenset({BTC, ETH}))


def instrument(symbol: Symbol = BTC) -> Instrument:
    """Give the terms of a symbol in USDT."""
    return Instrument(
        symbol=symbol,
        base=Asset(symbol.removesuffix("USDT")),
        quote=USDT,
        tick=Decimal("0.1"),
        lot=Decimal("0.001"),
        min_quantity=Decimal("0.001"),
        min_notional=Decimal(1),
        min_notional_market=Decimal(1),
        max_notional=Decimal(1_000_000),
        max_notional_market=Decimal(1_000_000),
        order_types=frozenset(OrderType),
        sides=frozenset(Side),
        tradable=True,
        taker_fee=Decimal("0.0005"),
        maker_fee=Decimal(0),
    )


def quote(symbol: Symbol = BTC, bid: str = "99.9", ask: str = "100", at_ns: int = NOW) -> Quote:
    """Give a price."""
    return Quote(symbol=symbol, bid=Decimal(bid), ask=Decimal(ask), at_ns=at_ns)


def entry(
    name: str = "in",
    *,
    quantity: str = "1",
    symbol: Symbol = BTC,
    order_type: OrderType = OrderType.LIMIT,
    price: str | None = "100",
    at_ns: int = NOW,
    strategy: StrategyId = PERSON,
) -> Signal:
    """Wish to buy, for 30 s."""
    return Signal(
        book=LIVE,
        strategy=strategy,
        signal_id=SignalId(name),
        issued_at_ns=at_ns,
        symbol=symbol,
        action=Action.ENTER,
        side=Side.BUY,
        order_type=order_type,
        price=None if price is None or order_type is OrderType.MARKET else Decimal(price),
        size=Size(basis=SizeBasis.QUANTITY, value=Decimal(quantity)),
        valid_for_s=30,
    )


def leave(name: str = "out", *, quantity: str | None = None, symbol: Symbol = BTC, at_ns: int = NOW) -> Signal:
    """Wish to sell what is owned, or some of it."""
    return Signal(
        book=LIVE,
        strategy=PERSON,
        signal_id=SignalId(name),
        issued_at_ns=at_ns,
        symbol=symbol,
        action=Action.EXIT,
        side=Side.SELL,
        size=Size(basis=SizeBasis.QUANTITY, value=Decimal(quantity)) if quantity else None,
    )


def fill(
    order_id: OrderId | None,
    fill_id: str,
    *,
    quantity: str = "1",
    price: str = "100",
    side: Side = Side.BUY,
    fee: str = "0",
    fee_asset: str = "USDT",
    symbol: Symbol = BTC,
    venue_order_id: str = "V1",
    at_ms: int = NOW // MS,
) -> Fill:
    """Give a trade."""
    return Fill(
        fill_id=FillId(fill_id),
        symbol=symbol,
        venue_order_id=VenueOrderId(venue_order_id),
        order_id=order_id,
        side=side,
        quantity=Decimal(quantity),
        price=Decimal(price),
        quote_quantity=Decimal(quantity) * Decimal(price),
        fee=Decimal(fee),
        fee_asset=Asset(fee_asset),
        maker=False,
        at_ms=at_ms,
    )


def report(
    order_id: OrderId,
    status: VenueStatus,
    *,
    executed: str = "0",
    quantity: str = "1",
    price: str | None = "100",
    side: Side = Side.BUY,
    order_type: OrderType = OrderType.LIMIT,
    symbol: Symbol = BTC,
    venue_order_id: str = "V1",
) -> VenueOrder:
    """Give an order as the venue tells it."""
    return VenueOrder(
        venue_order_id=VenueOrderId(venue_order_id),
        order_id=order_id,
        symbol=symbol,
        side=side,
        type=order_type,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
        executed=Decimal(executed),
        executed_quote=Decimal(executed) * Decimal(price or 100),
        status=status,
        created_ms=NOW // MS,
    )
