"""The endpoints that are called, as a table: path, signature, weight and bounds (fact sheet 1.2).

Not in the table, so not callable: anything that moves coins, and the POST form of ``apiKeyInfo``, which rewrites the
key's IP list.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .transport import KIB, Bounds


class EndpointClass(StrEnum):
    """Which circuit breaker a call belongs to."""

    MARKET = "market"
    ACCOUNT = "account"
    ENTRIES = "entries"
    EXITS = "exits"


_QUICK: Final = Bounds(connect_s=3.0, total_s=8.0, body_bytes_max=256 * KIB)
"""Order calls. The total is above the 5 s window, so a timeout ends after any copy in flight has become worthless."""

_READ: Final = Bounds(connect_s=3.0, total_s=8.0, body_bytes_max=1024 * KIB)
_LISTING: Final = Bounds(connect_s=3.0, total_s=20.0, body_bytes_max=4096 * KIB)
"""``exchangeInfo`` of all symbols has about 2 MB, ``bookTicker`` of all about 300 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row. ``weight`` is the larger of the published readings; ``order_op`` counts toward 12 per second."""

    method: str
    path: str
    signed: bool
    weight: int
    kind: EndpointClass
    bounds: Bounds = _READ
    order_op: bool = False


def _market(path: str, weight: int, bounds: Bounds = _READ) -> Endpoint:
    """Make the row of a public read."""
    return Endpoint(method="GET", path=path, signed=False, weight=weight, kind=EndpointClass.MARKET, bounds=bounds)


def _account(path: str, weight: int, method: str = "GET") -> Endpoint:
    """Make the row of a signed read."""
    return Endpoint(method=method, path=path, signed=True, weight=weight, kind=EndpointClass.ACCOUNT)


PING: Final = _market("/api/v3/ping", 1)
TIME: Final = _market("/api/v3/time", 1)
EXCHANGE_INFO: Final = _market("/api/v3/exchangeInfo", 25, _LISTING)
KLINES: Final = _market("/api/v3/klines", 1)
BOOK_TICKER: Final = _market("/api/v3/ticker/bookTicker", 10, _LISTING)

ACCOUNT: Final = _account("/api/v3/account", 10)
SELF_SYMBOLS: Final = _account("/api/v3/selfSymbols", 1)
TRADE_FEE: Final = _account("/api/v3/tradeFee", 20)
KEY_INFO: Final = _account("/api/v3/apiKeyInfo", 1)
UID: Final = _account("/api/v3/uid", 1)
GET_ORDER: Final = _account("/api/v3/order", 2)
OPEN_ORDERS: Final = _account("/api/v3/openOrders", 3)
ALL_ORDERS: Final = _account("/api/v3/allOrders", 10)
MY_TRADES: Final = _account("/api/v3/myTrades", 10)

CREATE_ENTRY: Final = Endpoint(
    method="POST",
    path="/api/v3/order",
    signed=True,
    weight=1,
    kind=EndpointClass.ENTRIES,
    bounds=_QUICK,
    order_op=True,
)
CREATE_EXIT: Final = Endpoint(
    method="POST",
    path="/api/v3/order",
    signed=True,
    weight=1,
    kind=EndpointClass.EXITS,
    bounds=_QUICK,
    order_op=True,
)
CANCEL: Final = Endpoint(
    method="DELETE",
    path="/api/v3/order",
    signed=True,
    weight=1,
    kind=EndpointClass.EXITS,
    bounds=_QUICK,
    order_op=True,
)
