"""What waits to be sent again when trading is frozen, or when an exit takes it out of its way."""

from decimal import Decimal

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from custom_components.mexc_trading.model.outcome import NotSent
from custom_components.mexc_trading.model.signal import Protect
from custom_components.mexc_trading.orders.states import OrderState

from .test_exits_at_work import STOP
from .watch import Watch

FREEZE = inp.RaiseIn(kind=HoldKind.FREEZE, scope=WHOLE_BOOK, why="me", release=Release.PERSON)


@pytest.mark.parametrize("own", [False, True], ids=["of a strategy", "of the engine"])
def test_an_exit_that_could_not_leave_does_not_leave_while_trading_is_frozen(*, own: bool) -> None:
    """Given an exit that waits to be sent again, when a person freezes trading, it ends; a stop sells after that."""
    scene = Watch()
    scene.hold_of(STOP)
    scene.sent()
    if own:
        scene.see("97")
    else:
        scene.exit()
    order_id = scene.sale().order_id
    scene.answered(order_id, NotSent(cause="refused"))

    scene.do(FREEZE)
    for _ in range(10):
        scene.tick(1)

    assert not scene.sent()
    assert scene.state_of(order_id) is OrderState.EXPIRED
    scene.do(inp.ReleaseIn(hold_id=next(iter(scene.state.holds)), who="me", reason="ok"))
    scene.tick()
    assert len(scene.sent()) == own


def test_an_entry_that_an_exit_took_out_of_its_way_is_not_sent_in_the_same_breath() -> None:
    """Given an entry that is due to be sent again at the moment at which everything is sold, only the sale leaves."""
    scene = Watch()
    scene.hold_of(Protect(time_exit_s=60))
    scene.tick(59)
    order_id = scene.signal(scene.wish(None, name="more"))
    scene.answered(order_id, NotSent(cause="refused"))
    scene.sent()

    scene.tick(1)

    assert scene.sale().quantity == Decimal(1)
    assert scene.state_of(order_id) is OrderState.EXPIRED
