"""Price history: seeded for the time before the double, recorded since."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
import math
from typing import Final

from .decimals import Json, plain, round_to
from .noise import curve, noise, number_of
from .symbols import Symbol

MINUTE_MS: Final = 60_000
# REST names (fact sheet 1.4) to minutes; a month is stepped by calendar.
INTERVALS: Final = {
    "1m": 1,
    "5m": 5,
    "15m": 15,
    "30m": 30,
    "60m": 60,
    "4h": 240,
    "1d": 1440,
    "1W": 10_080,
    "1M": 43_200,
}
_MONDAY_MS: Final = 4 * 86_400_000  # 1970-01-05 was a Monday
_SAMPLES_MAX: Final = 30


@dataclass(slots=True)
class Candle:
    """One bar; ``open_ms`` and ``close_ms`` enclose it."""

    open_ms: int
    close_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal

    @property
    def quote_volume(self) -> Decimal:
        """Value traded, at the middle of the bar."""
        return self.volume * (self.high + self.low) / 2

    def row(self) -> Sequence[Json]:
        """Write the eight columns of ``klines``."""
        prices = (self.open, self.high, self.low, self.close, self.volume)
        value = plain(round_to(self.quote_volume, 2))
        return (self.open_ms, *(plain(price) for price in prices), self.close_ms, value)


@dataclass(slots=True)
class Span:
    """One minute of the synthetic history, in floats: it is made up, nobody owns it."""

    open: float
    high: float
    low: float
    close: float
    volume: float


class Candles:
    """Bars of one symbol for any interval and time.

    Minutes before ``start_ms`` come from the seeded curve, scaled to end at the
    start price; later ones from prices told to ``record``. A coarse bar looks
    at no more than 30 of its minutes, so its extremes can be inside those of
    the minutes. The same seed and start give the same bars.
    """

    def __init__(self, symbol: Symbol, seed: int, start_ms: int) -> None:
        """Anchor the history at the symbol's start price."""
        self._symbol = symbol
        self._seed = seed ^ number_of(symbol.name)
        self._start = start_ms // MINUTE_MS
        self._anchor = curve(self._seed, self._start)
        self._recorded: dict[int, Span] = {}
        self._seeded_bars: dict[tuple[str, int], Candle] = {}
        self._minutes: list[int] = []
        self._last = float(symbol.start_price)
        self._last_minute = self._start

    def record(self, price: Decimal, now_ms: int) -> None:
        """Remember that the price was here now."""
        minute = max(now_ms // MINUTE_MS, self._last_minute)
        span, at = self._recorded.get(minute), float(price)
        if span is None:
            span = self._flat(minute, self._last)
            self._recorded[minute] = span
            self._minutes.append(minute)
        span.high, span.low, span.close = max(span.high, at), min(span.low, at), at
        self._last, self._last_minute = at, minute

    def bar(self, interval: str, open_ms: int, now_ms: int) -> Candle:
        """Build the bar of an interval that opens at ``open_ms``."""
        close_ms = following(interval, open_ms)
        if close_ms > now_ms or close_ms > self._start * MINUTE_MS:
            return self._build(open_ms, close_ms, min(close_ms - 1, now_ms))
        key = (interval, open_ms)
        if key not in self._seeded_bars:
            self._seeded_bars[key] = self._build(open_ms, close_ms, close_ms - 1)
        return self._seeded_bars[key]

    def running(self, interval: str, now_ms: int) -> Candle:
        """Build the bar that is not finished yet."""
        return self.bar(interval, opening(interval, now_ms), now_ms)

    def _build(self, open_ms: int, close_ms: int, last_ms: int) -> Candle:
        """Put a bar together from some of its minutes, the last one included."""
        first, last = open_ms // MINUTE_MS, max(open_ms, last_ms) // MINUTE_MS
        stride = max(1, (last - first + 1) // _SAMPLES_MAX)
        spans = [self._minute(minute) for minute in (*range(first, last, stride), last)]
        places = self._symbol.price_places
        return Candle(
            open_ms,
            close_ms,
            _exact(spans[0].open, places),
            _exact(max(span.high for span in spans), places),
            _exact(min(span.low for span in spans), places),
            _exact(spans[-1].close, places),
            _exact(sum(span.volume for span in spans) * stride, self._symbol.quantity_places),
        )

    def _flat(self, minute: int, price: float) -> Span:
        """Make a minute in which nothing moved."""
        volume = 50_000 * (0.5 + noise(self._seed, minute, 5)) / price
        return Span(price, price, price, price, volume)

    def _minute(self, minute: int) -> Span:
        """Give one minute, recorded or seeded."""
        if minute in self._recorded:
            return self._recorded[minute]
        if minute >= self._start:
            index = bisect_left(self._minutes, minute)
            known = self._recorded[self._minutes[index - 1]].close if index else None
            return self._flat(minute, float(self._symbol.start_price) if known is None else known)
        first, last = self._seeded(minute), self._seeded(minute + 1)
        span = self._flat(minute, first)
        span.close = last
        span.high = max(first, last) * (1 + 0.0008 * noise(self._seed, minute, 3))
        span.low = min(first, last) * (1 - 0.0008 * noise(self._seed, minute, 4))
        return span

    def _seeded(self, minute: int) -> float:
        """Give the seeded price at a minute, never below a tick."""
        factor = math.exp(curve(self._seed, minute) - self._anchor)
        return max(float(self._symbol.tick), float(self._symbol.start_price) * factor)


def _exact(value: float, places: int) -> Decimal:
    """Round a synthetic number to a decimal one."""
    return round_to(Decimal(str(value)), places)


def opening(interval: str, at_ms: int) -> int:
    """Give the opening time of the bar that holds ``at_ms`` (UTC, weeks from Monday)."""
    if interval == "1M":
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        return int(datetime(at.year, at.month, 1, tzinfo=UTC).timestamp() * 1000)
    length = INTERVALS[interval] * MINUTE_MS
    shift = _MONDAY_MS if interval == "1W" else 0
    return (at_ms - shift) // length * length + shift


def following(interval: str, open_ms: int) -> int:
    """Give the opening time of the next bar."""
    if interval == "1M":
        return opening(interval, open_ms + 32 * 86_400_000)
    return open_ms + INTERVALS[interval] * MINUTE_MS


def openings(interval: str, start_ms: int | None, end_ms: int | None, limit: int, now_ms: int) -> Sequence[int]:
    """List opening times, oldest first, no more than ``limit`` and none in the future.

    With a start the rows begin there; without, the last ones up to the end are given.
    """
    end = min(now_ms, now_ms if end_ms is None else end_ms)
    if start_ms is not None:
        found: list[int] = []
        at = opening(interval, start_ms)
        at = at if at >= start_ms else following(interval, at)
        while at <= end and len(found) < limit:
            found.append(at)
            at = following(interval, at)
        return found
    back: list[int] = []
    at = opening(interval, end)
    while len(back) < limit and at >= 0:
        back.append(at)
        at = opening(interval, at - 1)
    return back[::-1]
