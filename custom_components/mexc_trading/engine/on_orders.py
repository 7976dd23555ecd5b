"""News about orders: answers to submits and cancels, look-ups, searches, trades, and wishes to cancel."""

from decimal import Decimal

from ..model.fill import Fill
from ..model.hold import HoldKind, Release, Scope, ScopeKind
from ..model.money import ZERO
from ..model.order import VenueOrder
from ..model.outcome import Absent, Accepted, Ambiguous, NotSent, Rejected, SubmitOutcome, Throttled, Unavailable
from ..orders.absence import proven_absent
from ..orders.judgement import mismatch, report_step, submit_step
from ..orders.record import OrderRecord
from ..orders.states import WORKING, OrderState, OrderStep, advance
from ..portfolio.ledger import fee_in_quote, third_symbol
from . import events as ev
from .answers import Done, Unknown
from .effects import CancelOrder, Effect, FindOrder, ReadOrderFills
from .holds import raised
from .inputs import CancelIn, CancelOutcomeIn, FillsIn, FoundIn, LostIn, SearchedIn, SubmitIn
from .outcome import NOTHING, Outcome
from .state import BookState


def on_submit(state: BookState, item: SubmitIn, now_ns: int) -> Outcome:
    """Take the answer to a submit. An acknowledgement carries no status, so the order is read at once."""
    record = state.orders[item.order_id]
    outcome = item.outcome
    accepted = outcome if isinstance(outcome, Accepted) else None
    events = _steps(
        state,
        record,
        submit_step(outcome),
        now_ns,
        ev.OrderStepped(
            order_id=item.order_id,
            step=submit_step(outcome),
            state=record.state,
            venue_order_id=accepted.venue_order_id if accepted else None,
            cause=_cause(outcome),
            trace=outcome.trace,
        ),
    )
    if accepted is None:
        return Outcome(events=events)
    wrong = mismatch(record.order, accepted)
    if wrong:
        return _mismatched(state, record, accepted, wrong, events, now_ns)
    return Outcome(events=events, effects=(FindOrder(order=record.order),))


def _mismatched(
    state: BookState,
    record: OrderRecord,
    seen: Accepted | VenueOrder,
    wrong: str,
    events: tuple[ev.Event, ...],
    now_ns: int,
) -> Outcome:
    """Cancel an order that is not what was asked for, and hold its symbol until a person has looked."""
    hold = raised(
        state,
        kind=HoldKind.ACKNOWLEDGEMENT_MISMATCH,
        scope=Scope(kind=ScopeKind.SYMBOL, name=record.order.symbol),
        why=f"{record.order.order_id}: {wrong}",
        release=Release.PERSON,
        now_ns=now_ns,
    )
    cancel = CancelOrder(order=record.order, venue_order_id=seen.venue_order_id)
    return Outcome(events=(*events, *hold), effects=(cancel, FindOrder(order=record.order)))


def on_lost(state: BookState, item: LostIn, now_ns: int) -> Outcome:
    """Take an order whose answer got lost for unknown, and look it up."""
    record = state.orders[item.order_id]
    if record.state is not OrderState.SENDING:
        return NOTHING
    step = OrderStep.NO_ANSWER
    event = ev.OrderStepped(order_id=item.order_id, step=step, state=record.state, cause="answer lost")
    return Outcome(events=_steps(state, record, step, now_ns, event), effects=(FindOrder(order=record.order),))


def on_found(state: BookState, item: FoundIn, now_ns: int) -> Outcome:
    """Take a look-up's answer. Absence alone proves nothing; silence never does."""
    record = state.orders[item.order_id]
    match item.answer:
        case VenueOrder() as report:
            return _reported(state, record, report, now_ns)
        case Absent() | Unavailable():
            return NOTHING


def _reported(state: BookState, record: OrderRecord, report: VenueOrder, now_ns: int) -> Outcome:
    """Take over what the venue says of an order; read its trades if more was executed than is booked."""
    step = report_step(report)
    events: tuple[ev.Event, ...] = ()
    news = report.executed > record.executed or record.venue_order_id is None
    if step is not None and (news or advance(record.state, step) is not record.state):
        event = ev.OrderStepped(
            order_id=record.order.order_id,
            step=step,
            state=record.state,
            venue_order_id=report.venue_order_id,
            executed=report.executed,
            cause=report.status.value,
        )
        events = _steps(state, record, step, now_ns, event)
    effects: tuple[Effect, ...] = ()
    if report.executed > record.booked:
        effects = (_fills_of(record, report),)
    wrong = mismatch(record.order, report)
    if wrong and not state.has_hold(HoldKind.ACKNOWLEDGEMENT_MISMATCH):
        outcome = _mismatched(state, record, report, wrong, events, now_ns)
        return Outcome(events=outcome.events, effects=(*effects, outcome.effects[0]))
    return Outcome(events=events, effects=effects)


def _fills_of(record: OrderRecord, report: VenueOrder) -> ReadOrderFills:
    return ReadOrderFills(
        order_id=record.order.order_id, symbol=record.order.symbol, venue_order_id=report.venue_order_id
    )


def on_searched(state: BookState, item: SearchedIn, now_ns: int) -> Outcome:
    """Take a search's answers: found somewhere, or absent everywhere long enough after the fence, or neither."""
    record = state.orders[item.order_id]
    for answer in (item.by_id, item.open_orders, item.history):
        if isinstance(answer, VenueOrder):
            return _reported(state, record, answer, now_ns)
    if isinstance(item.trades, tuple) and item.trades:
        return _book(state, item.trades)
    evidence = ev.AbsenceEvidence(
        order_id=item.order_id,
        by_id=_said(item.by_id),
        open_orders=_said(item.open_orders),
        history=_said(item.history),
        trades=_said(item.trades),
    )
    absent = all(
        answer == "absent" for answer in (evidence.by_id, evidence.open_orders, evidence.history, evidence.trades)
    )
    if not absent or not proven_absent(record, searched_ns=item.started_ns):
        return Outcome(events=(evidence,))
    step = OrderStep.PROVEN_ABSENT
    event = ev.OrderStepped(order_id=item.order_id, step=step, state=record.state, cause="absent everywhere")
    return Outcome(events=(evidence, *_steps(state, record, step, now_ns, event)))


def _said(answer: VenueOrder | Absent | Unavailable | tuple[Fill, ...]) -> str:
    match answer:
        case Unavailable():
            return answer.cause
        case VenueOrder():
            return "found"
        case _:
            return "absent"


def on_fills(state: BookState, item: FillsIn) -> Outcome:
    """Book the trades that are not booked yet; whichever side they came from, once by trade id."""
    return _book(state, item.fills)


def _book(state: BookState, fills: tuple[Fill, ...]) -> Outcome:
    events: list[ev.Event] = []
    seen = set(state.fills)
    for fill in sorted(fills, key=lambda fill: fill.at_ms):
        identity = (fill.symbol, fill.fill_id)
        ours = fill.order_id in state.orders
        if identity in seen or not ours or fill.symbol not in state.instruments:
            continue
        seen.add(identity)
        fee = _fee(state, fill)
        events.append(ev.FillBooked(fill=fill, fee_quote=fee or ZERO, fee_valued=fee is not None))
    return Outcome(events=tuple(events))


def _fee(state: BookState, fill: Fill) -> Decimal | None:
    mark = state.marks.get(third_symbol(fill.fee_asset, state.quote))
    return fee_in_quote(fill, state.instruments[fill.symbol], mark.mid if mark else None)


def on_cancel(state: BookState, item: CancelIn) -> Outcome:
    """Ask the venue to cancel an order that may still do something."""
    record = state.orders.get(item.order_id)
    if record is None:
        return Outcome(answer=Unknown())
    if record.state not in WORKING:
        return Outcome(answer=Done())
    event = ev.OrderStepped(
        order_id=item.order_id,
        step=OrderStep.CANCEL_ASKED,
        state=advance(record.state, OrderStep.CANCEL_ASKED) or record.state,
        cause=item.who,
    )
    effect = CancelOrder(order=record.order, venue_order_id=record.venue_order_id)
    return Outcome(events=(event,), effects=(effect,), answer=Done())


def on_cancel_outcome(state: BookState, item: CancelOutcomeIn) -> Outcome:
    """After any answer to a cancel the order is read: accepted, refused and unanswered all leave its fills open."""
    record = state.orders[item.order_id]
    return Outcome(effects=(FindOrder(order=record.order),))


def _steps(
    state: BookState, record: OrderRecord, step: OrderStep, now_ns: int, event: ev.OrderStepped
) -> tuple[ev.Event, ...]:
    """Make the step's event, or, where the table has none, keep the fact and hold the symbol."""
    after = advance(record.state, step)
    if after is not None:
        return (
            ev.OrderStepped(
                order_id=event.order_id,
                step=step,
                state=after,
                venue_order_id=event.venue_order_id,
                executed=event.executed,
                cause=event.cause,
                trace=event.trace,
            ),
        )
    illegal = ev.IllegalStep(
        order_id=event.order_id, step=step, state=record.state, executed=event.executed, cause=event.cause
    )
    hold = raised(
        state,
        kind=HoldKind.ILLEGAL_TRANSITION,
        scope=Scope(kind=ScopeKind.SYMBOL, name=record.order.symbol),
        why=f"{event.order_id}: {record.state} + {step}",
        release=Release.PERSON,
        now_ns=now_ns,
    )
    return (illegal, *hold)


def _cause(outcome: SubmitOutcome) -> str:
    match outcome:
        case Accepted():
            return ""
        case Rejected():
            return f"{outcome.refusal}:{outcome.code}"
        case Throttled():
            return "banned" if outcome.banned else "throttled"
        case NotSent() | Ambiguous():
            return outcome.cause
