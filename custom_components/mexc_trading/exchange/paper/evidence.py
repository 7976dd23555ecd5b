"""What the market showed: the only ground on which the paper venue fills anything."""

from dataclasses import dataclass
from decimal import Decimal

from ...model.ids import Symbol
from ...model.market import Quote, Side

_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The best prices that could be met at one moment, or inside one candle.

    ``bid`` is the best a seller could have got, ``ask`` the best for a buyer, in quote units. Quantities in base units
    are None where nobody told them. ``standing``: they stood there, so that meeting the price itself is enough;
    otherwise they were traded somewhere in a range, and only what lies beyond an order's price is evidence for it.
    """

    symbol: Symbol
    bid: Decimal
    ask: Decimal
    at_ms: int
    bid_quantity: Decimal | None = None
    ask_quantity: Decimal | None = None
    standing: bool = True

    def price_for(self, side: Side) -> Decimal:
        """What an order of this side meets."""
        return self.ask if side is Side.BUY else self.bid

    def quantity_for(self, side: Side) -> Decimal | None:
        """How much of it there is."""
        return self.ask_quantity if side is Side.BUY else self.bid_quantity


def shown_by(quote: Quote) -> Evidence:
    """Take a quote for evidence."""
    return Evidence(
        symbol=quote.symbol,
        bid=quote.bid,
        ask=quote.ask,
        at_ms=quote.at_ns // _NS_PER_MS,
        bid_quantity=quote.bid_quantity,
        ask_quantity=quote.ask_quantity,
    )
