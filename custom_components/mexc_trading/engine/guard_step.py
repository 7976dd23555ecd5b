"""Steps that guard a book: what its own inputs mean, and what is due as prices come and time passes."""

from ..orders.reconcile import cash_moved
from . import guard_inputs as inp
from .answers import Done, Unknown
from .guard_events import ConditionSet, FlowBooked
from .on_approval import end_questions, on_approve
from .on_clock import on_clock_set
from .on_flatten import flatten_on, on_flatten, on_open_orders
from .on_protection import on_close, protect
from .outcome import NOTHING, Outcome
from .state import BookState


def guard_step(state: BookState, item: inp.GuardInput, now_ns: int, install_secret: bytes) -> Outcome:
    """Say what an input means for the book."""
    match item:
        case inp.ApproveIn():
            return on_approve(state, item, now_ns, install_secret)
        case inp.ConditionIn():
            return _on_condition(state, item)
        case inp.ClockSetIn():
            return on_clock_set(state)
        case inp.FlowIn():
            return _on_flow(state, item)
        case inp.CloseIn():
            return on_close(state, item, now_ns, install_secret)
        case inp.FlattenIn():
            return on_flatten(state, item, now_ns)
        case inp.OpenOrdersIn():
            return on_open_orders(state, item, now_ns)


def guard_tick(state: BookState, now_ns: int, install_secret: bytes) -> Outcome:
    """Look at exits, questions and an ordered end as time passes."""
    return flatten_on(state).then(protect(state, now_ns, install_secret)).then(end_questions(state, now_ns))


def _on_condition(state: BookState, item: inp.ConditionIn) -> Outcome:
    """Remember whether an entity is on, if that is news."""
    if state.memory.conditions.get(item.name) is item.met:
        return NOTHING
    return Outcome(events=(ConditionSet(name=item.name, met=item.met),))


def _on_flow(state: BookState, item: inp.FlowIn) -> Outcome:
    """Book a deposit or withdrawal: capital, neither profit nor loss.

    Only what the last comparison asks about, to the amount: a second answer finds no question, an answer to what is
    another amount by now finds another. Whoever gave it is told, and nothing is booked.
    """
    if item.amount != cash_moved(state.report.findings if state.report else ()):
        return Outcome(answer=Unknown())
    flow = FlowBooked(amount=item.amount, equity_before=state.equity(), why=item.why)
    return Outcome(events=(flow,), answer=Done())
