"""Candles of one symbol, column by column in whole numbers: small, exact, quick to walk through."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple, Self

from ..model.ids import Symbol
from ..model.money import exact

PRICES: Final = ("open", "high", "low", "close")
COLUMNS: Final = ("open_ms", *PRICES, "volume")

EXPONENT_MIN: Final = -18
"""As many decimals as amounts from outside may have."""

WHOLE_MAX: Final = 2**63 - 1


class CandleRow(NamedTuple):
    """One candle: its start in ms, prices in quote units, volume in base units."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class Span(NamedTuple):
    """A time from ``since_ms`` to before ``until_ms``."""

    since_ms: int
    until_ms: int


class Gap(NamedTuple):
    """A time without candles. ``known``: the venue was asked, and nothing was traded; else nobody asked."""

    since_ms: int
    until_ms: int
    known: bool


class BadCandles(ValueError):
    """Rows that cannot be candles. Says which one and why."""


@dataclass(slots=True, kw_only=True)
class Candles:
    """Candles in the order of time, none twice. Prices count units of ``10 ** price_exponent``, volumes likewise."""

    symbol: Symbol
    interval_ms: int
    price_exponent: int = -2
    volume_exponent: int = -8
    open_ms: array[int] = field(default_factory=lambda: array("q"))
    open: array[int] = field(default_factory=lambda: array("q"))
    high: array[int] = field(default_factory=lambda: array("q"))
    low: array[int] = field(default_factory=lambda: array("q"))
    close: array[int] = field(default_factory=lambda: array("q"))
    volume: array[int] = field(default_factory=lambda: array("q"))
    covered: tuple[Span, ...] = ()
    """What the venue was asked for, in the order of time, without overlaps."""

    @classmethod
    def of(
        cls, symbol: Symbol, interval_ms: int, rows: Iterable[CandleRow], covered: Iterable[Span] | None = None
    ) -> Self:
        """Build from rows in any order; of two for the same time the later one in the input counts.

        Without ``covered``, everything from the first to the last row counts as asked for. Raises :class:`BadCandles`.
        """
        by_time = {row.open_ms: row for row in rows}
        ordered = [by_time[at] for at in sorted(by_time)]
        for row in ordered:
            _check(row, interval_ms)
        prices = (value for row in ordered for value in row[1:5])
        made = cls(
            symbol=symbol,
            interval_ms=interval_ms,
            price_exponent=_exponent(prices),
            volume_exponent=_exponent(row.volume for row in ordered),
        )
        for row in ordered:
            made.open_ms.append(row.open_ms)
            for name in PRICES:
                getattr(made, name).append(_whole(getattr(row, name), made.price_exponent))
            made.volume.append(_whole(row.volume, made.volume_exponent))
        whole = (Span(ordered[0].open_ms, ordered[-1].open_ms + interval_ms),) if ordered else ()
        made.covered = joined(whole if covered is None else covered)
        return made

    def __len__(self) -> int:
        """Count the candles."""
        return len(self.open_ms)

    def row(self, index: int) -> CandleRow:
        """Give one candle with exact amounts."""
        return CandleRow(
            self.open_ms[index],
            self.price(self.open[index]),
            self.price(self.high[index]),
            self.price(self.low[index]),
            self.price(self.close[index]),
            Decimal(self.volume[index]).scaleb(self.volume_exponent),
        )

    def price(self, whole: int) -> Decimal:
        """Turn a whole number of a price column into quote units."""
        return Decimal(whole).scaleb(self.price_exponent)

    def floats(self, column: str) -> list[float]:
        """Give a price column for indicators. Money is never worked out from these."""
        divisor = 10**-self.price_exponent
        return [whole / divisor for whole in getattr(self, column)]

    def part(self, since_ms: int, until_ms: int) -> Candles:
        """Give the candles that open from ``since_ms`` to before ``until_ms``."""
        start, end = bisect_left(self.open_ms, since_ms), bisect_left(self.open_ms, until_ms)
        spans = (Span(max(span.since_ms, since_ms), min(span.until_ms, until_ms)) for span in self.covered)
        return Candles(
            symbol=self.symbol,
            interval_ms=self.interval_ms,
            price_exponent=self.price_exponent,
            volume_exponent=self.volume_exponent,
            covered=tuple(span for span in spans if span.since_ms < span.until_ms),
            **{name: getattr(self, name)[start:end] for name in COLUMNS},
        )

    def with_rows(self, rows: Iterable[CandleRow], covered: Iterable[Span]) -> Candles:
        """Give these candles and more of them; a newer row replaces an older one."""
        known = [self.row(index) for index in range(len(self))]
        return Candles.of(self.symbol, self.interval_ms, [*known, *rows], [*self.covered, *covered])

    def gaps(self) -> tuple[Gap, ...]:
        """Tell the times without candles between the first and the last that is known or was asked for."""
        if not self.open_ms and not self.covered:
            return ()
        ends = [span.until_ms for span in self.covered[-1:]] + [at + self.interval_ms for at in self.open_ms[-1:]]
        starts = [span.since_ms for span in self.covered[:1]] + list(self.open_ms[:1])
        holes, at = [], min(starts)
        for open_ms in (*self.open_ms, max(ends)):
            if open_ms > at:
                holes.append(Span(at, open_ms))
            at = max(at, open_ms + self.interval_ms)
        return tuple(gap for hole in holes for gap in self._told(hole))

    def _told(self, hole: Span) -> list[Gap]:
        """Cut a hole into what was asked for and what was not."""
        told, at = [], hole.since_ms
        for span in self.covered:
            since_ms, until_ms = max(at, span.since_ms), min(hole.until_ms, span.until_ms)
            if since_ms >= until_ms:
                continue
            if since_ms > at:
                told.append(Gap(at, since_ms, known=False))
            told.append(Gap(since_ms, until_ms, known=True))
            at = until_ms
        return [*told, Gap(at, hole.until_ms, known=False)] if at < hole.until_ms else told


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Put spans in order and join those that touch."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.since_ms <= merged[-1].until_ms:
            merged[-1] = Span(merged[-1].since_ms, max(merged[-1].until_ms, span.until_ms))
        else:
            merged.append(span)
    return tuple(merged)


def missing(covered: Iterable[Span], wanted: Span) -> tuple[Span, ...]:
    """Say what of a time was not asked for yet."""
    lacking, at = [], wanted.since_ms
    for span in joined(covered):
        if span.since_ms > at:
            lacking.append(Span(at, min(span.since_ms, wanted.until_ms)))
        at = max(at, span.until_ms)
    lacking.append(Span(at, wanted.until_ms))
    return tuple(span for span in lacking if span.since_ms < span.until_ms)


def _check(row: CandleRow, interval_ms: int) -> None:
    low, high = min(row.open, row.close), max(row.open, row.close)
    if not 0 < row.low <= low <= high <= row.high or row.volume < 0 or row.open_ms < 0:
        raise BadCandles(f"candle at {row.open_ms}: prices or volume do not fit together")
    if row.open_ms % interval_ms:
        raise BadCandles(f"candle at {row.open_ms}: not on a multiple of {interval_ms} ms")


def _exponent(values: Iterable[Decimal]) -> int:
    """Find the exponent of ten that all values are whole numbers of, not above zero."""
    least = min((_exponent_of(value) for value in values), default=0)
    if least < EXPONENT_MIN:
        raise BadCandles(f"more than {-EXPONENT_MIN} decimals")
    return min(0, least)


def _exponent_of(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise BadCandles(f"{value} is not a finite amount")
    return exponent


def _whole(value: Decimal, exponent: int) -> int:
    with exact():
        whole = int(value.scaleb(-exponent))
    if whole > WHOLE_MAX:
        raise BadCandles(f"{value} is too large to be kept with {-exponent} decimals")
    return whole
