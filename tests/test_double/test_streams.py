"""Streams over real sockets: subscriptions, pushes, bounds and faults."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any

import aiohttp
import pytest

from tests.double import MexcDouble
from tests.double.decimals import Json
from tests.double.wire import decode

from .trader import Trader

ORDERS = "spot@private.orders.v3.api.pb"
DEALS = "spot@private.deals.v3.api.pb"
ACCOUNT = "spot@private.account.v3.api.pb"
BOOK = "spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT"
CANDLE = "spot@public.kline.v3.api.pb@BTCUSDT@Min1"
TRADES = "spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT"


class Listener:
    """A client's end of a stream."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Use an open socket."""
        self.socket = socket

    async def ask(self, method: str, *channels: str, number: int = 1) -> Any:  # noqa: ANN401 - JSON
        """Send a request and read its acknowledgement, past pushes."""
        await self.socket.send_json({"method": method, "params": list(channels), "id": number})
        while True:
            message = await self.socket.receive(timeout=60)
            if message.type is aiohttp.WSMsgType.TEXT:
                return json.loads(message.data)

    async def push(self) -> Any:  # noqa: ANN401 - a message built at run time
        """Read the next push."""
        message = await self.socket.receive(timeout=60)
        assert message.type is aiohttp.WSMsgType.BINARY
        return decode(message.data)

    async def ended(self) -> bool:
        """Read until the stream is over; False when it goes on."""
        return (await self.socket.receive(timeout=60)).type in {
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
            aiohttp.WSMsgType.ERROR,
        }


@pytest.fixture
async def public(double: MexcDouble, session: aiohttp.ClientSession) -> AsyncIterator[Listener]:
    """Open a public stream."""
    async with session.ws_connect(double.stream_url) as socket:
        yield Listener(socket)


@pytest.fixture
async def private(trader: Trader) -> AsyncIterator[Listener]:
    """Open a private stream."""
    key = (await trader.signed("POST", "userDataStream")).body["listenKey"]
    async with trader.session.ws_connect(f"{trader.double.stream_url}?listenKey={key}") as socket:
        yield Listener(socket)


async def test_ping(public: Listener) -> None:
    """A ping is answered in text."""
    assert await public.ask("PING") == {"id": 0, "code": 0, "msg": "PONG"}


async def test_subscriptions(public: Listener) -> None:
    """One acknowledgement names all channels; a refusal has code 0 too."""
    assert await public.ask("SUBSCRIPTION", BOOK, CANDLE, number=7) == {"id": 7, "code": 0, "msg": f"{BOOK},{CANDLE}"}
    for name in (BOOK, ORDERS, "spot@public.deals.v3.api.pb@BTCUSDT", BOOK.replace("BTC", "XYZ"), f"{CANDLE}ute"):
        refused = await public.ask("SUBSCRIPTION", name)
        assert refused["code"] == 0
        assert refused["msg"].startswith(f"Not Subscribed successfully! [{name}]")
    assert (await public.ask("UNSUBSCRIPTION", BOOK))["msg"] == BOOK
    assert (await public.ask("SUBSCRIPTION", BOOK))["msg"] == BOOK


async def test_thirty_subscriptions(public: Listener) -> None:
    """The 31st is refused."""
    names = [
        f"spot@public.kline.v3.api.pb@{symbol}@{interval}"
        for symbol in ("BTCUSDT", "ETHUSDT", "MXUSDT", "SOLUSDT")
        for interval in ("Min1", "Min5", "Min15", "Min30", "Min60", "Hour4", "Day1", "Week1", "Month1")
    ]
    assert (await public.ask("SUBSCRIPTION", *names[:30]))["msg"] == ",".join(names[:30])
    assert (await public.ask("SUBSCRIPTION", names[30]))["msg"].startswith("Not Subscribed")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"method":"DANCE"}'])
async def test_nonsense_is_answered(public: Listener, text: str) -> None:
    """A message that is none does not end the stream."""
    await public.socket.send_str(text)
    assert json.loads((await public.socket.receive(timeout=60)).data)["code"] == 0
    assert (await public.ask("PING"))["msg"] == "PONG"


async def test_private_pushes(private: Listener, trader: Trader) -> None:
    """An order's life is pushed: accepted, traded, filled, and the balances with it."""
    await private.ask("SUBSCRIPTION", ORDERS, DEALS, ACCOUNT)
    placed = await trader.buy(newClientOrderId="ha-1", price="90000.01")
    pushes = [await private.push() for _ in range(6)]
    kinds = [push.WhichOneof("body") for push in pushes]
    assert kinds == [
        "privateAccount", "privateOrders", "privateAccount", "privateAccount", "privateDeals", "privateOrders"
    ]  # fmt: skip
    first, last, deal = pushes[1].privateOrders, pushes[5].privateOrders, pushes[4].privateDeals
    assert (first.status, last.status, last.cumulativeQuantity) == (1, 2, "0.001")
    assert last.id == deal.orderId == placed.body["orderId"]
    assert last.clientId == deal.clientOrderId == "ha-1"
    assert pushes[4].symbol == pushes[5].symbol == "BTCUSDT"
    trade = (await trader.signed("GET", "myTrades", symbol="BTCUSDT")).body[0]
    assert (deal.tradeId, deal.feeAmount, deal.feeCurrency) == (trade["id"], trade["commission"], "USDT")
    assert (pushes[0].privateAccount.type, pushes[0].privateAccount.frozenAmount) == ("ENTRUST_PLACE", "90.00001")


async def test_cancel_is_pushed(private: Listener, trader: Trader, double: MexcDouble) -> None:
    """Statuses 4 and 5 tell canceled from partially canceled."""
    await private.ask("SUBSCRIPTION", ORDERS)
    await trader.buy()
    await trader.buy()
    double.venue.fill(double.venue.orders[1], "0.0004")
    await trader.signed("DELETE", "openOrders", symbol="BTCUSDT")
    statuses = [(await private.push()).privateOrders.status for _ in range(5)]
    assert statuses == [1, 1, 3, 4, 5]


async def test_public_pushes(public: Listener, double: MexcDouble) -> None:
    """A subscription shows the present state, then every change of the price."""
    await public.socket.send_json({"method": "SUBSCRIPTION", "params": [BOOK, CANDLE, TRADES], "id": 1})
    assert (await public.socket.receive(timeout=60)).type is aiohttp.WSMsgType.TEXT
    now = [await public.push() for _ in range(3)]
    assert now[0].publicAggreBookTicker.bidPrice == "89999.99"
    double.venue.set_price("BTCUSDT", "91000")
    book, candle, trades = [await public.push() for _ in range(3)]
    assert (book.channel, book.symbol) == (BOOK, "BTCUSDT")
    assert (book.publicAggreBookTicker.bidPrice, book.publicAggreBookTicker.askPrice) == ("90999.99", "91000.01")
    bar = candle.publicSpotKline
    assert (bar.interval, bar.closingPrice, bar.windowEnd - bar.windowStart) == ("Min1", "91000", 60)
    assert bar.windowStart * 1000 <= double.clock.now_ms()
    deal = trades.publicAggreDeals.deals[0]
    assert (deal.price, deal.tradeType) == ("91000", 1)


@pytest.mark.parametrize(
    ("channel", "body"),
    [
        ("spot@public.bookTicker.batch.v3.api.pb@BTCUSDT", "publicBookTickerBatch"),
        ("spot@public.limit.depth.v3.api.pb@BTCUSDT@5", "publicLimitDepths"),
    ],
)
async def test_other_books(public: Listener, trader: Trader, channel: str, body: str) -> None:
    """The other book channels show what REST shows."""
    await public.ask("SUBSCRIPTION", channel)
    push = await public.push()
    assert push.WhichOneof("body") == body
    depth = (await trader.public("depth", symbol="BTCUSDT", limit=5)).body
    if body == "publicLimitDepths":
        assert [[row.price, row.quantity] for row in push.publicLimitDepths.asks] == depth["asks"]
    else:
        assert push.publicBookTickerBatch.items[0].askPrice == depth["asks"][0][0]


async def test_bad_listen_key(double: MexcDouble, session: aiohttp.ClientSession) -> None:
    """A key that is not valid is told so in text, then the stream ends."""
    async with session.ws_connect(f"{double.stream_url}?listenKey=none") as socket:
        assert "Invalid listen key" in await socket.receive_str(timeout=60)
        assert await Listener(socket).ended()


async def test_connections_per_key(double: MexcDouble, session: aiohttp.ClientSession) -> None:
    """A key carries five streams."""
    url = f"{double.stream_url}?listenKey={double.listen_keys.create()}"
    sockets = [await session.ws_connect(url) for _ in range(6)]
    assert "Invalid" in await sockets[5].receive_str(timeout=60)
    assert (await Listener(sockets[4]).ask("PING"))["msg"] == "PONG"
    for socket in sockets:
        await socket.close()


@pytest.mark.parametrize(
    ("seconds", "subscribed", "ends"),
    [(29, False, False), (30, False, True), (59, True, False), (60, True, True)],
)
async def test_idle_streams_end(
    public: Listener, double: MexcDouble, seconds: float, *, subscribed: bool, ends: bool
) -> None:
    """Half a minute without a subscription, a minute without a word: the venue hangs up."""
    await public.ask("SUBSCRIPTION" if subscribed else "PING", *([CANDLE] if subscribed else []))
    if subscribed:
        await public.push()
    double.clock.advance(seconds)
    double.streams.sweep()
    if ends:
        assert await public.ended()
    else:
        assert (await public.ask("PING"))["msg"] == "PONG"


async def test_stream_dies_with_its_key(private: Listener, double: MexcDouble) -> None:
    """An hour without renewal, or the end of the key, ends the stream."""
    await private.ask("SUBSCRIPTION", ORDERS)
    double.listen_keys.expire_all()
    double.streams.sweep()
    assert await private.ended()


async def test_day_limit(public: Listener, double: MexcDouble) -> None:
    """After a day the venue hangs up, however busy the stream is."""
    await public.ask("SUBSCRIPTION", CANDLE)
    await public.push()
    double.settings.stream_idle_s = 1e9
    double.clock.advance(86_399)
    double.streams.sweep()
    assert (await public.ask("PING"))["msg"] == "PONG"
    double.clock.advance(1)
    double.streams.sweep()
    assert await public.ended()


async def test_reset(public: Listener, double: MexcDouble) -> None:
    """Streams can be cut without a word."""
    await public.ask("PING")
    double.streams.reset_all()
    assert await public.ended()


@pytest.mark.parametrize(
    ("rule", "prices"),
    [
        ({"action": "stream_drop", "nth": 2}, [1, 3, 4]),
        ({"action": "stream_duplicate", "nth": 2}, [1, 2, 2, 3, 4]),
        ({"action": "stream_reorder", "nth": 2}, [1, 3, 2, 4]),
        ({"action": "stream_delay", "seconds": 0.01, "nth": 2}, [1, 3, 4, 2]),
        ({"action": "stream_drop", "channel": "spot@private.*"}, [1, 2, 3, 4]),
    ],
)
async def test_faults_on_pushes(public: Listener, double: MexcDouble, rule: dict[str, Json], prices: list[int]) -> None:
    """Pushes can be lost, repeated, swapped and late."""
    await public.ask("SUBSCRIPTION", BOOK)
    await public.push()
    double.faults.add(rule)
    for price in (1, 2, 3, 4):
        double.venue.set_price("BTCUSDT", str(90_000 + price))
    pushes = [await public.push() for _ in prices]
    assert [round(float(push.publicAggreBookTicker.bidPrice)) - 90_000 for push in pushes] == prices
    assert (await public.ask("PING"))["msg"] == "PONG"


async def test_garbage_and_close(public: Listener, double: MexcDouble) -> None:
    """Bytes that are no message may come, and the end instead of a message."""
    await public.ask("SUBSCRIPTION", BOOK)
    await public.push()
    double.faults.load({"rules": [{"action": "stream_garbage", "nth": 1}, {"action": "stream_close", "nth": 1}]})
    double.venue.set_price("BTCUSDT", "90001")
    message = await public.socket.receive(timeout=60)
    with pytest.raises(Exception, match="pars"):
        decode(message.data)
    double.venue.set_price("BTCUSDT", "90002")
    assert await public.ended()


async def test_unknown_status_number(private: Listener, trader: Trader, double: MexcDouble) -> None:
    """An order can be pushed with a status that nobody documented; its other fields stay."""
    await private.ask("SUBSCRIPTION", ORDERS, ACCOUNT)
    double.faults.add(action="stream_status", status=9)
    await trader.buy(newClientOrderId="ha-1")
    account, order = await private.push(), await private.push()
    assert account.privateAccount.frozenAmount == "89"
    assert (order.privateOrders.status, order.privateOrders.clientId) == (9, "ha-1")


async def test_refused_subscription(private: Listener, double: MexcDouble) -> None:
    """A subscription can be refused though the channel exists."""
    double.faults.add(action="stream_refuse", channel=ORDERS, nth=1)
    refused = await private.ask("SUBSCRIPTION", DEALS, ORDERS)
    assert refused["code"] == 0
    assert refused["msg"].startswith(f"{DEALS},Not Subscribed successfully! [{ORDERS}]")
    assert (await private.ask("SUBSCRIPTION", ORDERS))["msg"] == ORDERS


async def test_silent_partition(public: Listener, double: MexcDouble, session: aiohttp.ClientSession) -> None:
    """In a black hole nothing comes, not even a pong, and nothing is caught up later."""
    await public.ask("SUBSCRIPTION", BOOK)
    await public.push()
    await double.partition.start("black_hole")
    double.venue.set_price("BTCUSDT", "90001")
    await public.socket.send_json({"method": "PING"})
    with pytest.raises(TimeoutError):
        await public.socket.receive(timeout=0.05)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await session.ws_connect(double.stream_url)
    await double.partition.end()
    assert (await public.ask("PING"))["msg"] == "PONG"
    double.venue.set_price("BTCUSDT", "90002")
    assert (await public.push()).publicAggreBookTicker.bidPrice == "90001.99"


async def test_refusing_partition(public: Listener, double: MexcDouble, session: aiohttp.ClientSession) -> None:
    """When connections are refused, open streams are reset; later a new one opens."""
    await public.ask("PING")
    await double.partition.start("refuse")
    assert await public.ended()
    await double.partition.end()
    async with session.ws_connect(double.stream_url) as socket:
        assert (await Listener(socket).ask("PING"))["msg"] == "PONG"
