"""Candles on disk, shared by backtests and live rules: what was read once is not asked for again."""

import asyncio
from collections import defaultdict
from pathlib import Path
from typing import Final

from ..exchange.mexc.klines import INTERVAL_MS, Interval
from ..model.ids import Symbol
from ..model.outcome import Unavailable
from ..research.candle_fetch import Progress, Source, fetch
from ..research.candle_file import UnreadableCandles, read_candles, write_candles
from ..research.candles import Candles, Span

FOLDER: Final = "candles"


class CandleStore:
    """One file for each symbol and width. Disk work goes on in other threads."""

    def __init__(self, folder: Path) -> None:
        """Keep the files in a folder inside ``folder``."""
        self._folder = folder / FOLDER
        self._writing: defaultdict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def complete(
        self,
        source: Source,
        symbol: Symbol,
        interval: Interval,
        span: Span,
        *,
        now_ms: int,
        progress: Progress = lambda _done, _total: None,
    ) -> tuple[Candles, Unavailable | None]:
        """Give the candles of a time, those that are lacking read from the venue and kept.

        With trouble, as far as they could be read.
        """
        path = self._folder / f"{symbol}-{interval}.candles"
        async with self._writing[path]:
            try:
                kept = await asyncio.to_thread(read_candles, path)
            except OSError, UnreadableCandles:
                kept = Candles(symbol=symbol, interval_ms=INTERVAL_MS[interval])
            whole, trouble = await fetch(kept, span, source=source, now_ms=now_ms, progress=progress)
            if whole is not kept:
                await asyncio.to_thread(write_candles, path, whole)
        return whole.part(*span), trouble
