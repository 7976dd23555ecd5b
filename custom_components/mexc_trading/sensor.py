"""Sensors: an account's figures, its mode and its last decision, as a table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfRatio, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge.answer_text import decision_document
from .bridge.read_model import ReadModel
from .bridge.view_text import hold_row, order_row, position_row
from .const import QUOTE_DEFAULT
from .coordinator import MexcConfigEntry
from .entity import AccountEntity
from .model.decision import Verdict
from .model.hold import TradingMode

PARALLEL_UPDATES = 0

type Attributes = dict[str, object]

_NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """One row. ``needs_venue``: the figure depends on prices, so it is not shown while the venue is away."""

    value_fn: Callable[[ReadModel], Decimal | int | str | None]
    attributes_fn: Callable[[ReadModel], Attributes] | None = None
    last_reset_fn: Callable[[ReadModel], datetime | None] | None = None
    needs_venue: bool = False


def _day_open(model: ReadModel) -> datetime | None:
    return datetime.fromtimestamp(model.day_open_ns // _NS_PER_S, UTC) if model.day_open_ns else None


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


SENSORS: Final = (
    AccountSensorDescription(
        key="equity",
        translation_key="equity",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        needs_venue=True,
        value_fn=lambda model: model.equity,
    ),
    AccountSensorDescription(
        key="daily_pnl",
        translation_key="daily_pnl",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        needs_venue=True,
        value_fn=lambda model: model.daily_pnl,
        last_reset_fn=_day_open,
    ),
    AccountSensorDescription(
        key="realized_pnl",
        translation_key="realized_pnl",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        value_fn=lambda model: model.realized_pnl,
    ),
    AccountSensorDescription(
        key="unrealized_pnl",
        translation_key="unrealized_pnl",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=QUOTE_DEFAULT,
        suggested_display_precision=2,
        needs_venue=True,
        value_fn=lambda model: model.unrealized_pnl,
    ),
    AccountSensorDescription(
        key="daily_drawdown",
        translation_key="daily_drawdown",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=2,
        needs_venue=True,
        value_fn=lambda model: model.daily_drawdown,
    ),
    AccountSensorDescription(
        key="open_positions",
        translation_key="open_positions",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda model: len(model.positions),
        attributes_fn=lambda model: {"positions": [position_row(view) for view in model.positions]},
    ),
    AccountSensorDescription(
        key="open_orders",
        translation_key="open_orders",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda model: len(model.orders),
        attributes_fn=lambda model: {"orders": [order_row(view) for view in model.orders]},
    ),
    AccountSensorDescription(
        key="trading_mode",
        translation_key="trading_mode",
        device_class=SensorDeviceClass.ENUM,
        options=[mode.value for mode in TradingMode],
        value_fn=lambda model: model.mode.value,
        attributes_fn=lambda model: {"holds": [hold_row(hold) for hold in model.holds]},
    ),
    AccountSensorDescription(
        key="last_decision",
        translation_key="last_decision",
        device_class=SensorDeviceClass.ENUM,
        options=[verdict.value for verdict in Verdict],
        value_fn=lambda model: None if model.last_decision is None else model.last_decision.verdict.value,
        attributes_fn=_decision,
    ),
    AccountSensorDescription(
        key="journal_head",
        translation_key="journal_head",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda model: model.journal_head.seq,
        attributes_fn=lambda model: {"hash": model.journal_head.hash},
    ),
    AccountSensorDescription(
        key="clock_skew",
        translation_key="clock_skew",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=0,
        needs_venue=True,
        value_fn=lambda model: model.clock_offset_ms,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MexcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of an account."""
    async_add_entities(AccountSensor(entry, description) for description in SENSORS)


class AccountSensor(AccountEntity, SensorEntity):
    """One row of the table, shown."""

    entity_description: AccountSensorDescription
    _unrecorded_attributes = frozenset({"positions", "orders", "rules", "holds"})
    """Lists that change often. The journal keeps them for good; the recorder would only grow."""

    @property
    @override
    def available(self) -> bool:
        return super().available and (self.coordinator.data.connected or not self.entity_description.needs_venue)

    @property
    @override
    def native_value(self) -> Decimal | int | str | None:
        return self.entity_description.value_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Attributes | None:
        attributes_fn = self.entity_description.attributes_fn
        return None if attributes_fn is None else attributes_fn(self.coordinator.data)

    @property
    @override
    def last_reset(self) -> datetime | None:
        last_reset_fn = self.entity_description.last_reset_fn
        return None if last_reset_fn is None else last_reset_fn(self.coordinator.data)
