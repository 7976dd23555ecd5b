"""Candles of the past, paged by time: never more than 500 rows come back, whatever is asked for (fact sheet 1.4)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ...model.ids import Symbol
from ...model.outcome import Unavailable
from ..payload import Json
from . import endpoints
from .rest import MexcRest
from .shape import Fields, Malformed, rows

ROWS_MAX: Final = 500
CALLS_MAX: Final = 1000
"""Half a million candles: a year of minutes."""

PATIENCE_S: Final = 15.0
"""How long a page waits for room in the budget."""

_COLUMNS: Final = ("open_ms", "open", "high", "low", "close", "volume", "close_ms", "quote_volume")


class Interval(StrEnum):
    """The widths that the REST interface has, in its own spelling."""

    MIN1 = "1m"
    MIN5 = "5m"
    MIN15 = "15m"
    MIN30 = "30m"
    HOUR1 = "60m"
    HOUR4 = "4h"
    DAY1 = "1d"
    WEEK1 = "1W"


_MINUTE_MS: Final = 60_000
INTERVAL_MS: Final = MappingProxyType(
    {
        Interval.MIN1: _MINUTE_MS,
        Interval.MIN5: 5 * _MINUTE_MS,
        Interval.MIN15: 15 * _MINUTE_MS,
        Interval.MIN30: 30 * _MINUTE_MS,
        Interval.HOUR1: 60 * _MINUTE_MS,
        Interval.HOUR4: 240 * _MINUTE_MS,
        Interval.DAY1: 1440 * _MINUTE_MS,
        Interval.WEEK1: 7 * 1440 * _MINUTE_MS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """One candle: times in ms of the venue's clock, prices in quote, volume in base and in quote units."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    close_ms: int
    quote_volume: Decimal


async def klines(
    rest: MexcRest, symbol: Symbol, interval: Interval, *, since_ms: int, until_ms: int
) -> tuple[Candle, ...] | Unavailable:
    """Read the candles that open at or after ``since_ms`` and before ``until_ms``, oldest first.

    Time without trades has no candles. The last one may still be growing: it is while its ``close_ms`` lies ahead.
    """
    width_ms = ROWS_MAX * INTERVAL_MS[interval]
    starts = range(since_ms, until_ms, width_ms)
    if len(starts) > CALLS_MAX:
        return Unavailable(cause="more candles than are read at once")
    found: dict[int, Candle] = {}
    for start_ms in starts:
        end_ms = min(start_ms + width_ms, until_ms) - 1
        params = (
            ("symbol", symbol),
            ("interval", interval.value),
            ("startTime", str(start_ms)),
            ("endTime", str(end_ms)),
            ("limit", str(ROWS_MAX)),
        )
        await rest.gate.room(endpoints.KLINES.purpose, endpoints.KLINES.cost, PATIENCE_S)
        page = await rest.read(endpoints.KLINES, params, candles_of)
        if isinstance(page, Unavailable):
            return page
        found |= {candle.open_ms: candle for candle in page if start_ms <= candle.open_ms <= end_ms}
    return tuple(found[open_ms] for open_ms in sorted(found))


def candles_of(payload: Json) -> tuple[Candle, ...]:
    """Read one page."""
    return tuple(_candle(row) for row in rows(payload, "klines"))


def _candle(payload: Json) -> Candle:
    """Read one row and check that it is a candle."""
    columns = rows(payload, "kline")
    if len(columns) < len(_COLUMNS):
        raise Malformed("kline")
    fields = Fields(dict(zip(_COLUMNS, columns, strict=False)))
    candle = Candle(
        open_ms=fields.whole("open_ms"),
        open=fields.amount("open"),
        high=fields.amount("high"),
        low=fields.amount("low"),
        close=fields.amount("close"),
        volume=fields.amount("volume"),
        close_ms=fields.whole("close_ms"),
        quote_volume=fields.amount("quote_volume"),
    )
    body_low, body_high = sorted((candle.open, candle.close))
    if not 0 < candle.low <= body_low <= body_high <= candle.high or candle.close_ms <= candle.open_ms:
        raise Malformed("kline")
    return candle
