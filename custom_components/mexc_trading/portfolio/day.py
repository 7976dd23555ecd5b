"""The trading day: where it starts, and what its profit and loss is measured from."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingDay:
    """A day in force: its start (ns), the total PnL at its open and the highest since, in quote units."""

    start_ns: int
    open_pnl: Decimal
    peak_pnl: Decimal


def day_start_ns(now_ns: int, zone: tzinfo) -> int:
    """Give the last local midnight in ns since the epoch. A day through a clock change has 23 or 25 hours."""
    local = datetime.fromtimestamp(now_ns // _NS_PER_S, tz=UTC).astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return int(midnight.timestamp()) * _NS_PER_S
