"""Fold one event into a book's state. Nothing here decides anything: it only remembers."""

from dataclasses import replace

from ..model.ids import OrderId
from ..model.money import exact
from ..model.order import Order
from ..orders.record import OrderRecord
from ..orders.states import OrderState, OrderStep
from ..portfolio.day import TradingDay
from . import events as ev
from .state import BookState, Stored


def fold(state: BookState, event: ev.Event, at_ns: int) -> None:
    """Apply an event that was journaled at ``at_ns``. The same events in the same order give the same state."""
    with exact():
        _fold(state, event, at_ns)


def _fold(state: BookState, event: ev.Event, at_ns: int) -> None:
    match event:
        case ev.SignalDecided():
            _decided(state, event)
        case ev.OrderPlanned():
            _planned(state, event, at_ns)
        case ev.OrderStepped():
            _stepped(state, event, at_ns)
        case ev.IllegalStep():
            _kept(state, event)
        case ev.FillBooked():
            _booked(state, event, at_ns)
        case ev.HoldRaised():
            state.holds[event.hold.hold_id] = event.hold
        case ev.HoldReleased():
            state.holds.pop(event.hold_id, None)
        case ev.DayOpened():
            state.day = TradingDay(start_ns=event.start_ns, open_pnl=event.total_pnl, peak_pnl=event.total_pnl)
        case ev.PeakReached():
            if state.day is not None:
                state.day = replace(state.day, peak_pnl=event.total_pnl)
        case ev.LimitsSet():
            state.limits, state.limits_hash = event.limits, event.limits_hash
        case ev.StrategiesSet():
            state.strategies = {terms.strategy_id: terms for terms in event.strategies}
        case ev.InstrumentSeen():
            state.instruments[event.instrument.symbol] = event.instrument
        case ev.CapitalSet():
            state.capital = event.capital
        case ev.RunStarted():
            state.run += 1
        case ev.SignalConflicted() | ev.AbsenceEvidence() | ev.RunStopped():
            pass  # Facts for the story of an incident; they change nothing.


def _decided(state: BookState, event: ev.SignalDecided) -> None:
    decision = event.decision
    state.stored[event.signal.key] = Stored(digest=event.digest, decision_id=decision.decision_id)
    state.decisions[decision.decision_id] = decision
    state.last_decision = decision


def _planned(state: BookState, event: ev.OrderPlanned, at_ns: int) -> None:
    order = Order(
        order_id=event.order_id,
        decision=state.decisions[event.decision_id],
        leg=event.leg,
        attempt=event.attempt,
        type=event.type,
        quantity=event.quantity,
        price=event.price,
    )
    _remember(
        state,
        OrderRecord(order=order, state=OrderState.PLANNED, planned_ns=at_ns, changed_ns=at_ns),
    )


def _stepped(state: BookState, event: ev.OrderStepped, at_ns: int) -> None:
    record = state.orders[event.order_id]
    moved = record.state is not event.state
    executed = record.executed if event.executed is None else max(record.executed, event.executed)
    _remember(
        state,
        replace(
            record,
            state=event.state,
            sent_ns=at_ns if event.step is OrderStep.SEND else record.sent_ns,
            changed_ns=at_ns if moved or executed != record.executed else record.changed_ns,
            venue_order_id=event.venue_order_id or record.venue_order_id,
            executed=executed,
        ),
    )


def _kept(state: BookState, event: ev.IllegalStep) -> None:
    """Keep what an unforeseen step says was executed: money moved, whatever the state machine thinks."""
    record = state.orders[event.order_id]
    if event.executed is not None and event.executed > record.executed:
        _remember(state, replace(record, executed=event.executed))


def _booked(state: BookState, event: ev.FillBooked, at_ns: int) -> None:
    fill = event.fill
    state.fills.add((fill.symbol, fill.fill_id))
    closed = state.ledger.book(fill, instrument=state.instruments[fill.symbol], fee_quote=event.fee_quote, at_ns=at_ns)
    if closed is not None and closed.realized < 0 and -closed.realized > state.limits.min_loss:
        state.last_loss_ns = at_ns
    record = state.orders.get(fill.order_id or OrderId(""))
    if record is not None:
        booked = record.booked + fill.quantity
        _remember(state, replace(record, booked=booked, executed=max(record.executed, booked), changed_ns=at_ns))


def _remember(state: BookState, record: OrderRecord) -> None:
    order_id = record.order.order_id
    state.orders[order_id] = record
    if record.active:
        state.active[order_id] = None
    else:
        state.active.pop(order_id, None)
