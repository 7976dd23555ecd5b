"""A token bucket: how often something may happen, with a bounded burst."""

from collections.abc import Callable
from math import ceil
import time


class TokenBucket:
    """Starts full with ``burst`` tokens and gains ``per_s`` of them each second, up to ``burst``."""

    def __init__(self, *, burst: int, per_s: int, seconds: Callable[[], float] = time.monotonic) -> None:
        """``seconds`` is a clock that never goes back."""
        self._burst = burst
        self._per_s = per_s
        self._seconds = seconds
        self._tokens = float(burst)
        self._at = seconds()

    def take(self) -> int:
        """Take one token and give 0; if there is none, give the whole seconds until there is one."""
        now = self._seconds()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_s)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0
        return ceil((1 - self._tokens) / self._per_s)
