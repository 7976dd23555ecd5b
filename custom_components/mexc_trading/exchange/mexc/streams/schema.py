"""The venue's push messages, as descriptors that are built from a table when this module is imported.

No generated code: that is bound to one major version of the runtime, and Home Assistant's pin moves. The descriptors
live in a pool of their own, apart from whatever else the process has loaded. Fields that are not in the table are
skipped by the runtime; the venue adds some from time to time (fact sheet 3.5).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from google.protobuf import descriptor_pool, message_factory  # type: ignore[import-untyped, unused-ignore]
from google.protobuf.message import Message  # type: ignore[import-untyped, unused-ignore]

_FILE: Final = "mexc_trading/push.proto"
_WRAPPER: Final = "PushDataV3ApiWrapper"

_SCALARS: Final = MappingProxyType({"string": 9, "int32": 5, "int64": 3, "bool": 8})
_MESSAGE: Final = 11
_OPTIONAL: Final = 1
_REPEATED: Final = 3
"""Numbers of ``descriptor.proto``: types, and labels of fields."""

_SEVEN_BITS: Final = 0x7F

MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PrivateOrdersV3Api": """
            1 string id; 2 string clientId; 3 string price; 4 string quantity; 5 string amount; 6 string avgPrice;
            7 int32 orderType; 8 int32 tradeType; 9 bool isMaker; 10 string remainAmount; 11 string remainQuantity;
            12 string lastDealQuantity; 13 string cumulativeQuantity; 14 string cumulativeAmount; 15 int32 status;
            16 int64 createTime
        """,
        "PrivateDealsV3Api": """
            1 string price; 2 string quantity; 3 string amount; 4 int32 tradeType; 5 bool isMaker; 6 bool isSelfTrade;
            7 string tradeId; 8 string clientOrderId; 9 string orderId; 10 string feeAmount; 11 string feeCurrency;
            12 int64 time
        """,
        "PrivateAccountV3Api": """
            1 string vcoinName; 2 string coinId; 3 string balanceAmount; 4 string balanceAmountChange;
            5 string frozenAmount; 6 string frozenAmountChange; 7 string type; 8 int64 time
        """,
        "PublicAggreBookTickerV3Api": """
            1 string bidPrice; 2 string bidQuantity; 3 string askPrice; 4 string askQuantity; 5 string version
        """,
        "PublicAggreDealsV3ApiItem": """
            1 string price; 2 string quantity; 3 int32 tradeType; 4 int64 time; 5 string tradeId
        """,
        "PublicAggreDealsV3Api": "1 PublicAggreDealsV3ApiItem* deals; 2 string eventType",
        "PublicSpotKlineV3Api": """
            1 string interval; 2 int64 windowStart; 3 string openingPrice; 4 string closingPrice; 5 string highestPrice;
            6 string lowestPrice; 7 string volume; 8 string amount; 9 int64 windowEnd
        """,
        _WRAPPER: """
            1 string channel; 3 string symbol; 5 int64 createTime; 6 int64 sendTime;
            304 PrivateOrdersV3Api privateOrders; 306 PrivateDealsV3Api privateDeals;
            307 PrivateAccountV3Api privateAccount; 308 PublicSpotKlineV3Api publicSpotKline;
            314 PublicAggreDealsV3Api publicAggreDeals; 315 PublicAggreBookTickerV3Api publicAggreBookTicker
        """,
    }
)
"""``number type name`` for each field that is read; ``*`` marks a repeated one.

Whether an optional field was on the wire is of no interest here, so all scalars are plain, and the wrapper's bodies,
which are a ``oneof`` at the venue, are messages of their own: those tell whether they are there.
"""


def _varint(number: int) -> bytes:
    """Write a number as the wire has it: seven bits a byte, the low ones first."""
    written = bytearray()
    while number > _SEVEN_BITS:
        written.append(number & _SEVEN_BITS | _SEVEN_BITS + 1)
        number >>= 7
    return bytes((*written, number))


def _numbered(number: int, value: int) -> bytes:
    """Write a field that holds a number."""
    return _varint(number << 3) + _varint(value)


def _sized(number: int, value: bytes) -> bytes:
    """Write a field that holds text or a message."""
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _field(row: str) -> bytes:
    """Turn one row of the table into a ``FieldDescriptorProto``."""
    number, kind, name = row.split()
    base = kind.removesuffix("*")
    scalar = _SCALARS.get(base)
    return b"".join(
        (
            _sized(1, name.encode()),
            _numbered(3, int(number)),
            _numbered(4, _REPEATED if kind.endswith("*") else _OPTIONAL),
            _numbered(5, _MESSAGE if scalar is None else scalar),
            _sized(6, f".{base}".encode()) if scalar is None else b"",
        )
    )


def _file() -> bytes:
    """Turn the table into a ``FileDescriptorProto``.

    Written by hand: the module that could write it describes all of protobuf itself, and is as large as the rest.
    """
    written = [_sized(1, _FILE.encode())]
    for name, fields in MESSAGES.items():
        message = [_sized(1, name.encode()), *(_sized(2, _field(row)) for row in fields.split(";"))]
        written.append(_sized(4, b"".join(message)))
    return b"".join((*written, _sized(12, b"proto3")))


def _wrapper_class() -> type[Message]:
    """Make the class of the message that every push is."""
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(_file())
    wrapper: type[Message] = message_factory.GetMessageClass(pool.FindMessageTypeByName(_WRAPPER))
    return wrapper


PushWrapper: Final = _wrapper_class()
