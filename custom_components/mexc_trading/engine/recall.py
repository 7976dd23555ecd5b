"""Reading again what a book has forgotten: decisions and orders from long ago, when there is news about them.

What a signal's key or an order's id led to stands in the journal for ever; the index of what was seen says where.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from ..model.ids import DecisionId, OrderId
from ..orders.record import OrderRecord
from . import events as ev
from .compare_inputs import CompareIn
from .fold import fold
from .inputs import CancelOutcomeIn, FillsIn, FoundIn, Input, LostIn, Recall, SearchedIn, SignalIn, SubmitIn
from .on_signal import needs_recall
from .ports import Journal, JournalUnreadable, Record
from .records import event_of
from .state import BookState, order_name, signal_name

NEAR: Final = 256
"""Records before an order's own among which its decision is looked for, before the whole journal is: a full batch."""


def forgotten(state: BookState, item: Input) -> tuple[OrderId, ...]:
    """Name the orders that an input is about and that are not in memory, though the journal knows them."""
    match item:
        case SubmitIn() | LostIn() | CancelOutcomeIn() | FoundIn() | SearchedIn():
            named = {item.order_id}
        case FillsIn():
            named = {fill.order_id for fill in item.fills if fill.order_id is not None}
        case CompareIn():
            named = {order.order_id for order in item.venues.listed if order.order_id is not None}
            named |= {trade.order_id for trade in item.venues.trades if trade.order_id is not None}
        case _:
            return ()
    return tuple(
        order_id
        for order_id in sorted(named)
        if order_id not in state.orders and state.seen.places(order_name(order_id))
    )


def complete(journal: Journal, state: BookState, item: Input) -> tuple[Input, tuple[ev.OrderRecalled, ...]]:
    """Complete an input with what only the journal still knows. Blocking; raises :class:`.ports.JournalUnreadable`."""
    if isinstance(item, SignalIn):
        places = signal_places(state, item)
        return (recall_signal(journal, item, places) if places else item), ()
    found = (recall_order(state, journal, order_id) for order_id in forgotten(state, item))
    return item, tuple(ev.OrderRecalled(record=record) for record in found if record is not None)


def is_incomplete(state: BookState, item: Input) -> bool:
    """Whether the journal has to be asked about an input."""
    return bool(signal_places(state, item) if isinstance(item, SignalIn) else forgotten(state, item))


def recall_signal(journal: Journal, item: SignalIn, places: tuple[int, ...]) -> SignalIn:
    """Attach what the journal holds under a signal's key. Blocking; raises :class:`.ports.JournalUnreadable`.

    Of several decisions, which a question to a person and its answer make, the last one counts.
    """
    for seq in sorted(places, reverse=True):
        event = event_of(_record(journal, seq))
        if isinstance(event, ev.SignalDecided) and event.signal.key == item.signal.key:
            return replace(item, recall=Recall(decided=event))
    return replace(item, recall=Recall(decided=None))


def signal_places(state: BookState, item: SignalIn) -> tuple[int, ...]:
    """Name the records to look at for a signal that only the journal may still know; empty when memory knows enough."""
    return state.seen.places(signal_name(item.signal.key)) if needs_recall(state, item) else ()


def recall_order(state: BookState, journal: Journal, order_id: OrderId) -> OrderRecord | None:
    """Fold an order's own story again. Blocking; raises :class:`.ports.JournalUnreadable`."""
    for seq in state.seen.places(order_name(order_id)):
        replayed = BookState(book=state.book, quote=state.quote, instruments=dict(state.instruments))
        for record in _story(journal, seq, order_id):
            fold(replayed, event_of(record), record.at_ns)
        if order_id in replayed.orders:
            return replayed.orders[order_id]
    return None


def _story(journal: Journal, seq: int, order_id: OrderId) -> Iterator[Record]:
    """Read the records that an order's own state is folded from: its decision's, then all under its id."""
    first = _record(journal, seq)
    event = event_of(first)
    if isinstance(event, ev.OrderPlanned):
        yield _decision(journal, seq, event.decision_id)
    yield from journal.find(order_id, seq - 1)


def _decision(journal: Journal, seq: int, decision_id: DecisionId) -> Record:
    """Read an order's decision: nearly always it was written in one transaction with the order, at ``seq``."""
    for records in (islice(journal.records(max(0, seq - NEAR)), NEAR), _all_of(journal, decision_id)):
        for record in records:
            if record.kind == "signal_decided" and record.key == decision_id:
                return record
    raise JournalUnreadable(f"no decision {decision_id} before record {seq}")


def _all_of(journal: Journal, key: str) -> Iterator[Record]:
    """Read the records of one key, once the first of them is asked for."""
    yield from journal.find(key)


def _record(journal: Journal, seq: int) -> Record:
    return next(islice(journal.records(seq - 1), 1))
