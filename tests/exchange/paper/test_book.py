"""Nothing is filled without evidence, and never more than there is."""

from decimal import Decimal

import pytest

from custom_components.mexc_trading.exchange.paper.book import (
    BELOW_MINIMUM,
    ENDED_KEPT,
    INSUFFICIENT_BALANCE,
    OVERSOLD,
    SUSPENDED,
)
from custom_components.mexc_trading.exchange.paper.terms import MX, FeeAsset, PaperTerms
from custom_components.mexc_trading.model.ids import Asset
from custom_components.mexc_trading.model.market import OrderType
from custom_components.mexc_trading.model.order import Order, Unauthorized, VenueStatus
from custom_components.mexc_trading.model.outcome import Accepted, Rejected
from tests.engine.market import BTC, USDT, instrument

from ..wishes import unpermitted
from .stand import D, book, buy, executed, sell, shown


@pytest.mark.parametrize(
    ("wish", "size", "traded", "status"),
    [
        (buy("1", "100", OrderType.IOC), None, "1", VenueStatus.FILLED),
        (buy("1", "100", OrderType.IOC), "0.4", "0.4", VenueStatus.PARTIALLY_CANCELED),
        (buy("1", "99.9", OrderType.IOC), None, "0", VenueStatus.CANCELED),
        (buy("1", "100", OrderType.FOK), "0.4", "0", VenueStatus.CANCELED),
        (buy("1", "100", OrderType.FOK), "1", "1", VenueStatus.FILLED),
        (buy("1", "100", OrderType.LIMIT), "0.4", "0.4", VenueStatus.PARTIALLY_FILLED),
        (buy("1", "99.9", OrderType.LIMIT), None, "0", VenueStatus.NEW),
        (buy("1", "100", OrderType.POST_ONLY), None, "0", VenueStatus.CANCELED),
        (buy("1", "99.9", OrderType.POST_ONLY), None, "0", VenueStatus.NEW),
        (buy("1", None, OrderType.MARKET), "2", "1", VenueStatus.FILLED),
        (buy("1", "100", OrderType.IOC), "0.4009", "0.4", VenueStatus.PARTIALLY_CANCELED),
    ],
)
def test_an_order_arrives(wish: Order, size: str | None, traded: str, status: VenueStatus) -> None:
    """Given 99.9 / 100 with a displayed size, when an order arrives, then it gets what is there, by its type."""
    opened = book()
    assert isinstance(opened.submit(wish, instrument(), shown(size=size)), Accepted)
    report = opened.orders[wish.order_id].report()
    assert (report.executed, report.status) == (D(traded), status)


def test_what_a_decision_does_not_cover_meets_no_market() -> None:
    """The paper venue and every backtest stand behind the same door as the real one."""
    opened = book()
    with pytest.raises(Unauthorized):
        opened.submit(unpermitted(buy("1", "100", OrderType.IOC)), instrument(), shown())
    assert not opened.orders


@pytest.mark.parametrize(
    ("ask", "size", "standing", "traded"),
    [
        ("98.9", None, True, "1"),
        ("98.9", "0.3", True, "0.3"),
        ("99", None, True, "0"),
        ("99", "0.3", True, "0.3"),
        ("99", "0.3", False, "0"),
        ("98.9", "0.3", False, "0.3"),
        ("99.1", "5", True, "0"),
    ],
)
def test_a_resting_order_needs_evidence(ask: str, size: str | None, standing: bool, traded: str) -> None:
    """Given a bid of ours at 99, then only a lower ask, or a displayed size at 99, fills it, at its own price."""
    opened, wish = book(), buy("1", "99")
    opened.submit(wish, instrument(), shown())
    opened.see(shown("90", ask, size=size, standing=standing))
    kept = opened.orders[wish.order_id]
    assert kept.executed == D(traded)
    assert all(fill.price == D(99) and fill.maker for fill in kept.fills)


def test_a_share_of_what_is_displayed() -> None:
    """Given half a share, then only half of the displayed size is ours, and trades add up over time."""
    opened, wish = book(PaperTerms(share=D("0.5"))), buy("1", "100")
    opened.submit(wish, instrument(), shown(size="1"))
    assert executed(opened, wish.order_id) == D("0.5")
    opened.see(shown("99.8", "99.9", size="0.6"))
    opened.see(shown("99.8", "99.9", size="0.6"))
    kept = opened.orders[wish.order_id]
    assert [fill.quantity for fill in kept.fills] == [D("0.5"), D("0.3"), D("0.2")]
    assert len({fill.fill_id for fill in kept.fills}) == 3
    assert kept.status is VenueStatus.FILLED


def test_slippage_is_paid_and_never_beyond_the_limit() -> None:
    """Given slippage of 0.1 %, then a taker pays 100.1, and an order that may not does not trade."""
    opened = book(PaperTerms(slippage=D("0.001")))
    paid, refused = buy("1", "101", OrderType.IOC), buy("1", "100", OrderType.IOC)
    opened.submit(paid, instrument(), shown())
    opened.submit(refused, instrument(), shown())
    assert opened.orders[paid.order_id].fills[0].price == D("100.1")
    assert executed(opened, refused.order_id) == 0


def test_a_sale_is_cut_to_what_is_held_when_it_fills() -> None:
    """Given half a coin, when a whole one is to be sold, then half is sold and the order ends."""
    opened, wish = book(BTC="0.5"), sell("1", "99.9")
    opened.submit(wish, instrument(), shown())
    assert executed(opened, wish.order_id) == D("0.5")
    assert opened.orders[wish.order_id].status is VenueStatus.PARTIALLY_FILLED
    opened.see(shown("100", "100.1"))
    assert opened.orders[wish.order_id].status is VenueStatus.PARTIALLY_CANCELED
    assert opened.wallet.held(Asset("BTC")) == 0


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (buy("0.0001", "100"), BELOW_MINIMUM),
        (buy("0.005", "100"), BELOW_MINIMUM),
        (buy("100", "100"), INSUFFICIENT_BALANCE),
        (sell("1", "99"), OVERSOLD),
    ],
)
def test_what_the_venue_would_refuse(wish: Order, code: int) -> None:
    """Given an order below the minimum, without cash or without coins, then it is refused with the venue's code."""
    outcome = book().submit(wish, instrument(), shown())
    assert isinstance(outcome, Rejected)
    assert outcome.code == code


def test_every_nth_order_is_refused_when_asked_for() -> None:
    """Given that every second order is refused, then the second is, and the third is not."""
    opened = book(PaperTerms(refuse_every=2))
    outcomes = [opened.submit(buy("0.1", "99"), instrument(), shown()) for _ in range(3)]
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Rejected)] == [SUSPENDED]
    assert isinstance(outcomes[1], Rejected)


def test_resting_orders_lock_their_money() -> None:
    """Given 1,000 of cash and a bid for 900, then a second one for 200 is refused until the first is cancelled."""
    opened, first = book(cash="1000"), buy("10", "90")
    opened.submit(first, instrument(), shown())
    (balance,) = opened.balances()
    assert (balance.free, balance.locked) == (D("99.55"), D("900.45"))
    assert isinstance(opened.submit(buy("2", "95"), instrument(), shown()), Rejected)
    opened.cancel(first.order_id)
    opened.cancel(first.order_id)
    assert isinstance(opened.submit(buy("2", "95"), instrument(), shown()), Accepted)


@pytest.mark.parametrize(
    ("asset", "mx", "price", "fee", "paid_in"),
    [
        (FeeAsset.QUOTE, "0", None, "0.05", USDT),
        (FeeAsset.RECEIVED, "0", None, "0.0005", Asset("BTC")),
        (FeeAsset.MX, "1", "2", "0.02", MX),
        (FeeAsset.MX, "0.01", "2", "0.05", USDT),
        (FeeAsset.MX, "1", None, "0.05", USDT),
    ],
)
def test_fees(asset: FeeAsset, mx: str, price: str | None, fee: str, paid_in: Asset) -> None:
    """Given the way fees are paid, then a purchase for 100 costs 0.05 %, in that asset, and the wallet shows it."""
    opened, wish = book(PaperTerms(fee_asset=asset, mx_discount=D("0.2")), MX=mx), buy("1", "100", OrderType.IOC)
    opened.mx_price = None if price is None else D(price)
    opened.submit(wish, instrument(), shown())
    (fill,) = opened.orders[wish.order_id].fills
    assert (fill.fee, fill.fee_asset) == (D(fee), paid_in)
    in_coins = D(fee) if paid_in == Asset("BTC") else D(0)
    assert opened.wallet.held(Asset("BTC")) == D(1) - in_coins
    assert opened.wallet.cash == D(9_900) - (D(fee) if paid_in == USDT else D(0))


def test_a_tier_of_its_own() -> None:
    """Given a tier with a maker fee, then resting trades pay it."""
    opened, wish = book(PaperTerms(maker_fee=D("0.0002"))), buy("1", "99")
    opened.submit(wish, instrument(), shown())
    opened.see(shown("98", "98.5"))
    assert opened.orders[wish.order_id].fills[0].fee == D("0.0198")


def test_a_repeat_is_the_same_order() -> None:
    """Given an order that was taken, when it comes again, then it is acknowledged and trades once."""
    opened, wish = book(), buy("1", "100")
    assert opened.submit(wish, instrument(), shown()) == opened.submit(wish, instrument(), shown())
    assert opened.wallet.held(Asset("BTC")) == 1


def test_ended_orders_are_forgotten_in_the_end() -> None:
    """Given many ended orders and one that rests, then only the latest are kept, and the resting one is."""
    opened, resting = book(), buy("1", "50")
    opened.submit(resting, instrument(), shown())
    for _ in range(ENDED_KEPT + 10):
        opened.submit(buy("1", "99", OrderType.IOC), instrument(), shown())
    assert len(opened.orders) == ENDED_KEPT + 2
    assert resting.order_id in opened.orders


def test_money_is_neither_made_nor_lost() -> None:
    """Given purchases and sales without fees, then cash and coins at one price stay what they were."""
    opened = book(PaperTerms(taker_fee=Decimal(0)))
    for quantity in ("1", "0.3", "2.125"):
        opened.submit(buy(quantity, "100", OrderType.IOC), instrument(BTC), shown("100", "100"))
        opened.submit(sell("0.125", "100", OrderType.IOC), instrument(BTC), shown("100", "100"))
    assert opened.wallet.cash + 100 * opened.wallet.held(Asset("BTC")) == 10_000
