"""Sensors that tell what a book holds, what it is doing, and what it decided last."""

from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass

from ..bridge.answer_text import decision_document
from ..bridge.read_model import ReadModel
from ..bridge.view_text import hold_row, order_row, position_row
from ..model.decision import Verdict
from ..model.hold import TradingMode
from .pace import FIGURE_S
from .row import Attributes, BookSensorDescription


def _decision(model: ReadModel) -> Attributes:
    """Write the last decision with the rule that decided first, ready for a card or a template."""
    decision = model.last_decision
    if decision is None:
        return {}
    first = next(iter(decision.denials), None)
    return {
        **decision_document(decision),
        "rule": first and first.rule.value,
        "limit": first and first.limit,
        "value": first and first.value,
        "unit": first and first.unit,
    }


TRADE: Final = (
    BookSensorDescription(
        key="open_positions",
        translation_key="open_positions",
        state_class=SensorStateClass.MEASUREMENT,
        every_s=FIGURE_S,
        state_at_once=True,
        value_fn=lambda model: len(model.positions),
        attributes_fn=lambda model: {"positions": [position_row(view) for view in model.positions]},
    ),
    BookSensorDescription(
        key="open_orders",
        translation_key="open_orders",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda model: len(model.orders),
        attributes_fn=lambda model: {"orders": [order_row(view) for view in model.orders]},
    ),
    BookSensorDescription(
        key="trading_mode",
        translation_key="trading_mode",
        device_class=SensorDeviceClass.ENUM,
        options=[mode.value for mode in TradingMode],
        value_fn=lambda model: model.mode.value,
        attributes_fn=lambda model: {"holds": [hold_row(hold) for hold in model.holds]},
    ),
    BookSensorDescription(
        key="last_decision",
        translation_key="last_decision",
        device_class=SensorDeviceClass.ENUM,
        options=[verdict.value for verdict in Verdict],
        value_fn=lambda model: None if model.last_decision is None else model.last_decision.verdict.value,
        attributes_fn=_decision,
    ),
)
