"""Pushes as values, each field checked like an answer's (fact sheet 3.4).

A push is a hint: it may be late, come twice or be missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped, unused-ignore]

from ....model.fill import Fill
from ....model.ids import Asset, FillId, OrderId, Symbol, VenueOrderId
from ....model.market import Quote, Side
from ....model.order import VenueStatus
from ....model.outcome import Balance
from ...payload import Json
from ..klines import Candle, Interval
from ..shape import Fields, Malformed
from .channels import INTERVAL_NAMES
from .schema import PushWrapper

NS_PER_MS: Final = 1_000_000
_MS_PER_S: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHint:
    """An order changed. Quantities in base, value in quote units; ``sent_ms`` is the venue's time (0: not told)."""

    symbol: Symbol
    venue_order_id: VenueOrderId
    order_id: OrderId | None
    status: VenueStatus
    executed: Decimal
    executed_quote: Decimal
    sent_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceHint:
    """A balance changed, to this."""

    balance: Balance
    sent_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CandleHint:
    """A candle grew, to this."""

    symbol: Symbol
    interval: Interval
    candle: Candle


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketTrade:
    """Somebody traded; ``taker`` is the side that took."""

    symbol: Symbol
    price: Decimal
    quantity: Decimal
    taker: Side
    at_ms: int


type Push = OrderHint | Fill | BalanceHint | Quote | CandleHint | MarketTrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A push that we understand as one and have no use for; ``channel`` names it."""

    channel: str


_STATUSES: Final = MappingProxyType(
    {
        1: VenueStatus.NEW,
        2: VenueStatus.FILLED,
        3: VenueStatus.PARTIALLY_FILLED,
        4: VenueStatus.CANCELED,
        5: VenueStatus.PARTIALLY_CANCELED,
    }
)
"""5 is terminal, with fills; other clients have taken it for open (fact sheet 3.4)."""

_SIDES: Final = MappingProxyType({1: Side.BUY, 2: Side.SELL})
_INTERVALS: Final = MappingProxyType({name: interval for interval, name in INTERVAL_NAMES.items()})


def read_push(frame: bytes, *, received_ns: int, offset_ms: int) -> tuple[Push, ...] | Foreign:
    """Read one frame; raises :class:`Malformed`.

    ``received_ns`` is our time, ``offset_ms`` the venue's clock minus ours: together they date a quote honestly, even
    one that was long on its way.
    """
    wrapper = PushWrapper()
    try:
        wrapper.ParseFromString(frame)
    except DecodeError as error:
        raise Malformed("frame") from error
    head = _values(wrapper)
    sent_ms = head.whole("sendTime")
    match next((field.name for field, _ in wrapper.ListFields() if field.message_type is not None), ""):
        case "privateOrders":
            return (_order(_values(wrapper.privateOrders), head, sent_ms),)
        case "privateDeals":
            return (_fill(_values(wrapper.privateDeals), head),)
        case "privateAccount":
            return (_balance(_values(wrapper.privateAccount), sent_ms),)
        case "publicAggreBookTicker":
            at_ns = min(received_ns, (sent_ms - offset_ms) * NS_PER_MS) if sent_ms else received_ns
            return _quote(_values(wrapper.publicAggreBookTicker), head, at_ns)
        case "publicSpotKline":
            return (_candle(_values(wrapper.publicSpotKline), head),)
        case "publicAggreDeals":
            return tuple(_trade(_values(deal), head) for deal in wrapper.publicAggreDeals.deals)
        case _:
            return Foreign(channel=head.text("channel"))


def _values(message: Message) -> Fields:
    """Take a message's scalars as fields, zero values included, to be checked as any other answer's."""
    values: Mapping[str, Json] = {
        field.name: getattr(message, field.name) for field in message.DESCRIPTOR.fields if field.message_type is None
    }
    return Fields(dict(values))


def _order(body: Fields, head: Fields, sent_ms: int) -> OrderHint:
    """Read a change of one of our orders. The symbol stands in the wrapper."""
    client_id = body.identity_or_none("clientId")
    return OrderHint(
        symbol=Symbol(head.identity("symbol")),
        venue_order_id=VenueOrderId(body.identity("id")),
        order_id=OrderId(client_id) if client_id else None,
        status=_STATUSES.get(body.whole("status"), VenueStatus.UNRECOGNISED),
        executed=body.amount_or_none("cumulativeQuantity") or Decimal(0),
        executed_quote=body.amount_or_none("cumulativeAmount") or Decimal(0),
        sent_ms=sent_ms,
    )


def _fill(body: Fields, head: Fields) -> Fill:
    """Read one of our trades."""
    client_id = body.identity_or_none("clientOrderId")
    quantity, price = body.amount("quantity"), body.amount("price")
    fee = body.amount_or_none("feeAmount") or Decimal(0)
    fee_asset = body.identity_or_none("feeCurrency")
    if not quantity or not price or (fee and fee_asset is None):
        raise Malformed("deal")
    return Fill(
        fill_id=FillId(body.identity("tradeId")),
        symbol=Symbol(head.identity("symbol")),
        venue_order_id=VenueOrderId(body.identity("orderId")),
        order_id=OrderId(client_id) if client_id else None,
        side=_side(body),
        quantity=quantity,
        price=price,
        quote_quantity=body.amount("amount"),
        fee=fee,
        fee_asset=Asset(fee_asset or ""),
        maker=body.flag("isMaker"),
        at_ms=body.whole("time"),
    )


def _side(body: Fields) -> Side:
    """Read a side; there is no third."""
    side = _SIDES.get(body.whole("tradeType"))
    if side is None:
        raise Malformed("tradeType")
    return side


def _balance(body: Fields, sent_ms: int) -> BalanceHint:
    """Read a balance."""
    balance = Balance(
        asset=Asset(body.identity("vcoinName")),
        free=body.amount("balanceAmount"),
        locked=body.amount_or_none("frozenAmount") or Decimal(0),
    )
    return BalanceHint(balance=balance, sent_ms=sent_ms)


def _quote(body: Fields, head: Fields, at_ns: int) -> tuple[Quote, ...]:
    """Read best bid and ask and what stands there; an empty or crossed book is no quote."""
    bid, ask = body.amount_or_none("bidPrice"), body.amount_or_none("askPrice")
    if not bid or not ask or bid > ask:
        return ()
    return (
        Quote(
            symbol=Symbol(head.identity("symbol")),
            bid=bid,
            ask=ask,
            at_ns=at_ns,
            bid_quantity=body.amount_or_none("bidQuantity"),
            ask_quantity=body.amount_or_none("askQuantity"),
        ),
    )


def _candle(body: Fields, head: Fields) -> CandleHint:
    """Read a candle. Its window is told in seconds, unlike everything else."""
    interval = _INTERVALS.get(body.text("interval"))
    if interval is None:
        raise Malformed("interval")
    candle = Candle(
        open_ms=body.whole("windowStart") * _MS_PER_S,
        open=body.amount("openingPrice"),
        high=body.amount("highestPrice"),
        low=body.amount("lowestPrice"),
        close=body.amount("closingPrice"),
        volume=body.amount("volume"),
        close_ms=body.whole("windowEnd") * _MS_PER_S,
        quote_volume=body.amount("amount"),
    )
    return CandleHint(symbol=Symbol(head.identity("symbol")), interval=interval, candle=candle)


def _trade(body: Fields, head: Fields) -> MarketTrade:
    """Read somebody's trade."""
    return MarketTrade(
        symbol=Symbol(head.identity("symbol")),
        price=body.amount("price"),
        quantity=body.amount("quantity"),
        taker=_side(body),
        at_ms=body.whole("time"),
    )
