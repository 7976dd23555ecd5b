"""A journal that measures how long its writes take, sync included."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
import time
from typing import Final

from ..engine.ports import Draft, Head, Journal, Record, Unwritable

WRITES_KEPT: Final = 500
"""Writes that the figures are taken from: the slowest hundredth is then one of five."""

_NS_PER_US: Final = 1_000


class TimedJournal:
    """Passes everything on, and times what is written."""

    def __init__(self, journal: Journal, ticks: Callable[[], int] = time.monotonic_ns) -> None:
        """Stand before a journal. ``ticks`` is a monotonic clock in ns."""
        self._journal = journal
        self._ticks = ticks
        self._took_us: deque[int] = deque(maxlen=WRITES_KEPT)
        self._slowest_us = 0

    @property
    def head(self) -> Head:
        """The last durable record."""
        return self._journal.head

    @property
    def p99_us(self) -> int | None:
        """The time in µs that 99 of 100 of the latest writes did not exceed; None before the first."""
        took_us = sorted(self._took_us)
        return took_us[-(-len(took_us) * 99 // 100) - 1] if took_us else None

    def slowest_us(self) -> int:
        """Give the longest that a write took since this was last asked, in µs."""
        slowest_us, self._slowest_us = self._slowest_us, 0
        return slowest_us

    def records(self, after_seq: int = 0) -> Iterator[Record]:
        """Read records in order."""
        return self._journal.records(after_seq)

    def find(self, key: str, after_seq: int = 0) -> Sequence[Record]:
        """Read the records of one key."""
        return self._journal.find(key, after_seq)

    async def append(self, drafts: Sequence[Draft]) -> Head | Unwritable:
        """Write, and note how long it took; a write that was refused took its time too."""
        began = self._ticks()
        try:
            return await self._journal.append(drafts)
        finally:
            took_us = (self._ticks() - began) // _NS_PER_US
            self._took_us.append(took_us)
            self._slowest_us = max(self._slowest_us, took_us)

    async def close(self) -> None:
        """Close."""
        await self._journal.close()
