"""The venue's clocks, both of which a test can move without waiting."""

import time


class VenueClock:
    """Two clocks: the one the venue tells, and the one it waits by.

    ``now_ms`` is the time of day in milliseconds that the venue puts in its
    answers and checks timestamps against; ``skew_ms`` shifts it. ``elapsed_s``
    is what lags, listen keys and rate windows run on; ``advance`` moves it
    forward, so that a test never sleeps.
    """

    def __init__(self) -> None:
        """Start with both clocks in step with this machine."""
        self.skew_ms = 0
        self._advanced_s = 0.0

    def now_ms(self) -> int:
        """Tell the venue's time of day in milliseconds since 1970."""
        return time.time_ns() // 1_000_000 + self.skew_ms

    def elapsed_s(self) -> float:
        """Tell seconds since an arbitrary moment; never goes back."""
        return time.monotonic() + self._advanced_s

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` (zero or more) pass for lags, keys and windows."""
        if seconds < 0:
            msg = "time does not go back"
            raise ValueError(msg)
        self._advanced_s += seconds
