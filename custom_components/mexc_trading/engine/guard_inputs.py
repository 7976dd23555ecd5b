"""What can reach the engine about guarding a book: answers to questions, the state of the house, wishes to sell."""

from dataclasses import dataclass
from decimal import Decimal

from ..model.ids import DecisionId, Symbol
from ..model.order import VenueOrder
from ..model.outcome import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveIn:
    """A person answers the question about an entry."""

    decision_id: DecisionId
    who: str
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionIn:
    """An entity of Home Assistant that entries depend on is on, or is not."""

    name: str
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowIn:
    """A person says that money of this amount came in (> 0) or left (< 0), in quote units: the answer to a question."""

    amount: Decimal
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIn:
    """A person wants a position sold, all of it, and whatever it takes."""

    symbol: Symbol
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlattenIn:
    """A person wants everything sold and every order cancelled."""

    who: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrdersIn:
    """All open orders of the book's symbols, read from the venue by a question that left at ``started_ns``."""

    started_ns: int
    orders: tuple[VenueOrder, ...] | Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSetIn:
    """Our clock is about to be set: what was measured by it and what will be do not fit together."""


type GuardInput = ApproveIn | ClockSetIn | ConditionIn | FlowIn | CloseIn | FlattenIn | OpenOrdersIn
