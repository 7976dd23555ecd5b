"""What Home Assistant sees of a book: one immutable snapshot, made by the engine's side after every step."""

from dataclasses import dataclass
from decimal import Decimal

from ..engine.ports import Head
from ..model.decision import Decision
from ..model.hold import Hold, TradingMode
from ..model.ids import Asset, BookName, EpisodeId, OrderId, Symbol
from ..model.market import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionView:
    """One open position: base quantity, prices and PnL in quote units. Price-dependent fields are None without a price."""

    symbol: Symbol
    episode_id: EpisodeId
    quantity: Decimal
    average_price: Decimal
    mark_price: Decimal | None
    unrealized_pnl: Decimal | None


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
class ReadModel:
    """A book at one moment. Money in ``quote`` units, drawdown in percent ≥ 0, None where no price allows a figure."""

    book: BookName
    quote: Asset
    at_ns: int
    connected: bool
    equity: Decimal | None
    daily_pnl: Decimal | None
    realized_pnl: Decimal
    unrealized_pnl: Decimal | None
    daily_drawdown: Decimal | None
    day_open_ns: int
    positions: tuple[PositionView, ...]
    orders: tuple[OrderView, ...]
    mode: TradingMode
    holds: tuple[Hold, ...]
    kill_switch: bool
    last_decision: Decision | None
    journal_head: Head
    journal_healthy: bool
    clock_offset_ms: int | None
