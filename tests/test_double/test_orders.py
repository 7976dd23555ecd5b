"""Orders: what is taken, what is refused with which code, and how answers look."""

import pytest

from tests.double import MexcDouble
from tests.double.settings import DuplicateClientId, ExcessDecimals

from .trader import Trader


async def test_acknowledgement_says_little(trader: Trader) -> None:
    """No status, no fill, no client id: an order must be read back."""
    reply = await trader.buy(newClientOrderId="ha-1")
    assert reply.status == 200
    assert set(reply.body) == {
        "symbol", "orderId", "orderListId", "price", "origQty", "type", "side", "stpMode", "transactTime"
    }  # fmt: skip
    assert reply.body["orderId"].startswith("C02__")


async def test_read_back_by_either_id(trader: Trader) -> None:
    """An order is found by client id and by order id, with the venue's spelling."""
    placed = await trader.buy(newClientOrderId="ha-1")
    by_client = await trader.order(origClientOrderId="ha-1")
    by_id = await trader.order(orderId=placed.body["orderId"])
    assert by_client == by_id
    assert by_id.body["status"] == "NEW"
    assert by_id.body["cummulativeQuoteQty"] == "0"
    assert by_id.body["updateTime"] is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"symbol": "NOSUCH"}, -1121),
        ({"symbol": None}, 700004),
        ({"side": "HOLD"}, 33333),
        ({"type": "STOP_MARKET_ORDER"}, 700004),
        ({"price": None}, 700004),
        ({"quantity": None}, 700004),
        ({"quantity": "much"}, 700008),
        ({"quantity": "NaN"}, 700008),
        ({"quantity": "0"}, 10102),
        ({"price": "-1"}, 10102),
        ({"quantity": "0.0000001"}, 10096),
        ({"price": "89000.001"}, 10096),
        ({"newClientOrderId": "x" * 33}, 700008),
        ({"newClientOrderId": "a.b"}, 700008),
        ({"stpMode": "never"}, 33333),
        ({"symbol": "PEPEUSDT", "quantity": "1000000", "price": "0.00001"}, 10007),
        ({"symbol": "TRXUSDT", "quantity": "10", "price": "0.3"}, 30016),
        ({"symbol": "OLDUSDT", "quantity": "10", "price": "1"}, 30000),
        ({"symbol": "ADAUSDT", "quantity": "10", "price": "0.5"}, 30001),
        ({"symbol": "ETHUSDC", "type": "MARKET", "quantity": "1"}, 30019),
        ({"quantity": "0.000011"}, 30002),
        ({"symbol": "SOLUSDT", "quantity": "0.01", "price": "150"}, 30002),
        ({"quantity": "30"}, 30003),
        ({"type": "MARKET", "quantity": None, "quoteOrderQty": "200000"}, 30003),
        ({"price": "120000"}, 30010),
        ({"side": "SELL", "price": "60000"}, 30010),
        ({"quantity": "0.2"}, 30004),
        ({"side": "SELL", "quantity": "0.06", "price": "91000"}, 30005),
    ],
)
async def test_refused(trader: Trader, given: dict[str, object], code: int) -> None:
    """Each wrong order gets its documented code and leaves no trace."""
    reply = await trader.buy(**given)
    assert (reply.status, reply.code) == (400, code)
    assert not trader.double.venue.orders
    assert trader.double.venue.balances["USDT"].locked == 0


async def test_minimum_is_inclusive(trader: Trader) -> None:
    """An order of exactly the minimum value is taken."""
    assert (await trader.buy(price="80000", quantity="0.0000125")).code == 10096
    assert (await trader.buy(price="80000", quantity="0.000013")).status == 200
    assert (await trader.buy(symbol="SOLUSDT", price="125", quantity="0.04")).status == 200


async def test_order_test_keeps_nothing(trader: Trader) -> None:
    """The dry run checks parameters but not funds, and nothing can be found after it."""
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "89000"}
    reply = await trader.signed("POST", "order/test", **order, newClientOrderId="dry")
    assert (reply.status, reply.body) == (200, {})
    assert (await trader.order(origClientOrderId="dry")).code == -2013
    assert (await trader.signed("POST", "order/test", **(order | {"price": "1e9"}))).code == 30003


async def test_excess_decimals_may_be_cut(trader: Trader, double: MexcDouble) -> None:
    """Set so, too many decimals are cut instead of refused."""
    double.settings.excess_decimals = ExcessDecimals.TRUNCATE
    reply = await trader.buy(quantity="0.00100099", price="89000.999")
    assert (reply.body["origQty"], reply.body["price"]) == ("0.001", "89000.99")


async def test_duplicate_client_ids(trader: Trader, double: MexcDouble) -> None:
    """By default a second order is made, so that a test can count it; it can be refused."""
    for _ in range(2):
        assert (await trader.buy(newClientOrderId="twin")).status == 200
    assert [order.client_order_id for order in double.venue.orders] == ["twin", "twin"]
    double.settings.duplicate_client_id = DuplicateClientId.REJECT
    assert (await trader.buy(newClientOrderId="twin")).code == -2010
    assert len(double.venue.orders) == 2


async def test_unknown_orders(trader: Trader) -> None:
    """Reading gives -2013, cancelling -2011; the symbol must fit."""
    placed = await trader.buy(newClientOrderId="ha-1")
    assert (await trader.order(origClientOrderId="other")).code == -2013
    assert (await trader.order(symbol="ETHUSDT", orderId=placed.body["orderId"])).code == -2013
    assert (await trader.order()).code == 700004
    gone = await trader.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="other")
    assert gone.code == -2011


@pytest.mark.parametrize(("shows", "status"), [("before", "NEW"), ("after", "CANCELED"), ("nothing", None)])
async def test_cancel(trader: Trader, double: MexcDouble, shows: str, status: str | None) -> None:
    """A cancel frees the money; its answer may show the state from before, or none."""
    double.settings.cancel_shows = shows
    await trader.buy(newClientOrderId="ha-1")
    assert double.venue.balances["USDT"].locked == 89
    reply = await trader.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="ha-1")
    assert (reply.status, reply.body.get("status")) == (200, status)
    assert double.venue.balances["USDT"].locked == 0
    assert (await trader.order(origClientOrderId="ha-1")).body["status"] == "CANCELED"
    again = await trader.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="ha-1")
    assert again.code == -2011


async def test_cancel_many(trader: Trader, double: MexcDouble) -> None:
    """All orders of a symbol, or of the account, go at once."""
    for symbol in ("BTCUSDT", "BTCUSDT", "ETHUSDT"):
        await trader.buy(symbol=symbol, price="2900", quantity="0.1" if symbol == "ETHUSDT" else "0.001")
    gone = await trader.signed("DELETE", "openOrders", symbol="BTCUSDT")
    assert len(gone.body) == 2
    assert [order["symbol"] for order in (await trader.signed("GET", "openOrders")).body] == ["ETHUSDT"]
    assert (await trader.signed("DELETE", "order/all")).code == 200
    assert (await trader.signed("GET", "openOrders")).body == []
    assert (await trader.signed("DELETE", "openOrders", symbol="A,B,C,D,E,F")).code == 33333
    assert double.venue.balances["USDT"].locked == 0


async def test_batch_succeeds_in_part(trader: Trader, double: MexcDouble) -> None:
    """Each entry of a batch stands for itself."""
    entry = '{{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","quantity":"{}","price":"80000"}}'
    text = f"[{entry.format('0.001')},{entry.format('9')}]"
    escaped = "".join(c if c.isalnum() else f"%{ord(c):02X}" for c in text)
    reply = await trader.signed("POST", "batchOrders", batchOrders=escaped)
    assert reply.status == 200
    assert [row.get("code") for row in reply.body] == [None, 30004]
    assert len(double.venue.orders) == 1
    for wrong in ("%5B%5D", "x", "%7B%7D"):
        assert (await trader.signed("POST", "batchOrders", batchOrders=wrong)).code in {33333, 700008}


async def test_too_many_open_orders(trader: Trader, double: MexcDouble) -> None:
    """The number of open orders is bounded."""
    double.settings.max_open_orders = 1
    assert (await trader.buy()).status == 200
    assert (await trader.buy()).code == 30029
