"""Repeatable noise: the same seed and numbers always give the same value."""

import math

_MASK = (1 << 64) - 1


def noise(*parts: int) -> float:
    """Mix integers (splitmix64) into a number from 0 up to, not including, 1."""
    state = 0
    for part in parts:
        state = (state + (part & _MASK) + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state / (_MASK + 1)


def number_of(text: str) -> int:
    """Turn a name into a stable integer."""
    return int.from_bytes(text.encode(), "big") & _MASK


def curve(seed: int, minute: int) -> float:
    """Give the logarithm of a wandering price at a minute since 1970.

    Three slow waves with seeded phases and a little noise: about ten percent
    up and down over weeks, some tenths of a percent within an hour.
    """
    waves = ((0.06, 43_000), (0.025, 7_900), (0.008, 610))
    total = 0.002 * noise(seed, minute, 1)
    for index, (height, period) in enumerate(waves):
        total += height * math.sin(2 * math.pi * (minute / period + noise(seed, index, 2)))
    return total
