"""Sending again: the same order while certainly nothing of it left, and an exit anew once the former is proven absent.

Entries are never sent again after ambiguity, and after certainty only while the signal behind them is still valid.
"""

from decimal import Decimal
from typing import Final

from ..model.elapsed import passed
from ..model.hold import HoldKind
from ..model.ids import Symbol
from ..model.market import Side
from ..model.money import ZERO
from ..model.order import Order
from ..orders.identity import order_id
from ..orders.record import OrderRecord
from ..orders.states import OrderState, OrderStep
from . import events as ev
from .effects import Effect, SubmitOrder
from .order_steps import IDLE, Doings, symbol_hold
from .outcome import Outcome
from .state import BookState

WAITS_S: Final = (0.5, 1, 2, 4, 8, 15, 30, 60)
"""Waits before an order that was not sent is sent again; the last one repeats, for exits without an end."""

ENTRY_SENDS_MAX: Final = 4
"""How often an entry is tried at all."""

EXIT_ATTEMPTS_MAX: Final = 5
"""How many orders one exit may become, each after proof that the former was never placed."""

STUCK_NS: Final = 600 * 1_000_000_000
"""An order whose fate, or whose trades, nobody could tell for this long is a person's business."""

_NS_PER_S: Final = 1_000_000_000


def chase(state: BookState, now_ns: int, so_far: tuple[ev.Event, ...]) -> Outcome:
    """As time passes: send again what may be, give up what may not, and call a person for what stays unresolved.

    ``state`` is that of before this moment. What became of an order in it already, by the events ``so_far``, stands:
    an entry that an exit took out of its way is not sent again in the same breath.
    """
    moved = {event.order_id for event in so_far if isinstance(event, ev.OrderStepped)}
    events: list[ev.Event] = []
    effects: list[Effect] = []
    for record in state.active_orders:
        if record.order.order_id in moved:
            continue
        if record.state is OrderState.NOT_SENT:
            more, released = _once_more(state, record, now_ns)
        else:
            more, released = _stuck(state, record, now_ns), ()
        events += more
        effects += released
    return Outcome(events=tuple(events), effects=tuple(effects))


def _once_more(state: BookState, record: OrderRecord, now_ns: int) -> Doings:
    """Release an order again when its wait is over, or end it."""
    why = _no_more(state, record, now_ns)
    if why:
        return (_moved(record, OrderStep.GIVEN_UP, OrderState.EXPIRED, why),), ()
    wait_s = WAITS_S[min(record.sends, len(WAITS_S)) - 1]
    if not passed(record.changed_ns, round(wait_s * _NS_PER_S), now_ns):
        return IDLE
    sending = _moved(record, OrderStep.SEND, OrderState.SENDING, "again")
    return (sending,), (SubmitOrder(order=record.order),)


def _no_more(state: BookState, record: OrderRecord, now_ns: int) -> str:
    """Say why an order must not be sent again; empty when it may."""
    order = record.order
    if record.expires_ns is not None and now_ns > record.expires_ns:
        return "too old"
    if order.is_entry:
        lost_since = state.last_loss_ns is not None and state.last_loss_ns >= record.planned_ns
        if record.sends >= ENTRY_SENDS_MAX or lost_since or _held(state, record):
            return "entry not wanted any more"
        return ""
    if state.has_hold(HoldKind.FREEZE):
        return "trading is frozen"
    if _free(state, order.symbol, but=record) < order.quantity:
        return "not owned any more"
    return ""


def again(state: BookState, record: OrderRecord, now_ns: int, install_secret: bytes) -> Doings:
    """Plan an exit anew whose former order was proven absent: another id, clamped to what is owned. Never an entry."""
    former = record.order
    instrument = state.instruments.get(former.symbol)
    if former.is_entry or record.cancel_wanted or instrument is None:
        return IDLE
    if former.attempt + 1 >= EXIT_ATTEMPTS_MAX:
        why = f"{former.order_id}: an exit that could not be placed in {EXIT_ATTEMPTS_MAX} attempts"
        return symbol_hold(state, HoldKind.UNRESOLVED_ORDER, former.symbol, why, now_ns), ()
    quantity = instrument.quantity_down(min(former.quantity, _free(state, former.symbol, but=record)))
    if quantity < max(instrument.min_quantity, instrument.lot) or state.has_hold(HoldKind.FREEZE):
        return IDLE
    order = Order(
        order_id=order_id(
            install_secret=install_secret,
            book=state.book,
            hash_hex=former.decision.decision_hash,
            leg=former.leg,
            attempt=former.attempt + 1,
        ),
        decision=former.decision,
        leg=former.leg,
        attempt=former.attempt + 1,
        type=former.type,
        quantity=quantity,
        price=former.price,
    )
    return (planned(order, None), sending(order)), (SubmitOrder(order=order),)


def planned(order: Order, expires_ns: int | None) -> ev.OrderPlanned:
    """Say that an order is to be sent."""
    return ev.OrderPlanned(
        order_id=order.order_id,
        decision_id=order.decision.decision_id,
        leg=order.leg,
        attempt=order.attempt,
        type=order.type,
        quantity=order.quantity,
        price=order.price,
        expires_ns=expires_ns,
    )


def sending(order: Order) -> ev.OrderStepped:
    """Say that a planned order is released."""
    return ev.OrderStepped(order_id=order.order_id, step=OrderStep.SEND, state=OrderState.SENDING)


def _free(state: BookState, symbol: Symbol, *, but: OrderRecord) -> Decimal:
    """Base units owned that no other exit under way may still sell."""
    others = (
        record.pending
        for record in state.active_orders
        if record.order.symbol == symbol and record.order.side is Side.SELL and record is not but
    )
    return max(ZERO, state.ledger.owned(symbol) - sum(others, start=ZERO))


def _held(state: BookState, record: OrderRecord) -> bool:
    decision = record.order.decision
    return any(hold.scope.covers(strategy=decision.strategy, symbol=decision.symbol) for hold in state.holds.values())


def _stuck(state: BookState, record: OrderRecord, now_ns: int) -> tuple[ev.Event, ...]:
    """Hold the symbol of an order that has been owing an answer, an end or its trades for long."""
    owing = record.state in (OrderState.UNKNOWN, OrderState.CANCELING) or record.executed > record.booked
    # What lies in the future is from before the clock was set back, and says nothing of how long it has been.
    since_ns = max((at_ns for at_ns in (record.changed_ns, record.unanswered_ns) if at_ns <= now_ns), default=now_ns)
    if not owing or now_ns - since_ns < STUCK_NS:
        return ()
    why = f"{record.order.order_id}: {record.state} for {STUCK_NS // _NS_PER_S} s"
    return symbol_hold(state, HoldKind.UNRESOLVED_ORDER, record.order.symbol, why, now_ns)


def _moved(record: OrderRecord, step: OrderStep, after: OrderState, cause: str) -> ev.OrderStepped:
    return ev.OrderStepped(order_id=record.order.order_id, step=step, state=after, cause=cause)
