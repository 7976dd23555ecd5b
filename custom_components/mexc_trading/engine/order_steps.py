"""One step of one order: through the table, or, where the table has none, as a fact that is kept and a hold."""

from dataclasses import replace
from typing import Final

from ..model.hold import HoldKind, Release, Scope, ScopeKind
from ..model.ids import Symbol
from ..orders.record import OrderRecord
from ..orders.states import ALARMING, OrderState, OrderStep, advance
from . import events as ev
from .effects import CancelOrder, Effect
from .holds import raised
from .state import BookState

type Doings = tuple[tuple[ev.Event, ...], tuple[Effect, ...]]
"""Events to journal and effects to release."""

IDLE: Final[Doings] = ((), ())

CANCELABLE: Final = frozenset({OrderState.OPEN, OrderState.PARTIALLY_FILLED})
"""States in which an order that nobody has asked to cancel yet works at the venue."""


def stepped(state: BookState, record: OrderRecord, event: ev.OrderStepped, now_ns: int) -> tuple[ev.Event, ...]:
    """Take a step whose event lacks only the state that follows. An alarming or illegal one holds the symbol."""
    after = advance(record.state, event.step)
    if after is not None and (record.state, event.step) not in ALARMING:
        return (replace(event, state=after),)
    hold = symbol_hold(
        state,
        HoldKind.ILLEGAL_TRANSITION,
        record.order.symbol,
        f"{event.order_id}: {record.state} + {event.step}",
        now_ns,
    )
    if after is not None:
        return (replace(event, state=after), *hold)
    illegal = ev.IllegalStep(
        order_id=event.order_id, step=event.step, state=record.state, executed=event.executed, cause=event.cause
    )
    return (illegal, *hold)


def symbol_hold(state: BookState, kind: HoldKind, symbol: Symbol, why: str, now_ns: int) -> tuple[ev.HoldRaised, ...]:
    """Hold a symbol until a person has looked."""
    scope = Scope(kind=ScopeKind.SYMBOL, name=symbol)
    return raised(state, kind=kind, scope=scope, why=why, release=Release.PERSON, now_ns=now_ns)


def state_after(record: OrderRecord, events: tuple[ev.Event, ...]) -> OrderState:
    """Give the state that an order has once these events are folded."""
    states = (event.state for event in events if isinstance(event, ev.OrderStepped))
    return next(reversed(tuple(states)), record.state)


def ask_cancel(record: OrderRecord, who: str) -> Doings:
    """Ask for an order's end, whatever it is doing.

    At the venue: cancelled. On its way there: remembered, and cancelled as soon as it is seen. Waiting to be sent
    again: not sent any more. Ended: nothing.
    """
    order_id = record.order.order_id
    if record.state is OrderState.NOT_SENT:
        given_up = ev.OrderStepped(order_id=order_id, step=OrderStep.GIVEN_UP, state=OrderState.EXPIRED, cause=who)
        return (given_up,), ()
    after = advance(record.state, OrderStep.CANCEL_ASKED)
    if after is None:
        return IDLE
    asked = ev.OrderStepped(order_id=order_id, step=OrderStep.CANCEL_ASKED, state=after, cause=who)
    known = record.cancel_wanted and after is record.state
    cancel = CancelOrder(order=record.order, venue_order_id=record.venue_order_id)
    return (() if known else (asked,)), ((cancel,) if after is OrderState.CANCELING else ())


def catch_up(record: OrderRecord, events: tuple[ev.Event, ...], why: str = "") -> Doings:
    """After news: cancel an order that turns out to be working, if that was wanted (``why`` names who wants it now)."""
    after = state_after(record, events)
    if after not in CANCELABLE or not (why or record.cancel_wanted):
        return IDLE
    found = (event.venue_order_id for event in events if isinstance(event, ev.OrderStepped))
    named = next((name for name in found if name is not None), record.venue_order_id)
    return ask_cancel(replace(record, state=after, venue_order_id=named), why or "wanted before it was acknowledged")
