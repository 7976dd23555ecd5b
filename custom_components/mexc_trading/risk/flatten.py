"""Selling everything: not done when the orders are sent, but when the venue was seen to hold nothing of ours, twice."""

from dataclasses import dataclass, replace
from typing import Final

READS_WANTED: Final = 2
"""Fresh reads in a row that must find nothing of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatten:
    """A flattening under way, or done: since when (ns), by whom, why, and the reads that found nothing of ours."""

    since_ns: int
    who: str
    why: str
    flat_reads: int = 0
    read_ns: int = 0
    """When the last read that counted began."""

    @property
    def done(self) -> bool:
        """Whether enough fresh reads in a row found nothing."""
        return self.flat_reads >= READS_WANTED

    def seen(self, *, started_ns: int, flat: bool) -> Flatten:
        """Take in a read that began at ``started_ns``. One that found something starts the count anew."""
        return replace(self, flat_reads=self.flat_reads + 1 if flat else 0, read_ns=started_ns)
