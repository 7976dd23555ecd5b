"""The beat that everything periodic keeps, so that an idle process wakes up once for all of it.

To wake a processor up costs many times what is done then.
"""

from math import floor


def beat_s(now_s: float, every_s: float) -> float:
    """Give the seconds from ``now_s`` to a whole multiple of ``every_s``: the next one, unless that is too close."""
    wait_s = (floor(now_s / every_s) + 1) * every_s - now_s
    return wait_s if wait_s >= every_s / 2 else wait_s + every_s
