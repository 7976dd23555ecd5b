"""Between events and journal records: kind, look-up key and canonical body of each."""

from collections.abc import Mapping
from hashlib import sha256
import json
from typing import Final

from ..model.codec import Unreadable, from_plain, to_plain
from ..risk.limits import Limits
from . import compare_events as compare, events as ev, guard_events as guard, stage_events as stage
from .ports import Draft, Record

_KINDS: Final[Mapping[str, type[ev.Event]]] = {
    "run_started": ev.RunStarted,
    "run_stopped": ev.RunStopped,
    "limits_set": ev.LimitsSet,
    "strategies_set": ev.StrategiesSet,
    "instrument_seen": ev.InstrumentSeen,
    "signal_decided": ev.SignalDecided,
    "signal_conflicted": ev.SignalConflicted,
    "order_planned": ev.OrderPlanned,
    "order_stepped": ev.OrderStepped,
    "venue_answered": ev.VenueAnswered,
    "illegal_step": ev.IllegalStep,
    "order_missed": ev.OrderMissed,
    "order_recalled": ev.OrderRecalled,
    "order_adopted": ev.OrderAdopted,
    "absence_evidence": ev.AbsenceEvidence,
    "fill_booked": ev.FillBooked,
    "fee_valued": ev.FeeValued,
    "hold_raised": ev.HoldRaised,
    "hold_released": ev.HoldReleased,
    "day_opened": ev.DayOpened,
    "peak_reached": ev.PeakReached,
    "capital_set": ev.CapitalSet,
    "book_reset": ev.BookReset,
    "journal_gap": ev.JournalGap,
    "approval_answered": guard.ApprovalAnswered,
    "condition_set": guard.ConditionSet,
    "flow_booked": guard.FlowBooked,
    "book_valued": guard.BookValued,
    "peak_reset": guard.PeakReset,
    "trail_moved": guard.TrailMoved,
    "exit_triggered": guard.ExitTriggered,
    "target_passed": guard.TargetPassed,
    "flatten_started": guard.FlattenStarted,
    "flat_seen": guard.FlatSeen,
    "books_compared": compare.BooksCompared,
    "quantity_adopted": compare.QuantityAdopted,
    "drift_ignored": compare.DriftIgnored,
    "stage_set": stage.StageSet,
    "backtest_recorded": stage.BacktestRecorded,
}
"""The kinds as they stand on disk. A name here never changes its meaning."""

_KIND_OF: Final = {event_type: kind for kind, event_type in _KINDS.items()}


def draft(event: ev.Event, at_ns: int) -> Draft:
    """Write an event as a record to be."""
    return Draft(at_ns, _KIND_OF[type(event)], _key(event), canonical(event))


def event_of(record: Record) -> ev.Event:
    """Read a record's event; raises :class:`Unreadable` for a kind that this version does not know."""
    event_type = _KINDS.get(record.kind)
    if event_type is None:
        raise Unreadable(f"record {record.seq}: unknown kind {record.kind!r}")
    return from_plain(event_type, json.loads(record.body))


def event_of_draft(written: Draft) -> ev.Event:
    """Read the event of a record that is not in the journal yet."""
    return event_of(Record(0, *written, "", ""))


def canonical(value: object) -> str:
    """Write a value in its one canonical form: sorted keys, no spaces, decimals as text."""
    return json.dumps(to_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def limits_hash(limits: Limits) -> str:
    """Hash limits to 64 hex characters, as decisions name them."""
    return sha256(canonical(limits).encode()).hexdigest()


def _key(event: ev.Event) -> str:
    """Give the id under which the story of this event is looked up."""
    match event:
        case ev.SignalDecided():
            return event.decision.decision_id
        case ev.SignalConflicted():
            return event.decision_id
        case ev.OrderPlanned() | ev.OrderStepped() | ev.VenueAnswered() | ev.IllegalStep():
            return event.order_id
        case ev.AbsenceEvidence() | ev.OrderMissed():
            return event.order_id
        case ev.OrderRecalled() | ev.OrderAdopted():
            return event.record.order.order_id
        case ev.FillBooked():
            return event.fill.order_id or event.fill.venue_order_id
        case ev.FeeValued():
            return event.fill_id
        case ev.HoldRaised():
            return event.hold.hold_id
        case ev.HoldReleased():
            return event.hold_id
        case ev.InstrumentSeen():
            return event.instrument.symbol
        case compare.QuantityAdopted():
            return event.symbol
        case stage.StageSet() | stage.BacktestRecorded():
            return event.strategy_id
        case guard.ApprovalAnswered():
            return event.decision_id
        case guard.ExitTriggered() | guard.TargetPassed():
            return event.episode_id
        case _:
            return ""
