"""The streams against the double's, over real sockets: what comes, what is missed, and what is done about it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.exchange.mexc.klines import Interval
from custom_components.mexc_trading.exchange.mexc.market import MexcMarket
from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.exchange.mexc.streams import conversation, listen_key, streams
from custom_components.mexc_trading.exchange.mexc.streams.channels import Channel, book_ticker, candles, trades
from custom_components.mexc_trading.exchange.mexc.streams.pushes import (
    BalanceHint,
    CandleHint,
    MarketTrade,
    OrderHint,
    Push,
)
from custom_components.mexc_trading.exchange.mexc.streams.streams import Gap, MexcStreams, Scope
from custom_components.mexc_trading.model.fill import Fill
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.market import OrderType, Quote, Side
from custom_components.mexc_trading.model.order import Leg, VenueStatus
from custom_components.mexc_trading.model.outcome import Accepted
from tests.double import MexcDouble

from .wishes import BTCUSDT, order

PATIENCE_S = 60
NOSUCH = book_ticker(Symbol("NOSUCHUSDT"))


class Heard:
    """Everything that the streams said, and a way to wait for something."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.pushes: list[Push] = []
        self.gaps: list[Gap] = []
        self._news = asyncio.Condition()
        self._waiters: set[asyncio.Event] = set()

    def push(self, push: Push) -> None:
        """Hear a push."""
        self.pushes.append(push)
        self._wake()

    def gap(self, gap: Gap) -> None:
        """Hear of a gap."""
        self.gaps.append(gap)
        self._wake()

    def of[T](self, kind: type[T]) -> list[T]:
        """Give the pushes of one kind."""
        return [push for push in self.pushes if isinstance(push, kind)]

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds; fails with what was heard, if it never does."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not true():
                    event = asyncio.Event()
                    self._waiters.add(event)
                    await event.wait()
        except TimeoutError:
            raise AssertionError(f"never came true: {self.gaps}, {self.pushes[-12:]}") from None

    def _wake(self) -> None:
        for event in self._waiters:
            event.set()
        self._waiters.clear()


@pytest.fixture
def heard() -> Heard:
    """Give ears."""
    return Heard()


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnect at once."""
    monkeypatch.setattr(streams, "BACKOFF_S", 0.001)


def _timeless(fills: Iterable[Fill]) -> set[Fill]:
    """Take fills without their times, which REST tells to the second only."""
    return {replace(fill, at_ms=0) for fill in fills}


@asynccontextmanager
async def _running(stream: MexcStreams) -> AsyncIterator[MexcStreams]:
    task = asyncio.create_task(stream.run())
    try:
        yield stream
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def private(spot: MexcSpot, double: MexcDouble, heard: Heard) -> AsyncIterator[MexcStreams]:
    """Run the account's streams, once they flow."""
    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    async with _running(stream):
        await heard.until(lambda: stream.health().private_live)
        yield stream


async def test_an_order_as_the_account_hears_it(
    private: MexcStreams, spot: MexcSpot, double: MexcDouble, heard: Heard
) -> None:
    """Order, fill and balance come as pushes, and the fill is the one that REST tells."""
    assert heard.gaps == [Gap(scope=Scope.PRIVATE, cause="connected", live=True)]
    wanted = order(price="91000")
    answer = await spot.submit(wanted)
    assert isinstance(answer, Accepted)
    await heard.until(lambda: any(hint.status is VenueStatus.FILLED for hint in heard.of(OrderHint)))
    await heard.until(lambda: len(heard.of(Fill)) == len(double.venue.fills))

    last = heard.of(OrderHint)[-1]
    assert (last.symbol, last.order_id, last.venue_order_id) == (BTCUSDT, wanted.order_id, answer.venue_order_id)
    assert last.executed == Decimal("0.001")
    read = await spot.fills(BTCUSDT, venue_order_id=answer.venue_order_id)
    assert isinstance(read, tuple)
    assert _timeless(read) == _timeless(heard.of(Fill))
    balances = await spot.balances()
    assert isinstance(balances, tuple)
    told = {hint.balance.asset: hint.balance for hint in heard.of(BalanceHint)}
    assert set(told.values()) <= set(balances)
    assert private.health().pushed_s_ago is not None


async def test_market_channels(market: MexcMarket, double: MexcDouble, heard: Heard) -> None:
    """Quotes, candles and trades of the wanted symbols, without a key."""
    stream = market.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    stream.watch([book_ticker(BTCUSDT), candles(BTCUSDT, Interval.MIN5), trades(BTCUSDT), book_ticker(BTCUSDT)])
    async with _running(stream):
        await heard.until(lambda: stream.health().market_live)
        double.venue.set_price("BTCUSDT", "88000")
        await heard.until(lambda: any(quote.bid < 88000 < quote.ask for quote in heard.of(Quote)))
        await heard.until(lambda: any(hint.candle.close == 88000 for hint in heard.of(CandleHint)))
        await heard.until(lambda: any(trade.price == 88000 for trade in heard.of(MarketTrade)))
        assert {hint.interval for hint in heard.of(CandleHint)} == {Interval.MIN5}
        assert not stream.health().private_live
    assert len(double.requests.of("POST", "/api/v3/userDataStream")) == 0


async def test_a_refused_subscription_is_told_though_its_code_is_0(
    market: MexcMarket, double: MexcDouble, heard: Heard
) -> None:
    """What is granted flows, what is not is named."""
    stream = market.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    stream.watch([book_ticker(BTCUSDT), NOSUCH])
    async with _running(stream):
        await heard.until(lambda: bool(heard.of(Quote)))
        (refused,) = stream.health().refused
        assert refused.startswith(f"{NOSUCH}: Not Subscribed")
        stream.watch([NOSUCH])
        await heard.until(lambda: len(stream.health().refused) == 1 and stream.health().connections_lost > 2)
        assert not stream.health().market_live
        stream.watch([book_ticker(BTCUSDT)])
        await heard.until(lambda: stream.health().market_live)
        assert stream.health().refused == ()


async def test_thirty_to_a_connection(market: MexcMarket, double: MexcDouble, heard: Heard) -> None:
    """Seventy-odd wanted channels are spread over three connections, and all flow."""
    names = [Symbol(name) for name in double.venue.symbols]
    wanted: list[Channel] = [candles(name, interval) for name in names for interval in Interval]
    stream = market.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    stream.watch(wanted)
    async with _running(stream):
        await heard.until(lambda: stream.health().market_live)
        open_now = [len(connection.channels) for connection in double.streams.open]
        assert sum(open_now) == len(wanted)
        assert max(open_now) == conversation.SUBSCRIPTIONS_MAX
        assert stream.health().refused == ()


async def test_a_lost_connection_is_a_gap_until_the_next_one(
    private: MexcStreams, double: MexcDouble, heard: Heard
) -> None:
    """Lost, back, and a new listen key; the old one is given back."""
    double.streams.reset_all()
    await heard.until(lambda: len(heard.gaps) == 3)
    assert [(gap.scope, gap.live) for gap in heard.gaps] == [
        (Scope.PRIVATE, True),
        (Scope.PRIVATE, False),
        (Scope.PRIVATE, True),
    ]
    assert private.health().connections_lost == 1
    assert len(double.requests.of("POST", "/api/v3/userDataStream")) == 2
    assert len(double.listen_keys.valid()) == 1


async def test_a_dead_listen_key_is_replaced(private: MexcStreams, double: MexcDouble, heard: Heard) -> None:
    """The venue may end a key at any time; the connection dies with it."""
    double.listen_keys.expire_all()
    await heard.until(lambda: len(heard.gaps) == 3)
    assert private.health().private_live
    assert len(double.listen_keys.valid()) == 1


async def test_a_key_is_renewed_and_a_refused_renewal_ends_the_connection(
    spot: MexcSpot, double: MexcDouble, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renewals go on while they work; an error from one means that the key is gone."""
    monkeypatch.setattr(listen_key, "RENEW_EVERY_S", 0.02)
    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    async with _running(stream):
        await double.requests.wait_for("PUT", "/api/v3/userDataStream", count=3)
        assert stream.health().connections_lost == 0
        double.faults.add(action="refuse", method="PUT", code=730708, times=1)
        await heard.until(lambda: len(heard.gaps) >= 3)
        assert heard.gaps[1] == Gap(scope=Scope.PRIVATE, cause="stopped", live=False)


async def test_a_renewal_without_an_answer_is_tried_again(
    spot: MexcSpot, double: MexcDouble, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trouble on the way does not cost the connection while the key still lives."""
    monkeypatch.setattr(listen_key, "RENEW_EVERY_S", 0.02)
    monkeypatch.setattr(listen_key, "RENEW_AGAIN_S", 0.02)
    for _ in range(5):
        await spot.account_uid()
    double.faults.add(action="status", method="PUT", status=502, times=4)
    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    async with _running(stream):
        await double.requests.wait_for("PUT", "/api/v3/userDataStream", count=6)
        assert stream.health().connections_lost == 0
        assert stream.health().private_live


async def test_no_key_no_stream_but_tries(spot: MexcSpot, double: MexcDouble, heard: Heard) -> None:
    """A venue that gives no key is asked again, and never connected to without one."""
    double.faults.add(action="refuse", method="POST", code=700007, times=3)
    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    async with _running(stream):
        await heard.until(lambda: stream.health().private_live)
    assert [gap.live for gap in heard.gaps] == [True]
    assert double.listen_keys.valid() == []


async def test_a_refused_private_channel_is_no_stream(spot: MexcSpot, double: MexcDouble, heard: Heard) -> None:
    """Hearing of orders but not of deals would be worse than hearing nothing."""
    double.faults.add(action="stream_refuse", channel="spot@private.deals*", times=2)
    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    async with _running(stream):
        await heard.until(lambda: stream.health().private_live)
        assert [gap.live for gap in heard.gaps] == [True]
        assert stream.health().connections_lost == 2


async def test_an_unreadable_push_is_a_gap(
    private: MexcStreams, spot: MexcSpot, double: MexcDouble, heard: Heard
) -> None:
    """Nobody knows what it would have said, so everything is read; a flood of them costs one reading."""
    double.faults.add(action="stream_garbage", channel="spot@private.*")
    await spot.submit(order(price="91000"))
    await heard.until(lambda: len(heard.gaps) == 2)
    assert heard.gaps[1] == Gap(scope=Scope.PRIVATE, cause="unreadable", live=True)
    double.faults.clear()
    await spot.submit(order(price="91000"))
    await heard.until(lambda: bool(heard.of(Fill)))
    assert len(heard.gaps) == 2
    assert private.health().connections_lost == 0


async def test_quotes_that_were_overtaken_are_dropped(market: MexcMarket, double: MexcDouble, heard: Heard) -> None:
    """An older price never replaces a newer one."""
    stream = market.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    stream.watch([book_ticker(BTCUSDT)])
    async with _running(stream):
        await heard.until(lambda: bool(heard.of(Quote)))
        double.faults.add(action="stream_delay", seconds=0.2, times=1)
        double.venue.set_price("BTCUSDT", "70000")
        double.clock.skew_ms += 50
        double.venue.set_price("BTCUSDT", "80000")
        await heard.until(lambda: heard.of(Quote)[-1].bid < 80000 < heard.of(Quote)[-1].ask)
        double.faults.add(action="stream_delay", seconds=0.3, times=1)
        double.clock.skew_ms += 50
        double.venue.set_price("BTCUSDT", "81000")
        await heard.until(lambda: heard.of(Quote)[-1].ask > 81000)
    assert [quote.at_ns for quote in heard.of(Quote)] == sorted(quote.at_ns for quote in heard.of(Quote))
    assert not any(quote.bid < 75000 for quote in heard.of(Quote))


async def test_a_venue_that_is_away_is_tried_until_it_is_back(
    private: MexcStreams, double: MexcDouble, heard: Heard
) -> None:
    """No connection, no gap told twice; and then all is well."""
    await double.partition.start("refuse")
    await heard.until(lambda: len(heard.gaps) == 2)
    assert not private.health().private_live
    await double.partition.end()
    await heard.until(lambda: private.health().private_live)
    assert [gap.live for gap in heard.gaps] == [True, False, True]


async def test_a_silent_venue_is_left(
    spot: MexcSpot, double: MexcDouble, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pings without pongs end a connection that looks open."""
    monkeypatch.setattr(conversation, "PING_EVERY_S", 0.05)
    monkeypatch.setattr(conversation, "SILENCE_S_MAX", 0.15)
    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    async with _running(stream):
        await heard.until(lambda: stream.health().private_live)
        await double.partition.start("black_hole")
        await heard.until(lambda: any(gap.cause == "silent" for gap in heard.gaps))
        await double.partition.end()


async def test_pings_keep_a_quiet_connection_open(
    spot: MexcSpot, double: MexcDouble, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The venue ends connections without traffic; ours have some."""
    monkeypatch.setattr(conversation, "PING_EVERY_S", 0.05)
    double.settings.stream_idle_s = 2.0
    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    async with _running(stream):
        await heard.until(lambda: stream.health().private_live)
        with suppress(TimeoutError):
            async with asyncio.timeout(2.5):
                await heard.until(lambda: len(heard.gaps) > 1)
        assert stream.health().private_live
        assert stream.health().connections_lost == 0


async def test_stopping_gives_the_key_back(spot: MexcSpot, double: MexcDouble, heard: Heard) -> None:
    """A listen key does not outlive its stream, and no connection stays."""
    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    async with _running(stream):
        await heard.until(lambda: stream.health().private_live)
    assert double.listen_keys.valid() == []
    assert stream.health().private_live is False


async def test_a_listener_that_fails_is_a_bug(spot: MexcSpot, double: MexcDouble, heard: Heard) -> None:
    """It stops the streams loudly instead of being swallowed."""

    def fail(_: Gap) -> None:
        raise RuntimeError("a bug")

    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=fail)
    with pytest.RaisesGroup(pytest.RaisesExc(RuntimeError, match="a bug")):
        await stream.run()


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_to_pushes_the_books_agree_in_the_end(
    spot: MexcSpot, double: MexcDouble, heard: Heard, seed: int
) -> None:
    """Drop, duplicate, reorder, delay, garble: fills by id, from pushes and one reading, are the venue's fills."""
    private = "spot@private.*"
    double.faults.load(
        {
            "seed": seed,
            "rules": [
                {"action": "stream_drop", "channel": private, "probability": 0.25},
                {"action": "stream_duplicate", "channel": private, "probability": 0.25},
                {"action": "stream_reorder", "channel": private, "probability": 0.25},
                {"action": "stream_delay", "channel": private, "probability": 0.25, "seconds": 0.05},
                {"action": "stream_garbage", "channel": private, "probability": 0.1},
                {"action": "stream_close", "channel": private, "probability": 0.05},
            ],
        }
    )
    stream = spot.streams(stream_url=double.stream_url, on_push=heard.push, on_gap=heard.gap)
    async with _running(stream):
        await heard.until(lambda: stream.health().private_live)
        for number in range(6):
            side = Side.SELL if number % 2 else Side.BUY
            leg = Leg.CLOSE if number % 2 else Leg.ENTRY
            await spot.submit(
                order(side=side, leg=leg, order_type=OrderType.MARKET, price=None, quantity=f"0.00{number + 1}")
            )
    double.faults.clear()
    book = {fill.fill_id: fill for fill in heard.of(Fill)}
    swept = await spot.fills(BTCUSDT, since_ms=double.venue.orders[0].time_ms)
    assert isinstance(swept, tuple)
    assert _timeless(book.values()) <= _timeless(swept)
    book |= {fill.fill_id: fill for fill in swept}
    venue = {fill.trade_id: (fill.order_id, fill.quantity, fill.price) for fill in double.venue.fills}
    assert {key: (fill.venue_order_id, fill.quantity, fill.price) for key, fill in book.items()} == venue
