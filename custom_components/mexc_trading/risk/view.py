"""What the risk engine looks at: an immutable picture of the book around one order."""

from dataclasses import dataclass
from decimal import Decimal

from ..model.hold import Hold
from ..model.ids import BookName, Symbol
from ..model.market import Instrument, Quote
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
