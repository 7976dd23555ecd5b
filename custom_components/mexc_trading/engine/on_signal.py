"""A signal comes in: known already? decided; allowed? planned."""

from ..model.decision import Decision
from ..model.ids import OrderId
from ..model.order import Leg, Order
from ..model.signal import Action, Signal
from ..orders.identity import decision_hash, decision_id, order_id
from ..orders.states import OrderState, OrderStep
from ..risk.decide import Stamp, decide
from . import events as ev
from .answers import Conflict, Decided
from .effects import SubmitOrder
from .inputs import SignalIn
from .outcome import Outcome
from .state import BookState, Stored
from .view import marks_for, risk_view


def leg_of(signal: Signal) -> Leg:
    """Say which leg a signal's own order is."""
    return Leg.ENTRY if signal.action is Action.ENTER else Leg.CLOSE


def preview(state: BookState, signal: Signal, now_ns: int) -> ev.SignalDecided:
    """Decide a signal without any consequence: the same gate, the same answer, nothing journaled."""
    hash_hex = decision_hash(signal.key, leg_of(signal))
    stamp = Stamp(decision_id(hash_hex), hash_hex, state.limits_hash)
    decision = decide(signal, risk_view(state, signal, now_ns), state.limits, stamp)
    return ev.SignalDecided(signal=signal, digest="", decision=decision, marks=marks_for(state, signal.symbol))


def on_signal(state: BookState, item: SignalIn, now_ns: int, install_secret: bytes) -> Outcome:
    """Give a repeated signal its stored decision, a new one a new decision and, if it passes, an order."""
    signal = item.signal
    stored = state.stored.get(signal.key)
    if stored is not None:
        return _repeated(state, item, stored, install_secret)
    decided = preview(state, signal, now_ns)
    decision = decided.decision
    event = ev.SignalDecided(signal=signal, digest=item.digest, decision=decision, marks=decided.marks)
    if not decision.allowed:
        return Outcome(events=(event,), answer=Decided(decision=decision, order_id=None, duplicate=False))
    leg = leg_of(signal)
    name = _order_id(state, decision, leg, install_secret)
    order = Order(
        order_id=name,
        decision=decision,
        leg=leg,
        attempt=0,
        type=decision.order_type,
        quantity=decision.quantity,
        price=decision.price,
    )
    planned = ev.OrderPlanned(
        order_id=name,
        decision_id=decision.decision_id,
        leg=leg,
        attempt=0,
        type=order.type,
        quantity=order.quantity,
        price=order.price,
    )
    sending = ev.OrderStepped(order_id=name, step=OrderStep.SEND, state=OrderState.SENDING)
    return Outcome(
        events=(event, planned, sending),
        effects=(SubmitOrder(order=order),),
        answer=Decided(decision=decision, order_id=name, duplicate=False),
    )


def _repeated(state: BookState, item: SignalIn, stored: Stored, install_secret: bytes) -> Outcome:
    """Answer with what was decided then, whatever the limits and prices are now."""
    decision = state.decisions[stored.decision_id]
    if stored.digest != item.digest:
        event = ev.SignalConflicted(
            strategy=item.signal.strategy,
            signal_id=item.signal.signal_id,
            decision_id=stored.decision_id,
            digest=item.digest,
        )
        return Outcome(events=(event,), answer=Conflict(decision=decision))
    name = _order_id(state, decision, leg_of(item.signal), install_secret)
    known = name if name in state.orders else None
    return Outcome(answer=Decided(decision=decision, order_id=known, duplicate=True))


def _order_id(state: BookState, decision: Decision, leg: Leg, install_secret: bytes) -> OrderId:
    return order_id(install_secret=install_secret, book=state.book, hash_hex=decision.decision_hash, leg=leg, attempt=0)
