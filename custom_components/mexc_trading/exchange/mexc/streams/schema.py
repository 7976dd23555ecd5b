"""The venue's push messages, as descriptors that are built from a table when this module is imported.

No generated code: that is bound to one major version of the runtime, and Home Assistant's pin moves. The descriptors
live in a pool of their own, apart from whatever else the process has loaded. Fields that are not in the table are
skipped by the runtime; the venue adds some from time to time (fact sheet 3.5).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from google.protobuf import (  # type: ignore[import-untyped, unused-ignore]
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)
from google.protobuf.message import Message  # type: ignore[import-untyped, unused-ignore]

_FILE: Final = "mexc_trading/push.proto"
_WRAPPER: Final = "PushDataV3ApiWrapper"

_FIELD: Final = descriptor_pb2.FieldDescriptorProto
_SCALARS: Final = MappingProxyType(
    {
        "string": _FIELD.TYPE_STRING,
        "int32": _FIELD.TYPE_INT32,
        "int64": _FIELD.TYPE_INT64,
        "bool": _FIELD.TYPE_BOOL,
    }
)

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


def _file() -> descriptor_pb2.FileDescriptorProto:
    """Turn the table into a file descriptor."""
    file = descriptor_pb2.FileDescriptorProto(name=_FILE, syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for row in fields.split(";"):
            number, kind, field = row.split()
            base = kind.removesuffix("*")
            label = _FIELD.LABEL_REPEATED if kind.endswith("*") else _FIELD.LABEL_OPTIONAL
            added = message.field.add(name=field, number=int(number), label=label)
            if base in _SCALARS:
                added.type = _SCALARS[base]
            else:
                added.type, added.type_name = _FIELD.TYPE_MESSAGE, f".{base}"
    return file


def _wrapper_class() -> type[Message]:
    """Make the class of the message that every push is."""
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(_file().SerializeToString())
    wrapper: type[Message] = message_factory.GetMessageClass(pool.FindMessageTypeByName(_WRAPPER))
    return wrapper


PushWrapper: Final = _wrapper_class()
