"""The venue has a largest order at the market: a position above it is sold in pieces."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.model.decision import Finding, RuleName
from custom_components.mexc_trading.model.market import OrderType

from ..engine.market import instrument
from .test_exits_at_work import STOP
from .watch import Watch


def test_a_stop_at_the_market_is_cut_to_what_the_venue_takes_there() -> None:
    """Given 1,000 USDT held and 300 at most at the market, the market is asked for no more than it takes each time."""
    scene = Watch()
    scene.do(inp.InstrumentsIn(instruments=(replace(instrument(), max_notional_market=Decimal(300)),)))
    scene.hold_of(STOP, quantity="10")
    scene.sent()
    scene.see("97")
    for _ in range(3):
        scene.fill(scene.sale().order_id, "0", "97")
        scene.tick()

    order = scene.sale()

    assert (order.type, order.quantity) == (OrderType.MARKET, Decimal("3.089"))
    clamped = [found.rule for found in order.decision.results if found.finding is Finding.CLAMP]
    assert clamped == [RuleName.TICK_LOT_MINIMUM]
    scene.fill(order.order_id, "3.089", "97")
    scene.tick(1)
    assert scene.sale().quantity == Decimal("3.089")


def test_a_slice_that_sold_whole_is_followed_at_once() -> None:
    """Given fifty times the largest order, all is sold in as many ticks: waits are for what nobody takes."""
    scene = Watch()
    scene.hold_of(STOP, quantity="50")
    scene.sent()
    small = replace(instrument(), max_notional=Decimal(100), max_notional_market=Decimal(100))
    scene.do(inp.InstrumentsIn(instruments=(small,)))
    scene.see("97")
    for _ in range(60):
        for order in scene.sent():
            scene.fill(order.order_id, str(order.quantity), "97")
        scene.tick()

    assert not scene.state.ledger.positions


def test_a_slice_that_sold_in_part_is_followed_after_its_wait() -> None:
    """Given a market that took less than was asked for, the next slice waits for others to come."""
    scene = Watch()
    scene.hold_of(STOP, quantity="10")
    scene.sent()
    scene.see("97")
    for _ in range(4):
        scene.fill(scene.sale().order_id, "1", "97")
        scene.tick()

    assert not scene.sent()
    scene.tick(1)
    assert scene.sale().quantity == Decimal(6)
