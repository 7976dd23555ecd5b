"""Public endpoints: shapes, windows and repeatable history."""

from decimal import Decimal

import pytest

from tests.double import MexcDouble
from tests.double.candles import Candles, following, opening
from tests.double.symbols import default_symbols

from .trader import Trader

MINUTE_MS = 60_000
START_MS = 1_760_000_000_000


async def test_ping_and_unknown_paths(trader: Trader) -> None:
    """Ping is empty; a path that does not exist is 404."""
    assert (await trader.public("ping")).body == {}
    assert (await trader.public("order/oco")).status == 404


async def test_listing_in_three_forms(trader: Trader) -> None:
    """All symbols, one, or some; an unknown one is refused."""
    everything = (await trader.public("exchangeInfo")).body
    assert everything["rateLimits"] == []
    assert "OLDUSDT" not in [row["symbol"] for row in everything["symbols"]]
    one = (await trader.public("exchangeInfo", symbol="BTCUSDT")).body["symbols"]
    assert one == [row for row in everything["symbols"] if row["symbol"] == "BTCUSDT"]
    assert (one[0]["status"], one[0]["quotePrecision"], one[0]["baseSizePrecision"]) == ("1", 2, "0.000001")
    some = (await trader.public("exchangeInfo", symbols="ETHUSDC,PEPEUSDT")).body["symbols"]
    assert [row["isSpotTradingAllowed"] for row in some] == [True, False]
    assert "MARKET" not in some[0]["orderTypes"]
    assert (await trader.public("exchangeInfo", symbol="NOSUCH")).code == -1121


async def test_which_symbols_can_be_traded(trader: Trader) -> None:
    """Paused, delisted and API-closed symbols are not among the tradable ones."""
    names = (await trader.public("defaultSymbols")).body["data"]
    assert {"BTCUSDT", "ETHBTC"} <= set(names)
    assert not {"PEPEUSDT", "TRXUSDT", "OLDUSDT"} & set(names)
    assert (await trader.signed("GET", "selfSymbols")).body["data"] == names
    offline = (await trader.public("symbol/offline")).body["data"]
    assert {row["symbol"]: row["state"] for row in offline} == {"TRXUSDT": 2, "OLDUSDT": 3}


async def test_book_and_tickers_agree(trader: Trader, double: MexcDouble) -> None:
    """Best prices are the first levels of the book, around the set price."""
    double.venue.set_price("BTCUSDT", "91000")
    book = (await trader.public("depth", symbol="BTCUSDT", limit=5)).body
    best = (await trader.public("ticker/bookTicker", symbol="BTCUSDT")).body
    assert [best["bidPrice"], best["bidQty"]] == book["bids"][0]
    assert [best["askPrice"], best["askQty"]] == book["asks"][0]
    assert len(book["asks"]) == 5
    bids = [Decimal(price) for price, _ in book["bids"]]
    assert bids == sorted(bids, reverse=True)
    assert bids[0] < 91_000 < Decimal(book["asks"][0][0])
    assert (await trader.public("ticker/price", symbol="BTCUSDT")).body["price"] == "91000"
    assert (await trader.public("avgPrice", symbol="BTCUSDT")).body == {"mins": 5, "price": "91000"}
    assert len((await trader.public("ticker/price")).body) > 5


async def test_paused_symbol_has_an_empty_book(trader: Trader) -> None:
    """A paused symbol shows no levels and empty best prices."""
    assert (await trader.public("depth", symbol="TRXUSDT")).body["asks"] == []
    assert (await trader.public("ticker/bookTicker", symbol="TRXUSDT")).body["bidPrice"] == ""


async def test_day_ticker(trader: Trader, double: MexcDouble) -> None:
    """The change is a fraction and fits open and last."""
    double.venue.set_price("BTCUSDT", "95000")
    row = (await trader.public("ticker/24hr", symbol="BTCUSDT")).body
    opened, last = Decimal(row["openPrice"]), Decimal(row["lastPrice"])
    assert last == 95_000
    assert Decimal(row["priceChangePercent"]) == round((last - opened) / opened, 6)
    assert (row["count"], row["lastQty"]) == (None, "")


async def test_public_trades(trader: Trader, double: MexcDouble) -> None:
    """Trades have no ids; the latest is that of the last price."""
    double.venue.set_price("BTCUSDT", "95000")
    rows = (await trader.public("trades", symbol="BTCUSDT", limit=3)).body
    assert len(rows) == 3
    assert (rows[0]["id"], rows[0]["price"]) == (None, "95000")
    short = (await trader.public("aggTrades", symbol="BTCUSDT")).body
    assert short[0]["p"] == "95000"
    assert (await trader.public("aggTrades", symbol="BTCUSDT", startTime=1)).code == 700004
    assert (await trader.public("aggTrades", symbol="BTCUSDT", startTime=1, endTime=4_000_000)).code == 400


async def test_candles_are_never_more_than_500(trader: Trader) -> None:
    """Though 1000 are documented, 500 come; paging by time reaches the rest."""
    rows = (await trader.public("klines", symbol="BTCUSDT", interval="1m", limit=1000)).body
    assert len(rows) == 500
    assert all(len(row) == 8 for row in rows)
    assert [row[0] for row in rows[1:]] == [row[6] for row in rows[:-1]]
    first = rows[0][0]
    back = (await trader.public("klines", symbol="BTCUSDT", interval="1m", endTime=first - 1)).body
    assert (len(back), back[-1][6]) == (500, first)
    forward = await trader.public("klines", symbol="BTCUSDT", interval="1m", startTime=back[0][0], limit=10)
    assert forward.body == back[:10]
    both = await trader.public(
        "klines", symbol="BTCUSDT", interval="1m", startTime=first, endTime=first + 5 * MINUTE_MS
    )
    assert both.body == rows[:6]


@pytest.mark.parametrize(
    "given", [{"interval": "1h"}, {"interval": "8h"}, {"interval": "1m", "startTime": 2, "endTime": 1}]
)
async def test_wrong_candle_requests(trader: Trader, given: dict[str, object]) -> None:
    """The hour is called 60m here; a window must not be turned round."""
    assert (await trader.public("klines", symbol="BTCUSDT", **given)).status == 400


async def test_last_candle_follows_the_price(trader: Trader, double: MexcDouble) -> None:
    """A price set now is the close of the running bar, in every interval."""
    double.venue.set_price("BTCUSDT", "93000")
    double.venue.set_price("BTCUSDT", "92000")
    for interval in ("1m", "60m", "1d", "1W", "1M"):
        row = (await trader.public("klines", symbol="BTCUSDT", interval=interval, limit=1)).body[0]
        assert row[4] == "92000"
        assert Decimal(row[2]) >= 93_000


@pytest.mark.parametrize("interval", ["1m", "5m", "15m", "30m", "60m", "4h", "1d", "1W", "1M"])
def test_history_is_repeatable_and_sound(interval: str) -> None:
    """Same seed, same bars; another seed, other bars; each bar encloses its prices."""
    symbol = default_symbols()["BTCUSDT"]
    at_ms = opening(interval, START_MS - 90 * 86_400_000)
    pair = [Candles(symbol, 7, START_MS).bar(interval, at_ms, START_MS) for _ in range(2)]
    assert pair[0].row() == pair[1].row()
    assert Candles(symbol, 8, START_MS).bar(interval, at_ms, START_MS).row() != pair[0].row()
    bar = pair[0]
    assert bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
    assert bar.close_ms == following(interval, bar.open_ms) == opening(interval, bar.close_ms)


def test_history_joins_the_live_price() -> None:
    """The seeded part ends at the start price, where the recorded part begins."""
    symbol = default_symbols()["BTCUSDT"]
    candles = Candles(symbol, 7, START_MS)
    start_ms = opening("1m", START_MS)
    assert candles.bar("1m", start_ms - MINUTE_MS, START_MS).close == symbol.start_price
    candles.record(Decimal(91_000), START_MS)
    later_ms = start_ms + 3 * MINUTE_MS
    assert candles.bar("1m", later_ms, later_ms + 1).open == 91_000
