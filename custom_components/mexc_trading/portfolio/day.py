"""The trading day: where it starts and ends, and what its profit and loss is measured from."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

_NS_PER_S: Final = 1_000_000_000

PUNCTUAL_NS: Final = 60 * _NS_PER_S
"""A day that is opened within this time of its start was seen to begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingDay:
    """A day in force: its start (ns), the total PnL at its open and the highest since, in quote units."""

    start_ns: int
    open_pnl: Decimal
    peak_pnl: Decimal


def day_start_ns(now_ns: int, zone: tzinfo) -> int:
    """Give the last local midnight in ns since the epoch. A day through a clock change has 23 or 25 hours.

    Where the clocks skip midnight, the day starts when they do; where they repeat it, the first time.
    """
    return _midnight_ns(datetime.fromtimestamp(now_ns // _NS_PER_S, tz=zone))


def day_end_ns(now_ns: int, zone: tzinfo) -> int:
    """Give the next local midnight in ns since the epoch."""
    noon = datetime.fromtimestamp(now_ns // _NS_PER_S, tz=zone).replace(hour=12, fold=0)
    return _midnight_ns(noon + timedelta(days=1))


def _midnight_ns(local: datetime) -> int:
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return int(midnight.timestamp()) * _NS_PER_S


def opening_pnl(*, now_ns: int, start_ns: int, total_pnl: Decimal, last_value: tuple[int, Decimal] | None) -> Decimal:
    """Say what a day that is opened now is measured from, in quote units.

    A day that nobody saw begin, because the machine slept or prices were missing, opens at the last value before it, or
    at the first one after if that is higher: a loss that was not seen counts as the new day's, a gain that was not seen
    is no room to lose. A value from the future was seen before the clock was set back.
    """
    if now_ns - start_ns <= PUNCTUAL_NS or last_value is None or start_ns <= last_value[0] <= now_ns:
        return total_pnl
    return max(total_pnl, last_value[1])
