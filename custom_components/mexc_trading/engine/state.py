"""A book's state: a fold over its journal, plus the latest prices, which are not facts and are not journaled.

What must be known for ever is kept in :class:`.seen.Seen` (16 bytes a name) and read again from the journal when it is
needed; in full only what is active or recent is kept, so that a book's memory does not grow with its age.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Final

from ..model.decision import Decision
from ..model.hold import Hold, HoldKind, TradingMode
from ..model.ids import (
    Asset,
    BookName,
    DecisionId,
    EpisodeId,
    FillId,
    HoldId,
    OrderId,
    SignalKey,
    StrategyId,
    Symbol,
    VenueOrderId,
)
from ..model.market import Instrument, Quote
from ..model.money import ZERO
from ..model.order import VenueOrder
from ..orders.reconcile import Finding
from ..orders.record import OrderRecord
from ..portfolio.day import TradingDay
from ..portfolio.ledger import Ledger
from ..portfolio.valuation import Valuation, drawdown_percent
from ..risk.limits import Limits
from ..risk.memory import RiskMemory
from ..risk.strategy import StrategyTerms
from .seen import Seen
from .worth import Totals, Worth, with_foreign

DECISIONS_KEPT: Final = 256
"""Latest decisions kept whole: more than can be decided while one signal waits in the mailbox's batch."""

CLOSED_KEPT: Final = 256
"""Orders kept whole after they ended, for late news about them."""

UNVALUED_KEPT: Final = 256
"""Fees that wait for a price of their asset; beyond that the oldest stay at zero, as their records say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A decision that is still in memory: the signal's key, the body it came with and what was decided."""

    key: SignalKey
    digest: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class UnvaluedFee:
    """A fee in a third asset whose price was not known when its fill was booked."""

    symbol: Symbol
    fill_id: FillId
    episode_id: EpisodeId
    asset: Asset
    fee: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The last comparison of the books: when (ns), and everything that they disagreed about."""

    at_ns: int
    findings: tuple[Finding, ...]
    whole: bool


@dataclass(slots=True, kw_only=True)
class BookState:
    """Only :mod:`.fold` and the price feed change it, and only the engine's one task calls those."""

    book: BookName
    quote: Asset
    zone: tzinfo = UTC
    """Where the trading day begins at midnight."""

    seq: int = 0
    """The number of the last journal record that is folded in."""

    limits: Limits = field(default_factory=Limits)
    limits_hash: str = ""
    strategies: dict[StrategyId, StrategyTerms] = field(default_factory=dict)
    tightened: dict[StrategyId, Limits] = field(default_factory=dict)
    """The limits in force for each strategy: the book's joined with its own."""

    promoted: dict[StrategyId, str] = field(default_factory=dict)
    """The version of each strategy that may trade with money, as a person promoted it."""

    instruments: dict[Symbol, Instrument] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    """Every signal key and order id of the book's life."""

    decisions: dict[DecisionId, Stored] = field(default_factory=dict)
    """The latest decisions, oldest first."""

    decided: dict[SignalKey, DecisionId] = field(default_factory=dict)
    """The keys of the latest decisions."""

    orders: dict[OrderId, OrderRecord] = field(default_factory=dict)
    """Orders that are active or ended lately."""

    active: dict[OrderId, None] = field(default_factory=dict)
    """The orders that something is still expected of, in the order in which they were planned."""

    closed: dict[OrderId, None] = field(default_factory=dict)
    """The orders that ended lately, in the order in which they did."""

    ledger: Ledger = field(default_factory=Ledger)
    unvalued: dict[tuple[Symbol, FillId], UnvaluedFee] = field(default_factory=dict)
    capital: Decimal | None = None
    day: TradingDay | None = None
    last_loss_ns: int | None = None
    memory: RiskMemory = field(default_factory=RiskMemory)
    """What the rules about rates, repeats, losses and questions look back on."""

    began_ns: int = 0
    """When the book's first run began: what the venue had ended before that is none of its business."""

    last_trade_ms: int = 0
    """The venue's time of the latest trade of ours."""

    third_fees: Decimal = ZERO
    """What fees in third coins were worth, in quote units: they lower the profit but not the cash."""

    report: Report | None = None
    ignored: tuple[Finding, ...] = ()
    """Differences that a person said are none."""

    foreign: tuple[VenueOrder, ...] = ()
    """Open orders of others on our symbols: they count toward exposure and are never touched."""

    holds: dict[HoldId, Hold] = field(default_factory=dict)
    last_decision: Decision | None = None
    run: int = 0
    """How many times an engine took over the book."""

    marks: dict[Symbol, Quote] = field(default_factory=dict)
    """The latest prices. Not part of the fold: decisions journal those that they were made with."""

    worth: Worth = field(default_factory=Worth)
    """Figures that follow from the rest, kept so that they need not be added up for each decision."""

    def fork(self) -> BookState:
        """Give a state to work on while this one stays as it is.

        Values are shared, containers are copied. Three are not: prices, which are no part of the fold, the figures that
        follow from them and the rest, and the index of what was seen, whose additions are undone if the work is
        dropped.
        """
        return replace(
            self,
            strategies=dict(self.strategies),
            tightened=dict(self.tightened),
            promoted=dict(self.promoted),
            instruments=dict(self.instruments),
            decisions=dict(self.decisions),
            decided=dict(self.decided),
            orders=dict(self.orders),
            active=dict(self.active),
            closed=dict(self.closed),
            ledger=self.ledger.copy(),
            unvalued=dict(self.unvalued),
            memory=self.memory.copy(),
            holds=dict(self.holds),
        )

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

    def decision(self, decision_id: DecisionId) -> Decision:
        """Give a decision that is in memory: a recent one, or that of an order which is."""
        stored = self.decisions.get(decision_id)
        if stored is not None:
            return stored.decision
        owners = (record.order.decision for record in self.orders.values())
        return next(decision for decision in owners if decision.decision_id == decision_id)

    def order_named(self, venue_order_id: VenueOrderId) -> OrderRecord | None:
        """Find an order in memory by the venue's id."""
        return next((record for record in self.orders.values() if record.venue_order_id == venue_order_id), None)

    def totals(self) -> Totals:
        """Give exposure, unrealised profit and loss, and what is at risk, at the latest prices."""
        totals = self.worth.read(self.ledger.positions, self.active_orders, self.marks, self.memory.stops)
        return with_foreign(totals, self.foreign) if self.foreign else totals

    def valuation(self) -> Valuation | None:
        """Value the book at the latest prices; None when a held symbol has none."""
        return self.valued(self.totals())

    def valued(self, totals: Totals) -> Valuation | None:
        """Value the book by figures that are at hand."""
        if totals.unpriced:
            return None
        return Valuation(unrealized=totals.unrealized, total_pnl=self.ledger.realized + totals.unrealized)

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

    def drawdown(self, peak_pnl: Decimal | None, worth: Valuation | None) -> Decimal | None:
        """Fall from a peak in percent ≥ 0; zero before the first peak, None without capital or price."""
        if worth is None or self.capital is None:
            return None
        peak = worth.total_pnl if peak_pnl is None else max(peak_pnl, worth.total_pnl)
        return drawdown_percent(capital=self.capital, peak_pnl=peak, total_pnl=worth.total_pnl)

    def has_hold(self, kind: HoldKind) -> bool:
        """Whether a hold of this kind is in force."""
        return any(hold.kind is kind for hold in self.holds.values())


def signal_name(key: SignalKey) -> str:
    """Name a signal in the index of what was seen."""
    return f"signal\x1f{key.text()}"


def order_name(order_id: OrderId) -> str:
    """Name an order in the index of what was seen."""
    return f"order\x1f{order_id}"
