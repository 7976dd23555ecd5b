"""Orders and fills as the venue remembers them."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from .decimals import ZERO


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "BUY"
    SELL = "SELL"


class OrderType(StrEnum):
    """Order types that the API takes (fact sheet 1.5)."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    LIMIT_MAKER = "LIMIT_MAKER"
    IMMEDIATE_OR_CANCEL = "IMMEDIATE_OR_CANCEL"
    FILL_OR_KILL = "FILL_OR_KILL"


class Status(StrEnum):
    """Order states (fact sheet 1.5); the last three are final."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    PARTIALLY_CANCELED = "PARTIALLY_CANCELED"


OPEN = frozenset({Status.NEW, Status.PARTIALLY_FILLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One trade of ours. ``fee`` is in ``fee_asset``; ``time_ms`` in milliseconds."""

    trade_id: str
    order_id: str
    client_order_id: str | None
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_asset: str
    is_maker: bool
    time_ms: int
    booked_s: float

    @property
    def quote(self) -> Decimal:
        """Value in quote."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """What a client asks for, parsed and not yet judged."""

    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal | None = None
    quote_quantity: Decimal | None = None
    price: Decimal | None = None
    client_order_id: str | None = None
    stp_mode: str = ""


@dataclass(slots=True, kw_only=True)
class Order:
    """One accepted order.

    ``price`` is None for market orders; ``shown_price`` is what the venue
    prints there instead, which is not the average. ``quantity`` is zero for a
    market buy by value. ``locked`` is what the order still holds, in
    ``locked_asset``. ``hidden_reads`` counts lookups that still miss it.
    """

    order_id: str
    client_order_id: str | None
    symbol: str
    side: Side
    type: OrderType
    price: Decimal | None
    shown_price: Decimal
    quantity: Decimal
    quote_quantity: Decimal | None
    time_ms: int
    accepted_s: float
    locked_asset: str
    locked: Decimal = ZERO
    executed: Decimal = ZERO
    executed_quote: Decimal = ZERO
    status: Status = Status.NEW
    update_ms: int | None = None
    stp_mode: str = ""
    cancel_reason: str | None = None
    hidden_reads: int = 0
    fills: list[Fill] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the order still rests."""
        return self.status in OPEN

    @property
    def remaining(self) -> Decimal:
        """Base quantity that is not executed."""
        return max(ZERO, self.quantity - self.executed)

    @property
    def average(self) -> Decimal:
        """Average price of the fills, zero without any."""
        return self.executed_quote / self.executed if self.executed else ZERO
