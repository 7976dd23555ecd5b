"""Wishes to cancel, and what came back from them."""

from ..model.hold import HoldKind, ScopeKind
from ..orders.judgement import in_words
from ..orders.states import TERMINAL, OrderState, OrderStep, advance
from . import events as ev
from .answers import Done, Unknown
from .effects import FindOrder
from .inputs import CancelIn, CancelOutcomeIn, ReleaseIn
from .order_steps import ask_cancel
from .outcome import Outcome
from .state import BookState, order_name


def on_cancel(state: BookState, item: CancelIn) -> Outcome:
    """Ask for the end of an order that may still do something."""
    record = state.orders.get(item.order_id)
    if record is None:
        ended = bool(state.seen.places(order_name(item.order_id)))
        return Outcome(answer=Done() if ended else Unknown())
    events, effects = ask_cancel(record, item.who)
    return Outcome(events=events, effects=effects, answer=Done())


def on_cancel_outcome(state: BookState, item: CancelOutcomeIn) -> Outcome:
    """After any answer to a cancel the order is read: accepted, refused and unanswered all leave its fills open."""
    said = ev.VenueAnswered(
        order_id=item.order_id,
        question=ev.Question.CANCEL,
        answer=in_words(item.outcome),
        trace=item.outcome.trace,
    )
    return Outcome(events=(said,), effects=(FindOrder(order=state.orders[item.order_id].order),))


def written_off(state: BookState, item: ReleaseIn) -> tuple[ev.Event, ...]:
    """Write off the orders behind an ``unresolved_order`` hold that a person releases: nothing is expected of them.

    Those are the orders of its symbol whose fate is unknown, that the venue denies, or whose trades never came.
    """
    hold = state.holds.get(item.hold_id)
    if hold is None or hold.kind is not HoldKind.UNRESOLVED_ORDER or hold.scope.kind is not ScopeKind.SYMBOL:
        return ()
    events: list[ev.Event] = []
    for record in state.active_orders:
        lost = record.state is OrderState.UNKNOWN or record.state in TERMINAL or record.missing_ns is not None
        after = advance(record.state, OrderStep.WRITTEN_OFF)
        if record.order.symbol == hold.scope.name and lost and after is not None:
            events.append(
                ev.OrderStepped(order_id=record.order.order_id, step=OrderStep.WRITTEN_OFF, state=after, cause=item.who)
            )
    return tuple(events)
