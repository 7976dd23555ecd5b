"""What a backtest is run with: market, money, model of the venue, limits. All of it stands in its report."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Final

from ..exchange.paper.terms import PaperTerms
from ..model.ids import BookName
from ..model.market import Instrument
from ..model.money import ZERO
from ..risk.limits import Limits

BOOK: Final = BookName("paper")


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestTerms:
    """One backtest. Money in quote units."""

    instrument: Instrument
    limits: Limits
    """The limits of the book, as an account has them; the symbol must be among theirs."""

    capital: Decimal
    venue: PaperTerms = field(default_factory=PaperTerms)
    half_spread: Decimal = ZERO
    """How far bid and ask lie from a candle's price, as a fraction of it."""

    zone: tzinfo = UTC
    seed: int = 0
    """What the run's ids are made from. Nothing else in a run is left to chance."""
