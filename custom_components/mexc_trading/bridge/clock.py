"""The real clock."""

import time


class SystemClock:
    """Wall-clock time of this machine."""

    def now_ns(self) -> int:
        """Give the time in ns since the epoch (UTC)."""
        return time.time_ns()
