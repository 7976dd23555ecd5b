"""A fill: what the venue did."""

from dataclasses import dataclass
from decimal import Decimal

from .ids import Asset, FillId, OrderId, Symbol, VenueOrderId
from .market import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One trade of one order. Quantity in base, price and quote quantity in quote units, fee in ``fee_asset`` units."""

    fill_id: FillId
    symbol: Symbol
    venue_order_id: VenueOrderId
    order_id: OrderId | None
    side: Side
    quantity: Decimal
    price: Decimal
    quote_quantity: Decimal
    fee: Decimal
    fee_asset: Asset
    maker: bool
    at_ms: int
