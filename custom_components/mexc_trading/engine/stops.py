"""Ending orders of a book: all entries that a hold covers, or whatever works on a symbol."""

from collections.abc import Iterable

from ..model.hold import Scope
from ..orders.record import OrderRecord
from . import events as ev
from .effects import Effect
from .order_steps import Doings, ask_cancel
from .state import BookState


def cancel_entries(state: BookState, scope: Scope, why: str) -> Doings:
    """Ask for the end of every entry in a scope: working at the venue, on its way there, or waiting to be sent."""
    return cancel(
        (
            record
            for record in state.active_orders
            if record.order.is_entry
            and scope.covers(strategy=record.order.decision.strategy, symbol=record.order.symbol)
        ),
        why,
    )


def cancel(records: Iterable[OrderRecord], why: str) -> Doings:
    """Ask for the end of orders, whatever they are doing."""
    events: list[ev.Event] = []
    effects: list[Effect] = []
    for record in records:
        asked, cancels = ask_cancel(record, why)
        events += asked
        effects += cancels
    return tuple(events), tuple(effects)
