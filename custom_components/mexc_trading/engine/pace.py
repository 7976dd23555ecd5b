"""How often the venue is asked what: often while something is at stake, seldom while nothing is, or while it tells.

The intervals of design section 7 are kept wherever a hint that is missing could hurt. Orders in doubt, and orders that
should end soon, are not here: the agenda looks at those every few seconds, whatever the streams say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from ..model.elapsed import passed

_NS_PER_S: Final = 1_000_000_000

WHOLE_S: Final = 86_400
"""Seconds between comparisons of everything."""

LOOK_S: Final = 15
LOOK_IDLE_S: Final = 30
"""Seconds between two looks at what is due. A look itself asks nothing."""


class Stake(StrEnum):
    """What of ours is at the venue, the most pressing first."""

    ORDER = "order"
    POSITION = "position"
    NOTHING = "nothing"


class Every(NamedTuple):
    """Seconds between reads of each kind; None: not at all."""

    clock: int
    open_orders: int
    balances: int
    trades: int | None


UNHEARD: Final[Mapping[Stake, Every]] = MappingProxyType(
    {
        Stake.ORDER: Every(clock=30, open_orders=15, balances=30, trades=300),
        Stake.POSITION: Every(clock=30, open_orders=15, balances=30, trades=300),
        Stake.NOTHING: Every(clock=30, open_orders=300, balances=300, trades=None),
    }
)
"""While the account's stream does not flow, or told of something that was not read yet.

With nothing at stake, reads would only show what others do. The clock is also how an absent venue is noticed.
"""

HEARD: Final[Mapping[Stake, Every]] = MappingProxyType(
    {
        Stake.ORDER: Every(clock=300, open_orders=15, balances=120, trades=300),
        Stake.POSITION: Every(clock=300, open_orders=60, balances=120, trades=300),
        Stake.NOTHING: Every(clock=300, open_orders=900, balances=900, trades=None),
    }
)
"""While the account's stream flows and is silent.

An order of ours that works is listed as often as ever: if the push of its fill got lost, a position would be without
its stop until somebody looks. The clock drifts 15 ms in 300 s, and one that was set is noticed without asking.
"""


class Reads(NamedTuple):
    """What is to be read now. ``whole``: everything, with the venue's history."""

    clock: bool
    open_orders: bool
    balances: bool
    trades: bool
    whole: bool

    @property
    def of_account(self) -> bool:
        """Whether there is anything to read of the account."""
        return self.open_orders or self.balances or self.trades or self.whole


HISTORY: Final = Reads(clock=False, open_orders=False, balances=False, trades=False, whole=True)
"""The venue's history alone: the longest part of a whole comparison."""


@dataclass(slots=True)
class Pace:
    """When each kind of read was last done (ns). Lost with the process: a boot reads everything, which is right."""

    heard: bool = False
    """Whether the account's stream flows."""

    _last: dict[str, int] = field(default_factory=dict)
    _stirred: set[str] = field(default_factory=set)
    """What the stream told of, and nobody has read since."""

    _asked: set[str] = field(default_factory=set)
    """What was forgotten or stirred since :meth:`due` was asked: reads that began before do not count for it."""

    def due(self, now_ns: int, stake: Stake) -> Reads:
        """Say what is to be read."""
        self._asked.clear()
        if self._over("whole", WHOLE_S, now_ns):
            return Reads(clock=True, open_orders=True, balances=True, trades=True, whole=True)
        unheard, heard = UNHEARD[stake], HEARD[stake] if self.heard else UNHEARD[stake]
        orders_s = (unheard if "open_orders" in self._stirred else heard).open_orders
        balances_s = (unheard if "balances" in self._stirred else heard).balances
        return Reads(
            clock=self._over("clock", heard.clock, now_ns),
            open_orders=self._over("open_orders", orders_s, now_ns),
            balances=self._over("balances", balances_s, now_ns),
            trades=heard.trades is not None and self._over("trades", heard.trades, now_ns),
            whole=False,
        )

    def done(self, reads: Reads, now_ns: int) -> None:
        """Note that these reads all got an answer."""
        done = {name for name, read in reads._asdict().items() if read} - self._asked
        self._last |= dict.fromkeys(done, now_ns)
        self._stirred -= done

    def forget(self, *names: str) -> None:
        """Make these kinds of reads due."""
        self._asked.update(names)
        for name in names:
            self._last.pop(name, None)

    def stir(self) -> None:
        """Note that the stream told of something in the account that is not known."""
        self._stirred |= {"open_orders", "balances"}
        self._asked |= self._stirred

    def _over(self, name: str, every_s: int, now_ns: int) -> bool:
        last_ns = self._last.get(name)
        return last_ns is None or passed(last_ns, every_s * _NS_PER_S, now_ns)
