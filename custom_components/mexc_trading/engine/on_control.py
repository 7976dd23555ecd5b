"""Control: holds raised, released and cleared, limits and strategies set."""

from collections.abc import Mapping

from ..model.hold import WHOLE_BOOK, HoldKind, Release, Scope, ScopeKind
from ..model.ids import BookName, StrategyId
from ..risk.limits import StopAction
from ..risk.strategy import StrategyTerms
from . import events as ev
from .answers import Done, Unknown
from .effects import Effect
from .guard_events import PeakReset
from .holds import hold_id, latch_end, raised
from .inputs import ClearIn, LimitsIn, RaiseIn, ReleaseIn, StageIn, StrategiesIn
from .on_flatten import start_flatten
from .order_steps import IDLE, Doings
from .outcome import NOTHING, Outcome
from .records import limits_hash
from .state import BookState
from .stops import cancel_entries


def on_raise(state: BookState, item: RaiseIn, now_ns: int) -> Outcome:
    """Raise a hold. The kill switch also cancels working entries; it is no news twice, but it cancels again."""
    ends = latch_end(state, now_ns) if item.release is Release.NEXT_DAY else None
    hold = raised(
        state, kind=item.kind, scope=item.scope, why=item.why, release=item.release, now_ns=now_ns, until_ns=ends
    )
    events, effects = _with_it(state, item, now_ns) if item.kind is HoldKind.KILL_SWITCH else IDLE
    return Outcome(events=(*hold, *events), effects=effects, answer=Done())


def _with_it(state: BookState, item: RaiseIn, now_ns: int) -> Doings:
    """Do what the user wants the kill switch to do. A strategy's own switch never sells what others may hold."""
    action = state.limits.kill_action
    if action is StopAction.STOP_ENTRIES:
        return IDLE
    if action is StopAction.FLATTEN and item.scope == WHOLE_BOOK:
        return start_flatten(state, who=item.why, why=HoldKind.KILL_SWITCH, now_ns=now_ns)
    return cancel_entries(state, item.scope, item.why)


def on_release(state: BookState, item: ReleaseIn) -> Outcome:
    """Release a hold that a person releases. Others end by themselves and cannot be talked away."""
    hold = state.holds.get(item.hold_id)
    if hold is None or hold.release is not Release.PERSON:
        return Outcome(answer=Unknown())
    released = ev.HoldReleased(hold_id=item.hold_id, who=item.who, reason=item.reason)
    worth = state.valuation() if hold.kind is HoldKind.TOTAL_DRAWDOWN else None
    reset = () if worth is None else (PeakReset(total_pnl=worth.total_pnl),)
    return Outcome(events=(released, *reset), answer=Done())


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


def on_strategies(state: BookState, item: StrategiesIn | StageIn) -> Outcome:
    """Put strategy terms in force, if they differ; keep what is said about a strategy's way to live.

    A strategy that traded here and may not any more (it was sent back, it changed, or it is gone) has its working
    entries cancelled. What it holds, and the exits of that, stay.
    """
    if isinstance(item, StageIn):
        return Outcome(events=(item.fact,), answer=Done())
    wanted = {terms.strategy_id: terms for terms in item.strategies}
    if wanted == state.strategies:
        return Outcome(answer=Done())
    events: list[ev.Event] = [ev.StrategiesSet(strategies=item.strategies)]
    effects: list[Effect] = []
    for name in sorted(_trading_in(state.strategies, state.book) - _trading_in(wanted, state.book)):
        asked, cancels = cancel_entries(state, Scope(kind=ScopeKind.STRATEGY, name=name), "its strategy left the book")
        events += asked
        effects += cancels
    return Outcome(events=tuple(events), effects=tuple(effects), answer=Done())


def _trading_in(strategies: Mapping[StrategyId, StrategyTerms], book: BookName) -> set[StrategyId]:
    """Name the strategies that may trade in a book."""
    return {name for name, terms in strategies.items() if terms.stage in (None, book)}
