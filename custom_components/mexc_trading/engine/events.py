"""Everything that can stand in a journal. State is a fold over these, so they say what happened, never what to do."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ..model.decision import Decision
from ..model.fill import Fill
from ..model.hold import Hold
from ..model.ids import Asset, BookName, DecisionId, FillId, HoldId, OrderId, SignalId, StrategyId, Symbol, VenueOrderId
from ..model.market import Instrument, OrderType, Quote
from ..model.order import Leg
from ..model.outcome import Trace
from ..model.signal import Signal
from ..orders.record import OrderRecord
from ..orders.states import OrderState, OrderStep
from ..risk.limits import Limits
from ..risk.strategy import StrategyTerms
from .compare_events import CompareEvent
from .guard_events import GuardEvent
from .stage_events import StageEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """An engine took over the book: its currency, the software's version, and in which zone its days begin."""

    book: BookName
    quote: Asset
    version: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStopped:
    """The engine let go of the book in good order."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsSet:
    """The book's limits from here on, and their hash as decisions name it."""

    limits: Limits
    limits_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategiesSet:
    """All strategies from here on."""

    strategies: tuple[StrategyTerms, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentSeen:
    """A symbol's trading terms, new or changed."""

    instrument: Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDecided:
    """A signal got its decision. ``marks`` are the prices it was made with, so that it can be made again."""

    signal: Signal
    digest: str
    decision: Decision
    marks: tuple[Quote, ...]
    basis_seq: int = 0
    """The last record that was folded into the state it was made in; what one input gives shares its state.

    0: the record before this one, as earlier versions have it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalConflicted:
    """A signal id came again with another body; nothing was decided."""

    strategy: StrategyId
    signal_id: SignalId
    decision_id: DecisionId
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlanned:
    """The intent to send an order. On disk and synced before the first byte leaves."""

    order_id: OrderId
    decision_id: DecisionId
    leg: Leg
    attempt: int
    type: OrderType
    quantity: Decimal
    price: Decimal | None
    expires_ns: int | None = None
    """After this it is not sent any more, if it was not yet; None: it always is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStepped:
    """An order moved in its state machine. ``cause`` is a code or class, never free text of the venue."""

    order_id: OrderId
    step: OrderStep
    state: OrderState
    venue_order_id: VenueOrderId | None = None
    executed: Decimal | None = None
    cause: str = ""
    trace: Trace | None = None


class Question(StrEnum):
    """What the venue was asked about an order."""

    CANCEL = "cancel"
    LOOK_UP = "look_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueAnswered:
    """What came back from a cancel, or from a look-up that found nothing: a class, code or cause, never free text.

    A look-up's answer is journaled when it differs from what was said last; one that finds the order is a step of it.
    """

    order_id: OrderId
    question: Question
    answer: str
    trace: Trace | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IllegalStep:
    """News that the state machine does not foresee. The fact is kept, the state stays, the symbol is held."""

    order_id: OrderId
    step: OrderStep
    state: OrderState
    executed: Decimal | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMissed:
    """The venue denies an order that it had acknowledged or shown."""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecalled:
    """There is news about an order that ended long ago: this is what the journal had of it."""

    record: OrderRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAdopted:
    """The venue has an order with our mark that the journal knows nothing of."""

    record: OrderRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceEvidence:
    """What each place said when an order was searched for: ``absent`` or why it gave no answer.

    Journaled when it differs from what was said last.
    """

    order_id: OrderId
    by_id: str
    open_orders: str
    history: str
    trades: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FillBooked:
    """A trade went into the portfolio, once. ``fee_quote`` is the fee's value in quote units at that moment."""

    fill: Fill
    fee_quote: Decimal
    fee_valued: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeValued:
    """A fee in a third asset got its value in quote units, after its fill was booked without."""

    symbol: Symbol
    fill_id: FillId
    fee_quote: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRaised:
    """Entries stop in the hold's scope."""

    hold: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased:
    """A hold ended: by whom (``engine`` or a user id) and why."""

    hold_id: HoldId
    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOpened:
    """A trading day began, measured from this total PnL in quote units."""

    start_ns: int
    total_pnl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakReached:
    """The total PnL stands higher than ever before on this day, in quote units."""

    total_pnl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalSet:
    """The capital that the book works with, in quote units: its equity without its profit and loss."""

    capital: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BookReset:
    """The book began anew with this capital, in quote units: by whom and why. The former one lies in ``former``."""

    capital: Decimal
    former: str
    who: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalGap:
    """The journal can be written again; what was said in between may be missing from it."""

    since_ns: int
    cause: str


type Event = (
    RunStarted
    | RunStopped
    | LimitsSet
    | StrategiesSet
    | InstrumentSeen
    | SignalDecided
    | SignalConflicted
    | OrderPlanned
    | OrderStepped
    | VenueAnswered
    | IllegalStep
    | OrderMissed
    | OrderRecalled
    | OrderAdopted
    | AbsenceEvidence
    | FillBooked
    | FeeValued
    | HoldRaised
    | HoldReleased
    | DayOpened
    | PeakReached
    | CapitalSet
    | BookReset
    | JournalGap
    | GuardEvent
    | CompareEvent
    | StageEvent
)
