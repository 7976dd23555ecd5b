"""The pure heart: ``step(state, input, now) → events, effects, answer``. No clock, no random, no I/O."""

from ..model.money import exact
from . import inputs as inp
from .again import chase
from .answers import Done
from .compare_inputs import CompareIn, DriftIn
from .guard_step import guard_step, guard_tick
from .on_cancel import on_cancel, on_cancel_outcome, written_off
from .on_compare import compare_step
from .on_control import on_clear, on_limits, on_raise, on_release, on_strategies
from .on_fills import on_fills, value_fees
from .on_market import on_balances, on_instruments, on_prices, on_tick
from .on_protection import protect
from .on_reports import on_found, on_searched
from .on_signal import on_signal
from .on_strays import on_history
from .on_submit import on_lost, on_submit
from .outcome import Outcome
from .state import BookState


def step(state: BookState, item: inp.Input, now_ns: int, install_secret: bytes) -> Outcome:
    """Say what an input means for the book. Reads ``state`` and changes nothing."""
    with exact():
        match item:
            case inp.SignalIn():
                return on_signal(state, item, now_ns, install_secret)
            case inp.CancelIn():
                return on_cancel(state, item)
            case inp.RaiseIn():
                return on_raise(state, item, now_ns)
            case inp.ReleaseIn():
                return _released(state, item)
            case inp.ClearIn():
                return on_clear(state, item)
            case inp.LimitsIn():
                return on_limits(state, item)
            case inp.StrategiesIn() | inp.StageIn():
                return on_strategies(state, item)
            case inp.QuotesIn():
                return on_prices(state, now_ns).then(protect(state, now_ns, install_secret)).then(value_fees(state))
            case inp.InstrumentsIn():
                return on_instruments(state, item)
            case inp.SubmitIn():
                return on_submit(state, item, now_ns)
            case inp.LostIn():
                return on_lost(state, item, now_ns)
            case inp.CancelOutcomeIn():
                return on_cancel_outcome(state, item)
            case inp.FoundIn():
                return on_found(state, item, now_ns)
            case inp.SearchedIn():
                return on_searched(state, item, now_ns, install_secret)
            case inp.FillsIn():
                return on_fills(state, item, now_ns)
            case inp.HistoryIn():
                return on_history(state, item, now_ns)
            case inp.BalancesIn():
                return on_balances(state, item)
            case inp.TickIn():
                guarded = guard_tick(state, now_ns, install_secret)
                ticked = on_tick(state, now_ns).then(guarded)
                return ticked.then(chase(state, now_ns, ticked.events))
            case CompareIn() | DriftIn():
                return compare_step(state, item, now_ns)
            case _:
                return guard_step(state, item, now_ns, install_secret)


def _released(state: BookState, item: inp.ReleaseIn) -> Outcome:
    """Release a hold; orders that it was about are written off with it."""
    outcome = on_release(state, item)
    if not isinstance(outcome.answer, Done):
        return outcome
    return outcome.then(Outcome(events=written_off(state, item)))
