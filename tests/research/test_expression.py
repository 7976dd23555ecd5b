"""The rule language: what it says, what it refuses and where, and that its indicators are what they are called."""

from collections.abc import Iterable
from itertools import pairwise
import math
import random
from statistics import fmean, pstdev

import pytest

from custom_components.mexc_trading.research.expression import Compiler
from custom_components.mexc_trading.research.indicators import Bar
from custom_components.mexc_trading.research.places import ExpressionError

type Prices = list[tuple[float, float, float, float]]


def walk(count: int, seed: int = 7) -> Prices:
    """Make candles of a random walk: open, high, low, close."""
    chance, price, made = random.Random(seed), 100.0, []
    for _ in range(count):
        close = price * (1 + chance.gauss(0, 0.002))
        made.append((price, max(price, close) * 1.001, min(price, close) * 0.999, close))
        price = close
    return made


def played(expression: str, candles: Iterable[tuple[float, float, float, float]]) -> list[bool | None]:
    """Evaluate an expression after each candle; None while it is not ready."""
    bar = Bar()
    compiler = Compiler(bar)
    condition = compiler.condition(expression)
    outcome: list[bool | None] = []
    for bar.open, bar.high, bar.low, bar.close in candles:
        for series in compiler.series:
            series.update()
        outcome.append(bool(condition()) if all(series.ready for series in compiler.series) else None)
    return outcome


def followed(word: str, candles: Prices) -> list[float]:
    """Give the values of one series after each candle."""
    bar = Bar()
    compiler = Compiler(bar)
    compiler.condition(f"{word} > 0")
    (series,) = compiler.series
    values = []
    for bar.open, bar.high, bar.low, bar.close in candles:
        series.update()
        values.append(series.value if series.ready else math.nan)
    return values


def naive_ema(closes: list[float], length: int) -> float:
    """Work an exponential mean out from the beginning."""
    value = fmean(closes[:length])
    for close in closes[length:]:
        value += (close - value) * 2 / (length + 1)
    return value


def naive_rsi(closes: list[float], length: int) -> float:
    """Work Wilder's index out from the beginning."""
    changes = [now - before for before, now in pairwise(closes)]
    gain = sum(max(change, 0) for change in changes[:length]) / length
    loss = sum(max(-change, 0) for change in changes[:length]) / length
    for change in changes[length:]:
        gain = (gain * (length - 1) + max(change, 0)) / length
        loss = (loss * (length - 1) + max(-change, 0)) / length
    return 100 - 100 / (1 + gain / loss)


def test_indicators_against_plain_definitions() -> None:
    """Given a random walk, then each indicator equals its definition, worked out from the start, at many places."""
    candles = walk(3_000)
    closes = [candle[3] for candle in candles]
    kept = {
        word: followed(word, candles) for word in ("sma(20)", "ema(20)", "rsi(14)", "stdev(20)", "ago(5)", "atr(10)")
    }
    kept |= {word: followed(word, candles) for word in ("highest(30)", "lowest(30)")}
    for at in (30, 31, 999, 1_000, 1_001, 2_500, 2_999):
        upto = closes[: at + 1]
        last = candles[at - 29 : at + 1]
        assert kept["sma(20)"][at] == pytest.approx(fmean(upto[-20:]), rel=1e-12)
        assert kept["ema(20)"][at] == pytest.approx(naive_ema(upto, 20), rel=1e-12)
        assert kept["rsi(14)"][at] == pytest.approx(naive_rsi(upto, 14), rel=1e-9)
        assert kept["stdev(20)"][at] == pytest.approx(pstdev(upto[-20:]), rel=1e-6)
        assert kept["ago(5)"][at] == upto[-6]
        assert kept["highest(30)"][at] == max(candle[1] for candle in last)
        assert kept["lowest(30)"][at] == min(candle[2] for candle in last)
    ranges = [
        max(high - low, abs(high - before), abs(low - before))
        for (_, high, low, _), before in zip(candles[1:], closes, strict=False)
    ]
    expected = fmean([candles[0][1] - candles[0][2], *ranges[:9]])
    for spread in ranges[9:]:
        expected += (spread - expected) / 10
    assert kept["atr(10)"][-1] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("word", "ready_after"),
    [
        ("sma(20)", 20),
        ("ema(20)", 20),
        ("rsi(14)", 15),
        ("atr(10)", 10),
        ("highest(3)", 3),
        ("ago(5)", 6),
        ("stdev(4)", 4),
    ],
)
def test_an_indicator_says_when_it_is_ready(word: str, ready_after: int) -> None:
    """Given candles one by one, then an indicator has a value from the candle on that it needs, and not before."""
    values = followed(word, walk(40))
    assert all(math.isnan(value) for value in values[: ready_after - 1])
    assert not any(math.isnan(value) for value in values[ready_after - 1 :])


def test_the_cross_of_two_means() -> None:
    """Given two means, then a cross is true exactly on the candles where one passes the other."""
    candles = walk(2_000)
    fast, slow = followed("ema(5)", candles), followed("ema(20)", candles)
    up = played("cross_above(ema(5), ema(20))", candles)
    down = played("cross_below(ema(5), ema(20))", candles)
    for at in range(21, 2_000):
        assert up[at] == (fast[at - 1] <= slow[at - 1] and fast[at] > slow[at])
        assert down[at] == (fast[at - 1] >= slow[at - 1] and fast[at] < slow[at])
    assert sum(map(bool, up)) > 20


def test_a_cross_is_seen_whatever_stands_before_it() -> None:
    """Given a cross behind a condition that is false, then it follows the candles all the same."""
    candles = walk(500)
    plain = played("cross_above(ema(5), ema(20))", candles)
    behind = played("close < 0 or cross_above(ema(5), ema(20))", candles)
    assert behind == plain


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("close > open", True),
        ("close > open and not close < open", True),
        ("1 < 2 < 3", True),
        ("1 < 2 > 3", False),
        ("close - open == 10 and (high - low) / 2 >= 10", True),
        ("-close < 0 or 1 / 0 > 0", True),
        ("1 / 0 > 0", False),
        ("max(open, close) == 110 and min(open, close) == 100 and abs(open - close) * 2 == 20", True),
        ("close != 110", False),
        ("low <= 95\n  and high >= 115", True),
        ("volume >= 0", False),
    ],
)
def test_what_expressions_say(expression: str, expected: bool) -> None:
    """Given a candle from 100 to 110 between 95 and 115, then an expression is what arithmetic makes of it."""
    assert played(expression, [(100.0, 115.0, 95.0, 110.0)]) == [expected]


@pytest.mark.parametrize(
    ("expression", "place", "word"),
    [
        ("", (1, 1), "empty"),
        ("close > ", (1, 9), ""),
        ("close > > 2", (1, 9), ""),
        ("close >\n foo", (2, 2), "'foo' is not known"),
        ("close > 1 and ema", (1, 15), "needs arguments"),
        ("close > 1 and rsi(14) < sma(n)", (1, 25), "whole number"),
        ("ema(0) > 1", (1, 1), "whole number"),
        ("ema(5001) > 1", (1, 1), "whole number"),
        ("ema(1.5) > 1", (1, 1), "whole number"),
        ("close > 1 and system(1) > 2", (1, 15), "'system' is not known"),
        ("cross_above(close)", (1, 1), "cross_above(a, b)"),
        ("ema(20)", (1, 1), "is a number"),
        ("close > 1 and ema(20)", (1, 15), "must be a condition"),
        ("close > (open > 1)", (1, 10), "must be a number"),
        ("close > 'x'", (1, 9), "not a number"),
        ("close > true", (1, 9), "not a number"),
        ("close.real > 1", (1, 1), "getattr"),
        ("close['x'] > 1", (1, 1), "getitem"),
        ("close|abs > 1", (1, 1), "filter"),
        ("ema(20)(3) > 1", (1, 1), "only the words"),
        ("ema(n=20) > 1", (1, 1), "without names"),
        ("max(1) > 1", (1, 1), "takes 2"),
        ("close in (1, 2)", (1, 1), "'in' is not part"),
        ("close ** 2 > 1", (1, 1), "'pow' is not part"),
        ("close > 1 }} {{ close", (1, 1), "not one expression"),
        ("close > 1 }}{% set a = 1 %}{{ close > 1", (1, 1), "not one expression"),
        ("close > 1 ? 2", (1, 11), "unexpected char"),
        ("(close > 1", (1, 11), ""),
        ("close > 1)", (1, 10), ""),
        ("x" * 1_001, (1, 1_001), "longer"),
        ("(" * 450 + "1" + ")" * 450 + " > 1", (1, 1), ""),
        ("not " * 240 + "close > 1", (1, 1), ""),
    ],
)
def test_what_is_refused_and_where(expression: str, place: tuple[int, int], word: str) -> None:
    """Given an expression that is none, then it is refused when it is compiled, with the place and the reason."""
    try:
        Compiler(Bar()).condition(expression)
    except ExpressionError as error:
        assert (error.line, error.column) == place  # noqa: PT017 # deep nesting may also pass
        assert word in error.message  # noqa: PT017
    else:
        assert expression.startswith(("(((", "not not"))


def test_equal_parts_are_worked_out_once() -> None:
    """Given the same indicator in two expressions, then there is one series of it."""
    compiler = Compiler(Bar())
    compiler.condition("cross_above(ema(20), ema(60))")
    compiler.condition("cross_below(ema(20), ema(60)) or ema( 20 ) < close")
    assert len(compiler.series) == 4
