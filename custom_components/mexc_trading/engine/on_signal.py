"""A signal comes in: known already? decided; allowed? planned."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from ..model.decision import Decision, RuleName
from ..model.hold import HoldKind, Release, Scope, ScopeKind
from ..model.ids import OrderId
from ..model.market import OrderType
from ..model.order import Leg, Order
from ..model.signal import Action, Signal, Source
from ..orders.identity import decision_hash, decision_id, order_id
from ..risk.decide import Stamp, decide
from . import events as ev
from .again import planned, sending
from .answers import Busy, Conflict, Decided
from .effects import SubmitOrder
from .holds import raised
from .inputs import SignalIn
from .outcome import Outcome
from .state import BookState, Stored, signal_name
from .view import limits_in_force, marks_for, risk_view

ENTRY_WANTED_S: Final = 30
"""How long an entry whose signal names no end is wanted: the default of signals."""

SLICE_WANTED_S: Final = 5
"""How long one of the engine's own slices is wanted: after that a new one is made at the new price."""

_NS_PER_S: Final = 1_000_000_000


def leg_of(signal: Signal) -> Leg:
    """Say which leg a signal's own order is."""
    return signal.leg or (Leg.ENTRY if signal.action is Action.ENTER else Leg.CLOSE)


def decided(state: BookState, signal: Signal, now_ns: int, approved: Decimal | None = None) -> ev.SignalDecided:
    """Decide a signal, with the prices that it was decided with. No consequence yet.

    ``approved`` is what a person has agreed to, in base units.
    """
    hash_hex = decision_hash(signal.key, leg_of(signal))
    stamp = Stamp(decision_id(hash_hex), hash_hex, state.limits_hash)
    limits = limits_in_force(state, signal.strategy)
    decision = decide(signal, risk_view(state, signal, limits, now_ns, approved), limits, stamp)
    marks = marks_for(state, signal.symbol)
    return ev.SignalDecided(signal=signal, digest="", decision=decision, marks=marks, basis_seq=state.seq)


def preview(state: BookState, item: SignalIn, now_ns: int) -> Decision:
    """Say what a signal would get: the same gate and the same memory, nothing journaled."""
    known = _known(state, item)
    return known.decision if known else decided(state, item.signal, now_ns).decision


def on_signal(state: BookState, item: SignalIn, now_ns: int, install_secret: bytes) -> Outcome:
    """Give a repeated signal its stored decision, a new one a new decision and, if it passes, an order."""
    signal = item.signal
    if needs_recall(state, item):
        return Outcome(answer=Busy(cause="recall", retry_after_s=1))
    known = _known(state, item)
    if known is not None:
        return _repeated(state, item, known, install_secret)
    return carry_out(state, decided(state, signal, now_ns), item.digest, now_ns, install_secret)


def carry_out(state: BookState, event: ev.SignalDecided, digest: str, now_ns: int, install_secret: bytes) -> Outcome:
    """Journal a decision, and plan and send its order if it passed."""
    event = replace(event, digest=digest)
    signal, decision = event.signal, event.decision
    if not decision.allowed:
        denied = Decided(decision=decision, order_id=None, duplicate=False)
        return Outcome(events=(event, *_stopped(state, decision, now_ns)), answer=denied)
    order = _order(state, decision, leg_of(signal), install_secret)
    return Outcome(
        events=(event, planned(order, _expires_ns(signal, now_ns)), sending(order)),
        effects=(SubmitOrder(order=order),),
        answer=Decided(decision=decision, order_id=order.order_id, duplicate=False),
    )


def _stopped(state: BookState, decision: Decision, now_ns: int) -> tuple[ev.HoldRaised, ...]:
    """Stop a strategy that will not stop entering, until a person has looked."""
    repeated = next((found for found in decision.denials if found.rule is RuleName.REPEAT_EXECUTION), None)
    if repeated is None:
        return ()
    return raised(
        state,
        kind=HoldKind.REPEAT_EXECUTION,
        scope=Scope(kind=ScopeKind.STRATEGY, name=decision.strategy),
        why=f"{repeated.value} entries, {repeated.limit} allowed",
        release=Release.PERSON,
        now_ns=now_ns,
    )


def needs_recall(state: BookState, item: SignalIn) -> bool:
    """Whether only the journal can tell if this signal was decided before."""
    key = item.signal.key
    return item.recall is None and key not in state.decided and bool(state.seen.places(signal_name(key)))


def _known(state: BookState, item: SignalIn) -> Stored | None:
    """Give the decision that a signal's key has already, from memory or as recalled from the journal."""
    key = item.signal.key
    if key in state.decided:
        return state.decisions[state.decided[key]]
    found = item.recall.decided if item.recall else None
    return Stored(key=key, digest=found.digest, decision=found.decision) if found else None


def _repeated(state: BookState, item: SignalIn, known: Stored, install_secret: bytes) -> Outcome:
    """Answer with what was decided then, whatever the limits and prices are now."""
    decision = known.decision
    if known.digest != item.digest:
        event = ev.SignalConflicted(
            strategy=item.signal.strategy,
            signal_id=item.signal.signal_id,
            decision_id=decision.decision_id,
            digest=item.digest,
        )
        return Outcome(events=(event,), answer=Conflict(decision=decision))
    # Whatever was allowed was planned in the same transaction.
    order_id = _order_id(state, decision, leg_of(item.signal), install_secret) if decision.allowed else None
    return Outcome(answer=Decided(decision=decision, order_id=order_id, duplicate=True))


def _order(state: BookState, decision: Decision, leg: Leg, install_secret: bytes) -> Order:
    """Make the order of a decision. A market order has no price, though its decision names the worst one."""
    return Order(
        order_id=_order_id(state, decision, leg, install_secret),
        decision=decision,
        leg=leg,
        attempt=0,
        type=decision.order_type,
        quantity=decision.quantity,
        price=None if decision.order_type is OrderType.MARKET else decision.price,
    )


def _expires_ns(signal: Signal, now_ns: int) -> int | None:
    """Say until when an order that could not be sent may be tried again; an exit always may."""
    if signal.source is Source.ENGINE:
        return now_ns + SLICE_WANTED_S * _NS_PER_S
    if signal.action is Action.EXIT:
        return None
    if signal.valid_for_s is None:
        return now_ns + ENTRY_WANTED_S * _NS_PER_S
    return signal.issued_at_ns + signal.valid_for_s * _NS_PER_S


def _order_id(state: BookState, decision: Decision, leg: Leg, install_secret: bytes) -> OrderId:
    return order_id(install_secret=install_secret, book=state.book, hash_hex=decision.decision_hash, leg=leg, attempt=0)
