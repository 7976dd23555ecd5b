"""A signal: somebody's wish to enter or exit, with its own id and time."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .ids import BookName, SignalId, SignalKey, StrategyId, Symbol
from .leg import Leg
from .market import OrderType, Side


class Action(StrEnum):
    """An entry raises exposure; an exit lowers it and can never flip or enlarge a position."""

    ENTER = "enter"
    EXIT = "exit"


class SizeBasis(StrEnum):
    """What the number in ``size`` counts."""

    QUANTITY = "quantity"
    NOTIONAL = "notional"
    EQUITY_PERCENT = "equity_percent"
    RISK_PERCENT = "risk_percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much: a value > 0 and its basis (base units, quote units, or percent of equity)."""

    basis: SizeBasis
    value: Decimal


class LevelBasis(StrEnum):
    """How a protective level is given."""

    PERCENT = "percent"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A protective level: a distance from the entry price in percent, or a price in quote units."""

    basis: LevelBasis
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One step of a take-profit ladder: at ``level``, ``share`` (0 < share ≤ 1) of the position leaves."""

    level: Level
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Protect:
    """The exits that go with an entry. ``break_even`` moves the stop to the entry once the first target is reached."""

    stop_loss: Level | None = None
    take_profit: tuple[Target, ...] = ()
    trailing_percent: Decimal | None = None
    """The stop follows the highest bid at this distance in percent, > 0; None: it stays."""

    break_even: bool = False
    time_exit_s: int | None = None
    """Seconds after which whatever is still held is sold; None: never."""


class Source(StrEnum):
    """The way a signal came in."""

    WEBHOOK = "webhook"
    UNSIGNED_WEBHOOK = "unsigned_webhook"
    """Believed for a token in the body; held to the limits of :mod:`..risk.unsigned`."""

    ACTION = "action"
    RULE = "rule"
    """A rule strategy of the account's own, at the close of a candle."""

    ENGINE = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One wish, authenticated and checked for shape. ``valid_for_s`` counts from ``issued_at_ns``; None: no end."""

    book: BookName
    strategy: StrategyId
    signal_id: SignalId
    issued_at_ns: int
    symbol: Symbol
    action: Action
    side: Side
    order_type: OrderType = OrderType.MARKET
    price: Decimal | None = None
    size: Size | None = None
    protect: Protect | None = None
    valid_for_s: int | None = None
    reason: str = ""
    source: Source = Source.ACTION
    leg: Leg | None = None
    """Which exit of the engine's own this is; None: it follows from the action."""

    urgency: int = 0
    """How far an exit of the engine may chase the price: each step doubles its collar, the last is the market."""

    @property
    def key(self) -> SignalKey:
        """The identity under which this wish is decided once."""
        return SignalKey(self.book, self.strategy, self.signal_id)
