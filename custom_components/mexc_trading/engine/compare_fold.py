"""Fold what comparing the books brought about."""

from dataclasses import replace

from ..model.money import ZERO
from . import compare_events as ev
from .guard_fold import guard_end
from .state import BookState, Report


def fold_compare(state: BookState, event: ev.CompareEvent, at_ns: int) -> None:
    """Apply one of the comparison's own events."""
    match event:
        case ev.BooksCompared():
            state.report = Report(at_ns=at_ns, findings=event.findings, whole=event.whole)
            state.foreign = event.foreign
        case ev.QuantityAdopted():
            _adopted(state, event)
        case ev.DriftIgnored():
            others = (found for found in state.ignored if found.symbol != event.finding.symbol)
            state.ignored = (*others, event.finding)


def _adopted(state: BookState, event: ev.QuantityAdopted) -> None:
    """Keep of a position, and of dust behind it, what is still there. It costs its share of what all of it did."""
    ledger = state.ledger
    position, dust = ledger.positions.pop(event.symbol, None), ledger.dust.pop(event.symbol, ZERO)
    kept = min(event.quantity, position.quantity) if position is not None else ZERO
    if position is not None and kept > 0:
        share = position.cost * kept / position.quantity
        ledger.positions[event.symbol] = replace(position, quantity=kept, cost=share)
    left = min(dust, event.quantity - kept)
    if left > 0:
        ledger.dust[event.symbol] = left
    guard_end(state, event.symbol)
