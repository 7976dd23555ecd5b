"""Candles as plain text, in and out: ``open_time_ms,open,high,low,close`` and ``volume`` or ``quote_volume``.

A file whose name ends in ``.gz`` is compressed.
"""

from collections.abc import Iterator
import csv
import gzip
from pathlib import Path
from typing import Final, TextIO

from ..model.ids import Symbol
from ..model.money import NotAnAmount, amount, exact, plain
from .candles import BadCandles, CandleRow, Candles

HEADER: Final = ("open_time_ms", "open", "high", "low", "close", "volume")
VOLUME_STEP: Final = amount("0.00000001")


def import_csv(path: Path, *, symbol: Symbol, interval_ms: int) -> Candles:
    """Read candles from text. Blocking; raises :class:`.candles.BadCandles` with the line that is wrong.

    Where only a quote volume is given, the base volume is what that buys at the close.
    """
    with _open(path, "rt") as file:
        return Candles.of(symbol, interval_ms, _rows(csv.DictReader(file)))


def export_csv(path: Path, candles: Candles) -> None:
    """Write candles as text. Blocking."""
    with _open(path, "wt") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for index in range(len(candles)):
            open_ms, *amounts = candles.row(index)
            writer.writerow((open_ms, *(plain(value) for value in amounts)))


def _open(path: Path, mode: str) -> TextIO:
    opener = gzip.open if path.suffix == ".gz" else open
    return opener(path, mode, encoding="utf-8", newline="")  # type: ignore[return-value]  # text mode by construction


def _rows(reader: csv.DictReader[str]) -> Iterator[CandleRow]:
    lacking = set(HEADER[:5]) - set(reader.fieldnames or ())
    if lacking:
        raise BadCandles(f"line 1: no column {', '.join(sorted(lacking))}")
    for row in reader:
        try:
            open_, high, low, close = (amount(row[name]) for name in HEADER[1:5])
            if row.get("volume"):
                volume = amount(row["volume"])
            else:
                with exact():
                    volume = (amount(row.get("quote_volume") or "0") / close).quantize(VOLUME_STEP)
            yield CandleRow(int(row["open_time_ms"]), open_, high, low, close, volume)
        except (NotAnAmount, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise BadCandles(f"line {reader.line_num}: {error}") from error
