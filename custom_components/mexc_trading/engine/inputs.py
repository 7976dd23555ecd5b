"""Everything that can reach the engine: wishes of people and senders, answers of the venue, the passing of time."""

from dataclasses import dataclass
from enum import IntEnum

from ..model.fill import Fill
from ..model.hold import HoldKind, Release, Scope
from ..model.ids import HoldId, OrderId, Symbol
from ..model.market import Instrument, Quote
from ..model.order import VenueOrder
from ..model.outcome import Absent, Balance, CancelOutcome, SubmitOutcome, Unavailable
from ..model.signal import Action, Signal
from ..risk.limits import Limits
from ..risk.strategy import StrategyTerms
from .compare_inputs import CompareInput, DriftIn
from .events import SignalDecided
from .guard_inputs import ApproveIn, ClockSetIn, CloseIn, ConditionIn, FlattenIn, FlowIn, GuardInput
from .stage_events import StageEvent


class Priority(IntEnum):
    """Which inputs are stepped first. Each has its own places in the mailbox."""

    CONTROL = 0
    VENUE = 1
    EXIT = 2
    ENTRY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What the journal was found to hold under a signal's key: its decision, or none after all."""

    decided: SignalDecided | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalIn:
    """An authenticated, well-formed signal and the digest of its body.

    ``recall`` is there when the journal was asked, because the key may be known but is not in memory any more.
    """

    signal: Signal
    digest: str
    recall: Recall | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelIn:
    """Somebody wants an order cancelled."""

    order_id: OrderId
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseIn:
    """Somebody or some health check wants entries stopped. One hold of a kind and scope is enough."""

    kind: HoldKind
    scope: Scope
    why: str
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseIn:
    """A person wants a hold to end, with a reason."""

    hold_id: HoldId
    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearIn:
    """A health check found its trouble gone."""

    kind: HoldKind
    scope: Scope
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsIn:
    """New limits."""

    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategiesIn:
    """New strategy terms."""

    strategies: tuple[StrategyTerms, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageIn:
    """A fact about a strategy's way to live. Which book it trades in is said by its terms, which follow."""

    fact: StageEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotesIn:
    """New prices."""

    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentsIn:
    """Trading terms as read from the venue."""

    instruments: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitIn:
    """What came back from a submit."""

    order_id: OrderId
    outcome: SubmitOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class LostIn:
    """Nobody waits for the answer to this submit any more: a crash or a failed write lost it."""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOutcomeIn:
    """What came back from a cancel."""

    order_id: OrderId
    outcome: CancelOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundIn:
    """What a look-up by client id said."""

    order_id: OrderId
    answer: VenueOrder | Absent | Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedIn:
    """What a search in all four places said; times in ns of our clock."""

    order_id: OrderId
    started_ns: int
    by_id: VenueOrder | Absent | Unavailable
    open_orders: VenueOrder | Absent | Unavailable
    history: VenueOrder | Absent | Unavailable
    trades: tuple[Fill, ...] | Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class FillsIn:
    """Trades as read from the venue."""

    symbol: Symbol
    fills: tuple[Fill, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryIn:
    """All orders of a symbol in some time, as read from the venue."""

    symbol: Symbol
    orders: tuple[VenueOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancesIn:
    """All balances as read from the venue."""

    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TickIn:
    """Time passed."""


type Input = (
    SignalIn
    | CancelIn
    | RaiseIn
    | ReleaseIn
    | ClearIn
    | LimitsIn
    | StrategiesIn
    | StageIn
    | QuotesIn
    | InstrumentsIn
    | SubmitIn
    | LostIn
    | CancelOutcomeIn
    | FoundIn
    | SearchedIn
    | FillsIn
    | HistoryIn
    | BalancesIn
    | TickIn
    | GuardInput
    | CompareInput
)


def priority(item: Input) -> Priority:
    """Say which places in the mailbox an input takes."""
    match item:
        case SignalIn():
            return Priority.ENTRY if item.signal.action is Action.ENTER else Priority.EXIT
        case CancelIn() | CloseIn():
            return Priority.EXIT
        case ApproveIn():
            return Priority.ENTRY
        case (
            RaiseIn()
            | ReleaseIn()
            | ClearIn()
            | LimitsIn()
            | StrategiesIn()
            | StageIn()
            | FlattenIn()
            | ConditionIn()
            | FlowIn()
            | DriftIn()
            | ClockSetIn()
        ):
            return Priority.CONTROL
        case _:
            return Priority.VENUE
