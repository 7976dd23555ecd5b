"""Frames become checked values, or nothing."""

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.exchange.mexc.klines import Interval
from custom_components.mexc_trading.exchange.mexc.shape import Malformed
from custom_components.mexc_trading.exchange.mexc.streams.pushes import (
    BalanceHint,
    CandleHint,
    Foreign,
    MarketTrade,
    OrderHint,
    Push,
    read_push,
)
from custom_components.mexc_trading.model.fill import Fill
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.market import Quote, Side
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import Balance
from tests.double.wire import Value, encode

from . import frames

NS_PER_MS = 1_000_000
NOW_NS = 1_750_000_000_500 * NS_PER_MS

ORDER: Mapping[str, Value] = {
    "id": "C02__1",
    "clientId": "ha1",
    "status": 3,
    "cumulativeQuantity": "0.0004",
    "cumulativeAmount": "36",
}
DEAL: Mapping[str, Value] = {
    "price": "90000",
    "quantity": "0.001",
    "amount": "90",
    "tradeType": 2,
    "isMaker": True,
    "tradeId": "t1",
    "clientOrderId": "ha1",
    "orderId": "C02__1",
    "feeAmount": "0.045",
    "feeCurrency": "USDT",
    "time": 1750000000000,
}
ACCOUNT: Mapping[str, Value] = {"vcoinName": "USDT", "balanceAmount": "64", "frozenAmount": "54"}
BOOK: Mapping[str, Value] = {"bidPrice": "89999.9", "askPrice": "90000.1"}
KLINE: Mapping[str, Value] = {
    "interval": "Min1",
    "windowStart": 1_749_999_960,
    "openingPrice": "2",
    "closingPrice": "2.5",
    "highestPrice": "3",
    "lowestPrice": "1",
    "volume": "7",
    "amount": "14",
    "windowEnd": 1_750_000_020,
}


def _frame(kind: str, body: Mapping[str, Value], **head: Value) -> bytes:
    return encode({"channel": "c", "symbol": "BTCUSDT", "sendTime": 1_750_000_000_123, **head, kind: body})


def _read(frame: bytes, offset_ms: int = 0) -> tuple[Push, ...] | Foreign:
    return read_push(frame, received_ns=NOW_NS, offset_ms=offset_ms)


def test_the_frames_of_the_fact_sheet_with_the_installed_runtime() -> None:
    """Field by field, as the reference runtime encoded them."""
    frames.check()


def test_the_frames_of_the_fact_sheet_as_values() -> None:
    """What the client makes of them."""
    order = _read(frames.ORDER)
    assert isinstance(order, tuple)
    assert order == (
        OrderHint(
            symbol=Symbol("BTCUSDT"),
            venue_order_id="C02__1",  # type: ignore[arg-type]
            order_id="ha-1",  # type: ignore[arg-type]
            status=VenueStatus.PARTIALLY_FILLED,
            executed=Decimal("0.0004"),
            executed_quote=Decimal(36),
            sent_ms=1750000000123,
        ),
    )
    usdt = Balance(asset="USDT", free=Decimal(64), locked=Decimal(54))  # type: ignore[arg-type]
    assert _read(frames.ACCOUNT) == (BalanceHint(balance=usdt, sent_ms=1750000000123),)
    assert _read(frames.BOOK) == (
        Quote(
            symbol=Symbol("BTCUSDT"),
            bid=Decimal("89999.9"),
            ask=Decimal("90000.1"),
            at_ns=1750000000123 * NS_PER_MS,
            bid_quantity=Decimal("0.5"),
            ask_quantity=Decimal("0.7"),
        ),
    )


def test_a_fill() -> None:
    """The same value as REST gives, so that it is booked once."""
    read = _read(_frame("privateDeals", DEAL))
    assert isinstance(read, tuple)
    (fill,) = read
    assert isinstance(fill, Fill)
    assert (fill.fill_id, fill.order_id, fill.venue_order_id) == ("t1", "ha1", "C02__1")
    assert (fill.side, fill.maker, fill.symbol) == (Side.SELL, True, "BTCUSDT")
    assert (fill.quantity, fill.price, fill.quote_quantity) == (Decimal("0.001"), Decimal(90000), Decimal(90))
    assert (fill.fee, fill.fee_asset, fill.at_ms) == (Decimal("0.045"), "USDT", 1750000000000)


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (1, VenueStatus.NEW),
        (2, VenueStatus.FILLED),
        (3, VenueStatus.PARTIALLY_FILLED),
        (4, VenueStatus.CANCELED),
        (5, VenueStatus.PARTIALLY_CANCELED),
        (0, VenueStatus.UNRECOGNISED),
        (9, VenueStatus.UNRECOGNISED),
    ],
)
def test_statuses(number: int, status: VenueStatus) -> None:
    """5 is partly canceled, not open; what is new is told as such."""
    read = _read(_frame("privateOrders", {**ORDER, "status": number}))
    assert isinstance(read, tuple)
    (hint,) = read
    assert isinstance(hint, OrderHint)
    assert hint.status is status


def test_candles_and_trades() -> None:
    """Candle windows come in seconds, trades by the side that took."""
    read = _read(_frame("publicSpotKline", KLINE))
    assert isinstance(read, tuple)
    (hint,) = read
    assert isinstance(hint, CandleHint)
    assert (hint.interval, hint.candle.open_ms, hint.candle.close_ms) == (
        Interval.MIN1,
        1_749_999_960_000,
        1_750_000_020_000,
    )
    assert (hint.candle.open, hint.candle.high, hint.candle.low, hint.candle.close) == (
        Decimal(2),
        Decimal(3),
        Decimal(1),
        Decimal("2.5"),
    )
    deal: Mapping[str, Value] = {"price": "2", "quantity": "3", "tradeType": 2, "time": 5, "tradeId": "x"}
    assert (
        _read(_frame("publicAggreDeals", {"deals": [deal, deal]}))
        == (MarketTrade(symbol=Symbol("BTCUSDT"), price=Decimal(2), quantity=Decimal(3), taker=Side.SELL, at_ms=5),) * 2
    )


@pytest.mark.parametrize(
    ("sent_ms", "offset_ms", "at_ms"),
    [
        (1_750_000_000_123, 0, 1_750_000_000_123),
        (1_750_000_000_123, 100, 1_750_000_000_023),
        (1_750_000_000_123, -100, 1_750_000_000_223),
        (1_750_000_900_000, 0, 1_750_000_000_500),
        (0, 77, 1_750_000_000_500),
    ],
)
def test_a_quote_is_as_old_as_its_sending(sent_ms: int, offset_ms: int, at_ms: int) -> None:
    """In our time, never in the future; without a time it is dated when it came."""
    read = _read(_frame("publicAggreBookTicker", BOOK, sendTime=sent_ms), offset_ms)
    assert isinstance(read, tuple)
    (quote,) = read
    assert isinstance(quote, Quote)
    assert quote.at_ns == at_ms * NS_PER_MS


@pytest.mark.parametrize(
    "book", [{"bidPrice": "1"}, {"askPrice": "1"}, {}, {"bidPrice": "2", "askPrice": "1"}], ids=str
)
def test_half_a_book_is_no_quote(book: Mapping[str, Value]) -> None:
    """Nor is a crossed one."""
    assert _read(_frame("publicAggreBookTicker", book)) == ()


def test_what_we_have_no_use_for_is_foreign() -> None:
    """A push of another kind is named, not an error."""
    assert _read(_frame("publicLimitDepths", {"version": "1"})) == Foreign(channel="c")
    assert _read(b"") == Foreign(channel="")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("privateDeals", {**DEAL, "tradeId": ""}),
        ("privateDeals", {**DEAL, "quantity": "0"}),
        ("privateDeals", {**DEAL, "price": "-1"}),
        ("privateDeals", {**DEAL, "price": "NaN"}),
        ("privateDeals", {**DEAL, "tradeType": 3}),
        ("privateDeals", {**DEAL, "feeCurrency": ""}),
        ("privateDeals", {**DEAL, "time": -5}),
        ("privateOrders", {**ORDER, "id": ""}),
        ("privateOrders", {**ORDER, "clientId": "a b"}),
        ("privateOrders", {**ORDER, "cumulativeQuantity": "x"}),
        ("privateOrders", {**ORDER, "status": -1}),
        ("privateAccount", {**ACCOUNT, "vcoinName": ""}),
        ("privateAccount", {**ACCOUNT, "balanceAmount": ""}),
        ("publicSpotKline", {**KLINE, "interval": "Min7"}),
        ("publicSpotKline", {**KLINE, "openingPrice": ""}),
        ("publicAggreBookTicker", {**BOOK, "bidPrice": "1e99"}),
        ("publicAggreDeals", {"deals": [{"price": "1"}]}),
    ],
)
def test_malformed_bodies(kind: str, body: Mapping[str, Value]) -> None:
    """Each field is checked as any other answer's."""
    with pytest.raises(Malformed):
        _read(_frame(kind, body))


def test_a_body_without_its_symbol_is_malformed() -> None:
    """The symbol stands in the wrapper alone."""
    with pytest.raises(Malformed):
        _read(encode({"channel": "c", "privateDeals": DEAL}))


@given(st.binary(max_size=200), st.sampled_from([b"", frames.ORDER, frames.ACCOUNT, frames.BOOK]), st.integers(0, 200))
def test_any_bytes_are_read_or_malformed(noise: bytes, frame: bytes, cut: int) -> None:
    """Whatever comes, it is a value or :class:`Malformed`."""
    for bytes_read in (noise, frame[:cut] + noise, noise + frame[cut:], frame[:cut]):
        try:
            _read(bytes_read)
        except Malformed:
            continue
