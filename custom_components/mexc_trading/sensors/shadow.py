"""Sensors of a live strategy beside its shadow: what trading with money costs against the same on paper."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from homeassistant.components.sensor import SensorEntityDescription, SensorStateClass
from homeassistant.const import EntityCategory

from ..research.evidence import LiveEvidence
from .row import Attributes

_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, kw_only=True)
class ConductSensorDescription(SensorEntityDescription):
    """One row, for each strategy of a live account."""

    value_fn: Callable[[LiveEvidence], Decimal | None]
    attributes_fn: Callable[[LiveEvidence], Attributes]


def _behind(conduct: LiveEvidence) -> Decimal | None:
    bps = conduct.fills.bps
    return None if bps is None else Decimal(str(bps)).quantize(_TENTH)


def _counts(conduct: LiveEvidence) -> Attributes:
    fills = conduct.fills
    return {"compared": fills.compared, "only_live": fills.only_live, "only_paper": fills.only_paper}


CONDUCT: Final = (
    ConductSensorDescription(
        key="shadow_difference",
        translation_key="shadow_difference",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=1,
        value_fn=_behind,
        attributes_fn=_counts,
    ),
)
