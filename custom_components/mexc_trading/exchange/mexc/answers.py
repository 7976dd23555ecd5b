"""Orders, fills, balances and quotes: from the venue's words to ours, every field checked (fact sheet 1.4 to 1.9)."""

from collections.abc import Callable, Collection
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ...model.fill import Fill
from ...model.ids import Asset, FillId, OrderId, Symbol, VenueOrderId
from ...model.market import OrderType, Quote, Side
from ...model.order import VenueOrder, VenueStatus
from ...model.outcome import Accepted, Balance, Trace
from ..payload import Json
from .shape import Fields, Malformed, rows, unwrapped

ORDER_TYPES: Final = MappingProxyType(
    {
        OrderType.MARKET: "MARKET",
        OrderType.LIMIT: "LIMIT",
        OrderType.POST_ONLY: "LIMIT_MAKER",
        OrderType.IOC: "IMMEDIATE_OR_CANCEL",
        OrderType.FOK: "FILL_OR_KILL",
    }
)
SIDES: Final = MappingProxyType({Side.BUY: "BUY", Side.SELL: "SELL"})

_TYPES_READ: Final = {word: order_type for order_type, word in ORDER_TYPES.items()}
_SIDES_READ: Final = {word: side for side, word in SIDES.items()}
_TYPES_OF_SCREENS: Final = frozenset({"STOP_MARKET_ORDER"})
"""Order types that only the venue's own screens can place."""

_STATUSES_READ: Final = {status.value: status for status in VenueStatus if status is not VenueStatus.UNRECOGNISED}


type Note = Callable[[str], None]
"""Hears of a word that nobody documented."""


def accepted(payload: Json, trace: Trace) -> Accepted:
    """Read an order's acknowledgement. What it leaves out is None; what it says must be readable."""
    fields = Fields(unwrapped(payload))
    symbol = fields.identity_or_none("symbol")
    return Accepted(
        venue_order_id=VenueOrderId(fields.identity("orderId")),
        symbol=Symbol(symbol) if symbol else None,
        side=_side(fields) if fields.has("side") else None,
        type=_type(fields) if fields.has("type") else None,
        price=_set(fields, "price"),
        quantity=_set(fields, "origQty"),
        trace=trace,
    )


def _set(fields: Fields, name: str) -> Decimal | None:
    """Read an amount where zero means that none was given (market orders)."""
    return fields.amount_or_none(name) or None


def _side(fields: Fields) -> Side:
    """Read a side; there is no third."""
    side = _SIDES_READ.get(fields.text("side"))
    if side is None:
        raise Malformed("side")
    return side


def _type(fields: Fields) -> OrderType | None:
    """Read an order type; None for one that the API cannot place."""
    return _TYPES_READ.get(fields.text("type"))


def _venue_order(payload: Json, note: Note) -> VenueOrder:
    """Read one order as queries report it."""
    fields = Fields(payload, "order")
    status, word = fields.text("status"), fields.text("type")
    if status not in _STATUSES_READ:
        note(f"order status {status}")
    if word not in _TYPES_READ and word not in _TYPES_OF_SCREENS:
        note(f"order type {word}")
    client_id = fields.identity_or_none("clientOrderId")
    return VenueOrder(
        venue_order_id=VenueOrderId(fields.identity("orderId")),
        order_id=OrderId(client_id) if client_id else None,
        symbol=Symbol(fields.identity("symbol")),
        side=_side(fields),
        type=_type(fields),
        quantity=fields.amount("origQty") if fields.has("origQty") else Decimal(0),
        price=_set(fields, "price"),
        executed=fields.amount("executedQty"),
        executed_quote=fields.amount("cummulativeQuoteQty"),
        status=_STATUSES_READ.get(status, VenueStatus.UNRECOGNISED),
        created_ms=fields.whole("time"),
    )


def one_order(payload: Json, note: Note) -> VenueOrder:
    """Read the answer to a question for one order. ``note`` hears of words that we do not know."""
    return _venue_order(unwrapped(payload), note)


def orders(payload: Json, note: Note) -> tuple[VenueOrder, ...]:
    """Read a list of orders. One unreadable row makes the whole list unreadable: an order must not go missing."""
    return tuple(_venue_order(row, note) for row in rows(unwrapped(payload), "orders"))


def _fill(payload: Json) -> Fill:
    """Read one trade."""
    fields = Fields(payload, "fill")
    client_id = fields.identity_or_none("clientOrderId")
    quantity, price = fields.amount("qty"), fields.amount("price")
    if quantity == 0 or price == 0:
        raise Malformed("qty")
    return Fill(
        fill_id=FillId(fields.identity("id")),
        symbol=Symbol(fields.identity("symbol")),
        venue_order_id=VenueOrderId(fields.identity("orderId")),
        order_id=OrderId(client_id) if client_id else None,
        side=Side.BUY if fields.flag("isBuyer") else Side.SELL,
        quantity=quantity,
        price=price,
        quote_quantity=fields.amount("quoteQty"),
        fee=fields.amount_or_none("commission") or Decimal(0),
        fee_asset=Asset(fields.identity_or_none("commissionAsset") or ""),
        maker=fields.flag("isMaker"),
        at_ms=fields.whole("time"),
    )


def fills(payload: Json) -> tuple[Fill, ...]:
    """Read a list of trades, in the order in which the venue gives them (newest first)."""
    read = tuple(_fill(row) for row in rows(unwrapped(payload), "fills"))
    if any(fill.fee and not fill.fee_asset for fill in read):
        raise Malformed("commissionAsset")
    return read


def balances(payload: Json) -> tuple[Balance, ...]:
    """Read an account's balances; assets with nothing in them are left out."""
    read = []
    for row in rows(Fields(unwrapped(payload), "account").raw("balances"), "balances"):
        fields = Fields(row, "balance")
        read.append(
            Balance(asset=Asset(fields.identity("asset")), free=fields.amount("free"), locked=fields.amount("locked"))
        )
    if len({balance.asset for balance in read}) != len(read):
        raise Malformed("asset")
    return tuple(balance for balance in read if balance.total)


def quotes(payload: Json, wanted: Collection[Symbol], at_ns: int) -> tuple[Quote, ...]:
    """Read best bids and asks of the wanted symbols, and what stands there. An empty or crossed book is no quote.

    ``at_ns`` is when the question left: the answer may be fresher than it says, never staler.
    """
    read = []
    listed = payload if isinstance(payload, list) else [payload]
    for row in listed:
        fields = Fields(row, "ticker")
        symbol = Symbol(fields.identity("symbol"))
        if symbol not in wanted or not (fields.has("bidPrice") and fields.has("askPrice")):
            continue
        bid, ask = fields.amount("bidPrice"), fields.amount("askPrice")
        if 0 < bid <= ask:
            read.append(
                Quote(
                    symbol=symbol,
                    bid=bid,
                    ask=ask,
                    at_ns=at_ns,
                    bid_quantity=fields.amount_or_none("bidQty"),
                    ask_quantity=fields.amount_or_none("askQty"),
                )
            )
    return tuple(read)
