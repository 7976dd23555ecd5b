"""What the venue says of an order when it is looked up, or searched for in every place."""

from typing import Final

from ..model.elapsed import passed
from ..model.hold import HoldKind
from ..model.order import VenueOrder, VenueStatus
from ..model.outcome import Unavailable
from ..orders.absence import ABSENT, absent_everywhere, proven_absent
from ..orders.judgement import in_words, report_step
from ..orders.record import OrderRecord
from ..orders.states import SIGHTINGS, WORKING, OrderState, OrderStep, advance
from . import events as ev
from .again import again
from .effects import CancelOrder, Effect, ReadOrderFills
from .inputs import FoundIn, SearchedIn
from .on_fills import booked
from .on_submit import unlike
from .order_steps import CANCELABLE, catch_up, stepped, symbol_hold
from .outcome import NOTHING, Outcome
from .state import BookState

VISIBLE_WITHIN_NS: Final = 10 * 1_000_000_000
"""A denial this soon after other news is a slow read of the venue, nothing more (fact sheet 5.4)."""

MISSED_FOR_NS: Final = 60 * 1_000_000_000
"""An acknowledged order that no place knows for this long is a person's business."""


def on_found(state: BookState, item: FoundIn, now_ns: int) -> Outcome:
    """Take a look-up's answer. Absence alone proves nothing; silence never does."""
    record = state.orders[item.order_id]
    if isinstance(item.answer, VenueOrder):
        return reported(state, record, item.answer, now_ns)
    events: tuple[ev.Event, ...] = ()
    if (answer := in_words(item.answer)) != record.said:
        question, trace = ev.Question.LOOK_UP, item.answer.trace
        events = (ev.VenueAnswered(order_id=item.order_id, question=question, answer=answer, trace=trace),)
    known = isinstance(item.answer, Unavailable) or record.state not in WORKING or record.missing_ns is not None
    if not known and passed(record.changed_ns, VISIBLE_WITHIN_NS, now_ns):
        events = (*events, ev.OrderMissed(order_id=item.order_id))
    return Outcome(events=events) if events else NOTHING


def reported(state: BookState, record: OrderRecord, report: VenueOrder, now_ns: int) -> Outcome:
    """Take over what the venue says of an order; read its trades if more was executed than is booked."""
    if record.venue_order_id not in (None, report.venue_order_id):
        return _twin(state, record, report, now_ns)
    events: tuple[ev.Event, ...] = ()
    effects: tuple[Effect, ...] = ()
    if _is_news(record, report):
        events, effects = _taken_over(state, record, report, now_ns)
    if report.executed > record.booked:
        fills = ReadOrderFills(
            order_id=record.order.order_id, symbol=record.order.symbol, venue_order_id=report.venue_order_id
        )
        effects = (*effects, fills)
    return Outcome(events=events, effects=effects)


def _twin(state: BookState, record: OrderRecord, report: VenueOrder, now_ns: int) -> Outcome:
    """Stop a second order under one of our ids, which must never be: cancelled, and a person's business."""
    why = f"{record.order.order_id}: two orders at the venue, {record.venue_order_id} and {report.venue_order_id}"
    hold = symbol_hold(state, HoldKind.ACKNOWLEDGEMENT_MISMATCH, record.order.symbol, why, now_ns)
    working = SIGHTINGS[report_step(report)] in CANCELABLE
    cancel = CancelOrder(order=record.order, venue_order_id=report.venue_order_id)
    return Outcome(events=hold, effects=(cancel,) if working else ())


def _is_news(record: OrderRecord, report: VenueOrder) -> bool:
    """Whether a report says anything that is not known yet. Repeats are not journaled."""
    return (
        not record.seen
        or record.missing_ns is not None
        or record.venue_order_id is None
        or report.executed > record.executed
        or advance(record.state, report_step(report)) is not record.state
        or (record.cancel_wanted and record.state is not OrderState.CANCELING and record.state in WORKING)
    )


def _taken_over(
    state: BookState, record: OrderRecord, report: VenueOrder, now_ns: int
) -> tuple[tuple[ev.Event, ...], tuple[Effect, ...]]:
    news = ev.OrderStepped(
        order_id=record.order.order_id,
        step=report_step(report),
        state=record.state,
        venue_order_id=report.venue_order_id,
        executed=report.executed,
        cause=report.status.value,
    )
    events = stepped(state, record, news, now_ns)
    if report.status is VenueStatus.UNRECOGNISED:
        why = f"{record.order.order_id}: a status that is not known"
        events = (*events, *symbol_hold(state, HoldKind.UNRESOLVED_ORDER, record.order.symbol, why, now_ns))
    more, effects = unlike(state, record, report, events, now_ns) or catch_up(record, events)
    return (*events, *more), effects


def on_searched(state: BookState, item: SearchedIn, now_ns: int, install_secret: bytes) -> Outcome:
    """Take a search's answers: found somewhere, or absent everywhere long enough after the fence, or neither."""
    record = state.orders[item.order_id]
    for answer in (item.by_id, item.open_orders, item.history):
        if isinstance(answer, VenueOrder):
            return reported(state, record, answer, now_ns)
    if isinstance(item.trades, tuple) and item.trades:
        return _traded(state, record, item, now_ns)
    said = tuple(_said(answer) for answer in (item.by_id, item.open_orders, item.history, item.trades))
    events: tuple[ev.Event, ...] = () if said == record.evidence else (_evidence(record, said),)
    if proven_absent(record, said=said, searched_ns=item.started_ns, now_ns=now_ns):
        step = OrderStep.PROVEN_ABSENT
        news = ev.OrderStepped(order_id=item.order_id, step=step, state=record.state, cause="absent everywhere")
        evidence = _evidence(record, said)
        more, effects = again(state, record, now_ns, install_secret)
        return Outcome(events=(evidence, *stepped(state, record, news, now_ns), *more), effects=effects)
    missed = record.missing_ns is not None and passed(record.missing_ns, MISSED_FOR_NS, now_ns)
    if missed and absent_everywhere(said):
        why = f"{item.order_id}: acknowledged, and not known to the venue any more"
        events = (*events, *symbol_hold(state, HoldKind.UNRESOLVED_ORDER, record.order.symbol, why, now_ns))
    return Outcome(events=events)


def _traded(state: BookState, record: OrderRecord, item: SearchedIn, now_ns: int) -> Outcome:
    """Take an order that only its trades tell of: it was there, and did at least this much."""
    trades = item.trades if isinstance(item.trades, tuple) else ()
    done = sum((fill.quantity for fill in trades), start=record.order.quantity * 0)
    step = OrderStep.SEEN_FILLED if done >= record.order.quantity else OrderStep.SEEN_PARTIAL
    news = ev.OrderStepped(
        order_id=item.order_id,
        step=step,
        state=record.state,
        venue_order_id=trades[0].venue_order_id,
        executed=done,
        cause="trades",
    )
    known = advance(record.state, step) is record.state and done <= record.executed
    events = () if known else stepped(state, record, news, now_ns)
    return Outcome(events=(*events, *booked(state, trades, now_ns).events))


def _evidence(record: OrderRecord, said: tuple[str, ...]) -> ev.AbsenceEvidence:
    by_id, open_orders, history, trades = said
    return ev.AbsenceEvidence(
        order_id=record.order.order_id, by_id=by_id, open_orders=open_orders, history=history, trades=trades
    )


def _said(answer: object) -> str:
    return answer.cause if isinstance(answer, Unavailable) else ABSENT
