"""Protected positions from the fill to flat: armed, resized, triggered, sliced, cancelled, kept over a restart."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Done, Unknown
from custom_components.mexc_trading.engine.guard_events import ExitTriggered, TrailMoved
from custom_components.mexc_trading.engine.guard_inputs import CloseIn
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from custom_components.mexc_trading.model.ids import ENGINE
from custom_components.mexc_trading.model.leg import Leg
from custom_components.mexc_trading.model.market import OrderType
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import Ambiguous, NotSent
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Target
from custom_components.mexc_trading.orders.states import OrderState
from custom_components.mexc_trading.risk.protection import Purpose

from ..engine.market import BTC, ETH, leave
from .watch import Watch

STOP = Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(2)))
LADDER = replace(
    STOP,
    take_profit=(
        Target(level=Level(basis=LevelBasis.PERCENT, value=Decimal(3)), share=Decimal("0.5")),
        Target(level=Level(basis=LevelBasis.PERCENT, value=Decimal(6)), share=Decimal("0.5")),
    ),
    break_even=True,
)


def test_a_position_is_protected_from_its_first_fill_on() -> None:
    """Given half a fill, the stop stands at 2 % below it, and counts what is there when it is hit."""
    scene = Watch()
    order_id = scene.signal(scene.wish(STOP, quantity="2"))
    scene.fill(order_id, "1", "100")
    assert scene.state.memory.stops == {BTC: Decimal(98)}

    scene.fill(order_id, "1", "99")

    assert scene.state.memory.stops == {BTC: Decimal("97.51")}
    assert scene.watched().largest == Decimal(2)


def test_a_stop_sells_everything_through_the_gate() -> None:
    """One wish of the engine's own, its own leg, inside the collar."""
    scene = Watch()
    scene.hold_of(STOP)
    scene.sent()
    assert not scene.see("98.1").events

    outcome = scene.see("98")

    order = scene.sale()
    assert isinstance(outcome.events[0], ExitTriggered)
    assert (order.leg, order.type, order.quantity, order.price) == (
        Leg.STOP,
        OrderType.IOC,
        Decimal(1),
        Decimal("97.1"),
    )
    assert (order.decision.strategy, order.decision.signal_id) == (ENGINE, "BTCUSDT:f1:stop:0")
    assert order.decision.results


def test_slices_widen_and_end_at_the_market() -> None:
    """Each slice waits for the end of the one before; a price that came back does not undo the stop."""
    scene = Watch()
    scene.hold_of(STOP)
    scene.sent()
    scene.see("98")
    kinds = []
    for _ in range(4):
        order = scene.sale()
        kinds.append((order.type, order.price))
        assert not scene.tick().effects
        scene.fill(order.order_id, "0.1", "98")
        scene.see("101")
        scene.tick()

    assert kinds == [
        (OrderType.IOC, Decimal("97.1")),
        (OrderType.IOC, Decimal("99.0")),
        (OrderType.IOC, Decimal("97.0")),
        (OrderType.MARKET, None),
    ]
    assert not scene.sent()
    scene.tick(1)
    assert scene.sale().quantity == Decimal("0.6")


def test_an_unanswered_slice_keeps_the_next_one_back() -> None:
    """What may still be sold is not sold twice, however long nobody tells."""
    scene = Watch()
    scene.hold_of(STOP)
    scene.sent()
    scene.see("98")
    order_id = scene.sale().order_id

    scene.answered(order_id, Ambiguous(cause="read timeout"))
    for _ in range(10):
        scene.tick(1)

    assert scene.state_of(order_id) is OrderState.UNKNOWN
    assert not scene.sent()


def test_an_exit_that_did_not_leave_is_made_anew_at_the_new_price() -> None:
    """The old slice is wanted for five seconds, and tried again meanwhile."""
    scene = Watch()
    scene.hold_of(STOP)
    scene.sent()
    scene.see("98")
    first = scene.sale()
    scene.answered(first.order_id, NotSent(cause="refused"))

    scene.tick(0.6)
    assert [order.order_id for order in scene.sent()] == [first.order_id]
    scene.answered(first.order_id, NotSent(cause="refused"))
    scene.see("97")
    scene.tick(5)
    scene.tick()

    (anew,) = scene.sent()
    assert anew.order_id != first.order_id
    assert anew.price == Decimal("95.1")


def test_the_ladder_and_break_even() -> None:
    """Half leaves at 103; then the stop stands at the entry, and the rest leaves there."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="2")
    scene.sent()
    scene.see("103")
    target = scene.sale()
    assert (target.leg, target.quantity) == (Leg.TARGET1, Decimal(1))
    scene.fill(target.order_id, "1", "103")
    assert scene.watched().targets_done == 1
    assert scene.state.memory.stops == {BTC: Decimal(100)}

    scene.see("100")

    stop = scene.sale()
    assert (stop.leg, stop.quantity) == (Leg.STOP, Decimal(1))
    scene.fill(stop.order_id, "1", "100")
    assert not scene.state.ledger.positions
    assert not scene.state.memory.protections
    assert not scene.state.memory.stops


def test_a_target_that_sold_in_part_waits_for_its_price() -> None:
    """Its rest is sold when the price is there again; then the second target is waited for."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="2")
    scene.sent()
    scene.see("103")
    first = scene.sale()
    scene.fill(first.order_id, "0.4", "103")
    scene.see("102.9")
    assert not scene.sent()

    scene.see("103.5")
    second = scene.sale()
    assert (second.quantity, second.price) == (Decimal("0.6"), Decimal("102.5"))
    scene.fill(second.order_id, "0.6", "103.5")
    scene.see("106")

    assert scene.sale().quantity == Decimal(1)


def test_a_target_sells_its_share_once_however_often_a_price_comes_meanwhile() -> None:
    """Its slice is sent, taken, done at the venue and not booked here yet: at no moment is the share sold again."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="2")
    scene.sent()
    scene.see("103")
    order_id = scene.sale().order_id

    def nothing_is_sold() -> bool:
        scene.see("103.2")
        scene.tick()
        return not scene.sent()

    assert nothing_is_sold()
    scene.answered(order_id, scene.acknowledgement(order_id, f"V-{order_id}"))
    assert nothing_is_sold()
    scene.report(order_id, VenueStatus.FILLED, "1")
    assert nothing_is_sold()

    scene.fill(order_id, "1", "103")
    scene.see("103.4")
    assert not scene.sent()
    assert scene.watched().targets_done == 1


def test_a_target_s_slice_of_unknown_fate_is_not_sold_again() -> None:
    """Given no answer, the share waits until it is known; given that nothing was sold, it is sold then."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="2")
    scene.sent()
    scene.see("103")
    order_id = scene.sale().order_id

    scene.answered(order_id, Ambiguous(cause="read timeout"))
    scene.see("103.2")
    assert not scene.sent()
    scene.report(order_id, VenueStatus.CANCELED)
    scene.see("103.4")

    assert scene.sale().quantity == Decimal(1)


def test_a_stop_takes_over_from_a_target() -> None:
    """While the target's slice is on its way nothing more is sold; then the stop sells what is left."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="2")
    scene.sent()
    scene.see("103")
    target = scene.sale()

    scene.see("97")
    (half,) = scene.sent()
    assert half.quantity == Decimal(1)
    assert half.leg is Leg.STOP
    scene.fill(target.order_id, "0", "103")
    scene.report(target.order_id, VenueStatus.CANCELED)
    scene.tick()

    assert scene.sale().quantity == Decimal(1)
    assert scene.watched().purpose is Purpose.STOP


def test_a_trailing_stop_follows_and_stays() -> None:
    """It rises with the highest bid, never falls, and sells on the way down."""
    scene = Watch()
    scene.hold_of(Protect(trailing_percent=Decimal(5)))
    scene.sent()
    for bid in ("100", "110", "110.01", "105"):
        outcome = scene.see(bid)
        assert bool([event for event in outcome.events if isinstance(event, TrailMoved)]) == (bid in {"100", "110"})
    assert scene.state.memory.stops == {BTC: Decimal("104.5")}

    scene.see("104.5")

    assert scene.sale().leg is Leg.STOP


def test_time_is_up() -> None:
    """With a price or without one, whatever is held is sold."""
    scene = Watch()
    scene.hold_of(Protect(time_exit_s=60))
    scene.sent()
    scene.tick(59)
    assert not scene.sent()
    scene.state.marks.clear()

    scene.tick(1)

    order = scene.sale()
    assert (order.leg, order.type) == (Leg.CLOSE, OrderType.MARKET)


def test_a_stale_price_triggers_nothing() -> None:
    """A stop at 98 and an old 90: nobody knows where the market is."""
    scene = Watch()
    scene.hold_of(STOP)
    scene.sent()
    scene.price(BTC, "90", "90.1")
    scene.now_ns += 11 * 1_000_000_000

    scene.do(inp.TickIn())

    assert not scene.sent()


def test_entries_and_resting_exits_are_taken_out_of_the_way() -> None:
    """An entry would buy back what is being sold, and a resting exit keeps hold of it: both are cancelled first."""
    scene = Watch()
    scene.hold_of(STOP)
    buying = scene.signal(scene.wish(None, name="more", price="95"))
    resting = scene.signal(
        replace(leave("up", quantity="0.7", at_ns=scene.now_ns), order_type=OrderType.LIMIT, price=Decimal(120))
    )
    elsewhere = scene.signal(replace(scene.wish(None, name="eth", price="95"), symbol=ETH))
    for order_id in (buying, resting, elsewhere):
        scene.answered(order_id, scene.acknowledgement(order_id, f"V-{order_id}"))
        scene.report(order_id, VenueStatus.NEW)
    scene.sent()

    scene.see("98")

    assert scene.canceled() == {buying, resting}
    assert scene.sale().quantity == Decimal("0.3")
    scene.report(resting, VenueStatus.CANCELED)
    scene.tick()
    assert scene.sale().quantity == Decimal("0.7")


def test_exits_of_the_engine_go_on_in_every_hold_but_a_freeze() -> None:
    """The kill switch, an unreachable venue, a lost day: the stop sells. Frozen, it waits, and sells when that ends."""
    scene = Watch()
    scene.hold_of(STOP)
    for kind in HoldKind:
        scene.do(inp.RaiseIn(kind=kind, scope=WHOLE_BOOK, why="test", release=Release.PERSON))
    scene.sent()

    scene.see("97")
    assert not scene.sent()
    assert scene.watched().purpose is Purpose.STOP
    scene.do(inp.ReleaseIn(hold_id=next(name for name in scene.state.holds if name == "freeze"), who="me", reason="ok"))
    scene.tick()

    assert scene.sale().leg is Leg.STOP


def test_dust_is_left_in_peace() -> None:
    """What became too small to be sold is not tried again and again."""
    scene = Watch()
    scene.hold_of(STOP, quantity="0.02")
    scene.sent()
    before = len(scene.records)

    for _ in range(20):
        scene.see("40")
        scene.tick(1)

    assert not scene.sent()
    assert len(scene.records) - before <= 6


def test_after_a_restart_everything_is_still_watched() -> None:
    """The journal tells it all: levels, highs, what is being sold, and which slice comes next."""
    scene = Watch()
    scene.hold_of(replace(LADDER, trailing_percent=Decimal(5)), quantity="2")
    scene.see("102")
    scene.see("103")
    scene.see("94")
    marks = dict(scene.state.marks)

    again = scene.restarted()

    assert again.memory.protections == scene.state.memory.protections
    assert again.memory.stops == scene.state.memory.stops
    assert again.memory.protections[BTC].purpose is Purpose.STOP
    again.marks.update(marks)
    assert again.totals() == scene.state.totals()


def test_closing_a_position() -> None:
    """A person's word is enough: it is sold slice by slice, without any plan; again is no news."""
    scene = Watch()
    scene.hold_of(None)
    scene.sent()
    assert not scene.see("50").events

    outcome = scene.do(CloseIn(symbol=BTC, who="me"))

    assert outcome.answer == Done()
    order = scene.sale()
    assert (order.leg, order.quantity) == (Leg.CLOSE, Decimal(1))
    assert scene.do(CloseIn(symbol=BTC, who="me")).answer == Done()
    assert not scene.sent()
    scene.fill(order.order_id, "1", "50")
    assert scene.do(CloseIn(symbol=BTC, who="me")).answer == Unknown()


def test_closing_overrules_a_target() -> None:
    """The target's share is not enough any more."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="2")
    scene.sent()
    scene.see("103")
    scene.sale()

    scene.do(CloseIn(symbol=BTC, who="me"))

    assert scene.sale().quantity == Decimal(1)
    assert scene.watched().purpose is Purpose.CLOSE


@pytest.mark.parametrize("quantity", ["0.4", "1"])
def test_an_exit_by_hand_is_no_slice(quantity: str) -> None:
    """A person sells some: the target still wants its share of the largest quantity, cut to what is there."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="2")
    order_id = scene.signal(leave("by-hand", quantity=quantity, at_ns=scene.now_ns))
    scene.fill(order_id, quantity, "101")
    scene.sent()

    scene.see("103")

    assert scene.sale().quantity == Decimal(1)
    assert scene.watched().targets_done == 0
