"""The venue's own candles as a source for :mod:`.candle_fetch`."""

from collections.abc import Sequence
from typing import Final

from ..exchange.mexc.klines import INTERVAL_MS, Interval
from ..exchange.mexc.market import MexcMarket
from ..exchange.mexc.spot import MexcSpot
from ..model.ids import Symbol
from ..model.outcome import Unavailable
from .candles import CandleRow, Span

_INTERVALS: Final = {width_ms: interval for interval, width_ms in INTERVAL_MS.items()}


class MexcCandles:
    """Public candles; no key needed."""

    def __init__(self, market: MexcMarket | MexcSpot) -> None:
        """Read through this client."""
        self._market = market

    async def rows(self, symbol: Symbol, interval_ms: int, span: Span) -> Sequence[CandleRow] | Unavailable:
        """Read the candles of a span; a width that the venue does not have is no answer."""
        interval: Interval | None = _INTERVALS.get(interval_ms)
        if interval is None:
            return Unavailable(cause="no such interval")
        found = await self._market.klines(symbol, interval, since_ms=span.since_ms, until_ms=span.until_ms)
        if isinstance(found, Unavailable):
            return found
        return [CandleRow(row.open_ms, row.open, row.high, row.low, row.close, row.volume) for row in found]
