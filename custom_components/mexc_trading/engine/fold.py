"""Fold one event into a book's state. Nothing here decides anything: it only remembers."""

from dataclasses import replace

from ..model.hold import HoldKind
from ..model.ids import EpisodeId, HoldId, OrderId, Symbol
from ..model.money import exact
from ..model.order import Order
from ..orders.record import OrderRecord
from ..orders.states import SIGHTINGS, TERMINAL, OrderState, OrderStep
from ..portfolio.day import TradingDay
from ..portfolio.ledger import Closed
from ..risk.tighten import in_force
from . import events as ev
from .compare_events import BooksCompared, DriftIgnored, QuantityAdopted
from .compare_fold import fold_compare
from .guard_fold import fold_guard, guard_decision, guard_end, guard_fill
from .stage_events import LIVE, BacktestRecorded, StageSet
from .state import (
    CLOSED_KEPT,
    DECISIONS_KEPT,
    UNVALUED_KEPT,
    BookState,
    Stored,
    UnvaluedFee,
    order_name,
    signal_name,
)


def fold(state: BookState, event: ev.Event, at_ns: int) -> None:
    """Apply the next event, journaled at ``at_ns``. The same events in the same order give the same state."""
    state.seq += 1
    with exact():
        _fold(state, event, at_ns)


def _fold(state: BookState, event: ev.Event, at_ns: int) -> None:
    match event:
        case ev.SignalDecided():
            _decided(state, event, at_ns)
        case ev.OrderPlanned() | ev.OrderStepped() | ev.VenueAnswered():
            _fold_order(state, event, at_ns)
        case ev.IllegalStep() | ev.OrderMissed() | ev.AbsenceEvidence():
            _fold_order(state, event, at_ns)
        case ev.OrderRecalled() | ev.OrderAdopted():
            _introduced(state, event.record)
        case ev.FillBooked():
            _booked(state, event, at_ns)
        case ev.FeeValued():
            fee = state.unvalued.pop((event.symbol, event.fill_id))
            state.ledger.charge(fee.symbol, fee.episode_id, event.fee_quote)
            state.third_fees += event.fee_quote
        case ev.HoldRaised():
            state.holds[event.hold.hold_id] = event.hold
        case ev.HoldReleased():
            _released(state, event.hold_id)
        case ev.DayOpened() | ev.PeakReached():
            _valued(state, event)
        case ev.LimitsSet() | ev.StrategiesSet() | StageSet():
            _terms_set(state, event)
        case ev.InstrumentSeen():
            state.instruments[event.instrument.symbol] = event.instrument
        case ev.CapitalSet() | ev.BookReset():
            state.capital = event.capital
        case ev.RunStarted():
            state.run += 1
            state.began_ns = state.began_ns or at_ns
        case ev.SignalConflicted() | ev.RunStopped() | ev.JournalGap() | BacktestRecorded():
            pass  # Facts for the story of an incident; they change nothing.
        case BooksCompared() | QuantityAdopted() | DriftIgnored():
            fold_compare(state, event, at_ns)
        case _:
            fold_guard(state, event, at_ns)


def _valued(state: BookState, event: ev.DayOpened | ev.PeakReached) -> None:
    if isinstance(event, ev.DayOpened):
        state.day = TradingDay(start_ns=event.start_ns, open_pnl=event.total_pnl, peak_pnl=event.total_pnl)
    elif state.day is not None:
        state.day = replace(state.day, peak_pnl=max(state.day.peak_pnl, event.total_pnl))
    state.memory.valued(event.total_pnl)


def _released(state: BookState, hold_id: HoldId) -> None:
    hold = state.holds.pop(hold_id, None)
    if hold is not None and hold.kind is HoldKind.FLATTEN:
        state.memory.flatten = None


def _terms_set(state: BookState, event: ev.LimitsSet | ev.StrategiesSet | StageSet) -> None:
    match event:
        case ev.LimitsSet():
            state.limits, state.limits_hash = event.limits, event.limits_hash
        case ev.StrategiesSet():
            state.strategies = {terms.strategy_id: terms for terms in event.strategies}
        case StageSet() if event.stage == LIVE:
            state.promoted[event.strategy_id] = event.version
        case StageSet():
            state.promoted.pop(event.strategy_id, None)
    state.tightened = {name: in_force(state.limits, terms) for name, terms in state.strategies.items()}


def _decided(state: BookState, event: ev.SignalDecided, at_ns: int) -> None:
    key, decision = event.signal.key, event.decision
    state.memory.decided(event.signal, event.digest, decision, at_ns)
    guard_decision(state, event.signal, at_ns)
    state.decisions[decision.decision_id] = Stored(key=key, digest=event.digest, decision=decision)
    state.decided[key] = decision.decision_id
    state.last_decision = decision
    state.seen.add(signal_name(key), state.seq)
    if len(state.decisions) > DECISIONS_KEPT:
        oldest = state.decisions.pop(next(iter(state.decisions)))
        state.decided.pop(oldest.key, None)


def _fold_order(
    state: BookState,
    event: ev.OrderPlanned | ev.OrderStepped | ev.VenueAnswered | ev.IllegalStep | ev.OrderMissed | ev.AbsenceEvidence,
    at_ns: int,
) -> None:
    match event:
        case ev.OrderPlanned():
            _planned(state, event, at_ns)
        case ev.OrderStepped():
            _stepped(state, event, at_ns)
        case ev.VenueAnswered():
            if event.question is ev.Question.LOOK_UP:
                _remember(state, replace(state.orders[event.order_id], said=event.answer))
        case ev.IllegalStep():
            _kept(state, event)
        case ev.OrderMissed():
            record = state.orders[event.order_id]
            _remember(state, replace(record, missing_ns=at_ns, changed_ns=at_ns))
        case ev.AbsenceEvidence():
            record = state.orders[event.order_id]
            said = (event.by_id, event.open_orders, event.history, event.trades)
            _remember(state, replace(record, evidence=said))


def _planned(state: BookState, event: ev.OrderPlanned, at_ns: int) -> None:
    order = Order(
        order_id=event.order_id,
        decision=state.decision(event.decision_id),
        leg=event.leg,
        attempt=event.attempt,
        type=event.type,
        quantity=event.quantity,
        price=event.price,
    )
    state.memory.planned(order, at_ns)
    _introduced(
        state,
        OrderRecord(
            order=order,
            state=OrderState.PLANNED,
            planned_ns=at_ns,
            changed_ns=at_ns,
            expires_ns=event.expires_ns,
        ),
    )


def _introduced(state: BookState, record: OrderRecord) -> None:
    """Take an order into memory; the index leads to the record that tells of it first."""
    name = order_name(record.order.order_id)
    if not state.seen.places(name):
        state.seen.add(name, state.seq)
    _remember(state, record)


def _stepped(state: BookState, event: ev.OrderStepped, at_ns: int) -> None:
    record = state.orders[event.order_id]
    moved = record.state is not event.state
    executed = record.executed if event.executed is None else max(record.executed, event.executed)
    sighted = event.step in SIGHTINGS
    sent, unanswered = event.step is OrderStep.SEND, event.step is OrderStep.NO_ANSWER
    after = replace(
        record,
        state=event.state,
        sends=record.sends + sent,
        sent_ns=at_ns if sent else record.sent_ns,
        unanswered_ns=at_ns if unanswered else record.unanswered_ns,
        changed_ns=at_ns if moved or sighted or executed != record.executed else record.changed_ns,
        venue_order_id=event.venue_order_id or record.venue_order_id,
        executed=executed,
        seen=record.seen or sighted,
        missing_ns=None if sighted else record.missing_ns,
        evidence=() if sighted else record.evidence,
        said="" if sighted else record.said,
        cancel_wanted=record.cancel_wanted or event.step is OrderStep.CANCEL_ASKED,
        written_off=record.written_off or event.step is OrderStep.WRITTEN_OFF,
    )
    _remember(state, after)
    if after.state in TERMINAL:
        _settle(state, after.order.symbol, at_ns)


def _kept(state: BookState, event: ev.IllegalStep) -> None:
    """Keep what an unforeseen step says was executed: money moved, whatever the state machine thinks."""
    record = state.orders[event.order_id]
    if event.executed is not None and event.executed > record.executed:
        _remember(state, replace(record, executed=event.executed, written_off=False))


def _booked(state: BookState, event: ev.FillBooked, at_ns: int) -> None:
    fill = event.fill
    record = state.orders.get(fill.order_id or OrderId(""))
    if record is not None:
        booked = record.booked + fill.quantity
        record = replace(
            record,
            booked=booked,
            executed=max(record.executed, booked),
            fills=(*record.fills, fill.fill_id),
            changed_ns=at_ns,
        )
        _remember(state, record)
    held = state.ledger.positions.get(fill.symbol)
    instrument = state.instruments[fill.symbol]
    state.last_trade_ms = max(state.last_trade_ms, fill.at_ms)
    if fill.fee_asset not in (instrument.base, instrument.quote):
        state.third_fees += event.fee_quote
    closed = state.ledger.book(
        fill,
        instrument=instrument,
        fee_quote=event.fee_quote,
        at_ns=at_ns,
        more=_more(state, fill.symbol),
    )
    _ended(state, closed)
    guard_fill(state, fill, record)
    held = held or state.ledger.positions.get(fill.symbol)
    if not event.fee_valued and fill.fee:
        state.unvalued[fill.symbol, fill.fill_id] = UnvaluedFee(
            symbol=fill.symbol,
            fill_id=fill.fill_id,
            episode_id=held.episode_id if held else EpisodeId(""),
            asset=fill.fee_asset,
            fee=fill.fee,
        )
        if len(state.unvalued) > UNVALUED_KEPT:
            state.unvalued.pop(next(iter(state.unvalued)))


def _settle(state: BookState, symbol: Symbol, at_ns: int) -> None:
    """Close an episode of which only dust is left, once no order of its symbol can trade any more."""
    instrument = state.instruments.get(symbol)
    if instrument is not None and not _more(state, symbol):
        _ended(state, state.ledger.settle(symbol, instrument=instrument, at_ns=at_ns))
        guard_end(state, symbol)


def _more(state: BookState, symbol: Symbol) -> bool:
    """Whether orders of a symbol may still trade, or have trades that are not booked yet."""
    return any(record.order.symbol == symbol and record.pending > 0 for record in state.active_orders)


def _ended(state: BookState, closed: Closed | None) -> None:
    """Remember when an episode last ended with more than the smallest loss that counts."""
    if closed is None:
        return
    state.memory.ended(closed.symbol, closed.realized, min_loss=state.limits.min_loss, at_ns=closed.at_ns)
    if closed.realized < 0 and -closed.realized > state.limits.min_loss:
        state.last_loss_ns = closed.at_ns


def _remember(state: BookState, record: OrderRecord) -> None:
    """Put an order's new record in place; of those that ended, only the latest stay."""
    order_id = record.order.order_id
    state.orders[order_id] = record
    if record.active:
        state.active[order_id] = None
        state.closed.pop(order_id, None)
        return
    state.active.pop(order_id, None)
    state.closed.setdefault(order_id, None)
    if len(state.closed) > CLOSED_KEPT:
        oldest = next(iter(state.closed))
        del state.closed[oldest], state.orders[oldest]
