"""How often the venue is asked what: often while there is something at stake, seldom while there is nothing."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

_NS_PER_S: Final = 1_000_000_000

OPEN_ORDERS_S: Final = 15
BALANCES_S: Final = 30
TRADES_S: Final = 300
WHOLE_S: Final = 86_400
"""Seconds between reads of each kind while orders work or anything is held."""

IDLE_S: Final = 300
"""Seconds between reads of open orders and balances while nothing is: they would only show what others do."""


class Reads(NamedTuple):
    """What is to be read now. ``whole``: everything, with the venue's history."""

    open_orders: bool
    balances: bool
    trades: bool
    whole: bool

    @property
    def any(self) -> bool:
        """Whether there is anything to read."""
        return self.open_orders or self.balances or self.trades or self.whole


@dataclass(slots=True)
class Pace:
    """When each kind of read was last done (ns). Lost with the process: a boot reads everything, which is right."""

    _last: dict[str, int] = field(default_factory=dict)
    _stale: set[str] = field(default_factory=set)
    """What was forgotten since :meth:`due` was asked: reads that began before do not count for it."""

    def due(self, now_ns: int, *, busy: bool) -> Reads:
        """Say what is to be read."""
        self._stale.clear()
        if self._over("whole", WHOLE_S, now_ns):
            return Reads(open_orders=True, balances=True, trades=True, whole=True)
        return Reads(
            open_orders=self._over("open_orders", OPEN_ORDERS_S if busy else IDLE_S, now_ns),
            balances=self._over("balances", BALANCES_S if busy else IDLE_S, now_ns),
            trades=busy and self._over("trades", TRADES_S, now_ns),
            whole=False,
        )

    def done(self, reads: Reads, now_ns: int) -> None:
        """Note that these reads all got an answer."""
        self._last |= {name: now_ns for name, read in reads._asdict().items() if read and name not in self._stale}

    def forget(self, *, whole: bool = True) -> None:
        """Make everything due, with the daily read or without."""
        for name in Reads._fields:
            if whole or name != "whole":
                self._stale.add(name)
                self._last.pop(name, None)

    def wait_s(self, *, busy: bool) -> float:
        """Give the time between two looks at what is due."""
        return OPEN_ORDERS_S if busy else BALANCES_S

    def _over(self, name: str, every_s: int, now_ns: int) -> bool:
        """Whether a wait is over; a clock that was set back ends it too."""
        last_ns = self._last.get(name)
        return last_ns is None or not 0 <= now_ns - last_ns < every_s * _NS_PER_S
