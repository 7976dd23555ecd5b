"""Candles from the venue, a page at a time, and only those that were not asked for yet."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from ..model.ids import Symbol
from ..model.outcome import Unavailable
from .candles import CandleRow, Candles, Span, missing

PAGE_ROWS: Final = 5_000
"""Candles asked for between two reports of progress."""

type Progress = Callable[[int, int], None]
"""Told how many candles are done, and of how many."""


class Source(Protocol):
    """Where candles come from. Those of a time without trades are left out."""

    async def rows(self, symbol: Symbol, interval_ms: int, span: Span) -> Sequence[CandleRow] | Unavailable:
        """Read the candles that open in a span."""
        ...


async def fetch(
    candles: Candles, wanted: Span, *, source: Source, now_ms: int, progress: Progress = lambda _done, _total: None
) -> tuple[Candles, Unavailable | None]:
    """Complete candles by those of a time. What was read before the trouble is kept, and known as asked for.

    A candle that has not ended by ``now_ms`` is left for another day: it still grows.
    """
    width_ms = candles.interval_ms
    ended_ms = now_ms - now_ms % width_ms
    asked = Span(wanted.since_ms - wanted.since_ms % width_ms, min(wanted.until_ms, ended_ms))
    pages = [
        Span(at, min(at + PAGE_ROWS * width_ms, span.until_ms))
        for span in missing(candles.covered, asked)
        for at in range(span.since_ms, span.until_ms, PAGE_ROWS * width_ms)
    ]
    total = sum(page.until_ms - page.since_ms for page in pages) // width_ms
    rows: list[CandleRow] = []
    read: list[Span] = []
    trouble: Unavailable | None = None
    done = 0
    for page in pages:
        answer = await source.rows(candles.symbol, width_ms, page)
        if isinstance(answer, Unavailable):
            trouble = answer
            break
        rows += [row for row in answer if page.since_ms <= row.open_ms < page.until_ms]
        read.append(page)
        done += (page.until_ms - page.since_ms) // width_ms
        progress(done, total)
    return (candles.with_rows(rows, read) if read else candles), trouble
