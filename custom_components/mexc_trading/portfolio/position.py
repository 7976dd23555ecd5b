"""One open position of a spot book: what we bought and still own, and what it cost."""

from dataclasses import dataclass
from decimal import Decimal

from ..model.ids import EpisodeId, Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """An episode that is not flat. Quantity in base units (> 0), cost and realised PnL in quote units.

    ``cost`` is what the owned quantity was bought for; fees are expensed into ``realized`` when they occur.
    """

    symbol: Symbol
    episode_id: EpisodeId
    quantity: Decimal
    cost: Decimal
    realized: Decimal
    opened_ns: int
    last_price: Decimal
    """The price of the latest trade: what tells dust from something that can be sold."""

    @property
    def average_price(self) -> Decimal:
        """Cost per base unit owned."""
        return self.cost / self.quantity

    def unrealized(self, price: Decimal) -> Decimal:
        """Profit (> 0) or loss (< 0) if all of it were sold at ``price``, fees left out."""
        return self.quantity * price - self.cost
