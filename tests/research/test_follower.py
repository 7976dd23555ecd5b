"""A rule strategy that follows candles takes each once, whoever gives them how often, and is warmed up long enough."""

from custom_components.mexc_trading.research.follower import WARM_UP_MAX, WARM_UP_MIN, Follower
from custom_components.mexc_trading.research.rule_strategy import Wish

from .market import MIN, rules, walk


def test_no_candle_is_taken_twice() -> None:
    """Given candles that come again, alone or with newer ones, then what is wanted is as if each had come once."""
    candles = walk(400, 3)
    rows = [candles.row(index) for index in range(len(candles))]
    once, often = Follower(rules(), MIN), Follower(rules(), MIN)
    wanted = [once.take(row, holding=False) for row in rows]

    again = [often.catch_up(rows[max(0, at - 5) : at + 1], held_since_ms=None) for at in range(len(rows))]

    assert again == wanted
    assert wanted.count(Wish.ENTER) > 3
    assert often.catch_up(rows[-5:], held_since_ms=None) is None


def test_the_warm_up_fits_the_rules() -> None:
    """Given rules that look back on little or much, then so much is read first, within bounds."""
    assert Follower(rules("close > 0", "close < 0"), MIN).warm_up == WARM_UP_MIN
    assert 20 * 260 < Follower(rules("close > ema(200, ema(60))", "close < 0"), MIN).warm_up < 20 * 300
    assert Follower(rules("close > ema(5000)", "close < 0"), MIN).warm_up == WARM_UP_MAX
