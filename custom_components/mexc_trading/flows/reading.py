"""Reading what was typed: numbers without binary rounding, symbols in one spelling, and what is wrong as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
import re
from typing import Final

from ..model.money import ZERO, NotAnAmount, bounded, exact, plain
from ..risk.limit_table import SYMBOLS_MAX

_SYMBOL: Final = re.compile(r"[A-Z0-9_]{2,40}")
_TYPED_CHARS_MAX: Final = 40
"""How much of what was typed is said again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Why an answer of a form cannot be saved: the text's key and what stands in its placeholders."""

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    """The field whose name the text begins with; empty for a text that names none."""


class BadField(ValueError):
    """An answer that cannot be used; ``key`` names its translated text."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Keep the key, and what the text says besides the field's name."""
        super().__init__(key)
        self.key = key
        self._placeholders = placeholders

    def at(self, name: str) -> Concern:
        """Say which field it is about."""
        return Concern(key=self.key, placeholders=self._placeholders, about=name)


def symbols_of(value: object) -> list[str]:
    """Read a list of symbols: upper-cased, each once, in the order given."""
    names = [str(name).strip().upper() for name in value] if isinstance(value, list) else []
    odd = [name for name in names if not _SYMBOL.fullmatch(name)]
    if odd:
        raise BadField("symbol_format", typed=odd[0][:_TYPED_CHARS_MAX])
    if len(names) > SYMBOLS_MAX:
        raise BadField("symbols_many", typed=str(len(names)), bound=str(SYMBOLS_MAX))
    return list(dict.fromkeys(names))


def some_symbols(value: object) -> list[str]:
    """Read a list of at least one symbol."""
    names = symbols_of(value)
    if not names:
        raise BadField("symbols_empty")
    return names


def number(value: object) -> Decimal:
    """Read a number from its text, so that what was typed is what is meant."""
    try:
        with exact():
            return bounded(Decimal(str(value)))
    except (InvalidOperation, NotAnAmount) as error:
        raise BadField("amount_format", typed=str(value)[:_TYPED_CHARS_MAX]) from error


def whole(amount: Decimal) -> int:
    """Read a whole number."""
    if amount != int(amount):
        raise BadField("amount_not_whole", typed=plain(amount))
    return int(amount)


def within(amount: Decimal, least: Decimal | None, most: Decimal | None, unit: str = "") -> Decimal:
    """Check a number against its bounds, both allowed. None: no bound. ``unit`` is told with a bound."""
    if least is not None and amount < least:
        raise BadField("amount_too_small", typed=plain(amount), bound=f"{plain(least)} {unit}".strip())
    if most is not None and amount > most:
        raise BadField("amount_too_large", typed=plain(amount), bound=f"{plain(most)} {unit}".strip())
    return amount


def positive(amount: Decimal) -> Decimal:
    """Check that a number is above zero."""
    if amount <= ZERO:
        raise BadField("amount_not_positive", typed=plain(amount))
    return amount


def positive_text(value: object) -> str:
    """Read a number above zero to its canonical text."""
    return plain(positive(number(value)))
