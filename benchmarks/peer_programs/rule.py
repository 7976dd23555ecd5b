"""What the peers' programs share: the candles as they were written for them, and the rule's indicators ready made.

Standard library only, so that it can be read in every peer's environment.
"""

from array import array
from pathlib import Path

FAST, SLOW, STRENGTH, STRONG = 20, 60, 14, 70
"""Lengths of the two means and of the strength index, and above what it is too strong to enter."""


def columns(path: str) -> tuple[array, list[array]]:
    """Read the opening times (ms), then opens, highs, lows and closes."""
    raw = Path(path).read_bytes()
    size = len(raw) // 5
    times = array("q")
    times.frombytes(raw[:size])
    prices = []
    for at in range(1, 5):
        prices.append(array("d"))
        prices[-1].frombytes(raw[size * at : size * (at + 1)])
    return times, prices


def ema(closes: list[float], length: int) -> list[float]:
    """Exponential mean, started at the plain mean."""
    values = [float("nan")] * (length - 1)
    values.append(sum(closes[:length]) / length)
    for close in closes[length:]:
        values.append(values[-1] + (close - values[-1]) * (2 / (length + 1)))
    return values


def rsi(closes: list[float], length: int) -> list[float]:
    """Wilder's relative strength index."""
    values = [float("nan")] * len(closes)
    gain = loss = 0.0
    for at in range(1, len(closes)):
        change = closes[at] - closes[at - 1]
        keep = (length - 1) / length if at > length else 1
        gain = gain * keep + max(change, 0) / length
        loss = loss * keep + max(-change, 0) / length
        if at >= length:
            values[at] = 100 * gain / (gain + loss) if gain + loss else 50.0
    return values


def signals(closes: list[float]) -> tuple[list[bool], list[bool]]:
    """Say at which closes the rule enters, and at which it leaves."""
    spread = [fast - slow for fast, slow in zip(ema(closes, FAST), ema(closes, SLOW), strict=True)]
    strength = rsi(closes, STRENGTH)
    enter, leave = [False] * len(closes), [False] * len(closes)
    for at in range(1, len(closes)):
        before, now = spread[at - 1], spread[at]
        enter[at] = before <= 0 < now and strength[at] < STRONG
        leave[at] = before >= 0 > now
    return enter, leave
