"""Wider candles from narrow ones."""

from ..model.money import exact
from .candles import CandleRow, Candles, Span


def resampled(candles: Candles, interval_ms: int) -> Candles:
    """Join candles into wider ones, ``interval_ms`` a multiple of theirs. A time without any has none.

    One at an end is left out if not all of its time is covered.
    """
    if interval_ms <= 0 or interval_ms % candles.interval_ms:
        raise ValueError(f"{interval_ms} ms is no multiple of {candles.interval_ms} ms")
    rows: list[CandleRow] = []
    with exact():
        for index in range(len(candles)):
            row = candles.row(index)
            start_ms = row.open_ms - row.open_ms % interval_ms
            if rows and rows[-1].open_ms == start_ms:
                rows[-1] = _joined(rows[-1], row)
            else:
                rows.append(row._replace(open_ms=start_ms))
    aligned = [
        Span(span.since_ms - span.since_ms % -interval_ms, span.until_ms - span.until_ms % interval_ms)
        for span in candles.covered
    ]
    covered = [span for span in aligned if span.since_ms < span.until_ms]
    whole = [row for row in rows if any(span.since_ms <= row.open_ms < span.until_ms for span in covered)]
    return Candles.of(candles.symbol, interval_ms, whole, covered)


def _joined(first: CandleRow, then: CandleRow) -> CandleRow:
    return CandleRow(
        first.open_ms,
        first.open,
        max(first.high, then.high),
        min(first.low, then.low),
        then.close,
        first.volume + then.volume,
    )
