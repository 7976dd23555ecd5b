"""The endpoints that are called, as a table: path, signature, weight, lane and bounds (fact sheet 1.2).

Not in the table, so not callable: anything that moves coins, and the POST form of ``apiKeyInfo``, which rewrites the
key's IP list.
"""

from dataclasses import dataclass
from typing import Final

from ..resilience.budget import Cost
from ..resilience.lanes import Lane, Purpose
from .transport import KIB, Bounds

_QUICK: Final = Bounds(connect_s=3.0, total_s=8.0, body_bytes_max=256 * KIB)
"""Order calls. The total is above the 5 s window, so a timeout ends after any copy in flight has become worthless."""

_READ: Final = Bounds(connect_s=3.0, total_s=8.0, body_bytes_max=1024 * KIB)
_LISTING: Final = Bounds(connect_s=3.0, total_s=20.0, body_bytes_max=4096 * KIB)
"""``exchangeInfo`` of all symbols has about 2 MB, ``bookTicker`` of all about 300 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row. The weight is the larger of the published readings; an order operation counts toward 12 per second."""

    method: str
    path: str
    signed: bool
    cost: Cost
    lane: Lane
    purpose: Purpose
    bounds: Bounds = _READ


def _market(path: str, weight: int, bounds: Bounds = _READ, purpose: Purpose = Purpose.ORDINARY) -> Endpoint:
    """Make the row of a public read."""
    cost = Cost(weight=weight, order_op=False)
    return Endpoint(method="GET", path=path, signed=False, cost=cost, lane=Lane.MARKET, purpose=purpose, bounds=bounds)


def _account(path: str, weight: int, purpose: Purpose = Purpose.ORDINARY, method: str = "GET") -> Endpoint:
    """Make the row of a signed call that is no order."""
    cost = Cost(weight=weight, order_op=False)
    return Endpoint(method=method, path=path, signed=True, cost=cost, lane=Lane.ACCOUNT, purpose=purpose)


def _order(method: str, lane: Lane, purpose: Purpose) -> Endpoint:
    """Make the row of an order operation."""
    cost = Cost(weight=1, order_op=True)
    return Endpoint(
        method=method, path="/api/v3/order", signed=True, cost=cost, lane=lane, purpose=purpose, bounds=_QUICK
    )


TIME: Final = _market("/api/v3/time", 1, purpose=Purpose.RECONCILIATION)
EXCHANGE_INFO: Final = _market("/api/v3/exchangeInfo", 25, _LISTING)
KLINES: Final = _market("/api/v3/klines", 1)
BOOK_TICKER: Final = _market("/api/v3/ticker/bookTicker", 10, _LISTING)

SELF_SYMBOLS: Final = _account("/api/v3/selfSymbols", 1)
TRADE_FEE: Final = _account("/api/v3/tradeFee", 20)
KEY_INFO: Final = _account("/api/v3/apiKeyInfo", 1)
UID: Final = _account("/api/v3/uid", 1)

LISTEN_KEY_CREATE: Final = _account("/api/v3/userDataStream", 1, method="POST")
LISTEN_KEY_RENEW: Final = _account("/api/v3/userDataStream", 1, method="PUT")
LISTEN_KEY_CLOSE: Final = _account("/api/v3/userDataStream", 1, method="DELETE")

ACCOUNT: Final = _account("/api/v3/account", 10, Purpose.SWEEP)
GET_ORDER: Final = _account("/api/v3/order", 2, Purpose.RECONCILIATION)
OPEN_ORDERS: Final = _account("/api/v3/openOrders", 3, Purpose.RECONCILIATION)
ALL_ORDERS: Final = _account("/api/v3/allOrders", 10, Purpose.SWEEP)
MY_TRADES: Final = _account("/api/v3/myTrades", 10, Purpose.SWEEP)
TRADES_OF_ORDER: Final = _account("/api/v3/myTrades", 10, Purpose.RECONCILIATION)

CREATE_ENTRY: Final = _order("POST", Lane.ENTRIES, Purpose.ORDINARY)
CREATE_EXIT: Final = _order("POST", Lane.EXITS, Purpose.EXIT)
CANCEL: Final = _order("DELETE", Lane.EXITS, Purpose.EXIT)
