"""What happened lately, counted and added up over a window that rolls with time."""

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal

from ..model.money import ZERO


@dataclass(slots=True)
class Rolling:
    """Happenings in the order of their times (ns), each with an amount. Adding is quick, and so is asking.

    A clock that was set back makes nothing younger: such a happening takes the time of the one before it.
    """

    times: list[int] = field(default_factory=list)
    totals: list[Decimal] = field(default_factory=list)
    """The sum of all amounts up to and with each happening, forgotten ones included."""

    forgotten: Decimal = ZERO
    """The sum of those that were forgotten."""

    def add(self, at_ns: int, amount: Decimal = ZERO) -> None:
        """Note one more."""
        last = self.totals[-1] if self.totals else self.forgotten
        self.times.append(max(at_ns, self.times[-1]) if self.times else at_ns)
        self.totals.append(last + amount)

    def count(self, after_ns: int) -> int:
        """How many happened later than a moment."""
        return len(self.times) - bisect_right(self.times, after_ns)

    def sum(self, after_ns: int) -> Decimal:
        """What those amount to."""
        if not self.times:
            return ZERO
        start = bisect_right(self.times, after_ns)
        return self.totals[-1] - (self.totals[start - 1] if start else self.forgotten)

    def forget(self, until_ns: int, *, most: int) -> None:
        """Drop what happened until a moment, and the oldest beyond ``most``."""
        start = max(bisect_right(self.times, until_ns), len(self.times) - most)
        if start > 0:
            self.forgotten = self.totals[start - 1]
            del self.times[:start], self.totals[:start]

    def copy(self) -> Rolling:
        """Give one that goes its own way from here."""
        return Rolling(list(self.times), list(self.totals), self.forgotten)
