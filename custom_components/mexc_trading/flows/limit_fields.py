"""One form field for each kind of limit: how it is asked for, and how the answer is read to what the entry keeps.

What is kept is JSON: amounts as canonical decimal text, counts and seconds as whole numbers, lists of tables.
"""

from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal
from typing import Any, Final, assert_never

from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
)

from ..const import DAYS, QUOTE_DEFAULT
from ..model.money import plain
from ..risk.limit_table import Kind, LimitRow
from .reading import BadField, number, positive_text, some_symbols, whole, within

CONDITION_DOMAINS: Final = (
    "binary_sensor",
    "calendar",
    "device_tracker",
    "group",
    "input_boolean",
    "person",
    "schedule",
    "switch",
)
"""What can be a condition of the home: entities that are on or off, at home or away."""

type Table = dict[str, str | list[str]]
type Stored = str | int | bool | list[str] | list[Table]
"""How a limit stands in the config entry's options."""

_SYMBOL_LIST: Final = {"selector": {"text": {"multiple": True}}, "required": True}
_TEXT: Final = {"selector": {"text": {}}, "required": True}
_AMOUNT: Final = {"selector": {"number": {"step": "any", "mode": "box"}}, "required": True}
_TIME: Final = {"selector": {"time": {}}, "required": True}
_DAY_LIST: Final = {
    "selector": {"select": {"options": list(DAYS), "multiple": True, "translation_key": "day"}},
    "required": True,
}


def quote_number() -> NumberSelector:
    """Give the selector for an amount in quote units."""
    return _number(QUOTE_DEFAULT)


def selector_of(row: LimitRow) -> Selector[Any]:
    """Give the selector that asks for a limit."""
    match row.kind:
        case Kind.AMOUNT:
            return quote_number()
        case Kind.PERCENT | Kind.RATIO:
            return _number(row.unit)
        case Kind.COUNT | Kind.SECONDS:
            return _number(row.unit, whole=True)
        case Kind.SWITCH:
            return BooleanSelector()
        case Kind.CHOICE:
            return SelectSelector(SelectSelectorConfig(options=list(row.choices), translation_key=row.name))
        case Kind.SYMBOLS:
            return TextSelector(TextSelectorConfig(multiple=True))
        case Kind.ENTITIES:
            return EntitySelector(EntitySelectorConfig(domain=list(CONDITION_DOMAINS), multiple=True))
        case Kind.QUANTITIES:
            return _tables(row, {"symbol": _TEXT, "quantity": _AMOUNT})
        case Kind.GROUPS:
            return _tables(row, {"name": _TEXT, "symbols": _SYMBOL_LIST, "max_exposure": _AMOUNT})
        case Kind.WINDOWS:
            return _tables(row, {"days": _DAY_LIST, "start": _TIME, "end": _TIME})
        case other:
            assert_never(other)


def read(row: LimitRow, value: object) -> Stored:
    """Read an answer. Raises :class:`BadField`."""
    match row.kind:
        case Kind.COUNT | Kind.SECONDS:
            return whole(_bounded(row, value))
        case Kind.AMOUNT | Kind.PERCENT | Kind.RATIO:
            return plain(_bounded(row, value))
        case Kind.SWITCH:
            return bool(value)
        case Kind.CHOICE | Kind.ENTITIES:
            return value if isinstance(value, list) else str(value)
        case Kind.SYMBOLS:
            return some_symbols(value)
        case Kind.QUANTITIES:
            return _each(value, _quantity)
        case Kind.GROUPS:
            return _each(value, _group)
        case Kind.WINDOWS:
            return _each(value, _window)
        case other:
            assert_never(other)


def _number(unit: str, *, whole: bool = False) -> NumberSelector:
    config = NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=1 if whole else "any")
    if unit:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def _tables(row: LimitRow, fields: Mapping[str, Any]) -> ObjectSelector:
    return ObjectSelector(
        ObjectSelectorConfig(
            fields=dict(fields), multiple=True, label_field=next(iter(fields)), translation_key=row.name
        )
    )


def _bounded(row: LimitRow, value: object) -> Decimal:
    """Read a number within the row's bounds."""
    unit = QUOTE_DEFAULT if row.kind is Kind.AMOUNT else row.unit
    return within(number(value), row.minimum, row.maximum, unit)


def _each(value: Any, read_one: Callable[[Mapping[str, Any]], Table]) -> list[Table]:  # noqa: ANN401  # From a form.
    return [read_one(table) for table in (value if isinstance(value, list) else [value])]


def _quantity(table: Mapping[str, Any]) -> Table:
    (symbol,) = some_symbols([table["symbol"]])
    return {"symbol": symbol, "quantity": positive_text(table["quantity"])}


def _group(table: Mapping[str, Any]) -> Table:
    name = str(table["name"]).strip()
    if not name:
        raise BadField("name_empty")
    symbols = some_symbols(table["symbols"])
    return {"name": name, "symbols": symbols, "max_exposure": positive_text(table["max_exposure"])}


def _window(table: Mapping[str, Any]) -> Table:
    start, end = (time.fromisoformat(table[key]).isoformat("minutes") for key in ("start", "end"))
    if not table["days"]:
        raise BadField("days_empty")
    return {"days": [day for day in DAYS if day in table["days"]], "start": start, "end": end}
