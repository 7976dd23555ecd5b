"""Whatever the venue answers, the client gives a value and books nothing that was not said."""

import asyncio
from collections.abc import Callable, Mapping
from decimal import Decimal
import string

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.mexc_trading.exchange.mexc.answers import accepted, balances, fills, one_order, orders, quotes
from custom_components.mexc_trading.exchange.mexc.key import key_terms
from custom_components.mexc_trading.exchange.mexc.klines import candles_of
from custom_components.mexc_trading.exchange.mexc.listing import listing, symbols
from custom_components.mexc_trading.exchange.mexc.shape import Malformed
from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.exchange.mexc.terms import fees
from custom_components.mexc_trading.exchange.payload import Json, Unreadable, read_json
from custom_components.mexc_trading.exchange.resilience import retry
from custom_components.mexc_trading.exchange.resilience.breaker import Breaker
from custom_components.mexc_trading.exchange.resilience.budget import Budget
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.order import VenueOrder
from custom_components.mexc_trading.model.outcome import (
    Absent,
    Accepted,
    Ambiguous,
    ClockOffset,
    NotSent,
    Rejected,
    Throttled,
    Trace,
    Unavailable,
)

from .conftest import WallClock
from .scripted import Scripted
from .wishes import BTCUSDT, order

TRACE = Trace(method="GET", path="/", query="", status=200, code=None, sent_at_ns=0, ended_at_ns=0)

ORDER: dict[str, Json] = {
    "symbol": "BTCUSDT",
    "orderId": "C02__1",
    "clientOrderId": "ha1",
    "price": "90000",
    "origQty": "0.001",
    "executedQty": "0.0004",
    "cummulativeQuoteQty": "36",
    "status": "PARTIALLY_FILLED",
    "type": "LIMIT",
    "side": "BUY",
    "time": 1763800000000,
}
FILL: dict[str, Json] = {
    "symbol": "BTCUSDT",
    "id": "t1",
    "orderId": "C02__1",
    "clientOrderId": "ha1",
    "price": "90000",
    "qty": "0.001",
    "quoteQty": "90",
    "commission": "0.045",
    "commissionAsset": "USDT",
    "time": 1763800000000,
    "isBuyer": True,
    "isMaker": False,
}
TICKER: dict[str, Json] = {"symbol": "BTCUSDT", "bidPrice": "1", "bidQty": "1", "askPrice": "2", "askQty": "1"}
BALANCE: dict[str, Json] = {"asset": "USDT", "free": "1", "locked": "2"}
LISTED: dict[str, Json] = {
    "symbol": "BTCUSDT",
    "status": "1",
    "baseAsset": "BTC",
    "baseAssetPrecision": 6,
    "quoteAsset": "USDT",
    "quotePrecision": 2,
    "orderTypes": ["LIMIT", "MARKET"],
    "isSpotTradingAllowed": True,
    "permissions": ["SPOT"],
    "filters": [],
    "tradeSideType": 1,
}
KEY: dict[str, Json] = {"permissions": "SPOT_DEAL_WRITE", "remainingValidity": 1, "ipWhiteList": "", "status": "VALID"}


def _ignore(_: str) -> None:
    """Hear of an oddity."""


type Reader = Callable[[Json], object]

READERS: Mapping[str, tuple[Reader, Json]] = {
    "accepted": (lambda payload: accepted(payload, TRACE), ORDER),
    "one_order": (lambda payload: one_order(payload, _ignore), ORDER),
    "orders": (lambda payload: orders(payload, _ignore), [ORDER, ORDER]),
    "fills": (fills, [FILL]),
    "quotes": (lambda payload: quotes(payload, {BTCUSDT}, 0), TICKER),
    "all quotes": (lambda payload: quotes(payload, {BTCUSDT}, 0), [TICKER, TICKER]),
    "balances": (balances, {"balances": [BALANCE]}),
    "listing": (lambda payload: listing(payload, {Symbol("BTCUSDT")}), {"symbols": [LISTED]}),
    "symbols": (symbols, {"data": ["BTCUSDT"]}),
    "fees": (fees, {"data": {"makerCommission": 0, "takerCommission": Decimal("0.0005")}}),
    "key": (key_terms, KEY),
    "klines": (candles_of, [[0, "2", "3", "1", "2", "7", 60_000, "14"]]),
}

WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from([Decimal("1e999"), Decimal("-0"), Decimal("1e-999")]),
    st.text(max_size=8),
    st.sampled_from(["", "NaN", "Infinity", "-1", "1e999", "1" * 60, "\ud800", "0x10", " 1", "1_000", "\u0663", "BUY"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def _spoil(payload: Json, data: st.DataObject) -> Json:
    """Change something somewhere: a value, a missing field, a new one."""
    match payload:
        case dict() if payload:
            key = data.draw(st.sampled_from(sorted(payload)))
            action = data.draw(st.sampled_from(["deeper", "wrong", "missing", "new", "wrap"]))
            if action == "missing":
                return {name: value for name, value in payload.items() if name != key}
            if action == "new":
                return payload | {data.draw(st.text(max_size=5)): data.draw(WRONG)}
            if action == "wrap":
                return {"data": payload}
            return payload | {key: _spoil(payload[key], data) if action == "deeper" else data.draw(WRONG)}
        case list() if payload:
            place = data.draw(st.integers(0, len(payload) - 1))
            changed: list[Json] = [*payload]
            changed[place] = _spoil(payload[place], data)
            return changed
        case _:
            wrong: Json = data.draw(WRONG)
            return wrong


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_readers_give_a_value_or_malformed(name: str, data: st.DataObject) -> None:
    """Answers that are right but for one or a few places."""
    read, right = READERS[name]
    payload = right
    read(payload)
    for _ in range(data.draw(st.integers(1, 3))):
        payload = _spoil(payload, data)
    try:
        read(payload)
    except Malformed:
        return


@given(data=st.data())
@settings(max_examples=200)
def test_a_fill_that_is_read_is_the_fill_that_was_said(data: st.DataObject) -> None:
    """Amounts come out exactly as written, and never negative, infinite or not a number."""
    spoiled = _spoil(FILL, data)
    try:
        (fill,) = fills([spoiled])
    except Malformed:
        return
    said = spoiled["data"] if isinstance(spoiled, dict) and "data" in spoiled else spoiled
    assert isinstance(said, dict)
    for written, booked in (("qty", fill.quantity), ("price", fill.price), ("quoteQty", fill.quote_quantity)):
        assert booked.is_finite()
        assert booked >= 0
        value = said[written]
        assert booked == Decimal(value.strip() if isinstance(value, str) else str(value))
    assert fill.quantity > 0
    assert set(fill.fill_id) <= set(string.printable)


CORPUS = [
    "",
    " ",
    "null",
    "true",
    "0",
    '""',
    "[]",
    "{}",
    "[[]]",
    "[null]",
    "[{}]",
    '{"code": 0}',
    '{"code": 200, "data": null}',
    '{"code": 0, "data": []}',
    '{"code": 0, "data": {}}',
    '{"code": null}',
    '{"code": "0"}',
    '{"code": -0}',
    '{"code": 1e2}',
    '{"code": 30004.0}',
    '{"code": "30004 "}',
    '{"code": 30004, "msg": null}',
    '{"code": 30004, "msg": ["a"]}',
    '{"code": 30004, "msg": "\\ud800\\u0000\\u202e"}',
    '{"code": 99999999999999999999999999}',
    '{"orderId": ""}',
    '{"orderId": null}',
    '{"orderId": "a b"}',
    '{"orderId": "\\ud800"}',
    '{"orderId": "' + "x" * 65 + '"}',
    '{"orderId": "1", "price": NaN}',
    '{"orderId": "1", "price": "1e999"}',
    '{"orderId": "1", "origQty": -1}',
    '{"orderId": "1", "symbol": 7}',
    '{"balances": [[]]}',
    '{"serverTime": "0"}',
    "[" * 50 + "]" * 50,
    '{"a":' * 50 + "1" + "}" * 50,
    '{"price": ' + "9" * 5000 + "}",
    "\ufeff{}",
    "<!DOCTYPE html><html></html>",
    '{"orderId": "1"',
    '{"orderId": "1"}{"orderId": "2"}',
    '{"orderId": "1", "orderId": 2}',
]


def _no_wait(*_: object) -> int:
    """Find that there is room."""
    return 0


def _never(*_: object) -> bool:
    """Turn nobody away."""
    return False


@pytest.mark.parametrize("status", [200, 400, 429, 503])
async def test_a_corpus_of_bodies_through_the_whole_client(
    scripted: Scripted, scripted_spot: MexcSpot, clock: WallClock, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call, every body: a value of the port, and an order is accepted only where one was acknowledged."""
    monkeypatch.setattr(retry, "TRIES_MAX", 1)
    monkeypatch.setattr(Budget, "wait_ns", _no_wait)
    monkeypatch.setattr(Breaker, "turns_away", _never)
    hour_ago_ms = clock.now_ns() // 1_000_000 - 3_600_000
    for body in CORPUS:
        text = body.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        for path in ("order", "account", "openOrders", "allOrders", "myTrades", "exchangeInfo", "time", "apiKeyInfo"):
            scripted.say(f"/api/v3/{path}", text, status=status)
        scripted.say("/api/v3/ticker/bookTicker", text, status=status)
        wanted = order()
        answer = await scripted_spot.submit(wanted)
        assert isinstance(answer, Accepted | Rejected | NotSent | Throttled | Ambiguous)
        said = read_json(text.encode())
        if isinstance(answer, Accepted):
            assert status < 300
            assert isinstance(said, dict)
            assert said["orderId"] == answer.venue_order_id
        assert not isinstance(said, Unreadable) or not isinstance(answer, Accepted | Rejected)
        assert isinstance(await scripted_spot.find(wanted), VenueOrder | Absent | Unavailable)
        reads = await asyncio.gather(
            scripted_spot.open_orders((BTCUSDT,)),
            scripted_spot.order_history(BTCUSDT, hour_ago_ms),
            scripted_spot.fills(BTCUSDT, since_ms=hour_ago_ms),
            scripted_spot.balances(),
            scripted_spot.quotes((BTCUSDT,)),
            scripted_spot.instruments((BTCUSDT,)),
        )
        assert all(read == () or isinstance(read, Unavailable) for read in reads)
        assert isinstance(await scripted_spot.clock_offset(), ClockOffset | Unavailable)
