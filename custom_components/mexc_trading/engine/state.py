"""A book's state: a fold over its journal, plus the latest prices, which are not facts and are not journaled."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal

from ..model.decision import Decision
from ..model.hold import Hold, HoldKind, TradingMode
from ..model.ids import Asset, BookName, DecisionId, FillId, HoldId, OrderId, SignalKey, StrategyId, Symbol
from ..model.market import Instrument, Quote
from ..model.money import ZERO
from ..orders.record import OrderRecord
from ..portfolio.day import TradingDay
from ..portfolio.ledger import Ledger
from ..portfolio.valuation import Valuation, value
from ..risk.limits import Limits
from ..risk.strategy import StrategyTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the dedupe index knows of a signal key: the body it came with and what was decided."""

    digest: str
    decision_id: DecisionId


@dataclass(slots=True, kw_only=True)
class BookState:
    """Only :mod:`.fold` and the price feed change it, and only the engine's one task calls those."""

    book: BookName
    quote: Asset
    zone: tzinfo = UTC
    """Where the trading day begins at midnight."""

    limits: Limits = field(default_factory=Limits)
    limits_hash: str = ""
    strategies: dict[StrategyId, StrategyTerms] = field(default_factory=dict)
    instruments: dict[Symbol, Instrument] = field(default_factory=dict)
    stored: dict[SignalKey, Stored] = field(default_factory=dict)
    decisions: dict[DecisionId, Decision] = field(default_factory=dict)
    orders: dict[OrderId, OrderRecord] = field(default_factory=dict)
    active: dict[OrderId, None] = field(default_factory=dict)
    """The orders that something is still expected of, in the order in which they were planned."""

    fills: set[tuple[Symbol, FillId]] = field(default_factory=set)
    ledger: Ledger = field(default_factory=Ledger)
    capital: Decimal | None = None
    day: TradingDay | None = None
    last_loss_ns: int | None = None
    holds: dict[HoldId, Hold] = field(default_factory=dict)
    last_decision: Decision | None = None
    run: int = 0
    """How many times an engine took over the book."""

    marks: dict[Symbol, Quote] = field(default_factory=dict)
    """The latest prices. Not part of the fold: decisions journal those that they were made with."""

    @property
    def active_orders(self) -> tuple[OrderRecord, ...]:
        """The orders that something is still expected of."""
        return tuple(self.orders[order_id] for order_id in self.active)

    @property
    def mode(self) -> TradingMode:
        """Derived from the holds in force."""
        if not self.holds:
            return TradingMode.ACTIVE
        frozen = any(hold.kind is HoldKind.FREEZE for hold in self.holds.values())
        return TradingMode.HALTED if frozen else TradingMode.REDUCE_ONLY

    def valuation(self) -> Valuation | None:
        """Value the book at the latest prices; None when a held symbol has none."""
        return value(self.ledger.positions.values(), self.ledger.realized, self.marks)

    def equity(self) -> Decimal | None:
        """Capital and all profit and loss, in quote units; None when either is not known."""
        worth = self.valuation()
        return None if worth is None or self.capital is None else self.capital + worth.total_pnl

    def daily_pnl(self) -> Decimal | None:
        """Profit and loss since the day's open, in quote units; zero before the first day, None without a price."""
        worth = self.valuation()
        if worth is None:
            return None
        return worth.total_pnl - self.day.open_pnl if self.day else ZERO

    def has_hold(self, kind: HoldKind) -> bool:
        """Whether a hold of this kind is in force."""
        return any(hold.kind is kind for hold in self.holds.values())
