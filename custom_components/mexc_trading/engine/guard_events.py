"""What can stand in a journal about guarding a book: questions, conditions, values, exits of its own, flattening."""

from dataclasses import dataclass
from decimal import Decimal

from ..model.ids import DecisionId, EpisodeId, Symbol
from ..risk.protection import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswered:
    """A question about an entry got its answer: by a user, or by ``engine`` when the signal became too old."""

    decision_id: DecisionId
    who: str
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionSet:
    """An entity of Home Assistant that entries depend on is on, or is not (off, unavailable, unknown)."""

    name: str
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowBooked:
    """Money came in (> 0) or left (< 0), in quote units, when the book's equity was this (None: not known)."""

    amount: Decimal
    equity_before: Decimal | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookValued:
    """The total PnL in quote units, now and then, so that a day that begins unseen has something to begin from."""

    total_pnl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakReset:
    """A person released a total drawdown: from here, a total PnL in quote units, a new peak is counted."""

    total_pnl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailMoved:
    """The highest bid since an episode is watched, in quote units; its trailing stop moves with it."""

    symbol: Symbol
    high: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitTriggered:
    """An episode is being sold from here on: why, at which bid, and how much (None: everything), and for whom."""

    symbol: Symbol
    episode_id: EpisodeId
    purpose: Purpose
    price: Decimal | None
    quantity: Decimal | None
    who: str = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPassed:
    """A target's price is there, and what is left of it is too little for the venue: the next one is waited for."""

    symbol: Symbol
    episode_id: EpisodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class FlattenStarted:
    """Everything is being sold, and every order cancelled, until the venue shows nothing of ours."""

    who: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatSeen:
    """A fresh read of the venue, begun at ``started_ns``: nothing of ours is open, and the book holds nothing."""

    started_ns: int
    flat: bool


type GuardEvent = (
    ApprovalAnswered
    | ConditionSet
    | FlowBooked
    | BookValued
    | PeakReset
    | TrailMoved
    | ExitTriggered
    | TargetPassed
    | FlattenStarted
    | FlatSeen
)
