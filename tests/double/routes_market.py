"""Public endpoints: listings, prices, books, candles."""

from collections.abc import Sequence

from .candles import INTERVALS, openings
from .decimals import Json, plain
from .errors import Refusal
from .orders import Side
from .routes import Call, Route
from .symbols import Symbol

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def ping(_call: Call) -> Json:
    """Answer nothing."""
    return {}


def server_time(call: Call) -> Json:
    """Tell the venue's clock."""
    return {"serverTime": call.world.clock.now_ms()}


def default_symbols(call: Call) -> Json:
    """List the symbols that the API may trade."""
    rows = call.world.venue.symbols.values()
    names = [s.name for s in rows if s.api_enabled and s.status == "1"]
    return {"code": 200, "data": names, "msg": None}


def exchange_listing(call: Call) -> Json:
    """Answer ``exchangeInfo`` for all, one (``symbol``) or some (``symbols``)."""
    venue = call.world.venue
    one, some = call.optional("symbol"), call.optional("symbols")
    if one:
        rows = [venue.symbol(one)]
    elif some:
        rows = [venue.symbol(name) for name in some.split(",")]
    else:
        rows = [row for row in venue.symbols.values() if row.status != "3"]
    return {
        "timezone": "CST",
        "serverTime": call.world.clock.now_ms(),
        "rateLimits": [],
        "exchangeFilters": [],
        "symbols": [row.listing() for row in rows],
    }


def offline_symbols(call: Call) -> Json:
    """List suspended (2) and delisted (3) symbols."""
    now_ms = call.world.clock.now_ms()
    rows = (s for s in call.world.venue.symbols.values() if s.status != "1")
    return {"data": [{"symbol": s.name, "state": int(s.status), "offlineTime": now_ms - DAY_MS} for s in rows]}


def depth(call: Call) -> Json:
    """Give the synthetic book."""
    venue, name = call.world.venue, call.text("symbol")
    limit = call.limit(100, 5000)
    now_ms = call.world.clock.now_ms()

    def side(taker: Side) -> Json:
        return [[plain(x.price), plain(x.quantity)] for x in venue.depth(name, taker)][:limit]

    return {
        "lastUpdateId": now_ms,
        "bids": side(Side.SELL),
        "asks": side(Side.BUY),
        "timestamp": now_ms,
    }


def trades(call: Call) -> Json:
    """Give the last public trades, newest first, without ids as the venue does."""
    symbol = call.world.venue.symbol(call.text("symbol"))
    return [
        {
            "id": None,
            "price": plain(row.price),
            "qty": plain(row.quantity),
            "quoteQty": plain(row.price * row.quantity),
            "time": row.time_ms,
            "isBuyerMaker": row.is_buyer_maker,
            "isBestMatch": True,
        }
        for row in call.world.venue.prints.last(symbol.name, call.limit(500, 1000))
    ]


def aggregate_trades(call: Call) -> Json:
    """Give public trades in short keys; a window of one hour needs both of its ends."""
    symbol = call.world.venue.symbol(call.text("symbol"))
    start, end = call.integer("startTime"), call.integer("endTime")
    if (start is None) != (end is None):
        raise Refusal(700004, "startTime and endTime")
    first, last = start or 0, call.world.clock.now_ms() if end is None else end
    if start is not None and not 0 <= last - first <= HOUR_MS:
        raise Refusal(400, "the time window is wrong or above one hour")
    rows = call.world.venue.prints.last(symbol.name, call.limit(500, 1000))
    return [
        {
            "a": None,
            "f": None,
            "l": None,
            "p": plain(row.price),
            "q": plain(row.quantity),
            "T": row.time_ms,
            "m": row.is_buyer_maker,
            "M": True,
        }
        for row in rows
        if first <= row.time_ms <= last
    ]


def klines(call: Call) -> Json:
    """Give candles; never more rows than the venue really gives."""
    world = call.world
    symbol, interval = world.venue.symbol(call.text("symbol")), call.text("interval")
    if interval not in INTERVALS:
        raise Refusal(33333, "interval")
    start, end = call.integer("startTime"), call.integer("endTime")
    if start is not None and end is not None and start > end:
        raise Refusal(400, "startTime is after endTime")
    limit = min(call.limit(500, 1000), world.settings.kline_rows_max)
    now_ms = world.clock.now_ms()
    bars = world.venue.candles[symbol.name]
    times = openings(interval, start, end, limit, now_ms)
    return [bars.bar(interval, at_ms, now_ms).row() for at_ms in times]


def average_price(call: Call) -> Json:
    """Give the average of five minutes: here simply the mid price."""
    world = call.world
    symbol = world.venue.symbol(call.text("symbol"))
    return {"mins": 5, "price": plain(world.venue.prices.mid(symbol.name))}


def _chosen(call: Call) -> Sequence[Symbol]:
    """Give the asked symbol, or all that are not delisted."""
    name = call.optional("symbol")
    if name:
        return [call.world.venue.symbol(name)]
    return [s for s in call.world.venue.symbols.values() if s.status != "3"]


def _one_or_all(call: Call, rows: Sequence[Json]) -> Json:
    """Answer an object for one symbol, an array for all."""
    return rows[0] if call.optional("symbol") else rows


def _best(call: Call, symbol: Symbol) -> dict[str, Json]:
    """Write best bid and ask; an empty book gives empty text."""
    bid = call.world.venue.best(symbol.name, Side.SELL)
    ask = call.world.venue.best(symbol.name, Side.BUY)
    return {
        "bidPrice": plain(bid.price) if bid else "",
        "bidQty": plain(bid.quantity) if bid else "",
        "askPrice": plain(ask.price) if ask else "",
        "askQty": plain(ask.quantity) if ask else "",
    }


def ticker_day(call: Call) -> Json:
    """Give 24-hour figures; the change in percent is a fraction, as the venue has it."""
    return _one_or_all(call, [_day_row(call, symbol) for symbol in _chosen(call)])


def _day_row(call: Call, symbol: Symbol) -> Json:
    """Write the 24-hour figures of one symbol."""
    venue, now_ms = call.world.venue, call.world.clock.now_ms()
    bar = venue.candles[symbol.name].bar("1d", now_ms - DAY_MS, now_ms)
    last = venue.prices.mid(symbol.name)
    change = last - bar.open
    return {
        "symbol": symbol.name,
        "priceChange": plain(change),
        "priceChangePercent": plain(round(change / bar.open, 6)),
        "prevClosePrice": plain(bar.open),
        "lastPrice": plain(last),
        "lastQty": "",
        **_best(call, symbol),
        "openPrice": plain(bar.open),
        "highPrice": plain(max(bar.high, last)),
        "lowPrice": plain(min(bar.low, last)),
        "volume": plain(bar.volume),
        "quoteVolume": plain(round(bar.quote_volume, 2)),
        "openTime": bar.open_ms,
        "closeTime": now_ms,
        "count": None,
    }


def ticker_price(call: Call) -> Json:
    """Give last prices."""
    mid = call.world.venue.prices.mid
    return _one_or_all(call, [{"symbol": s.name, "price": plain(mid(s.name))} for s in _chosen(call)])


def ticker_book(call: Call) -> Json:
    """Give best bids and asks."""
    return _one_or_all(call, [{"symbol": s.name, **_best(call, s)} for s in _chosen(call)])


def contracts(_call: Call) -> Json:
    """List no futures: clients that load every market ask for them."""
    return {"success": True, "code": 0, "data": []}


ROUTES: Sequence[Route] = (
    Route(method="GET", path="/api/v3/ping", answer=ping),
    Route(method="GET", path="/api/v3/time", answer=server_time),
    Route(method="GET", path="/api/v3/defaultSymbols", answer=default_symbols),
    Route(method="GET", path="/api/v3/exchangeInfo", answer=exchange_listing, weight=25),
    Route(method="GET", path="/api/v3/symbol/offline", answer=offline_symbols, weight=10),
    Route(method="GET", path="/api/v3/depth", answer=depth, weight=3),
    Route(method="GET", path="/api/v3/trades", answer=trades, weight=5),
    Route(method="GET", path="/api/v3/aggTrades", answer=aggregate_trades),
    Route(method="GET", path="/api/v3/klines", answer=klines),
    Route(method="GET", path="/api/v3/avgPrice", answer=average_price),
    Route(method="GET", path="/api/v3/ticker/24hr", answer=ticker_day, weight=25),
    Route(method="GET", path="/api/v3/ticker/price", answer=ticker_price, weight=10),
    Route(method="GET", path="/api/v3/ticker/bookTicker", answer=ticker_book, weight=10),
    Route(method="GET", path="/api/v1/contract/detail", answer=contracts),
)
