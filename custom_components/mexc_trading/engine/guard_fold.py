"""Fold what guards a book: its exits and their quantities, peaks, questions, conditions, flattening."""

from dataclasses import replace

from ..model.fill import Fill
from ..model.ids import ENGINE, PERSON, Symbol
from ..model.market import Side
from ..model.signal import Signal
from ..orders.reconcile import FindingKind
from ..orders.record import OrderRecord
from ..portfolio.valuation import drawdown_percent, peak_after_flow
from ..risk.flatten import Flatten
from ..risk.protection import Protection, Trigger, armed, passed, sliced, sold, triggered
from . import guard_events as ev
from .state import BookState


def fold_guard(state: BookState, event: ev.GuardEvent, at_ns: int) -> None:
    """Apply one of the guard's own events."""
    memory = state.memory
    match event:
        case ev.ApprovalAnswered(approved=False):
            memory.waiting.pop(event.decision_id, None)
        case ev.ApprovalAnswered():
            pass  # The decision that follows is what counts.
        case ev.ConditionSet():
            memory.conditions[event.name] = event.met
        case ev.FlowBooked():
            _flowed(state, event)
        case ev.BookValued():
            _valued(state, event, at_ns)
        case ev.PeakReset():
            memory.total_peak = event.total_pnl
        case ev.TrailMoved():
            _watch(state, replace(memory.protections[event.symbol], high=event.high))
        case ev.ExitTriggered():
            trigger = Trigger(purpose=event.purpose, price=event.price, quantity=event.quantity)
            _watch(state, triggered(memory.protections[event.symbol], trigger))
        case ev.TargetPassed():
            _watch(state, passed(memory.protections[event.symbol]))
        case ev.FlattenStarted():
            memory.flatten = Flatten(since_ns=at_ns, who=event.who, why=event.why)
        case ev.FlatSeen():
            if memory.flatten is not None:
                memory.flatten = memory.flatten.seen(started_ns=event.started_ns, flat=event.flat)


def _valued(state: BookState, event: ev.BookValued, at_ns: int) -> None:
    """Remember the value, and how deep the book has fallen if it never stood lower."""
    memory = state.memory
    memory.last_value = (at_ns, event.total_pnl)
    if state.capital is not None and memory.total_peak is not None:
        fall = drawdown_percent(capital=state.capital, peak_pnl=memory.total_peak, total_pnl=event.total_pnl)
        memory.deepest = max(memory.deepest, fall)


def _flowed(state: BookState, event: ev.FlowBooked) -> None:
    """Move capital, and both peaks with it, so that a drawdown stays what it was.

    What the last comparison said about cash is answered by that, and is not to be booked again.
    """
    if state.report is not None:
        others = tuple(found for found in state.report.findings if found.kind is not FindingKind.CASH_DRIFT)
        state.report = replace(state.report, findings=others)
    if state.capital is None:
        return
    before = state.capital
    state.capital = before + event.amount
    if event.equity_before is None:
        return
    if state.day is not None:
        peak = peak_after_flow(before, state.day.peak_pnl, event.equity_before, event.amount)
        state.day = replace(state.day, peak_pnl=peak)
    if state.memory.total_peak is not None:
        peak = peak_after_flow(before, state.memory.total_peak, event.equity_before, event.amount)
        state.memory.total_peak = peak


def guard_fill(state: BookState, fill: Fill, record: OrderRecord | None) -> None:
    """Watch an episode from its first fill on, and count what the engine's own exits sold of a target."""
    position = state.ledger.positions.get(fill.symbol)
    if position is None:
        state.memory.unwatch(fill.symbol)
        return
    watched = state.memory.protections.get(fill.symbol)
    if watched is None or watched.episode_id != position.episode_id:
        watched = Protection(
            symbol=fill.symbol,
            episode_id=position.episode_id,
            strategy=record.order.decision.strategy if record else PERSON,
            opened_ns=position.opened_ns,
        )
    if fill.side is Side.BUY:
        plan = record.order.decision.protect if record else None
        anew = plan is not None and record is not None and record.booked == fill.quantity
        watched = armed(watched, plan, position.quantity, anew=anew)
    elif record is not None and record.order.decision.strategy == ENGINE:
        whole = record.booked >= record.order.quantity
        watched = sold(watched, fill.quantity, state.instruments[fill.symbol].lot, whole=whole)
    _watch(state, watched)


def guard_decision(state: BookState, signal: Signal, at_ns: int) -> None:
    """Count the engine's own slices."""
    watched = state.memory.protections.get(signal.symbol)
    if signal.strategy == ENGINE and watched is not None:
        _watch(state, sliced(watched, at_ns))


def guard_end(state: BookState, symbol: Symbol) -> None:
    """Watch an episode no longer once it has ended."""
    if symbol not in state.ledger.positions:
        state.memory.unwatch(symbol)


def _watch(state: BookState, watched: Protection) -> None:
    state.memory.watch(watched, state.ledger.positions[watched.symbol].average_price)
