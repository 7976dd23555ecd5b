"""Sensors that tell what a book is worth, what it won or lost, and what it risks."""

from datetime import datetime
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import UnitOfRatio

from ..bridge.read_model import ReadModel
from ..const import QUOTE_DEFAULT
from .pace import FIGURE_S
from .row import BookSensorDescription, moment


def _day_open(model: ReadModel) -> datetime | None:
    return moment(model.day_open_ns) if model.day_open_ns else None


MONEY: Final = (
    BookSensorDescription(
        key="equity",
        translation_key="equity",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        every_s=FIGURE_S,
        needs_venue=True,
        value_fn=lambda model: model.equity,
    ),
    BookSensorDescription(
        key="daily_pnl",
        translation_key="daily_pnl",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        every_s=FIGURE_S,
        needs_venue=True,
        value_fn=lambda model: model.daily_pnl,
        last_reset_fn=_day_open,
    ),
    BookSensorDescription(
        key="realized_pnl",
        translation_key="realized_pnl",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        every_s=FIGURE_S,
        value_fn=lambda model: model.realized_pnl,
    ),
    BookSensorDescription(
        key="unrealized_pnl",
        translation_key="unrealized_pnl",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        every_s=FIGURE_S,
        needs_venue=True,
        value_fn=lambda model: model.unrealized_pnl,
    ),
    BookSensorDescription(
        key="exposure",
        translation_key="exposure",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        every_s=FIGURE_S,
        needs_venue=True,
        value_fn=lambda model: model.exposure,
    ),
    BookSensorDescription(
        key="daily_drawdown",
        translation_key="daily_drawdown",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=2,
        every_s=FIGURE_S,
        needs_venue=True,
        value_fn=lambda model: model.daily_drawdown,
    ),
    BookSensorDescription(
        key="max_drawdown",
        translation_key="max_drawdown",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=2,
        every_s=FIGURE_S,
        needs_venue=True,
        value_fn=lambda model: model.max_drawdown,
    ),
)
