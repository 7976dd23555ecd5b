"""Matching: every order type, partial fills, fees and locked money."""

from decimal import Decimal

import pytest

from tests.double import MexcDouble
from tests.double.orders import Status
from tests.double.settings import FeeAsset

from .trader import Trader

D = Decimal


async def test_limit_rests_then_fills_at_its_price(trader: Trader, double: MexcDouble) -> None:
    """A resting order fills as maker when the price comes to it, not before."""
    await trader.buy(newClientOrderId="ha-1")
    double.venue.set_price("BTCUSDT", "89000.02")
    assert double.venue.orders[0].status is Status.NEW
    double.venue.set_price("BTCUSDT", "88999.99")
    reply = await trader.order(origClientOrderId="ha-1")
    assert (reply.body["status"], reply.body["cummulativeQuoteQty"]) == ("FILLED", "89")
    assert [fill.is_maker for fill in double.venue.fills] == [True]
    assert double.venue.balances["BTC"].free == D("0.051")


async def test_crossing_limit_takes_then_rests(trader: Trader, double: MexcDouble) -> None:
    """What the book gives up to the limit is taken, the rest stays open."""
    double.settings.level_quote = D(90)
    await trader.buy(price="90000.01", quantity="0.002")
    order = double.venue.orders[0]
    assert (order.status, order.executed) == (Status.PARTIALLY_FILLED, D("0.000999"))
    assert double.venue.balances["USDT"].locked == D("90000.01") * D("0.001001")


@pytest.mark.parametrize(
    ("kind", "price", "status"),
    [
        ("IMMEDIATE_OR_CANCEL", "90100", "FILLED"),
        ("IMMEDIATE_OR_CANCEL", "90000.01", "PARTIALLY_CANCELED"),
        ("IMMEDIATE_OR_CANCEL", "89000", "CANCELED"),
        ("FILL_OR_KILL", "90100", "FILLED"),
        ("FILL_OR_KILL", "90000.01", "CANCELED"),
        ("LIMIT_MAKER", "89000", "NEW"),
        ("LIMIT_MAKER", "90100", "CANCELED"),
    ],
)
async def test_types(trader: Trader, double: MexcDouble, kind: str, price: str, status: str) -> None:
    """Each type ends as documented, and only a resting order keeps money locked."""
    double.settings.level_quote = D(90)
    await trader.buy(type=kind, price=price, quantity="0.0015")
    order = double.venue.orders[0]
    assert order.status == status
    assert double.venue.balances["USDT"].locked == (D(89) * D("1.5") if status == "NEW" else 0)
    assert order.executed == sum((fill.quantity for fill in order.fills), D(0))


async def test_market_by_value(trader: Trader, double: MexcDouble) -> None:
    """A market buy spends the value as far as the step allows; the ack shows quantity 0."""
    reply = await trader.buy(type="MARKET", quantity=None, price=None, quoteOrderQty="100")
    assert reply.body["origQty"] == "0"
    order = double.venue.orders[0]
    assert order.status is Status.FILLED
    assert 100 - D("0.1") < order.executed_quote <= 100
    double.settings.market_quote_status = "PARTIALLY_CANCELED"
    await trader.buy(type="MARKET", quantity=None, price=None, quoteOrderQty="100")
    assert double.venue.orders[1].status is Status.PARTIALLY_CANCELED


async def test_market_on_a_thin_book(trader: Trader, double: MexcDouble) -> None:
    """A market order takes what there is and ends partially canceled; on no book it is refused."""
    double.settings.level_quote, double.settings.level_count = D(90), 2
    await trader.buy(type="MARKET", price=None, quantity="0.003")
    assert double.venue.orders[0].status is Status.PARTIALLY_CANCELED
    assert double.venue.balances["USDT"].locked == 0
    double.settings.level_count = 0
    reply = await trader.buy(type="MARKET", price=None, quantity="0.003")
    assert reply.code == 30025


async def test_sell(trader: Trader, double: MexcDouble) -> None:
    """Selling moves base to quote and pays the fee in quote."""
    await trader.buy(side="SELL", type="MARKET", price=None, quantity="0.01")
    held = double.venue.balances
    assert held["BTC"].free == D("0.04")
    assert held["USDT"].free == 10_000 + D("899.9999") * (1 - D("0.0005"))


@pytest.mark.parametrize(
    ("mode", "asset", "fee"),
    [
        (FeeAsset.QUOTE, "USDT", D("90.00001") * D("0.0005")),
        (FeeAsset.BASE, "BTC", D("0.0000005")),
        (FeeAsset.MX, "MX", D("0.02250000")),
    ],
)
async def test_fee_asset(trader: Trader, double: MexcDouble, mode: FeeAsset, asset: str, fee: Decimal) -> None:
    """The fee is taken in the set coin, and the trade says in which."""
    double.settings.fee_asset_mode = mode
    before = dict(double.venue.balances)
    await trader.buy(price="90100", quantity="0.001")
    row = (await trader.signed("GET", "myTrades", symbol="BTCUSDT")).body[0]
    assert (row["commissionAsset"], D(row["commission"])) == (asset, fee)
    moved = {"USDT": -D("90.00001"), "BTC": D("0.001"), "MX": D(0)}
    moved[asset] -= fee
    for coin, change in moved.items():
        assert double.venue.balances[coin].total - before[coin].total == change


async def test_fee_falls_back_when_the_coin_is_gone(trader: Trader, double: MexcDouble) -> None:
    """Without MX the fee is in quote; without quote it is in base."""
    double.settings.fee_asset_mode = FeeAsset.MX
    double.venue.deposit("MX", "-100")
    await trader.buy(price="90100")
    assert double.venue.fills[0].fee_asset == "USDT"
    double.venue.deposit("USDT", -double.venue.balances["USDT"].free + D("90.1"))
    await trader.buy(price="90100")
    assert double.venue.fills[1].fee_asset == "BTC"


async def test_fills_in_parts(trader: Trader, double: MexcDouble) -> None:
    """A resting order can be made to fill in parts, and then be canceled."""
    double.settings.maker_fill_share = D("0.4")
    await trader.buy(newClientOrderId="ha-1")
    double.venue.set_price("BTCUSDT", "88000")
    order = double.venue.orders[0]
    assert (order.status, order.executed) == (Status.PARTIALLY_FILLED, D("0.0004"))
    double.venue.fill(order, "0.0001")
    await trader.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="ha-1")
    reply = await trader.order(origClientOrderId="ha-1")
    assert (reply.body["status"], reply.body["executedQty"]) == ("PARTIALLY_CANCELED", "0.0005")
    assert double.venue.balances["USDT"].locked == 0
