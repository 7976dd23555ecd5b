"""What a strategy may have of its own besides name and symbols: exits, for entries that name none, and limits."""

from collections.abc import Callable, Container, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final

import probatio as vol

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    Selector,
)

from ..const import (
    CONF_BREAK_EVEN,
    CONF_CLAMP,
    CONF_HEARTBEAT_S,
    CONF_STOP_LOSS_PERCENT,
    CONF_TAKE_PROFIT,
    CONF_TIME_EXIT_S,
    CONF_TRAILING_PERCENT,
    SECTION_LIMITS,
    SECTION_PROTECTION,
)
from ..model.money import HUNDRED, ZERO, plain
from .limit_fields import Stored, Table, read, selector_of
from .limits_form import ROWS
from .reading import BadField, Concern, number, positive, whole, within

OWN_LIMITS: Final = (
    "max_notional_per_order",
    "max_open_positions",
    "max_symbol_exposure",
    "max_gross_exposure",
    "max_daily_loss",
    "max_daily_drawdown",
    "max_signals_per_minute",
    "max_repeats",
    "requires_stop",
    "approval_above",
    "home_conditions",
    "trading_windows",
)
"""The limits that a strategy is asked for; the others are the account's alone."""

TARGETS_MAX: Final = 8
"""Steps of a take-profit ladder, as many as a signal may have."""

HEARTBEAT_S: Final = (10, 604_800)
TIME_EXIT_S: Final = (60, 31_536_000)
"""Least and most seconds, both allowed."""

_PERCENT: Final = NumberSelectorConfig(step="any", mode=NumberSelectorMode.BOX, unit_of_measurement="%")
_SECONDS: Final = NumberSelectorConfig(step=1, mode=NumberSelectorMode.BOX, unit_of_measurement="s")
_STEP: Final = {
    "selector": {"number": {"step": "any", "mode": "box", "unit_of_measurement": "%"}},
    "required": True,
}

_LADDER: Final[Mapping[str, Any]] = {"percent": _STEP, "share": _STEP}

_PROTECTION: Final[Mapping[str, Selector[Any]]] = {
    CONF_STOP_LOSS_PERCENT: NumberSelector(_PERCENT),
    CONF_TRAILING_PERCENT: NumberSelector(_PERCENT),
    CONF_TAKE_PROFIT: ObjectSelector(
        ObjectSelectorConfig(
            fields=dict(_LADDER),
            multiple=True,
            label_field="percent",
            translation_key=CONF_TAKE_PROFIT,
        )
    ),
    CONF_BREAK_EVEN: BooleanSelector(),
    CONF_TIME_EXIT_S: NumberSelector(_SECONDS),
}

type Answers = Mapping[str, Any]
type Reader = Callable[[Any], Stored | None]
"""Reads one field. Raises :class:`BadField`; None where the answer says nothing."""


def own_fields(current: Answers, wrong: Container[str] = ()) -> dict[vol.Marker, object]:
    """Build the two sections with what was answered filled in; folded, except where something is ``wrong``."""
    protection, limits = current.get(SECTION_PROTECTION, {}), current.get(SECTION_LIMITS, {})
    asked: dict[str, Selector[Any]] = {name: selector_of(ROWS[name]) for name in OWN_LIMITS}
    asked |= {CONF_CLAMP: BooleanSelector(), CONF_HEARTBEAT_S: NumberSelector(_SECONDS)}
    return {
        vol.Required(SECTION_PROTECTION, default={}): section(
            _schema(_PROTECTION, protection), {"collapsed": SECTION_PROTECTION not in wrong}
        ),
        vol.Required(SECTION_LIMITS, default={}): section(
            _schema(asked, limits), {"collapsed": SECTION_LIMITS not in wrong}
        ),
    }


def read_own(answers: Answers) -> tuple[dict[str, dict[str, Stored]], dict[str, Concern]]:
    """Read the two sections; what is wrong inside is shown at the section, which may be folded."""
    own: dict[str, dict[str, Stored]] = {}
    wrong: dict[str, Concern] = {}
    for name, readers in ((SECTION_PROTECTION, _PROTECTION_READERS), (SECTION_LIMITS, _LIMIT_READERS)):
        inside = _read(readers, answers.get(name, {}))
        if isinstance(inside, Concern):
            wrong[name] = inside
        else:
            own[name] = inside
    return own, wrong


def _read(readers: Mapping[str, Reader], answers: Answers) -> dict[str, Stored] | Concern:
    """Read the fields that were answered, up to the first that cannot be used; what says nothing is left out."""
    own: dict[str, Stored] = {}
    for name, reader in readers.items():
        try:
            value = reader(answers[name]) if name in answers else None
        except BadField as bad:
            return bad.at(name)
        if value is not None:
            own[name] = value
    return own


def _schema(fields: Mapping[str, Selector[Any]], current: Answers) -> vol.Schema:
    return vol.Schema(
        {
            vol.Optional(name, description={"suggested_value": current[name]} if name in current else None): selector
            for name, selector in fields.items()
        }
    )


def _yes(value: object) -> bool | None:
    """Read a switch of which only "on" says something."""
    return True if value else None


def _targets(tables: Any) -> list[Table] | None:  # noqa: ANN401  # From a form.
    """Read a ladder: distances that rise, shares that add up to no more than everything. None: no steps."""
    rows = tables if isinstance(tables, list) else [tables]
    steps: list[Table] = [{"percent": _percent(row["percent"]), "share": _percent(row["share"])} for row in rows]
    distances = [number(step["percent"]) for step in steps]
    shares = sum((number(step["share"]) for step in steps), start=ZERO)
    if len(steps) > TARGETS_MAX or shares > HUNDRED or distances != sorted(set(distances)):
        raise BadField("ladder")
    return steps or None


def _percent(value: object) -> str:
    """Read a percentage above 0, at most 100, to its canonical text."""
    return plain(within(positive(number(value)), None, HUNDRED, "%"))


def _seconds(bounds: tuple[int, int], value: object) -> int:
    least, most = bounds
    return whole(within(number(value), Decimal(least), Decimal(most), "s"))


_PROTECTION_READERS: Final[Mapping[str, Reader]] = {
    CONF_STOP_LOSS_PERCENT: _percent,
    CONF_TRAILING_PERCENT: _percent,
    CONF_TAKE_PROFIT: _targets,
    CONF_BREAK_EVEN: _yes,
    CONF_TIME_EXIT_S: partial(_seconds, TIME_EXIT_S),
}

_LIMIT_READERS: Final[Mapping[str, Reader]] = {
    **{name: partial(read, ROWS[name]) for name in OWN_LIMITS},
    CONF_CLAMP: _yes,
    CONF_HEARTBEAT_S: partial(_seconds, HEARTBEAT_S),
}
