"""The last look at an order before the socket: what became of it, and of the book, since it was decided."""

from ..model.hold import HoldKind
from ..model.order import Order
from .state import BookState


def must_stay(state: BookState, order: Order, now_ns: int) -> bool:
    """Whether an order that is about to leave is not wanted any more.

    An entry: too old, cancelled, or under a hold. An exit only while trading is frozen.
    """
    if not order.is_entry:
        return state.has_hold(HoldKind.FREEZE)
    record = state.orders.get(order.order_id)
    if record is not None:
        too_old = record.expires_ns is not None and now_ns > record.expires_ns
        if too_old or record.cancel_wanted:
            return True
    decision = order.decision
    return any(hold.scope.covers(strategy=decision.strategy, symbol=decision.symbol) for hold in state.holds.values())
