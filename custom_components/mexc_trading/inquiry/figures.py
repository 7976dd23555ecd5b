"""How figures are written for people and for accounting: times in UTC, amounts as decimal text."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from ..model.money import exact, plain

FINE: Final = Decimal("1E-12")
"""Amounts that come from a division, such as an average cost, are rounded to this when they are shown."""

_NS_PER_MS: Final = 1_000_000
_MS_PER_S: Final = 1000


def iso(at_ns: int) -> str:
    """Write a time in ns since the epoch as ISO 8601, to the millisecond."""
    seconds, ms = divmod(at_ns // _NS_PER_MS, _MS_PER_S)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"


def iso_or_none(at_ns: int | None) -> str | None:
    """Write a time that may not be there."""
    return iso(at_ns) if at_ns else None


def day(at_ns: int) -> str:
    """Write the day (UTC) that a time lies in."""
    return iso(at_ns)[:10]


def fine(value: Decimal) -> str:
    """Write an amount, rounded to :data:`FINE`."""
    with exact():
        return plain(value.quantize(FINE))
