"""Exits when something happens in between: another entry, too little left for the venue, coins that are missing."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.compare_inputs import CompareIn
from custom_components.mexc_trading.model.ids import Asset
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Target
from custom_components.mexc_trading.orders.reconcile import VenueBook
from custom_components.mexc_trading.risk.protection import Purpose

from ..engine.market import BTC, fill
from .test_exits_at_work import LADDER, STOP
from .watch import Watch


def percent(value: str) -> Level:
    """Give a distance."""
    return Level(basis=LevelBasis.PERCENT, value=Decimal(value))


def test_a_target_of_which_too_little_is_left_gives_way_to_the_next() -> None:
    """Given 0.5 USDT left of a slice where the venue takes 1, break-even is in force and the second target sells."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="0.04")
    scene.sent()
    scene.see("103")
    scene.fill(scene.sale().order_id, "0.015", "103")

    scene.see("102.9")
    assert scene.watched().targets_done == 0
    scene.see("103.5")

    assert scene.watched().targets_done == 1
    assert scene.state.memory.stops == {BTC: Decimal(100)}
    scene.see("106")
    assert scene.sale().quantity == Decimal("0.02")


def test_a_target_whose_share_is_too_little_gives_way_to_the_next() -> None:
    """Given a tenth of 4 USDT, it is passed; the next one sells its share."""
    shares = (Target(level=percent("3"), share=Decimal("0.1")), Target(level=percent("6"), share=Decimal("0.9")))
    scene = Watch()
    scene.hold_of(replace(LADDER, take_profit=shares), quantity="0.04")
    scene.sent()
    scene.see("103")
    assert not scene.sent()

    scene.see("106")

    assert scene.sale().quantity == Decimal("0.036")
    assert scene.restarted().memory.protections == scene.state.memory.protections


def test_a_target_under_way_is_not_given_up_for_what_its_slice_still_sells() -> None:
    """Given a slice that sold all but 0.5 USDT and may sell that too, the target waits for its end."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="0.04")
    scene.sent()
    scene.see("103")
    order_id = scene.sale().order_id
    scene.answered(order_id, scene.acknowledgement(order_id, "V"))
    trade = fill(order_id, "t", quantity="0.015", price="103", side=Side.SELL, venue_order_id="V")
    scene.do(inp.FillsIn(symbol=BTC, fills=(trade,)))

    scene.see("104")

    assert scene.watched().left == Decimal("0.005")
    assert scene.watched().purpose is Purpose.TARGET


def test_another_entry_ends_the_former_ladder() -> None:
    """Given a target that sold in part, when an entry with a stop alone fills, nothing is sold below that target."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="2")
    scene.sent()
    scene.see("103")
    scene.fill(scene.sale().order_id, "0.4", "103")
    scene.hold_of(STOP, price="102.6", name="more")
    scene.sent()

    scene.see("102.4")

    assert not scene.sent()
    assert scene.watched().purpose is None


def test_another_entry_s_ladder_begins_at_its_first_step() -> None:
    """Given a first target that is done, an entry with a target of its own has it sold; later fills do not."""
    scene = Watch()
    scene.hold_of(LADDER, quantity="2")
    scene.sent()
    scene.see("103")
    scene.fill(scene.sale().order_id, "1", "103")
    half = Protect(take_profit=(Target(level=percent("3"), share=Decimal("0.5")),))
    order_id = scene.signal(scene.wish(half, quantity="2", name="more"))
    scene.sent()
    scene.fill(order_id, "1", "100")

    scene.see("103")
    sale = scene.sale()
    assert sale.quantity == Decimal(1)
    scene.fill(sale.order_id, "1", "103")
    scene.fill(order_id, "1", "100")
    scene.see("104")

    assert not scene.sent()
    assert scene.watched().targets_done == 1


def missing(scene: Watch, there: str) -> None:
    """Let the venue have this much of the coin."""
    balances = {Asset("BTC"): Decimal(there), Asset("USDT"): Decimal(9900)}
    venues = VenueBook(open_orders=(), history=(), lookups={}, trades=(), balances=balances)
    scene.do(CompareIn(venues=venues, started_ns=scene.now_ns - 1, whole=False))


def test_a_stop_sells_what_is_there_of_coins_that_are_missing() -> None:
    """Given a position of which some was sold by hand, the stop sells the rest instead of being refused for all."""
    scene = Watch()
    scene.hold_of(STOP)
    scene.sent()
    for _ in range(2):
        scene.tick(10)
        missing(scene, "0.4")

    scene.see("97")

    assert scene.sale().quantity == Decimal("0.4")


def test_a_stop_does_not_believe_a_balance_that_was_seen_once() -> None:
    """Balances lag: until a second comparison says the same, all of it is sold."""
    scene = Watch()
    scene.hold_of(STOP)
    scene.sent()
    scene.tick(10)
    missing(scene, "0.4")

    scene.see("97")

    assert scene.sale().quantity == Decimal(1)
