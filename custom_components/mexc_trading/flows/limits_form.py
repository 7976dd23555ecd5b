"""The limits as a form: one row for each field of ``risk.limits.Limits``, and the way back from what was typed.

Amounts are kept as canonical decimal text, so that nothing in the config entry is a binary float.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
import re
from typing import Final

import probatio as vol

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    Selector,
    TextSelector,
    TextSelectorConfig,
)

from ..const import (
    CONF_COOLDOWN_AFTER_LOSS,
    CONF_MAX_DAILY_LOSS,
    CONF_MAX_NOTIONAL_PER_ORDER,
    CONF_MAX_OPEN_POSITIONS,
    CONF_MAX_PRICE_AGE,
    CONF_MIN_LOSS,
    CONF_PRICE_COLLAR_PERCENT,
    CONF_SYMBOLS,
    QUOTE_DEFAULT,
)
from ..model.money import NotAnAmount, bounded, exact, plain

type Stored = str | int | list[str]
"""How a limit stands in the config entry's options."""

_SYMBOL: Final = re.compile(r"[A-Z0-9_]{2,40}")
_SYMBOLS_MAX: Final = 200
"""Each symbol costs a price and, while open, a few reads; a household follows tens."""


class BadField(ValueError):
    """An answer that cannot be used; ``key`` names its translated text."""

    def __init__(self, key: str) -> None:
        """Keep the key."""
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitField:
    """One row of the form. ``suggested`` is what a new account starts with; optional fields may be empty."""

    key: str
    selector: Selector[TextSelectorConfig] | Selector[NumberSelectorConfig]
    read: Callable[[object], Stored]
    suggested: Stored | None
    required: bool = True


def symbols_of(value: object) -> list[str]:
    """Read a list of symbols: upper-cased, each once, in the order given."""
    names = [str(name).strip().upper() for name in value] if isinstance(value, list) else []
    if len(names) > _SYMBOLS_MAX or not all(_SYMBOL.fullmatch(name) for name in names):
        raise BadField("symbol_format")
    return list(dict.fromkeys(names))


def _some_symbols(value: object) -> list[str]:
    names = symbols_of(value)
    if not names:
        raise BadField("symbols_empty")
    return names


def decimal_text(value: object) -> str:
    """Read a number above zero, from its text so that no binary rounding shows; the selectors let none below in."""
    text = _decimal(value)
    if text == "0":
        raise BadField("amount_not_positive")
    return text


def _decimal(value: object) -> str:
    try:
        with exact():
            return plain(bounded(Decimal(str(value))))
    except (InvalidOperation, NotAnAmount) as error:
        raise BadField("amount_format") from error


def _whole(value: object) -> int:
    text = _decimal(value)
    if not text.isdecimal():
        raise BadField("amount_not_whole")
    return int(text)


def quote_number() -> Selector[NumberSelectorConfig]:
    """Give the selector for an amount in quote units."""
    return _number(QUOTE_DEFAULT)


def _number(
    unit: str | None = None, *, minimum: int = 0, maximum: int | None = None, whole: bool = False
) -> Selector[NumberSelectorConfig]:
    config = NumberSelectorConfig(min=minimum, mode=NumberSelectorMode.BOX, step=1 if whole else "any")
    if unit is not None:
        config["unit_of_measurement"] = unit
    if maximum is not None:
        config["max"] = maximum
    return NumberSelector(config)


_SECONDS_MAX: Final = 604_800
"""A week: a longer pause is a hold, which a person sets."""

FIELDS: Final = (
    LimitField(
        key=CONF_SYMBOLS,
        selector=TextSelector(TextSelectorConfig(multiple=True)),
        read=_some_symbols,
        suggested=["BTCUSDT"],
    ),
    LimitField(
        key=CONF_MAX_NOTIONAL_PER_ORDER,
        selector=quote_number(),
        read=decimal_text,
        suggested="100",
        required=False,
    ),
    LimitField(
        key=CONF_MAX_OPEN_POSITIONS,
        selector=_number(minimum=1, maximum=_SYMBOLS_MAX, whole=True),
        read=_whole,
        suggested=3,
        required=False,
    ),
    LimitField(
        key=CONF_MAX_DAILY_LOSS,
        selector=quote_number(),
        read=decimal_text,
        suggested="50",
        required=False,
    ),
    LimitField(
        key=CONF_COOLDOWN_AFTER_LOSS,
        selector=_number("s", maximum=_SECONDS_MAX, whole=True),
        read=_whole,
        suggested=900,
    ),
    LimitField(
        key=CONF_MIN_LOSS,
        selector=quote_number(),
        read=_decimal,
        suggested="0",
    ),
    LimitField(
        key=CONF_PRICE_COLLAR_PERCENT,
        selector=_number("%", maximum=50),
        read=decimal_text,
        suggested="0.5",
    ),
    LimitField(
        key=CONF_MAX_PRICE_AGE,
        selector=_number("s", minimum=1, maximum=300, whole=True),
        read=_whole,
        suggested=10,
    ),
)


def limits_schema(current: Mapping[str, object]) -> vol.Schema:
    """Build the form with what is in force, or for a new account what is suggested, filled in."""
    return vol.Schema(
        {
            (vol.Required if row.required else vol.Optional)(
                row.key, description={"suggested_value": current[row.key]} if row.key in current else None
            ): row.selector
            for row in FIELDS
        }
    )


def suggested_limits() -> dict[str, Stored]:
    """Give the limits that a new account starts with: small ones."""
    return {row.key: row.suggested for row in FIELDS if row.suggested is not None}


def read_limits(answers: Mapping[str, object]) -> tuple[dict[str, Stored], dict[str, str]]:
    """Read a filled form: the options to keep, and an error key for each field that cannot be used."""
    options: dict[str, Stored] = {}
    errors: dict[str, str] = {}
    for row in FIELDS:
        if row.key not in answers:
            continue
        try:
            options[row.key] = row.read(answers[row.key])
        except BadField as bad:
            errors[row.key] = bad.key
    return options, errors
