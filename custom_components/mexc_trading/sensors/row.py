"""What a row of a sensor table holds, and how figures become attributes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from homeassistant.components.sensor import SensorEntityDescription

from ..bridge.read_model import ReadModel
from ..model.money import plain

type Attributes = dict[str, object]

_NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class BookSensorDescription(SensorEntityDescription):
    """One row. ``needs_venue``: the figure depends on prices, so it is not shown while the venue is away."""

    value_fn: Callable[[ReadModel], Decimal | int | str | None]
    attributes_fn: Callable[[ReadModel], Attributes] | None = None
    last_reset_fn: Callable[[ReadModel], datetime | None] | None = None
    needs_venue: bool = False
    every_s: float = 0.0
    """Least seconds between two writes; 0: what changes is written at once."""

    state_at_once: bool = False
    """Whether the state does not wait for that, only the attributes."""


def rounded(value: object, precision: int | None) -> object:
    """Round a figure to the decimals that are shown of it."""
    return value if precision is None or not isinstance(value, Decimal) else round(value, precision)


def text(value: Decimal | None) -> str | None:
    """Write an amount exactly."""
    return None if value is None else plain(value)


def shown(value: Decimal, digits: int | None) -> Decimal:
    """Give a figure, but nothing for what is below zero and would be shown as zero with a minus sign."""
    rounds_away = digits is not None and value < 0 and not round(value, digits)
    return Decimal(0) if rounds_away else value


def moment(at_ns: int) -> datetime:
    """Give a time in ns as Home Assistant wants it, to the second."""
    return datetime.fromtimestamp(at_ns // _NS_PER_S, UTC)
