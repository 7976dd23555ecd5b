"""When time may have jumped, because the clock was set or the engine did not run: fences are counted anew.

Everything else that waits may end early or late by that and only costs patience. Absence that is believed too early
would send an order a second time.
"""

from ..orders.states import OrderState, OrderStep
from . import events as ev
from .outcome import Outcome
from .state import BookState


def fences_anew(state: BookState) -> tuple[ev.OrderStepped, ...]:
    """Say of each order of unknown fate that nobody has answered until now: from here its absence has to last."""
    return tuple(
        ev.OrderStepped(
            order_id=record.order.order_id,
            step=OrderStep.NO_ANSWER,
            state=OrderState.UNKNOWN,
            cause="counted anew",
        )
        for record in state.active_orders
        if record.state is OrderState.UNKNOWN
    )


def on_clock_set(state: BookState) -> Outcome:
    """Go on by a clock that was set."""
    return Outcome(events=fences_anew(state))
