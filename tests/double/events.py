"""What the venue tells its listeners (the streams) when something happens."""

from dataclasses import dataclass
from decimal import Decimal

from .orders import Fill, Order
from .wallet import Balance


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged:
    """An order was accepted, filled or ended; ``order`` is a copy of that moment."""

    order: Order
    last_quantity: Decimal
    is_maker: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """One of our orders traded."""

    fill: Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceChanged:
    """A balance moved; ``kind`` is the venue's word for why (fact sheet 3.4)."""

    asset: str
    old: Balance
    new: Balance
    kind: str
    time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceMoved:
    """The mid price of a symbol was set."""

    symbol: str


type VenueEvent = OrderChanged | Traded | BalanceChanged | PriceMoved
