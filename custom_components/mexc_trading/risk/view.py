"""What the risk engine looks at: an immutable picture of the book around one order."""

from dataclasses import dataclass
from decimal import Decimal

from ..model.hold import Hold
from ..model.ids import BookName, Symbol
from ..model.market import Instrument, Quote
from ..model.money import ZERO
from .strategy import StrategyTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskView:
    """The book as one order sees it. Quantities in base units, money in quote units, times in ns."""

    now_ns: int
    book: BookName
    instrument: Instrument | None
    quote: Quote | None
    strategy: StrategyTerms | None
    """The terms of the signal's strategy; None for a person's own action, which only the book limits."""

    owned: Decimal
    """Base units that the book bought and has not sold."""

    average_price: Decimal | None
    """What an owned base unit cost, in quote units; None when nothing is owned."""

    exiting: Decimal
    """Base units that exits under way may still sell."""

    exposed: frozenset[Symbol]
    """Symbols held, being bought, or possibly bought."""

    equity: Decimal | None
    daily_pnl: Decimal | None
    """None when a held symbol has no price: losses cannot be known then."""

    last_loss_ns: int | None
    """When an episode last became flat with more than the minimum loss."""

    holds: tuple[Hold, ...]

    @property
    def free(self) -> Decimal:
        """Base units that are owned and that no exit under way may still sell."""
        return max(ZERO, self.owned - self.exiting)
