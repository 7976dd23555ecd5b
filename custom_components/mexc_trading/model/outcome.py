"""What came back from the venue, as values. Matched on by type; never by message text.

``NotSent`` and ``Rejected`` are certain. ``Ambiguous`` means the venue may or may not have acted.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .ids import Asset, Symbol, VenueOrderId
from .market import OrderType, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One request and its answer for the journal: an allow-list of fields, never a header, key or signature.

    ``status`` is the HTTP status (None: no answer), ``code`` the venue's code (None: none), times in ns of our clock.
    """

    method: str
    path: str
    query: str
    status: int | None
    code: int | None
    sent_at_ns: int
    ended_at_ns: int


class RefusalClass(StrEnum):
    """Why the venue refused: the classes of fact sheet section 5."""

    REQUEST = "request"
    CONFIGURATION = "configuration"
    MARKET = "market"
    FUNDS = "funds"
    TIME = "time"
    MAINTENANCE = "maintenance"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The venue acknowledged an order. Fields that the acknowledgement left out are None."""

    venue_order_id: VenueOrderId
    symbol: Symbol | None
    side: Side | None
    type: OrderType | None
    price: Decimal | None
    quantity: Decimal | None
    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The venue certainly refused."""

    code: int
    refusal: RefusalClass
    message: str
    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Not one byte of the request left: it may be sent again with the same id."""

    cause: str
    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """The venue wants fewer requests. ``retry_after_s`` only if it said so; ``banned`` for HTTP 418."""

    retry_after_s: int | None
    banned: bool
    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """Something left and no readable answer came: the venue may or may not have acted."""

    cause: str
    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAccepted:
    """The venue took the cancel request. The order's own state must still be read."""

    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The venue says that it knows no such order. One such answer is no proof (fact sheet 5.4)."""

    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A read got no usable answer. Never to be taken for zero or for absence."""

    cause: str
    code: int | None = None
    retry_after_s: int | None = None
    auth: bool = False
    """Whether a person must look at the key (fact sheet class CFG)."""
    banned: bool = False
    """Whether the venue has banned our address for a time (HTTP 418)."""
    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """The venue's clock minus ours in ms, the most that it can be wrong by, and when we measured it (ns)."""

    offset_ms: int
    error_ms: int
    measured_at_ns: int

    @property
    def worst_ms(self) -> int:
        """The furthest that the clocks can be apart, as far as is known."""
        return abs(self.offset_ms) + self.error_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One asset's balance: free and locked by open orders, in its own units."""

    asset: Asset
    free: Decimal
    locked: Decimal

    @property
    def total(self) -> Decimal:
        """Free and locked together."""
        return self.free + self.locked


type SubmitOutcome = Accepted | Rejected | NotSent | Throttled | Ambiguous
type CancelOutcome = CancelAccepted | Rejected | NotSent | Throttled | Ambiguous
