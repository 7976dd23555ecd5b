"""Candles come whole, in order, once each, however they are paged."""

from collections.abc import Mapping
import json

from aiohttp import web
import pytest

from custom_components.mexc_trading.exchange.mexc import klines
from custom_components.mexc_trading.exchange.mexc.klines import INTERVAL_MS, Interval
from custom_components.mexc_trading.exchange.mexc.market import MexcMarket
from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.model.outcome import Unavailable
from tests.double import MexcDouble

from .conftest import NS_PER_MS, WallClock
from .scripted import Scripted
from .wishes import BTCUSDT

HOUR_MS = 3_600_000


async def test_more_than_a_page_from_the_double(market: MexcMarket, double: MexcDouble, clock: WallClock) -> None:
    """1,200 five-minute candles in three pages, without a gap and without a double."""
    until_ms = clock.now_ns() // NS_PER_MS // HOUR_MS * HOUR_MS
    since_ms = until_ms - 100 * HOUR_MS
    read = await market.klines(BTCUSDT, Interval.MIN5, since_ms=since_ms, until_ms=until_ms)
    assert isinstance(read, tuple)
    assert [candle.open_ms for candle in read] == list(range(since_ms, until_ms, 300_000))
    assert len(double.requests.of("GET", "/api/v3/klines")) == 3


def _row(open_ms: int, **changes: object) -> list[object]:
    row: dict[str, object] = {"open": "2", "high": "3", "low": "1", "close": "2.5", "volume": "7", "quote": "14"}
    row |= changes
    head = [row[name] for name in ("open", "high", "low", "close", "volume")]
    return [open_ms, *head, open_ms + 60_000, row["quote"], "a ninth column"]


async def test_gaps_are_gaps(scripted: Scripted, scripted_spot: MexcSpot) -> None:
    """An hour without trades has no candles, and does not end the reading."""
    traded = [*range(0, 600_000, 60_000), *range(90_000_000, 90_600_000, 60_000)]

    def answer(query: Mapping[str, str]) -> web.Response:
        start, end = int(query["startTime"]), int(query["endTime"])
        found = [_row(at) for at in traded if start <= at <= end]
        return web.Response(text=json.dumps([*found, *found[:1]]))

    scripted.scripts["/api/v3/klines"] = answer
    read = await scripted_spot.klines(BTCUSDT, Interval.MIN1, since_ms=0, until_ms=120_000_000)
    assert isinstance(read, tuple)
    assert [candle.open_ms for candle in read] == traded
    assert len(scripted.asked) == 4


async def test_rows_outside_of_what_was_asked_are_dropped(scripted: Scripted, scripted_spot: MexcSpot) -> None:
    """A venue that ignores the times does not smuggle in other candles."""
    scripted.say("/api/v3/klines", json.dumps([_row(at) for at in range(0, 600_000, 60_000)]))
    read = await scripted_spot.klines(BTCUSDT, Interval.MIN1, since_ms=120_000, until_ms=240_000)
    assert isinstance(read, tuple)
    assert [candle.open_ms for candle in read] == [120_000, 180_000]


async def test_too_much_and_nothing(scripted_spot: MexcSpot, scripted: Scripted) -> None:
    """A century of minutes is refused without a question; an empty stretch needs none."""
    too_long_ms = (klines.CALLS_MAX * klines.ROWS_MAX + 1) * INTERVAL_MS[Interval.MIN1]
    read = await scripted_spot.klines(BTCUSDT, Interval.MIN1, since_ms=0, until_ms=too_long_ms)
    assert isinstance(read, Unavailable)
    assert await scripted_spot.klines(BTCUSDT, Interval.MIN1, since_ms=5, until_ms=5) == ()
    assert scripted.asked == []


@pytest.mark.parametrize(
    "row",
    [
        _row(0)[:7],
        _row(0, high="1.5"),
        _row(0, low="2.2"),
        _row(0, low="0"),
        _row(0, open="NaN"),
        _row(0, volume="-1"),
        _row(0, close=None),
        [0, "2", "3", "1", "2", "7", 0, "14"],
        ["x", "2", "3", "1", "2", "7", 1, "14"],
        {"open": 1},
        None,
    ],
    ids=str,
)
async def test_what_is_no_candle(scripted: Scripted, scripted_spot: MexcSpot, row: object) -> None:
    """A body between its wicks, positive prices, an end after its beginning."""
    scripted.say("/api/v3/klines", json.dumps([row]))
    read = await scripted_spot.klines(BTCUSDT, Interval.MIN1, since_ms=0, until_ms=1)
    assert isinstance(read, Unavailable)
