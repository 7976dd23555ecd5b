"""What evidence must show before money, and what sends a strategy back to paper, as two sections of the options."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, Literal

import probatio as vol

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode

from ..const import OPTIONS_DEMOTION, OPTIONS_PROMOTION
from ..research.demotion import DemotionCriteria
from ..research.promotion import PromotionCriteria

_MAX: Final = 10_000
"""More days, episodes or percent than anybody means."""

DEFAULTS: Final[Mapping[str, Mapping[str, float]]] = {
    OPTIONS_PROMOTION: asdict(PromotionCriteria()),
    OPTIONS_DEMOTION: asdict(DemotionCriteria()),
}
"""Section, criterion and what it is if nobody says otherwise. Zero asks for nothing."""


def criteria_fields(options: Mapping[str, Any]) -> dict[vol.Marker, object]:
    """Build the sections, with what is in force filled in.

    A section's default is whole: pages start from it and do not look at the defaults of the fields inside.
    """
    fields: dict[vol.Marker, object] = {}
    for name, criteria in DEFAULTS.items():
        inside = {**criteria, **options.get(name, {})}
        numbers = {vol.Required(key, default=inside[key]): _number(default) for key, default in criteria.items()}
        fields[vol.Required(name, default=inside)] = section(vol.Schema(numbers), {"collapsed": True})
    return fields


def read_criteria(answers: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Read the sections. Counts come back as whole numbers."""
    return {
        name: {key: type(default)(answers[name][key]) for key, default in criteria.items()}
        for name, criteria in DEFAULTS.items()
    }


def _number(default: float) -> NumberSelector:
    step: Literal[1, "any"] = 1 if isinstance(default, int) else "any"
    return NumberSelector(NumberSelectorConfig(min=0, max=_MAX, step=step, mode=NumberSelectorMode.BOX))
