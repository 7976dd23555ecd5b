"""A bounded window of measurements: what figures over "the last day" are taken from."""

from bisect import bisect_left, insort
from collections import deque
from decimal import Decimal
from typing import NamedTuple

from ..model.money import ONE, ZERO


class Sample(NamedTuple):
    """One measurement: when (ns), its value, and how much it counts for."""

    at_ns: int
    value: Decimal
    weight: Decimal


class Samples:
    """The latest measurements of a window, at most ``most`` of them; the oldest go first. Reading takes no time."""

    def __init__(self, *, window_ns: int, most: int) -> None:
        """Start empty."""
        self._window_ns = window_ns
        self._most = most
        self._kept: deque[Sample] = deque()
        self._ordered: list[Decimal] = []
        self._sum = ZERO
        self._weight = ZERO

    def add(self, at_ns: int, value: Decimal, weight: Decimal = ONE) -> None:
        """Take a measurement."""
        if len(self._kept) == self._most:
            self._drop_oldest()
        self._kept.append(Sample(at_ns, value, weight))
        insort(self._ordered, value)
        self._sum += value * weight
        self._weight += weight

    def mean(self, now_ns: int) -> Decimal | None:
        """Give the mean by weight; None without any weight."""
        self._forget(now_ns)
        return self._sum / self._weight if self._weight else None

    def percentile(self, percent: int, now_ns: int) -> Decimal | None:
        """Give the smallest value that ``percent`` (1 to 100) of the measurements do not exceed; None without any."""
        self._forget(now_ns)
        if not self._ordered:
            return None
        return self._ordered[max(1, -(-len(self._ordered) * percent // 100)) - 1]

    def _forget(self, now_ns: int) -> None:
        """Drop what is older than the window."""
        while self._kept and self._kept[0].at_ns <= now_ns - self._window_ns:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        sample = self._kept.popleft()
        del self._ordered[bisect_left(self._ordered, sample.value)]
        self._sum -= sample.value * sample.weight
        self._weight -= sample.weight
        if not self._kept:
            # Sums that were rounded on the way need not come back to zero by themselves.
            self._sum = self._weight = ZERO
