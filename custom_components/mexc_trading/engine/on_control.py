"""Control: holds raised, released and cleared, limits and strategies set."""

from ..model.hold import HoldKind, Release
from . import events as ev
from .answers import Done, Unknown
from .effects import Effect
from .holds import hold_id, raised
from .inputs import ClearIn, LimitsIn, RaiseIn, ReleaseIn, StrategiesIn
from .order_steps import ask_cancel
from .outcome import NOTHING, Outcome
from .records import limits_hash
from .state import BookState


def on_raise(state: BookState, item: RaiseIn, now_ns: int) -> Outcome:
    """Raise a hold. The kill switch also cancels working entries; it is no news twice, but it cancels again."""
    hold = raised(state, kind=item.kind, scope=item.scope, why=item.why, release=item.release, now_ns=now_ns)
    if item.kind is not HoldKind.KILL_SWITCH:
        return Outcome(events=hold, answer=Done())
    asked, cancels = cancel_entries(state, item.why)
    return Outcome(events=(*hold, *asked), effects=cancels, answer=Done())


def cancel_entries(state: BookState, why: str) -> tuple[tuple[ev.Event, ...], tuple[Effect, ...]]:
    """Ask for the end of every entry that is working at the venue, on its way there, or waiting to be sent."""
    events: list[ev.Event] = []
    effects: list[Effect] = []
    for record in state.active_orders:
        if record.order.is_entry:
            asked, cancels = ask_cancel(record, why)
            events += asked
            effects += cancels
    return tuple(events), tuple(effects)


def on_release(state: BookState, item: ReleaseIn) -> Outcome:
    """Release a hold that a person releases. Others end by themselves and cannot be talked away."""
    hold = state.holds.get(item.hold_id)
    if hold is None or hold.release is not Release.PERSON:
        return Outcome(answer=Unknown())
    return Outcome(events=(ev.HoldReleased(hold_id=item.hold_id, who=item.who, reason=item.reason),), answer=Done())


def on_clear(state: BookState, item: ClearIn) -> Outcome:
    """End a hold whose trouble is gone, if it is one that ends by itself."""
    name = hold_id(item.kind, item.scope)
    hold = state.holds.get(name)
    if hold is None or hold.release is not Release.AUTOMATIC:
        return NOTHING
    return Outcome(events=(ev.HoldReleased(hold_id=name, who="engine", reason=item.reason),))


def on_limits(state: BookState, item: LimitsIn) -> Outcome:
    """Put limits in force, if they differ. A hold raised under the old ones stays."""
    digest = limits_hash(item.limits)
    if digest == state.limits_hash:
        return Outcome(answer=Done())
    return Outcome(events=(ev.LimitsSet(limits=item.limits, limits_hash=digest),), answer=Done())


def on_strategies(state: BookState, item: StrategiesIn) -> Outcome:
    """Put strategy terms in force, if they differ."""
    if {terms.strategy_id: terms for terms in item.strategies} == state.strategies:
        return Outcome(answer=Done())
    return Outcome(events=(ev.StrategiesSet(strategies=item.strategies),), answer=Done())
