"""The request budget: what may be sent now, with shares that only exits and reconciliation may touch (fact sheet 6).

The venue reports no usage, so everything is counted here. Its texts disagree; these are the tightest readings.
"""

from collections import deque
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .breaker import NS_PER_S
from .lanes import Purpose

REQUESTS_PER_S: Final = 20
ORDER_OPS_PER_S: Final = 12
WEIGHT_PER_10_S: Final = 300

WINDOW_MARGIN: Final = 1.1
"""Windows are a tenth longer than the venue's: the way there is not equally long for every request."""

SHARES: Final = MappingProxyType(
    {Purpose.ORDINARY: 0.7, Purpose.SWEEP: 0.8, Purpose.RECONCILIATION: 0.8, Purpose.EXIT: 1.0}
)
"""How full each limit may be for a call still to go: a fifth is kept for exits, a tenth more for reconciliation."""

SWEEP_SHARE: Final = 0.5
"""How much of each limit sweeps may take themselves: what they leave below 0.7 is always there for entries."""

QUIET_S: Final = 1
QUIET_S_MAX: Final = 60
"""After a 429 without ``Retry-After``: 1 s, doubled by each further one, up to a minute."""

BAN_S: Final = 120
"""After a 418 without ``Retry-After``: the shortest ban that the venue speaks of."""

EXIT_QUIET_S_MAX: Final = 2
"""A throttle holds an exit up no longer than this. A ban holds everything: what is sent then prolongs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a request uses up."""

    weight: int
    order_op: bool


class _Window:
    """A sum over a sliding window."""

    def __init__(self, *, limit: int, seconds: float) -> None:
        """Start empty."""
        self.limit = limit
        self._span_ns = round(seconds * WINDOW_MARGIN * NS_PER_S)
        self._taken: deque[tuple[int, int]] = deque()
        self._sum = 0

    def used(self, now_ns: int) -> int:
        """Give the sum now."""
        while self._taken and self._taken[0][0] <= now_ns - self._span_ns:
            self._sum -= self._taken.popleft()[1]
        return self._sum

    def take(self, amount: int, now_ns: int) -> None:
        """Add."""
        self._taken.append((now_ns, amount))
        self._sum += amount

    def wait_ns(self, amount: int, share: float, now_ns: int) -> int:
        """Tell how long until so much fits under the share."""
        over = self.used(now_ns) + amount - max(amount, int(self.limit * share))
        for at_ns, taken in self._taken:
            if over <= 0:
                break
            over -= taken
            if over <= 0:
                return at_ns + self._span_ns - now_ns
        return 0


class Budget:
    """Counts what was sent and says how long the next call must wait. Time is monotonic ns and comes from outside."""

    def __init__(self) -> None:
        """Start with nothing used."""
        self._requests = _Window(limit=REQUESTS_PER_S, seconds=1)
        self._order_ops = _Window(limit=ORDER_OPS_PER_S, seconds=1)
        self._weight = _Window(limit=WEIGHT_PER_10_S, seconds=10)
        self._sweep_requests = _Window(limit=REQUESTS_PER_S, seconds=1)
        self._sweep_weight = _Window(limit=WEIGHT_PER_10_S, seconds=10)
        self._minute = _Window(limit=REQUESTS_PER_S * 60, seconds=60 / WINDOW_MARGIN)
        self._throttled_ns = 0
        self._quiet_until_ns = 0
        self._banned_until_ns = 0
        self._throttles = 0

    def wait_ns(self, cost: Cost, purpose: Purpose, now_ns: int) -> int:
        """Tell how long a call has to wait; 0: it may go, and must be taken at once."""
        share = SHARES[purpose]
        waits = [
            self.banned_ns(now_ns),
            self._quiet_ns(purpose, now_ns),
            self._requests.wait_ns(1, share, now_ns),
            self._weight.wait_ns(cost.weight, share, now_ns),
        ]
        if cost.order_op:
            waits.append(self._order_ops.wait_ns(1, share, now_ns))
        if purpose is Purpose.SWEEP:
            waits.append(self._sweep_requests.wait_ns(1, SWEEP_SHARE, now_ns))
            waits.append(self._sweep_weight.wait_ns(cost.weight, SWEEP_SHARE, now_ns))
        return max(waits)

    def take(self, cost: Cost, purpose: Purpose, now_ns: int) -> None:
        """Use up."""
        self._requests.take(1, now_ns)
        self._minute.take(1, now_ns)
        self._weight.take(cost.weight, now_ns)
        if cost.order_op:
            self._order_ops.take(1, now_ns)
        if purpose is Purpose.SWEEP:
            self._sweep_requests.take(1, now_ns)
            self._sweep_weight.take(cost.weight, now_ns)

    def throttled(self, retry_after_s: int | None, *, banned: bool, now_ns: int) -> None:
        """The venue wants fewer requests."""
        if banned:
            seconds = BAN_S if retry_after_s is None else retry_after_s
            self._banned_until_ns = max(self._banned_until_ns, now_ns + seconds * NS_PER_S)
            return
        seconds = min(QUIET_S << min(self._throttles, 6), QUIET_S_MAX) if retry_after_s is None else retry_after_s
        self._throttles += 1
        self._throttled_ns = now_ns
        self._quiet_until_ns = max(self._quiet_until_ns, now_ns + seconds * NS_PER_S)

    def answered(self) -> None:
        """The venue takes requests again."""
        self._throttles = 0

    def banned_ns(self, now_ns: int) -> int:
        """Tell how long the ban will last."""
        return max(0, self._banned_until_ns - now_ns)

    def quiet_ns(self, now_ns: int) -> int:
        """Tell how long ordinary calls are held back after a throttle."""
        return max(0, self._quiet_until_ns - now_ns)

    def weight_used(self, now_ns: int) -> int:
        """Give the weight of the last ten seconds."""
        return self._weight.used(now_ns)

    def requests_last_minute(self, now_ns: int) -> int:
        """Count the requests of the last minute."""
        return self._minute.used(now_ns)

    def _quiet_ns(self, purpose: Purpose, now_ns: int) -> int:
        """Tell how long a throttle holds a purpose up."""
        quiet_ns = self.quiet_ns(now_ns)
        if purpose is Purpose.EXIT:
            return min(quiet_ns, max(0, self._throttled_ns + EXIT_QUIET_S_MAX * NS_PER_S - now_ns))
        return quiet_ns
