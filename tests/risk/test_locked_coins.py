"""A stop whose coins are kept by an order that the user placed by hand: what is free of them is sold."""

from decimal import Decimal

from custom_components.mexc_trading.engine.compare_inputs import CompareIn
from custom_components.mexc_trading.model.ids import Asset
from custom_components.mexc_trading.model.order import Order
from custom_components.mexc_trading.orders.reconcile import VenueBook

from ..engine.market import S
from ..engine.scene import REFUSED
from .test_exits_at_work import STOP
from .watch import Watch

BTC_COIN = Asset("BTC")


def compare(scene: Watch, *, there: str, locked: str) -> None:
    """Let the books be compared while somebody's order keeps hold of this much of the coin."""
    scene.now_ns += S
    balances = {BTC_COIN: Decimal(there), Asset("USDT"): Decimal(9900)}
    venues = VenueBook(
        open_orders=(), history=(), lookups={}, trades=(), balances=balances, locked={BTC_COIN: Decimal(locked)}
    )
    scene.do(CompareIn(venues=venues, started_ns=scene.now_ns, whole=False))


def refused(scene: Watch) -> Order:
    """Let a stop be hit, and the venue refuse its first slice for want of coins."""
    scene.hold_of(STOP)
    scene.sent()
    compare(scene, there="1", locked="0.6")
    scene.see("97")
    order = scene.sale()
    scene.answered(order.order_id, REFUSED)
    return order


def test_a_stop_sells_what_an_order_of_the_user_leaves_free() -> None:
    """All is tried first, for it may be free by now; refused, what was free is sold, then the rest is tried again."""
    scene = Watch()
    assert refused(scene).quantity == Decimal(1)

    scene.tick(1)
    order = scene.sale()

    assert order.quantity == Decimal("0.4")
    scene.fill(order.order_id, "0.4", "97")
    scene.tick(1)
    assert scene.sale().quantity == Decimal("0.6")


def test_what_was_let_go_is_sold_with_the_rest() -> None:
    """Given a comparison that finds all of it free again, the next slice is of all."""
    scene = Watch()
    refused(scene)
    compare(scene, there="1", locked="0")

    scene.tick(1)

    assert scene.sale().quantity == Decimal(1)


def test_with_too_little_free_all_of_it_is_tried() -> None:
    """A refusal costs nothing, and the order that kept the coins may be gone since the last comparison."""
    scene = Watch()
    scene.hold_of(STOP)
    scene.sent()
    compare(scene, there="1", locked="1")
    for bid in ("97", "96.9"):
        scene.see(bid)
        order = scene.sale()
        assert order.quantity == Decimal(1)
        scene.answered(order.order_id, REFUSED)


def test_coins_of_the_user_that_are_locked_are_no_matter() -> None:
    """Given ten coins at the venue, one of them ours, an order that keeps five leaves ours alone."""
    scene = Watch()
    scene.hold_of(STOP)
    compare(scene, there="10", locked="5")
    assert scene.state.report is not None
    assert [found.kind for found in scene.state.report.findings] == []
