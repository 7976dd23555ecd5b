"""The venue's protobuf messages, built at import from a table with the official runtime.

Source: fact sheet 3.5 (the venue's published proto files, 2026-06). A private
descriptor pool keeps these apart from any other table in the same process.
"""

from collections.abc import Mapping, Sequence
from typing import Final

# The stubs of this namespace package are found only where mypy looks into namespace packages.
from google.protobuf import (  # type: ignore[import-untyped, unused-ignore]
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)
from google.protobuf.message import Message  # type: ignore[import-untyped, unused-ignore]

type Value = str | int | bool | Mapping[str, Value] | Sequence[Mapping[str, Value]]

# "name type number"; s text, i32, i64, b; "*Type" repeats a message; "?" may be absent.
TABLE: Final[Mapping[str, str]] = {
    "PrivateOrdersV3Api": (
        "id s 1, clientId s 2, price s 3, quantity s 4, amount s 5, avgPrice s 6, orderType i32 7, tradeType i32 8,"
        "isMaker b 9, remainAmount s 10, remainQuantity s 11, lastDealQuantity s? 12, cumulativeQuantity s 13,"
        "cumulativeAmount s 14, status i32 15, createTime i64 16, market s? 17, triggerType i32? 18,"
        "triggerPrice s? 19, state i32? 20, ocoId s? 21, routeFactor s? 22, symbolId s? 23, marketId s? 24,"
        "marketCurrencyId s? 25, currencyId s? 26"
    ),
    "PrivateDealsV3Api": (
        "price s 1, quantity s 2, amount s 3, tradeType i32 4, isMaker b 5, isSelfTrade b 6, tradeId s 7,"
        "clientOrderId s 8, orderId s 9, feeAmount s 10, feeCurrency s 11, time i64 12"
    ),
    "PrivateAccountV3Api": (
        "vcoinName s 1, coinId s 2, balanceAmount s 3, balanceAmountChange s 4, frozenAmount s 5,"
        "frozenAmountChange s 6, type s 7, time i64 8"
    ),
    "PublicAggreBookTickerV3Api": (
        "bidPrice s 1, bidQuantity s 2, askPrice s 3, askQuantity s 4, version s 5, lastOrderCreateTime i64 6"
    ),
    "PublicBookTickerV3Api": "bidPrice s 1, bidQuantity s 2, askPrice s 3, askQuantity s 4",
    "PublicBookTickerBatchV3Api": "items *PublicBookTickerV3Api 1, version s 2, lastOrderCreateTime i64 3",
    "PublicAggreDealsV3ApiItem": "price s 1, quantity s 2, tradeType i32 3, time i64 4, tradeId s 5",
    "PublicAggreDealsV3Api": "deals *PublicAggreDealsV3ApiItem 1, eventType s 2",
    "PublicLimitDepthV3ApiItem": "price s 1, quantity s 2",
    "PublicLimitDepthsV3Api": (
        "asks *PublicLimitDepthV3ApiItem 1, bids *PublicLimitDepthV3ApiItem 2, eventType s 3, version s 4,"
        "lastOrderCreateTime i64 5"
    ),
    "PublicSpotKlineV3Api": (
        "interval s 1, windowStart i64 2, openingPrice s 3, closingPrice s 4, highestPrice s 5, lowestPrice s 6,"
        "volume s 7, amount s 8, windowEnd i64 9"
    ),
    "PushDataV3ApiWrapper": "channel s 1, symbol s? 3, symbolId s? 4, createTime i64? 5, sendTime i64? 6",
}
# The wrapper's body: one of these fields.
BODIES: Final[Mapping[str, tuple[str, int]]] = {
    "publicLimitDepths": ("PublicLimitDepthsV3Api", 303),
    "privateOrders": ("PrivateOrdersV3Api", 304),
    "privateDeals": ("PrivateDealsV3Api", 306),
    "privateAccount": ("PrivateAccountV3Api", 307),
    "publicSpotKline": ("PublicSpotKlineV3Api", 308),
    "publicBookTickerBatch": ("PublicBookTickerBatchV3Api", 311),
    "publicAggreDeals": ("PublicAggreDealsV3Api", 314),
    "publicAggreBookTicker": ("PublicAggreBookTickerV3Api", 315),
}
_Field = descriptor_pb2.FieldDescriptorProto
_KINDS: Final = {
    "s": _Field.TYPE_STRING,
    "i32": _Field.TYPE_INT32,
    "i64": _Field.TYPE_INT64,
    "b": _Field.TYPE_BOOL,
}
_WRAPPER: Final = "PushDataV3ApiWrapper"


def _describe(message: descriptor_pb2.DescriptorProto, row: str) -> None:
    """Add the fields of one row of the table; an optional field gets its own one-of."""
    for part in row.split(","):
        name, kind, number = part.split()
        field = message.field.add(name=name, number=int(number), label=_Field.LABEL_OPTIONAL)
        if kind.startswith("*"):
            field.label, field.type = _Field.LABEL_REPEATED, _Field.TYPE_MESSAGE
            field.type_name = f".{kind[1:]}"
            continue
        field.type = _KINDS[kind.rstrip("?")]
        if kind.endswith("?"):
            field.proto3_optional = True
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{name}")


def _describe_bodies(wrapper: descriptor_pb2.DescriptorProto) -> None:
    """Add the one-of of bodies in front of the one-ofs of optional fields."""
    wrapper.oneof_decl.add(name="body")
    for name, (kind, number) in BODIES.items():
        field = wrapper.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
        field.type, field.type_name, field.oneof_index = _Field.TYPE_MESSAGE, f".{kind}", 0


def _build() -> type[Message]:
    """Make the wrapper's class in a pool of our own."""
    file = descriptor_pb2.FileDescriptorProto(name="mexc_double.proto", syntax="proto3")
    for name, row in TABLE.items():
        message = file.message_type.add(name=name)
        if name == _WRAPPER:
            _describe_bodies(message)
        _describe(message, row)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    made: type[Message] = message_factory.GetMessageClass(pool.FindMessageTypeByName(_WRAPPER))
    return made


Wrapper: Final = _build()


def _fill(message: Message, values: Mapping[str, Value]) -> None:
    """Set fields by name; zero values stay off the wire by themselves."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            inner: Message = getattr(message, name)
            inner.SetInParent()
            _fill(inner, value)
        elif isinstance(value, str | int):
            setattr(message, name, value)
        else:
            for row in value:
                _fill(getattr(message, name).add(), row)


def encode(values: Mapping[str, Value]) -> bytes:
    """Encode a wrapper from plain values, fields in the order of their numbers."""
    message = Wrapper()
    _fill(message, values)
    frame: bytes = message.SerializeToString(deterministic=True)
    return frame


def decode(frame: bytes) -> Message:
    """Decode a wrapper: for tests of what was sent."""
    return Wrapper.FromString(frame)


def with_order_status(frame: bytes, status: int) -> bytes:
    """Give the same push with another order status; other pushes stay as they are."""
    message = decode(frame)
    if message.WhichOneof("body") != "privateOrders":
        return frame
    _fill(message, {"privateOrders": {"status": status}})
    changed: bytes = message.SerializeToString(deterministic=True)
    return changed
