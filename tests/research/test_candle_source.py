"""Candles of the venue itself, over real sockets."""

import time

from aiohttp import ClientSession

from custom_components.mexc_trading.exchange.mexc.market import MexcMarket
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.outcome import Unavailable
from custom_components.mexc_trading.research.candle_fetch import fetch
from custom_components.mexc_trading.research.candle_source import MexcCandles
from custom_components.mexc_trading.research.candles import Candles, Span
from tests.double import MexcDouble

HOUR_MS = 3_600_000
MIN5 = 300_000


class WallClock:
    """The clock of this machine."""

    def now_ns(self) -> int:
        """Give the time."""
        return time.time_ns()


async def test_from_the_venue(socket_enabled: None) -> None:
    """Given the double, when ten hours of five-minute candles are fetched, then all 120 are there, without a gap."""
    until_ms = WallClock().now_ns() // 1_000_000 // HOUR_MS * HOUR_MS
    async with MexcDouble() as double, ClientSession() as session:
        market = MexcMarket.public(session=session, rest_url=double.rest_url, clock=WallClock())
        source = MexcCandles(market)
        blank = Candles(symbol=Symbol("BTCUSDT"), interval_ms=MIN5)
        span = Span(until_ms - 10 * HOUR_MS, until_ms)
        candles, trouble = await fetch(blank, span, source=source, now_ms=until_ms)
        assert trouble is None
        assert (len(candles), candles.gaps()) == (120, ())
        odd = await source.rows(blank.symbol, 7_000, span)
        assert odd == Unavailable(cause="no such interval")
    async with ClientSession() as session:
        gone = MexcCandles(MexcMarket.public(session=session, rest_url=double.rest_url, clock=WallClock()))
        assert isinstance(await gone.rows(blank.symbol, MIN5, span), Unavailable)
