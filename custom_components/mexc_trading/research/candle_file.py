"""Candles on disk: a line of JSON that says what they are, then each column as compressed differences."""

from array import array
import json
import os
from pathlib import Path
import sys
from typing import Final
import zlib

from ..model.ids import Symbol
from .candles import COLUMNS, Candles, Span

FORMAT: Final = "mexc_trading candles 1"
_COLUMN_MAX: Final = 1 << 27
"""Bytes of a column when unpacked: 16 million candles."""


class UnreadableCandles(ValueError):
    """A file that is not what was written, or not all of it."""


def write_candles(path: Path, candles: Candles) -> None:
    """Write the file whole or not at all. Blocking."""
    columns = [_packed(getattr(candles, name)) for name in COLUMNS]
    header = {
        "format": FORMAT,
        "symbol": candles.symbol,
        "interval_ms": candles.interval_ms,
        "price_exponent": candles.price_exponent,
        "volume_exponent": candles.volume_exponent,
        "count": len(candles),
        "covered": [list(span) for span in candles.covered],
        "bytes": [len(column) for column in columns],
        "check": zlib.crc32(b"".join(columns)),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(path.suffix + ".partial")
    with partial.open("wb") as file:
        file.write(json.dumps(header, sort_keys=True).encode() + b"\n")
        file.writelines(columns)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_candles(path: Path) -> Candles:
    """Read a file back. Blocking; raises :class:`UnreadableCandles`, or ``OSError`` if it is not there."""
    head, _, body = path.read_bytes().partition(b"\n")
    try:
        header = json.loads(head)
        if header["format"] != FORMAT or header["check"] != zlib.crc32(body) or sum(header["bytes"]) != len(body):
            raise UnreadableCandles(f"{path.name}: damaged, or of another kind")
        columns, at = {}, 0
        for name, size in zip(COLUMNS, header["bytes"], strict=True):
            columns[name] = _unpacked(body[at : at + size], header["count"])
            at += size
        return Candles(
            symbol=Symbol(header["symbol"]),
            interval_ms=header["interval_ms"],
            price_exponent=header["price_exponent"],
            volume_exponent=header["volume_exponent"],
            covered=tuple(Span(*span) for span in header["covered"]),
            **columns,
        )
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise UnreadableCandles(f"{path.name}: {error}") from error


def _packed(column: array[int]) -> bytes:
    """Compress a column's differences: prices move little from one candle to the next."""
    differences = array("q", (now - before for now, before in zip(column, (0, *column[:-1]), strict=True)))
    if sys.byteorder == "big":
        differences.byteswap()
    return zlib.compress(differences.tobytes(), 6)


def _unpacked(packed: bytes, count: int) -> array[int]:
    differences = array("q")
    differences.frombytes(zlib.decompressobj().decompress(packed, _COLUMN_MAX))
    if sys.byteorder == "big":
        differences.byteswap()
    if len(differences) != count:
        raise UnreadableCandles(f"{len(differences)} rows of {count}")
    column, total = array("q"), 0
    for difference in differences:
        total += difference
        column.append(total)
    return column
