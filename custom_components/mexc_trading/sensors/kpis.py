"""Sensors of the key figures: how fast, how well and how reliably orders are carried out (``docs/kpis.md``)."""

from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfRatio, UnitOfTime

from .pace import SLOW_S
from .row import BookSensorDescription, text

KPIS: Final = (
    BookSensorDescription(
        key="signal_to_order_latency",
        translation_key="signal_to_order_latency",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=1,
        every_s=SLOW_S,
        value_fn=lambda model: model.gauges.kpis.latency_p50_ms,
        attributes_fn=lambda model: {"p95": text(model.gauges.kpis.latency_p95_ms)},
    ),
    BookSensorDescription(
        key="fill_ratio",
        translation_key="fill_ratio",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=1,
        every_s=SLOW_S,
        value_fn=lambda model: model.gauges.kpis.fill_ratio,
    ),
    BookSensorDescription(
        key="slippage",
        translation_key="slippage",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=1,
        every_s=SLOW_S,
        value_fn=lambda model: model.gauges.kpis.slippage_bps,
    ),
    BookSensorDescription(
        key="reject_rate",
        translation_key="reject_rate",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=1,
        every_s=SLOW_S,
        value_fn=lambda model: model.gauges.kpis.reject_rate,
    ),
    BookSensorDescription(
        key="availability",
        translation_key="availability",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=2,
        every_s=SLOW_S,
        value_fn=lambda model: model.gauges.kpis.availability,
    ),
)
