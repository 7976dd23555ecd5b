"""What came back from a submit, or that nothing will."""

from ..model.hold import HoldKind
from ..model.order import VenueOrder
from ..model.outcome import Accepted, NotSent, SubmitOutcome
from ..orders.judgement import in_words, mismatch, submit_step
from ..orders.record import OrderRecord
from ..orders.states import OrderState, OrderStep
from . import events as ev
from .effects import FindOrder
from .inputs import LostIn, SubmitIn
from .order_steps import Doings, catch_up, stepped, symbol_hold
from .outcome import NOTHING, Outcome
from .ports import ENTRIES_STOPPED
from .state import BookState


def on_submit(state: BookState, item: SubmitIn, now_ns: int) -> Outcome:
    """Take the answer to a submit. An acknowledgement carries no status, so the order is read at once."""
    record = state.orders[item.order_id]
    outcome = item.outcome
    accepted = outcome if isinstance(outcome, Accepted) else None
    step = submit_step(outcome)
    news = ev.OrderStepped(
        order_id=item.order_id,
        step=step,
        state=record.state,
        venue_order_id=accepted.venue_order_id if accepted else None,
        cause="" if accepted else in_words(outcome),
        trace=outcome.trace,
    )
    events = stepped(state, record, news, now_ns)
    if accepted is None:
        return Outcome(events=(*events, *_given_up(record, events, outcome)))
    more, effects = unlike(state, record, accepted, events, now_ns) or catch_up(record, events)
    return Outcome(events=(*events, *more), effects=(*effects, FindOrder(order=record.order)))


def unlike(
    state: BookState, record: OrderRecord, seen: Accepted | VenueOrder, events: tuple[ev.Event, ...], now_ns: int
) -> Doings | None:
    """Cancel an order that is not what was asked for, and hold its symbol until a person has looked. None: it is."""
    wrong = mismatch(record.order, seen)
    if not wrong:
        return None
    why = f"{record.order.order_id}: {wrong}"
    hold = symbol_hold(state, HoldKind.ACKNOWLEDGEMENT_MISMATCH, record.order.symbol, why, now_ns)
    asked, effects = catch_up(record, events, why="acknowledgement mismatch")
    return (*hold, *asked), effects


def _given_up(record: OrderRecord, events: tuple[ev.Event, ...], outcome: SubmitOutcome) -> tuple[ev.OrderStepped, ...]:
    """End an order that did not leave because it must not, or because its cancellation was asked for meanwhile."""
    stopped = isinstance(outcome, NotSent) and outcome.cause == ENTRIES_STOPPED
    waits = any(isinstance(event, ev.OrderStepped) and event.state is OrderState.NOT_SENT for event in events)
    if not waits or not (stopped or record.cancel_wanted):
        return ()
    return (
        ev.OrderStepped(
            order_id=record.order.order_id,
            step=OrderStep.GIVEN_UP,
            state=OrderState.EXPIRED,
            cause=ENTRIES_STOPPED if stopped else "cancelled before it was sent",
        ),
    )


def on_lost(state: BookState, item: LostIn, now_ns: int) -> Outcome:
    """Take an order whose answer got lost for unknown, and look it up; one that was never released, for not sent."""
    record = state.orders[item.order_id]
    if record.state is OrderState.PLANNED:
        step = OrderStep.NOTHING_SENT
    elif record.state is OrderState.SENDING:
        step = OrderStep.NO_ANSWER
    else:
        return NOTHING
    news = ev.OrderStepped(order_id=item.order_id, step=step, state=record.state, cause="answer lost")
    return Outcome(events=stepped(state, record, news, now_ns), effects=(FindOrder(order=record.order),))
