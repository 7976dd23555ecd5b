"""The limits as forms, made from the risk engine's table of limits: a short one to begin with, all of them later."""

from collections.abc import Container, Iterable, Mapping
from typing import Any, Final

import probatio as vol

from homeassistant.data_entry_flow import section

from ..const import CONF_SYMBOLS
from ..risk.limit_table import LIMIT_ROWS, LimitRow
from .limit_fields import Stored, read, selector_of
from .reading import BadField, Concern

FIRST: Final = (
    CONF_SYMBOLS,
    "max_notional_per_order",
    "max_open_positions",
    "max_daily_loss",
    "cooldown_after_loss_s",
    "price_collar_percent",
    "max_price_age_s",
)
"""What a new account is asked. The other limits begin with the table's values."""

SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "sizes": ("max_notional_per_order", "max_quantity_per_order", "max_burst_notional", "requires_stop"),
    "exposure": (
        "max_open_positions",
        "max_open_orders",
        "max_symbol_exposure",
        "groups",
        "max_gross_exposure",
        "max_unprotected_exposure",
        "max_leverage",
    ),
    "losses": (
        "max_daily_loss",
        "daily_loss_headroom",
        "max_daily_drawdown",
        "max_total_drawdown",
        "min_loss",
        "cooldown_after_loss_s",
        "loss_scope",
        "max_loss_streak",
        "loss_streak_pause_s",
    ),
    "market": ("price_collar_percent", "max_price_age_s", "max_spread_percent", "max_depth_percent"),
    "rates": (
        "max_orders_per_minute",
        "max_signals_per_minute",
        "duplicate_window_s",
        "max_repeats",
        "repeat_window_s",
    ),
    "permission": ("approval_above", "home_conditions", "trading_windows"),
    "emergency": ("kill_action", "loss_action"),
}
"""All limits by what they are about. The symbols stand above the sections."""

ROWS: Final[Mapping[str, LimitRow]] = {row.name: row for row in LIMIT_ROWS}


def starting_limits() -> dict[str, Stored]:
    """Give the limits that a new account starts with: small ones."""
    asked = [row for row in LIMIT_ROWS if row.start is not None]
    return {CONF_SYMBOLS: ["BTCUSDT"], **{row.name: read(row, row.start) for row in asked}}


def first_schema(current: Mapping[str, Any]) -> vol.Schema:
    """Build the short form with what was answered, or for a new account what is suggested, filled in."""
    return _schema(FIRST, current)


def full_schema(
    current: Mapping[str, Any], beside: Mapping[vol.Marker, object], wrong: Container[str] = ()
) -> vol.Schema:
    """Build the form of all limits: the symbols, what stands ``beside`` them, and a section for each concern.

    Sections are folded, except those in which something is ``wrong``.
    """
    fields: dict[vol.Marker, object] = {**_fields((CONF_SYMBOLS,), current), **beside}
    for name, rows in SECTIONS.items():
        fields[vol.Required(name)] = section(_schema(rows, current), {"collapsed": name not in wrong})
    return vol.Schema(fields)


def read_first(answers: Mapping[str, Any]) -> tuple[dict[str, Stored], dict[str, Concern]]:
    """Read the short form: all limits of the new account, and what is wrong with each field that cannot be used."""
    options, errors = _read(FIRST, answers)
    return {name: value for name, value in starting_limits().items() if name not in FIRST} | options, errors


def read_full(answers: Mapping[str, Any]) -> tuple[dict[str, Stored], dict[str, Concern]]:
    """Read the form of all limits. An error inside a section is shown at the section, which may be folded."""
    options, errors = _read((CONF_SYMBOLS,), answers)
    for name, rows in SECTIONS.items():
        inside, wrong = _read(rows, answers[name])
        options |= inside
        if wrong:
            errors[name] = next(iter(wrong.values()))
    return options, errors


def symbols_in(options: Mapping[str, Stored]) -> list[str]:
    """Give the symbols of limits that were read; none if they could not be."""
    symbols = options.get(CONF_SYMBOLS)
    return [str(symbol) for symbol in symbols] if isinstance(symbols, list) else []


def flat(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Take the answers out of their sections."""
    inside = (answers.get(name, {}) for name in SECTIONS)
    return {CONF_SYMBOLS: answers.get(CONF_SYMBOLS), **{key: value for table in inside for key, value in table.items()}}


def _schema(names: Iterable[str], current: Mapping[str, Any]) -> vol.Schema:
    return vol.Schema(_fields(names, current))


def _fields(names: Iterable[str], current: Mapping[str, Any]) -> dict[vol.Marker, object]:
    return {
        (vol.Required if ROWS[name].required else vol.Optional)(
            name, description={"suggested_value": current[name]} if name in current else None
        ): selector_of(ROWS[name])
        for name in names
    }


def _read(names: Iterable[str], answers: Mapping[str, Any]) -> tuple[dict[str, Stored], dict[str, Concern]]:
    options: dict[str, Stored] = {}
    errors: dict[str, Concern] = {}
    for name in names:
        if name not in answers:
            continue
        try:
            options[name] = read(ROWS[name], answers[name])
        except BadField as bad:
            errors[name] = bad.at(name)
    return options, errors
