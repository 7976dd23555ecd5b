"""The whole client against the double, over real sockets, when nothing goes wrong."""

from decimal import Decimal

from aiohttp import ClientSession
import pytest

from custom_components.mexc_trading.engine.ports import ENTRIES_STOPPED
from custom_components.mexc_trading.exchange.mexc.key import KeyStatus
from custom_components.mexc_trading.exchange.mexc.market import MexcMarket
from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.exchange.resilience.breaker import BreakerState
from custom_components.mexc_trading.exchange.resilience.lanes import Lane
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.order import Leg, Unauthorized, VenueOrder, VenueStatus
from custom_components.mexc_trading.model.outcome import (
    Absent,
    Accepted,
    Ambiguous,
    CancelAccepted,
    ClockOffset,
    NotSent,
    RefusalClass,
    Rejected,
    Unavailable,
)
from tests.double import MexcDouble

from .conftest import NS_PER_MS, WallClock
from .wishes import BTCUSDT, order, unpermitted


async def test_a_resting_order_from_ack_to_cancel(spot: MexcSpot, double: MexcDouble) -> None:
    """An order is acknowledged, found, listed as open, canceled, and kept in the history."""
    wanted = order(price="80000")

    answer = await spot.submit(wanted)
    assert isinstance(answer, Accepted)
    assert (answer.symbol, answer.side, answer.type) == (BTCUSDT, Side.BUY, OrderType.LIMIT)
    assert (answer.price, answer.quantity) == (Decimal(80000), Decimal("0.001"))

    found = await spot.find(wanted)
    assert isinstance(found, VenueOrder)
    assert (found.status, found.order_id, found.venue_order_id) == (
        VenueStatus.NEW,
        wanted.order_id,
        answer.venue_order_id,
    )
    assert await spot.open_orders((BTCUSDT,)) == (found,)

    assert isinstance(await spot.cancel(wanted, answer.venue_order_id), CancelAccepted)
    again = await spot.cancel(wanted, None)
    assert isinstance(again, Rejected)
    assert again.refusal is RefusalClass.NOT_FOUND
    assert await spot.open_orders((BTCUSDT,)) == ()

    history = await spot.order_history(BTCUSDT, found.created_ms)
    assert isinstance(history, tuple)
    assert [(row.order_id, row.status) for row in history] == [(wanted.order_id, VenueStatus.CANCELED)]
    assert len(double.venue.orders) == 1


@pytest.mark.parametrize(
    ("order_type", "side", "price", "word"),
    [
        (OrderType.MARKET, Side.BUY, None, "MARKET"),
        (OrderType.MARKET, Side.SELL, None, "MARKET"),
        (OrderType.LIMIT, Side.BUY, "91000", "LIMIT"),
        (OrderType.POST_ONLY, Side.BUY, "80000", "LIMIT_MAKER"),
        (OrderType.IOC, Side.BUY, "91000", "IMMEDIATE_OR_CANCEL"),
        (OrderType.FOK, Side.SELL, "89000", "FILL_OR_KILL"),
    ],
)
async def test_each_order_type_in_the_venues_words(
    spot: MexcSpot, double: MexcDouble, *, order_type: OrderType, side: Side, price: str | None, word: str
) -> None:
    """Type, side, quantity, price and client id arrive as meant, and in no other parameter."""
    leg = Leg.ENTRY if side is Side.BUY else Leg.CLOSE
    wanted = order(order_type=order_type, side=side, price=price, leg=leg)
    assert isinstance(await spot.submit(wanted), Accepted)

    sent = double.requests.of("POST", "/api/v3/order")[-1]
    expected = {
        "symbol": "BTCUSDT",
        "side": side.upper(),
        "type": word,
        "quantity": "0.001",
        "newClientOrderId": wanted.order_id,
        "recvWindow": "5000",
    } | ({} if price is None else {"price": price})
    assert {name: sent.query[name] for name in sent.query if name not in {"timestamp", "signature"}} == expected
    assert sent.body_size == 0
    assert sent.headers["Content-Type"] == "application/json"


async def test_fills_of_one_order_and_since_a_time(spot: MexcSpot, double: MexcDouble) -> None:
    """What was filled is read with fees, by order and by time, oldest first."""
    first, second = order(price="91000"), order(price="91000", quantity="0.002")
    for wanted in (first, second):
        assert isinstance(await spot.submit(wanted), Accepted)
    found = await spot.find(second)
    assert isinstance(found, VenueOrder)
    assert found.status is VenueStatus.FILLED
    assert found.executed == Decimal("0.002")

    of_order = await spot.fills(BTCUSDT, venue_order_id=found.venue_order_id)
    since = await spot.fills(BTCUSDT, since_ms=found.created_ms - 60_000)
    assert isinstance(of_order, tuple)
    assert isinstance(since, tuple)
    assert {fill.order_id for fill in of_order} == {second.order_id}
    assert sum(fill.quantity for fill in of_order) == Decimal("0.002")
    assert sum(fill.quote_quantity for fill in of_order) == found.executed_quote
    assert all(fill.fee_asset == "USDT" and fill.fee > 0 and not fill.maker for fill in of_order)
    assert {fill.order_id for fill in since} == {first.order_id, second.order_id}
    assert [fill.at_ms for fill in since] == sorted(fill.at_ms for fill in since)
    assert len(since) == len(double.venue.fills)


async def test_balances_without_the_empty_ones(spot: MexcSpot) -> None:
    """Free and locked amounts are read."""
    assert isinstance(await spot.submit(order(price="80000")), Accepted)
    read = await spot.balances()
    assert isinstance(read, tuple)
    usdt = next(balance for balance in read if balance.asset == "USDT")
    assert (usdt.free, usdt.locked, usdt.total) == (Decimal(9920), Decimal(80), Decimal(10000))


async def test_quotes_one_by_one_and_for_many(market: MexcMarket, double: MexcDouble, clock: WallClock) -> None:
    """Few symbols are asked for singly, many at once; both are stamped with the time of asking."""
    before_ns = clock.now_ns()
    one = await market.quotes((BTCUSDT,))
    names = tuple(Symbol(name) for name in double.venue.symbols)
    assert len(names) > 3
    many = await market.quotes(names)
    assert isinstance(one, tuple)
    assert isinstance(many, tuple)
    assert one[0].bid < Decimal(90000) < one[0].ask
    assert before_ns <= one[0].at_ns <= clock.now_ns()
    assert (one[0].bid, one[0].ask) in {(quote.bid, quote.ask) for quote in many}
    assert len(double.requests.of("GET", "/api/v3/ticker/bookTicker")) == 2


async def test_a_symbol_that_is_gone_takes_no_price_from_another(market: MexcMarket) -> None:
    """Given one symbol that is listed no more, in whatever place, the others are priced, and it has no quote."""
    gone = Symbol("NOSUCHUSDT")
    for asked in ((gone, BTCUSDT), (BTCUSDT, gone)):
        read = await market.quotes(asked)
        assert isinstance(read, tuple)
        assert [quote.symbol for quote in read] == [BTCUSDT]
    assert await market.quotes((gone,)) == ()


async def test_a_symbol_that_is_gone_keeps_no_other_from_being_read(spot: MexcSpot) -> None:
    """Given one among those of the book, the orders of the others are told; it has none, and proves nothing absent."""
    gone = Symbol("NOSUCHUSDT")
    placed = await spot.submit(order(price="80000"))
    assert isinstance(placed, Accepted)
    read = await spot.open_orders((gone, BTCUSDT))
    assert isinstance(read, tuple)
    assert [seen.venue_order_id for seen in read] == [placed.venue_order_id]
    assert await spot.order_history(gone, 0) == ()
    assert await spot.fills(gone, since_ms=0) == ()


async def test_instruments_and_unknown_symbols(market: MexcMarket, double: MexcDouble) -> None:
    """Terms come in base and quote units; a symbol that is not listed is left out and spoils nothing."""
    read = await market.instruments((BTCUSDT, Symbol("NOSUCHUSDT")))
    assert isinstance(read, tuple)
    (btc,) = read
    assert (btc.base, btc.quote) == ("BTC", "USDT")
    assert (btc.tick, btc.lot) == (Decimal("0.01"), Decimal("0.000001"))
    assert (btc.min_quantity, btc.min_notional) == (Decimal("0.000001"), Decimal(1))
    assert btc.order_types == frozenset(OrderType)
    assert btc.sides == frozenset(Side)
    assert btc.tradable
    assert await market.instruments(()) == ()


@pytest.mark.parametrize("wrapped", [False, True])
async def test_the_keys_terms_bare_or_wrapped(spot: MexcSpot, double: MexcDouble, wrapped: bool) -> None:
    """What the key may do is read by GET, in both envelopes that are known."""
    double.settings.key_answer_wrapped = wrapped
    terms = await spot.key_terms()
    assert not isinstance(terms, Unavailable)
    assert terms.permissions is not None
    assert "SPOT_DEAL_WRITE" in terms.permissions
    assert terms.status is KeyStatus.VALID
    assert double.violations == []
    assert isinstance(await spot.account_uid(), str)


async def test_a_wrong_secret_is_a_persons_matter(double: MexcDouble, session: ClientSession, clock: WallClock) -> None:
    """A refused key is told apart from an unreachable venue."""
    spot = MexcSpot(
        session=session,
        rest_url=double.rest_url,
        api_key=Secret(double.api_key),
        api_secret=Secret("wrong-fake-secret"),
        clock=clock,
    )
    read = await spot.balances()
    assert isinstance(read, Unavailable)
    assert read.auth
    answer = await spot.submit(order())
    assert isinstance(answer, Rejected)
    assert answer.refusal is RefusalClass.CONFIGURATION


async def test_an_unknown_order_is_absent(spot: MexcSpot) -> None:
    """The venue's word for absence is passed on as such, and as no more."""
    assert isinstance(await spot.find(order()), Absent)


async def test_an_order_that_is_not_wanted_any_more_does_not_leave(spot: MexcSpot, double: MexcDouble) -> None:
    """The last look is behind every wait."""
    assert await spot.submit(order(), lambda: False) == NotSent(cause=ENTRIES_STOPPED)
    assert not double.requests.of("POST", "/api/v3/order")


async def test_what_is_sent_again_must_still_be_wanted(spot: MexcSpot, double: MexcDouble, clock: WallClock) -> None:
    """Given a refused timestamp, when the kill switch is engaged while the clock is set, then the order stays."""
    clock.skew_ms = 60_000

    def wanted() -> bool:
        return not double.requests.of("POST", "/api/v3/order")

    assert await spot.submit(order(), wanted) == NotSent(cause=ENTRIES_STOPPED)
    assert [request.code for request in double.requests.of("POST", "/api/v3/order")] == [700003]
    assert not double.venue.orders


@pytest.mark.parametrize("skew_ms", [-60_000, 60_000])
async def test_a_wrong_clock_is_set_and_the_order_sent_again(
    spot: MexcSpot, double: MexcDouble, clock: WallClock, skew_ms: int
) -> None:
    """A refused timestamp is certain, so the same order goes out once more with the venue's time."""
    clock.skew_ms = skew_ms
    wanted = order()
    assert isinstance(await spot.submit(wanted), Accepted)

    sent = double.requests.of("POST", "/api/v3/order")
    assert [request.code for request in sent] == [700003, None]
    assert {request.query["newClientOrderId"] for request in sent} == {wanted.order_id}
    assert len(double.venue.orders) == 1

    offset = await spot.clock_offset()
    assert isinstance(offset, ClockOffset)
    assert abs(offset.offset_ms + skew_ms) < 1000


async def test_what_was_measured_before_our_clock_was_set_back_is_not_believed(
    spot: MexcSpot, double: MexcDouble, clock: WallClock
) -> None:
    """It looks newer than the refusal, and is older."""
    assert isinstance(await spot.clock_offset(), ClockOffset)
    clock.skew_ms = -3_600_000
    assert isinstance(await spot.submit(order()), Accepted)
    assert len(double.venue.orders) == 1


async def test_reads_set_the_clock_too(spot: MexcSpot, double: MexcDouble) -> None:
    """A venue whose clock jumps is followed."""
    double.clock.skew_ms = -30_000
    assert isinstance(await spot.balances(), tuple)
    assert isinstance(await spot.cancel(order(), None), Rejected)


async def test_what_a_decision_does_not_cover_is_never_sent(spot: MexcSpot, double: MexcDouble) -> None:
    """The last door before the wire."""
    with pytest.raises(Unauthorized):
        await spot.submit(unpermitted(order()))
    without_price = order()
    object.__setattr__(without_price, "price", None)
    with pytest.raises(Unauthorized):
        await spot.submit(without_price)
    assert len(double.requests) == 0


async def test_traces_tell_what_was_sent_but_no_secret(spot: MexcSpot, double: MexcDouble, clock: WallClock) -> None:
    """A trace has times, status, code and the query, without signature and key."""
    before_ns = clock.now_ns()
    answer = await spot.submit(order())
    assert isinstance(answer, Accepted)
    assert answer.trace is not None
    assert (answer.trace.method, answer.trace.path, answer.trace.status) == ("POST", "/api/v3/order", 200)
    assert before_ns <= answer.trace.sent_at_ns <= answer.trace.ended_at_ns <= clock.now_ns()
    assert f"timestamp={answer.trace.sent_at_ns // NS_PER_MS}" in answer.trace.query
    assert "signature" not in answer.trace.query

    double.faults.add(action="refuse", code=30016)
    terms = await spot.key_terms()
    assert isinstance(terms, Unavailable)
    assert terms.trace is not None
    assert "accessKey=%2A%2A%2A" in terms.trace.query
    assert double.api_key not in repr(terms)


async def test_open_orders_of_many_symbols_in_few_questions(spot: MexcSpot, double: MexcDouble) -> None:
    """Symbols are asked for five at a time, and nobody's order is left out."""
    wanted = order(price="80000")
    assert isinstance(await spot.submit(wanted), Accepted)
    names = tuple(Symbol(name) for name in double.venue.symbols)
    read = await spot.open_orders(names)
    assert isinstance(read, tuple)
    assert [row.order_id for row in read] == [wanted.order_id]
    assert len(double.requests.of("GET", "/api/v3/openOrders")) == -(-len(names) // 5)


async def test_health_as_a_snapshot(spot: MexcSpot, double: MexcDouble) -> None:
    """Breakers, usage, clock and oddities in one value that does not change."""
    before = spot.health()
    assert before.answered_s_ago is None
    assert before.clock is None
    assert before.requests_last_minute == 0

    wanted = order(price="80000")
    await spot.clock_offset()
    await spot.submit(wanted)
    double.faults.add(action="unknown_status", method="GET", path="/api/v3/order")
    await spot.find(wanted)
    after = spot.health()
    assert set(after.breakers.values()) == {BreakerState.CLOSED}
    assert after.requests_last_minute == 7
    assert 0 < after.weight_used <= after.weight_max
    assert after.clock is not None
    assert after.answered_s_ago is not None
    assert after.answered_s_ago < 10
    assert (after.quiet_s, after.banned_s) == (0, 0)
    assert after.oddities == ("order status PENDING_REVIEW",)
    assert before.requests_last_minute == 0


async def test_an_open_breaker_for_entries_leaves_exits_alone(spot: MexcSpot, double: MexcDouble) -> None:
    """Three entries in doubt stop entries before the wire; an exit goes at once, and is refused by nobody."""
    double.faults.add(action="status", method="POST", status=503, query={"side": "BUY"})
    for _ in range(3):
        assert isinstance(await spot.submit(order()), Ambiguous)
    held = await spot.submit(order())
    assert held == NotSent(cause="breaker_open")
    assert spot.health().breakers[Lane.ENTRIES] is BreakerState.OPEN
    assert len(double.requests.of("POST", "/api/v3/order")) == 3

    leaving = order(side=Side.SELL, order_type=OrderType.MARKET, price=None, leg=Leg.CLOSE)
    assert isinstance(await spot.submit(leaving), Accepted)


async def test_a_ban_is_told_and_heeded(spot: MexcSpot, double: MexcDouble) -> None:
    """After a 418 nothing is sent, and everything says why."""
    double.faults.add(action="throttle", status=418, retry_after=300)
    first = await spot.balances()
    assert isinstance(first, Unavailable)
    assert first.banned
    assert first.retry_after_s == 300
    second = await spot.find(order())
    assert isinstance(second, Unavailable)
    assert second.banned
    assert await spot.submit(order()) == NotSent(cause="banned")
    assert await spot.cancel(order(), None) == NotSent(cause="banned")
    assert len(double.requests) == 1
    assert 299 < spot.health().banned_s <= 300
