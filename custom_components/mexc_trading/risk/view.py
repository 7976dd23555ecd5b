"""What the risk engine looks at: an immutable picture of the book around one order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Final, NamedTuple

from ..model.hold import Hold
from ..model.ids import Asset, BookName, Symbol
from ..model.market import Instrument, Quote
from ..model.money import ZERO
from .strategy import StrategyTerms


class Losses(NamedTuple):
    """Losses of a symbol or of the book: when an episode last became flat with one (ns), and how many came in a row."""

    last_ns: int
    streak: int


NEVER_LOST: Final = Losses(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskView:
    """The book as one order sees it. Quantities in base units, money in quote units, times in ns."""

    now_ns: int
    book: BookName
    quote_asset: Asset
    """The book's currency."""

    instrument: Instrument | None
    quote: Quote | None
    strategy: StrategyTerms | None
    """The terms of the signal's strategy; None for a person's own action, which only the book limits."""

    holds: tuple[Hold, ...] = ()
    zone: tzinfo = UTC

    owned: Decimal = ZERO
    """Base units that the book bought and has not sold."""

    average_price: Decimal | None = None
    """What an owned base unit cost, in quote units; None when nothing is owned."""

    exiting: Decimal = ZERO
    """Base units that exits under way may still sell."""

    exposures: Mapping[Symbol, Decimal]
    """Symbols held, being bought, or possibly bought, and what each is worth; for the time of one decision."""

    gross: Decimal = ZERO
    """All of them together."""

    unpriced: frozenset[Symbol] = frozenset()
    """Symbols held whose worth nobody knows, because they have no price."""

    open_orders: int = 0
    """Orders that something is still expected of."""

    equity: Decimal | None
    """Capital and all profit and loss; None when either is not known."""

    daily_pnl: Decimal | None
    """Since the day's open; None when a held symbol has no price: losses cannot be known then."""

    at_risk: Decimal = ZERO
    """What would be lost from here if every stop were hit; what has no stop counts in full."""

    daily_drawdown: Decimal | None = ZERO
    """Fall from the day's highest equity in percent ≥ 0; None when it is not known."""

    total_drawdown: Decimal | None = ZERO
    """The same from the highest equity ever."""

    book_losses: Losses = NEVER_LOST
    symbol_losses: Losses = NEVER_LOST

    burst: Decimal = ZERO
    """Entries planned in the last 60 s, at their worst prices."""

    orders_last_minute: int = 0
    signals_last_minute: int = 0
    """The strategy's wishes to enter in the last 60 s, this one left out."""

    repeats: int = 0
    """The strategy's entries in the window that its limits name."""

    same_intent_ns: int | None = None
    """When an entry of the same symbol, side and size was last allowed."""

    conditions: Mapping[str, bool]
    """What is known of Home Assistant's entities: True is on. One that is missing is not known."""

    approved: Decimal | None = None
    """Base units that a person has approved; None: nobody was asked yet."""

    @property
    def free(self) -> Decimal:
        """Base units that are owned and that no exit under way may still sell."""
        return max(ZERO, self.owned - self.exiting)
