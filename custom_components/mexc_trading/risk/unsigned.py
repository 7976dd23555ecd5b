"""What a source may do at most that cannot sign its signals: anybody who has seen one message can send another."""

from decimal import Decimal
from typing import Final

from .limits import Limits
from .tighten import tighten

UNSIGNED: Final = Limits(
    max_notional_per_order=Decimal(100),
    max_signals_per_minute=6,
    max_orders_per_minute=6,
    max_repeats=12,
    repeat_window_s=3600,
)
"""At most 100 quote units an entry, six in a minute, and after twelve in an hour a person looks."""


def without_signature(own: Limits | None) -> Limits:
    """Give a strategy's limits, none of them looser than what a source without signature may do."""
    return UNSIGNED if own is None else tighten(own, UNSIGNED)
