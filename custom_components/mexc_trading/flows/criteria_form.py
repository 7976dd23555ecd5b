"""What evidence must show before money, and what sends a strategy back to paper, as two sections of the options."""

from collections.abc import Container, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final, Literal

import probatio as vol

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode

from ..const import OPTIONS_DEMOTION, OPTIONS_PROMOTION
from ..model.money import ZERO
from ..research.demotion import DemotionCriteria
from ..research.promotion import PromotionCriteria
from .reading import BadField, Concern, number, whole, within

_MAX: Final = Decimal(10_000)
"""More days, episodes or percent than anybody means."""

DEFAULTS: Final[Mapping[str, Mapping[str, float]]] = {
    OPTIONS_PROMOTION: asdict(PromotionCriteria()),
    OPTIONS_DEMOTION: asdict(DemotionCriteria()),
}
"""Section, criterion and what it is if nobody says otherwise. Zero asks for nothing."""


def criteria_fields(options: Mapping[str, Any], wrong: Container[str] = ()) -> dict[vol.Marker, object]:
    """Build the sections, with what is in force filled in; folded, except where something is ``wrong``.

    A section's default is whole: pages start from it and do not look at the defaults of the fields inside.
    """
    fields: dict[vol.Marker, object] = {}
    for name, criteria in DEFAULTS.items():
        inside = {**criteria, **options.get(name, {})}
        numbers = {vol.Required(key, default=inside[key]): _number(default) for key, default in criteria.items()}
        fields[vol.Required(name, default=inside)] = section(vol.Schema(numbers), {"collapsed": name not in wrong})
    return fields


def read_criteria(answers: Mapping[str, Any]) -> tuple[dict[str, dict[str, float]], dict[str, Concern]]:
    """Read the sections; what is wrong inside is shown at the section. Counts come back as whole numbers."""
    criteria: dict[str, dict[str, float]] = {}
    wrong: dict[str, Concern] = {}
    for name, defaults in DEFAULTS.items():
        criteria[name] = {}
        for key, default in defaults.items():
            try:
                criteria[name][key] = _read(answers[name][key], default)
            except BadField as bad:
                wrong.setdefault(name, bad.at(f"{name}.data.{key}"))
    return criteria, wrong


def _read(value: object, default: float) -> float:
    asked = within(number(value), ZERO, _MAX)
    return whole(asked) if isinstance(default, int) else float(asked)


def _number(default: float) -> NumberSelector:
    step: Literal[1, "any"] = 1 if isinstance(default, int) else "any"
    return NumberSelector(NumberSelectorConfig(step=step, mode=NumberSelectorMode.BOX))
