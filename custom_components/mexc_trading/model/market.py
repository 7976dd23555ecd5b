"""What the market says: instruments, quotes and order vocabulary."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .ids import Asset, Symbol
from .money import round_down, round_up


class Side(StrEnum):
    """Direction of an order."""

    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    """How an order may execute. Time in force is part of the type, as on the venue (fact sheet 1.5)."""

    MARKET = "market"
    LIMIT = "limit"
    POST_ONLY = "post_only"
    IOC = "ioc"
    FOK = "fok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One market's trading terms. Amounts in base (quantity) or quote (notional) units; a zero maximum means none."""

    symbol: Symbol
    base: Asset
    quote: Asset
    tick: Decimal
    lot: Decimal
    min_quantity: Decimal
    min_notional: Decimal
    min_notional_market: Decimal
    max_notional: Decimal
    max_notional_market: Decimal
    order_types: frozenset[OrderType]
    sides: frozenset[Side]
    tradable: bool
    taker_fee: Decimal
    maker_fee: Decimal
    buy_band: Decimal | None = None
    sell_band: Decimal | None = None
    """How far above or below the last price the venue takes a limit, as a fraction; None: it does not say."""

    def band(self, side: Side) -> Decimal | None:
        """How far beyond the last price an order of a side may go."""
        return self.buy_band if side is Side.BUY else self.sell_band

    def quantity_down(self, quantity: Decimal) -> Decimal:
        """Round a quantity down to the lot: an order never asks for more than was decided."""
        return round_down(quantity, self.lot)

    def price_inside(self, price: Decimal, side: Side) -> Decimal:
        """Round a price to the tick toward the safe side: a buyer never pays more, a seller never takes less."""
        return round_down(price, self.tick) if side is Side.BUY else round_up(price, self.tick)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Best bid and ask of one symbol in quote units, and when we learned them (ns, our clock).

    The quantities at these prices in base units are None where nobody told them.
    """

    symbol: Symbol
    bid: Decimal
    ask: Decimal
    at_ns: int
    bid_quantity: Decimal | None = None
    ask_quantity: Decimal | None = None

    @property
    def mid(self) -> Decimal:
        """The middle of bid and ask."""
        return (self.bid + self.ask) / 2

    def taker_price(self, side: Side) -> Decimal:
        """What a taker pays (buy) or gets (sell) at the touch."""
        return self.ask if side is Side.BUY else self.bid
