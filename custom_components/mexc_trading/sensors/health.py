"""Sensors of the machinery: the exchange's client, the clock, the mailbox and the journal.

What moves all the time and matters only to whoever looks for a cause is off until somebody wants it.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfRatio, UnitOfTime

from ..bridge.read_model import ReadModel
from ..bridge.view_text import finding_rows
from ..exchange.health import VenueHealth
from ..exchange.resilience.breaker import BreakerState
from .pace import FIGURE_S, SLOW_S
from .row import Attributes, BookSensorDescription, moment

_US_PER_MS: Final = Decimal(1_000)
_MB: Final = 1_000_000


def _breakers(model: ReadModel) -> Attributes:
    """Tell each endpoint class's breaker; that of exits is shown and never stops anything."""
    venue = model.gauges.venue
    return {} if venue is None else {lane.value: state.value for lane, state in venue.breakers.items()}


def _of_venue[T](figure: Callable[[VenueHealth], T]) -> Callable[[ReadModel], T | None]:
    """Give a figure of the client; None where the client does not say."""
    return lambda model: None if model.gauges.venue is None else figure(model.gauges.venue)


def _used(venue: VenueHealth) -> Decimal:
    return Decimal(venue.weight_used * 100) / venue.weight_max


def _budget(model: ReadModel) -> Attributes:
    """Tell the weights, and for how many seconds the venue does not want to hear from us."""
    venue = model.gauges.venue
    if venue is None:
        return {}
    return {
        "weight_used": venue.weight_used,
        "weight_max": venue.weight_max,
        "quiet_s": round(venue.quiet_s),
        "banned_s": round(venue.banned_s),
    }


def _clock_error(model: ReadModel) -> Attributes:
    """Tell the most that the measured difference can be wrong by."""
    venue = model.gauges.venue
    return {"error_ms": None if venue is None or venue.clock is None else venue.clock.error_ms}


def _journal(model: ReadModel) -> Attributes:
    """Tell the head's hash, which the recorder keeps as a witness, and how large the journal is and grows."""
    size = model.gauges.journal_size
    told: Attributes = {"hash": model.journal_head.hash}
    if size is not None:
        told |= {
            "size_mb": round(size.bytes / _MB, 1),
            "archives": size.archives,
            "last_month": size.month,
            "last_month_records": size.month_records,
            "last_month_mb": round(size.month_bytes / _MB, 1),
        }
    return told


def _report(model: ReadModel) -> Attributes:
    """Tell everything that our books and the venue's disagreed about when they were last compared."""
    report = model.report
    if report is None:
        return {}
    return {"findings": finding_rows(report), "compared_at": moment(report.at_ns).isoformat(), "whole": report.whole}


HEALTH: Final = (
    BookSensorDescription(
        key="breaker",
        translation_key="breaker",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in BreakerState],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_of_venue(lambda venue: venue.worst_breaker.value),
        attributes_fn=_breakers,
    ),
    BookSensorDescription(
        key="rate_budget",
        translation_key="rate_budget",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        suggested_display_precision=0,
        every_s=FIGURE_S,
        value_fn=_of_venue(_used),
        attributes_fn=_budget,
    ),
    BookSensorDescription(
        key="requests_per_minute",
        translation_key="requests_per_minute",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        every_s=FIGURE_S,
        value_fn=_of_venue(lambda venue: venue.requests_last_minute),
    ),
    BookSensorDescription(
        key="clock_skew",
        translation_key="clock_skew",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=0,
        needs_venue=True,
        every_s=SLOW_S,
        value_fn=lambda model: model.gauges.clock_offset_ms,
        attributes_fn=_clock_error,
    ),
    BookSensorDescription(
        key="queue_depth",
        translation_key="queue_depth",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        every_s=FIGURE_S,
        value_fn=lambda model: model.queued,
    ),
    BookSensorDescription(
        key="sync_p99",
        translation_key="sync_p99",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        suggested_display_precision=1,
        every_s=FIGURE_S,
        value_fn=lambda model: None if (took := model.gauges.journal_p99_us) is None else Decimal(took) / _US_PER_MS,
    ),
    BookSensorDescription(
        key="reconciliation",
        translation_key="reconciliation",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        every_s=SLOW_S,
        state_at_once=True,
        value_fn=lambda model: None if model.report is None else len(model.report.findings),
        attributes_fn=_report,
    ),
    BookSensorDescription(
        key="journal_head",
        translation_key="journal_head",
        # A sensor with a state class is a figure, not an activity: it stays out of the activity log.
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        every_s=FIGURE_S,
        value_fn=lambda model: model.journal_head.seq,
        attributes_fn=_journal,
    ),
)
