"""Reading back: lags that can be set, windows, order of rows."""

import pytest

from tests.double import MexcDouble

from .trader import Trader

DAY_MS = 86_400_000


async def test_visibility_lag_by_reads(trader: Trader, double: MexcDouble) -> None:
    """A fresh order can be missing for a number of reads: one -2013 proves nothing."""
    double.settings.order_visibility_reads = 2
    await trader.buy(newClientOrderId="ha-1")
    assert (await trader.order(origClientOrderId="ha-1")).code == -2013
    assert (await trader.signed("GET", "openOrders")).body == []
    assert (await trader.order(origClientOrderId="ha-1")).status == 200
    assert len((await trader.signed("GET", "openOrders")).body) == 1


async def test_visibility_lag_by_time(trader: Trader, double: MexcDouble) -> None:
    """A fresh order can be missing for a time, in every kind of read."""
    double.settings.order_visibility_s = 3
    await trader.buy(newClientOrderId="ha-1")
    double.clock.advance(2)
    assert (await trader.order(origClientOrderId="ha-1")).code == -2013
    assert (await trader.signed("GET", "allOrders", symbol="BTCUSDT")).body == []
    double.clock.advance(1)
    assert (await trader.order(origClientOrderId="ha-1")).status == 200
    assert len((await trader.signed("GET", "allOrders", symbol="BTCUSDT")).body) == 1


async def test_cancel_ignores_the_lag(trader: Trader, double: MexcDouble) -> None:
    """Matching knows an order that reads do not show yet."""
    double.settings.order_visibility_s = 3
    await trader.buy(newClientOrderId="ha-1")
    reply = await trader.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="ha-1")
    assert reply.status == 200


async def test_balance_lag(trader: Trader, double: MexcDouble) -> None:
    """Balances can be those of a moment ago."""
    double.settings.balance_lag_s = 1
    await trader.buy()

    async def locked() -> list[str]:
        rows = (await trader.signed("GET", "account")).body["balances"]
        return [row["locked"] for row in rows if row["asset"] == "USDT"]

    assert await locked() == ["0"]
    double.clock.advance(1)
    assert await locked() == ["89"]


async def test_trades_lag(trader: Trader, double: MexcDouble) -> None:
    """Trades can come later than the status FILLED."""
    double.settings.trades_lag_s = 1
    await trader.buy(price="90100", newClientOrderId="ha-1")
    assert (await trader.order(origClientOrderId="ha-1")).body["status"] == "FILLED"
    assert (await trader.signed("GET", "myTrades", symbol="BTCUSDT")).body == []
    double.clock.advance(1)
    assert len((await trader.signed("GET", "myTrades", symbol="BTCUSDT")).body) == 1


async def test_my_trades(trader: Trader, double: MexcDouble) -> None:
    """Trades come newest first, in whole seconds, few at a time, and can be narrowed."""
    for _ in range(12):
        await trader.buy(price="90100")
    rows = (await trader.signed("GET", "myTrades", symbol="BTCUSDT")).body
    assert [row["id"] for row in rows] == [fill.trade_id for fill in double.venue.fills[:1:-1]]
    assert all(row["time"] % 1000 == 0 for row in rows)
    wide = (await trader.signed("GET", "myTrades", symbol="BTCUSDT", limit=1000)).body
    assert len(wide) == 12
    one = await trader.signed("GET", "myTrades", symbol="BTCUSDT", orderId=rows[3]["orderId"])
    assert one.body == [rows[3]]
    last = rows[0]["time"]
    assert len((await trader.signed("GET", "myTrades", symbol="BTCUSDT", startTime=last + 1)).body) > 0
    assert (await trader.signed("GET", "myTrades", symbol="BTCUSDT", endTime=last - 60_000)).body == []


async def test_trades_older_than_a_month_are_gone(trader: Trader, double: MexcDouble) -> None:
    """Only the last month is kept, whatever start is asked for."""
    await trader.buy(price="90100")
    double.clock.skew_ms = 31 * DAY_MS
    assert (await trader.signed("GET", "myTrades", symbol="BTCUSDT", startTime=0)).body == []


@pytest.mark.parametrize(
    ("start_days", "end_days", "found"),
    [(None, None, 0), (3, None, 1), (3, 0, 1), (None, 2, 1), (1, 0, 0), (8, 0, None), (0, 1, None)],
)
async def test_all_orders_window(
    trader: Trader, double: MexcDouble, start_days: int | None, end_days: int | None, found: int | None
) -> None:
    """A day by default, seven days at most, and the start before the end."""
    await trader.buy()
    double.venue.orders[0].time_ms -= int(2.5 * DAY_MS)
    now_ms = double.clock.now_ms()
    window = {
        "startTime": None if start_days is None else now_ms - start_days * DAY_MS,
        "endTime": None if end_days is None else now_ms - end_days * DAY_MS,
    }
    reply = await trader.signed("GET", "allOrders", symbol="BTCUSDT", **window)
    assert (reply.code == 400) if found is None else (len(reply.body) == found)


async def test_old_orders_are_forgotten(trader: Trader, double: MexcDouble) -> None:
    """An order that ended more than a week ago is not found; an open one is."""
    await trader.buy(newClientOrderId="done", price="90100")
    await trader.buy(newClientOrderId="open")
    double.clock.skew_ms = 8 * DAY_MS
    assert (await trader.order(origClientOrderId="done")).code == -2013
    assert (await trader.order(origClientOrderId="open")).status == 200
