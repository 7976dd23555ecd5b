"""The words of the rule language: what each is called with, and what it makes. One row a word."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .indicators import NAN, Ago, Atr, Bar, Cross, Ema, Extreme, Number, Rsi, Series, Sma, Stdev


class Kind(StrEnum):
    """What an expression is: a figure, or true or false."""

    NUMBER = "a number"
    CONDITION = "a condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesWord:
    """A word that follows the candles. ``length``: its first argument is a count of candles, written as a number."""

    make: Callable[[int, tuple[Number, ...], Bar], Series]
    length: bool = True
    figures: tuple[int, int] = (0, 0)
    """The least and the most figures that it takes besides."""

    kind: Kind = Kind.NUMBER
    usage: str


def _close(bar: Bar, figures: tuple[Number, ...]) -> Number:
    """What an indicator follows: what it was given, else the close."""
    return figures[0] if figures else lambda: bar.close


PRICES: Final = ("open", "high", "low", "close", "volume")
"""Names of the latest candle's figures."""

SERIES: Final = {
    "sma": SeriesWord(make=lambda n, of, bar: Sma(n, _close(bar, of)), figures=(0, 1), usage="sma(n, of=close)"),
    "ema": SeriesWord(make=lambda n, of, bar: Ema(n, _close(bar, of)), figures=(0, 1), usage="ema(n, of=close)"),
    "rsi": SeriesWord(make=lambda n, of, bar: Rsi(n, _close(bar, of)), figures=(0, 1), usage="rsi(n, of=close)"),
    "stdev": SeriesWord(make=lambda n, of, bar: Stdev(n, _close(bar, of)), figures=(0, 1), usage="stdev(n, of=close)"),
    "ago": SeriesWord(make=lambda n, of, bar: Ago(n, _close(bar, of)), figures=(0, 1), usage="ago(n, of=close)"),
    "atr": SeriesWord(make=lambda n, _of, bar: Atr(n, bar), usage="atr(n)"),
    "highest": SeriesWord(
        make=lambda n, of, bar: Extreme(n, of[0] if of else lambda: bar.high, highest=True),
        figures=(0, 1),
        usage="highest(n, of=high)",
    ),
    "lowest": SeriesWord(
        make=lambda n, of, bar: Extreme(n, of[0] if of else lambda: bar.low, highest=False),
        figures=(0, 1),
        usage="lowest(n, of=low)",
    ),
    "cross_above": SeriesWord(
        make=lambda _n, of, _bar: Cross(of[0], of[1], above=True),
        length=False,
        figures=(2, 2),
        kind=Kind.CONDITION,
        usage="cross_above(a, b)",
    ),
    "cross_below": SeriesWord(
        make=lambda _n, of, _bar: Cross(of[0], of[1], above=False),
        length=False,
        figures=(2, 2),
        kind=Kind.CONDITION,
        usage="cross_below(a, b)",
    ),
}

FUNCTIONS: Final[dict[str, tuple[int, Callable[..., float]]]] = {"abs": (1, abs), "max": (2, max), "min": (2, min)}
"""Plain functions of so many figures."""


def usage_of(name: str) -> str | None:
    """Show how a word that takes arguments is written; None: it is none."""
    if name in SERIES:
        return SERIES[name].usage
    if name not in FUNCTIONS:
        return None
    return f"{name}(a, b)" if FUNCTIONS[name][0] > 1 else f"{name}(a)"


def divide(first: float, second: float) -> float:
    """Divide; by zero gives no number, and so a comparison that is not true."""
    return first / second if second else NAN
