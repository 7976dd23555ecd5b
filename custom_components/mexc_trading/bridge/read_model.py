"""What Home Assistant sees of a book: one immutable snapshot, made by the engine's side after every step."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ..engine.book import Book
from ..engine.kpis import Kpis
from ..engine.ports import Head
from ..engine.state import BookState, Report
from ..exchange.health import VenueHealth
from ..exchange.mexc.key import KeyConcern
from ..exchange.resilience.breaker import BreakerState
from ..model.decision import Decision
from ..model.hold import Hold, TradingMode
from ..model.ids import Asset, BookName, EpisodeId, OrderId, Symbol
from ..model.market import Side
from ..model.money import exact
from ..orders.record import OrderRecord
from ..orders.states import TERMINAL
from ..portfolio.position import Position
from ..portfolio.valuation import Valuation
from ..risk.protection import target_level
from .bookkeeping import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionView:
    """One open position: base quantity, prices and PnL in quote units; what needs a price is None without one."""

    symbol: Symbol
    episode_id: EpisodeId
    quantity: Decimal
    average_price: Decimal
    mark_price: Decimal | None
    worth: Decimal | None
    unrealized_pnl: Decimal | None
    stop_price: Decimal | None
    """Where it would be sold at a loss, or to keep a profit; None: nothing stops it."""

    target_price: Decimal | None
    """Where the next step of its take-profit ladder is sold."""

    exiting: str
    """Why it is being sold now; empty while it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """One order that is not in a terminal state."""

    order_id: OrderId
    symbol: Symbol
    side: Side
    leg: str
    state: str
    quantity: Decimal
    executed: Decimal
    price: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """What is measured beside the book: its key figures, the client's health, the journal's writes, the kill switch."""

    connected: bool
    kill_switch: bool
    clock_offset_ms: int | None
    kpis: Kpis
    venue: VenueHealth | None
    """None: the venue's client does not say."""

    journal_p99_us: int | None
    key_concerns: tuple[KeyConcern, ...]
    """What is wrong with a live account's key, or worth knowing."""

    journal_size: Size | None
    """As last measured; None: not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """A book at one moment. Money in ``quote`` units, drawdown in percent ≥ 0, None where no price allows a figure."""

    book: BookName
    quote: Asset
    at_ns: int
    gauges: Gauges
    equity: Decimal | None
    daily_pnl: Decimal | None
    realized_pnl: Decimal
    unrealized_pnl: Decimal | None
    daily_drawdown: Decimal | None
    max_drawdown: Decimal | None
    exposure: Decimal
    day_open_ns: int
    positions: tuple[PositionView, ...]
    orders: tuple[OrderView, ...]
    mode: TradingMode
    holds: tuple[Hold, ...]
    last_decision: Decision | None
    questions: tuple[Decision, ...]
    """Entries that wait for a person's yes or no, oldest first."""

    report: Report | None
    """The last comparison of the books; None before the first."""

    journal_head: Head
    journal_healthy: bool
    queued: int

    @property
    def connected(self) -> bool:
        """Whether the venue answered when it was last asked for everything."""
        return self.gauges.connected

    @property
    def kill_switch(self) -> bool:
        """Whether the kill switch is engaged."""
        return self.gauges.kill_switch


class Glance(NamedTuple):
    """What of a book should not wait to be shown, only to be compared with another glance."""

    risk: tuple[object, ...]
    """What a person must see without delay."""

    trades: tuple[object, ...]
    """What is news, though of a burst of it the last state is enough."""


def glance(book: Book, *, connected: bool, kill_switch: bool, breaker: BreakerState | None) -> Glance:
    """Look at a book for what may have changed."""
    state = book.state
    decision = state.last_decision
    return Glance(
        risk=(
            tuple(state.holds.values()),
            kill_switch,
            connected,
            book.journal_healthy and not book.faulted,
            breaker,
        ),
        trades=(
            decision and decision.decision_id,
            tuple((position.symbol, position.quantity) for position in state.ledger.positions.values()),
            tuple((record.order.order_id, record.state, record.executed) for record in state.active_orders),
        ),
    )


def picture(book: Book, *, at_ns: int, gauges: Gauges) -> ReadModel:
    """Take the snapshot of a book."""
    state = book.state
    with exact():
        totals = state.totals()
        worth = state.valued(totals)
        return ReadModel(
            book=state.book,
            quote=state.quote,
            at_ns=at_ns,
            gauges=gauges,
            equity=state.equity(),
            daily_pnl=state.daily_pnl(),
            realized_pnl=state.ledger.realized,
            unrealized_pnl=worth.unrealized if worth else None,
            daily_drawdown=_drawdown(state, worth),
            max_drawdown=_max_drawdown(state, worth),
            exposure=totals.gross,
            day_open_ns=state.day.start_ns if state.day else 0,
            positions=tuple(_position(state, position) for position in state.ledger.positions.values()),
            orders=tuple(_order(record) for record in state.active_orders if record.state not in TERMINAL),
            mode=state.mode,
            holds=tuple(state.holds.values()),
            last_decision=state.last_decision,
            questions=tuple(waiting.decision for waiting in state.memory.waiting.values()),
            report=state.report,
            journal_head=book.journal.head,
            journal_healthy=book.journal_healthy and not book.faulted,
            queued=book.queued,
        )


def _drawdown(state: BookState, worth: Valuation | None) -> Decimal | None:
    """Give the fall from the day's peak; None before the first day."""
    return None if state.day is None else state.drawdown(state.day.peak_pnl, worth)


def _max_drawdown(state: BookState, worth: Valuation | None) -> Decimal | None:
    """Give the deepest fall ever: the present one, or one that the journal remembers."""
    now = state.drawdown(state.memory.total_peak, worth)
    return None if now is None else max(now, state.memory.deepest)


def _position(state: BookState, position: Position) -> PositionView:
    mark = state.marks.get(position.symbol)
    watched = state.memory.protections.get(position.symbol)
    return PositionView(
        symbol=position.symbol,
        episode_id=position.episode_id,
        quantity=position.quantity,
        average_price=position.average_price,
        mark_price=mark.bid if mark else None,
        worth=position.quantity * mark.bid if mark else None,
        unrealized_pnl=position.unrealized(mark.bid) if mark else None,
        stop_price=state.memory.stops.get(position.symbol),
        target_price=target_level(watched, position.average_price) if watched else None,
        exiting=watched.purpose.value if watched and watched.purpose else "",
    )


def _order(record: OrderRecord) -> OrderView:
    order = record.order
    return OrderView(
        order_id=order.order_id,
        symbol=order.symbol,
        side=order.side,
        leg=order.leg.value,
        state=record.state.value,
        quantity=order.quantity,
        executed=record.executed,
        price=order.price,
    )
