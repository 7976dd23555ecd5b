"""No row is lost at a seam, whatever the venue's page limits are."""

from collections.abc import Callable, Mapping
import json

from aiohttp import web
import pytest

from custom_components.mexc_trading.exchange.mexc.history import DAY_MS, ORDERS_WINDOW_MS
from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.model.ids import VenueOrderId
from custom_components.mexc_trading.model.outcome import Unavailable

from .conftest import NS_PER_MS, WallClock
from .scripted import Scripted
from .wishes import BTCUSDT


def _trade(number: int, at_ms: int) -> dict[str, object]:
    return {
        "symbol": "BTCUSDT",
        "id": f"t{number}",
        "orderId": "o1",
        "price": "1",
        "qty": "1",
        "quoteQty": "1",
        "commission": "0",
        "commissionAsset": "USDT",
        "time": at_ms,
        "isBuyer": True,
        "isMaker": False,
    }


def _order(number: int, at_ms: int) -> dict[str, object]:
    return {
        "symbol": "BTCUSDT",
        "orderId": f"o{number}",
        "clientOrderId": None,
        "price": "1",
        "origQty": "1",
        "executedQty": "0",
        "cummulativeQuoteQty": "0",
        "status": "CANCELED",
        "type": "STOP_MARKET_ORDER",
        "side": "SELL",
        "time": at_ms,
    }


def _archive(
    rows: list[dict[str, object]], *, limit_max: int, window_ms_max: int
) -> Callable[[Mapping[str, str]], web.Response]:
    """Keep rows as the venue does: newest first, at most so many, over at most such a window, in seconds."""

    def answer(query: Mapping[str, str]) -> web.Response:
        start, end = int(query.get("startTime", "0")), int(query.get("endTime", "9" * 14))
        if "startTime" in query and end - start > window_ms_max:
            return web.json_response({"code": 400, "msg": "window"}, status=400)
        found = [row for row in rows if start // 1000 <= int(str(row["time"])) // 1000 <= end // 1000]
        found.sort(key=lambda row: -int(str(row["time"])))
        return web.Response(text=json.dumps(found[: min(int(query["limit"]), limit_max)]))

    return answer


@pytest.mark.parametrize("limit_max", [100, 1000])
async def test_trades_of_a_busy_month(
    scripted: Scripted, scripted_spot: MexcSpot, clock: WallClock, limit_max: int
) -> None:
    """With either page limit all trades come, once each, oldest first."""
    now_ms = clock.now_ns() // NS_PER_MS
    rows = [_trade(number, now_ms - (number * number % 997) * 60_000) for number in range(700)]
    scripted.scripts["/api/v3/myTrades"] = _archive(rows, limit_max=limit_max, window_ms_max=31 * DAY_MS)
    read = await scripted_spot.fills(BTCUSDT, since_ms=now_ms - 2 * DAY_MS)
    assert isinstance(read, tuple)
    assert {fill.fill_id for fill in read} == {f"t{number}" for number in range(700)}
    assert len(read) == 700
    assert [fill.at_ms for fill in read] == sorted(fill.at_ms for fill in read)


async def test_one_order_is_one_question(scripted: Scripted, scripted_spot: MexcSpot, clock: WallClock) -> None:
    """The common case is cheap."""
    rows = [_trade(1, clock.now_ns() // NS_PER_MS)]
    scripted.scripts["/api/v3/myTrades"] = _archive(rows, limit_max=100, window_ms_max=31 * DAY_MS)
    read = await scripted_spot.fills(BTCUSDT, venue_order_id=VenueOrderId("o1"))
    assert isinstance(read, tuple)
    assert len(read) == 1
    assert scripted.asked == [("/api/v3/myTrades", scripted.asked[0][1])]
    assert scripted.asked[0][1]["orderId"] == "o1"


async def test_a_sweep_within_one_second(scripted: Scripted, scripted_spot: MexcSpot, clock: WallClock) -> None:
    """One order that trades 250 times in a second is read whole if the venue lets us, and else not at all."""
    at_ms = clock.now_ns() // NS_PER_MS - 5000
    rows = [_trade(number, at_ms) for number in range(250)]
    scripted.scripts["/api/v3/myTrades"] = _archive(rows, limit_max=1000, window_ms_max=31 * DAY_MS)
    read = await scripted_spot.fills(BTCUSDT, venue_order_id=VenueOrderId("o1"))
    assert isinstance(read, tuple)
    assert len(read) == 250

    scripted.scripts["/api/v3/myTrades"] = _archive(rows, limit_max=100, window_ms_max=31 * DAY_MS)
    assert isinstance(await scripted_spot.fills(BTCUSDT, venue_order_id=VenueOrderId("o1")), Unavailable)


async def test_orders_over_several_windows(scripted: Scripted, scripted_spot: MexcSpot, clock: WallClock) -> None:
    """Twenty days are asked for in windows that the venue accepts; nothing is missing."""
    now_ms = clock.now_ns() // NS_PER_MS
    rows = [_order(number, now_ms - number * DAY_MS // 50) for number in range(900)]
    scripted.scripts["/api/v3/allOrders"] = _archive(rows, limit_max=500, window_ms_max=ORDERS_WINDOW_MS)
    read = await scripted_spot.order_history(BTCUSDT, now_ms - 20 * DAY_MS)
    assert isinstance(read, tuple)
    assert len(read) == 900
    assert read[0].venue_order_id == "o899"
    assert all(row.type is None for row in read)


async def test_an_unreadable_row_makes_the_history_unreadable(
    scripted: Scripted, scripted_spot: MexcSpot, clock: WallClock
) -> None:
    """A missing order would be taken for one that never was."""
    now_ms = clock.now_ns() // NS_PER_MS
    rows = [_order(1, now_ms), {**_order(2, now_ms), "executedQty": None}]
    scripted.scripts["/api/v3/allOrders"] = _archive(rows, limit_max=500, window_ms_max=ORDERS_WINDOW_MS)
    read = await scripted_spot.order_history(BTCUSDT, now_ms - DAY_MS)
    assert isinstance(read, Unavailable)
    assert read.cause == "malformed answer: executedQty"


async def test_a_bottomless_history_is_given_up(scripted: Scripted, scripted_spot: MexcSpot, clock: WallClock) -> None:
    """A venue that always answers with a full page is not asked for ever."""
    now_ms = clock.now_ns() // NS_PER_MS
    page = json.dumps([_trade(number, now_ms) for number in range(100)])
    scripted.say("/api/v3/myTrades", page)
    read = await scripted_spot.fills(BTCUSDT, since_ms=now_ms - DAY_MS)
    assert isinstance(read, Unavailable)
    assert len(scripted.asked) < 250


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": ""},
        {"qty": "0"},
        {"price": "0"},
        {"qty": "-1"},
        {"isBuyer": "true"},
        {"time": "soon"},
        {"time": True},
        {"commission": "1", "commissionAsset": None},
        {"symbol": "BTC USDT"},
        {"clientOrderId": "\ud800"},
        {"quoteQty": "NaN"},
        {"quoteQty": [1]},
    ],
    ids=ascii,
)
async def test_a_malformed_trade_is_not_booked(
    scripted: Scripted, scripted_spot: MexcSpot, change: Mapping[str, object]
) -> None:
    """Each field is checked before anything is made of it."""
    scripted.say("/api/v3/myTrades", json.dumps([{**_trade(1, 1), **change}]))
    assert isinstance(await scripted_spot.fills(BTCUSDT, venue_order_id=VenueOrderId("o1")), Unavailable)
