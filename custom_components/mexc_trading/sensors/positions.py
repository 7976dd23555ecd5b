"""Sensors of open positions, two for each symbol that is held: what it is worth, and what it would win or lose."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from homeassistant.components.sensor import SensorEntityDescription, SensorStateClass

from ..bridge.read_model import PositionView, ReadModel
from ..const import QUOTE_DEFAULT
from ..model.ids import Symbol
from .row import Attributes, text

PREFIX: Final = "position_"
"""What the keys of these sensors begin with."""


LINGER_S: Final = 3600
"""How long the sensors of a position stay when it was closed. A strategy that comes back soon finds them as they were:
each coming and going costs Home Assistant's registry and its recorder several rows."""

MARK_PRICE: Final = "mark_price"
"""The attribute that moves all the time; what it comes to is the state."""


@dataclass(frozen=True, kw_only=True)
class PositionSensorDescription(SensorEntityDescription):
    """One row, for each symbol that is held."""

    value_fn: Callable[[PositionView], Decimal | None]
    attributes_fn: Callable[[PositionView], Attributes] | None = None

    def key_of(self, symbol: Symbol) -> str:
        """Name one symbol's sensor."""
        return f"{PREFIX}{symbol}_{self.key}"


def _holding(view: PositionView) -> Attributes:
    return {
        "quantity": text(view.quantity),
        "average_price": text(view.average_price),
        MARK_PRICE: text(view.mark_price),
        "stop_price": text(view.stop_price),
        "target_price": text(view.target_price),
    }


POSITIONS: Final = (
    PositionSensorDescription(
        key="worth",
        translation_key="position_worth",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        value_fn=lambda view: view.worth,
        attributes_fn=_holding,
    ),
    PositionSensorDescription(
        key="pnl",
        translation_key="position_pnl",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        value_fn=lambda view: view.unrealized_pnl,
    ),
)


def position_of(model: ReadModel, symbol: Symbol) -> PositionView | None:
    """Find the open position of a symbol."""
    return next((view for view in model.positions if view.symbol == symbol), None)
