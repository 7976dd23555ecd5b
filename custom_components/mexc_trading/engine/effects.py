"""What a step wants done outside. Released only after its events are on disk."""

from dataclasses import dataclass

from ..model.ids import OrderId, Symbol, VenueOrderId
from ..model.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitOrder:
    """Send an order, once."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Ask the venue to cancel."""

    order: Order
    venue_order_id: VenueOrderId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOrder:
    """Look an order up by client id."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOrder:
    """Look for an order in every place where it would leave a trace; ``since_ms`` bounds history and trades."""

    order: Order
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOrderFills:
    """Read the trades of one order."""

    order_id: OrderId
    symbol: Symbol
    venue_order_id: VenueOrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHistory:
    """Read all orders of a symbol since a venue time in ms."""

    symbol: Symbol
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuotes:
    """Read prices."""

    symbols: tuple[Symbol, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOpenOrders:
    """Read all open orders of some symbols."""

    symbols: tuple[Symbol, ...]


type Effect = (
    SubmitOrder | CancelOrder | FindOrder | SearchOrder | ReadOrderFills | ReadHistory | ReadQuotes | ReadOpenOrders
)


def label(effect: Effect) -> str:
    """Name an effect so that the same one is not under way twice."""
    match effect:
        case SubmitOrder() | CancelOrder() | FindOrder() | SearchOrder():
            return f"{type(effect).__name__}:{effect.order.order_id}"
        case ReadOrderFills():
            return f"ReadOrderFills:{effect.order_id}"
        case ReadHistory():
            return f"ReadHistory:{effect.symbol}"
        case ReadQuotes() | ReadOpenOrders():
            return f"{type(effect).__name__}:{','.join(effect.symbols)}"
