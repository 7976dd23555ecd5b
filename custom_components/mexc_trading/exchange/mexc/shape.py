"""Taking fields out of an answer, each with its shape checked. Unknown fields are never looked at."""

from collections.abc import Mapping
from decimal import Decimal
import re
from typing import Final

from ...model.money import NotAnAmount, amount, bounded
from ..payload import Json

TEXT_CHARS_MAX: Final = 200
"""Longest text kept from an answer. Ids have under 40 characters, messages rarely over 100."""

_ID: Final = re.compile(r"[!-~]{1,64}")
"""Identities are visible ASCII. Anything else could not be sent back, stored or shown without changing."""

_MS_MAX: Final = 10**14
"""Times are milliseconds since 1970; this is the year 5138."""


class Malformed(ValueError):
    """An answer without the shape it should have. The text names the field and shows nothing of its value."""


def printable(text: str) -> str:
    """Make a text from outside safe to keep: bounded, without control characters and lone surrogates."""
    return "".join(char if char.isprintable() else "?" for char in text[:TEXT_CHARS_MAX])


def is_id(text: str) -> bool:
    """Tell whether a text can be an identity: 1 to 64 visible ASCII characters."""
    return _ID.fullmatch(text) is not None


def unwrapped(value: Json) -> Json:
    """Take what stands in ``data``, where an endpoint wraps its answer (fact sheet 1.1)."""
    return value["data"] if isinstance(value, dict) and "data" in value else value


def rows(value: Json, what: str) -> list[Json]:
    """Take a list."""
    if not isinstance(value, list):
        raise Malformed(what)
    return value


class Fields:
    """One object of an answer. Every reader raises :class:`Malformed` with the field's name."""

    __slots__ = ("_fields",)

    def __init__(self, value: Json, what: str = "object") -> None:
        """Take a JSON object."""
        if not isinstance(value, dict):
            raise Malformed(what)
        self._fields: Mapping[str, Json] = value

    def has(self, name: str) -> bool:
        """Tell whether a field is there with something in it."""
        value = self._fields.get(name)
        return value is not None and not (isinstance(value, str) and not value)

    def raw(self, name: str) -> Json:
        """Give a field as it is, None when absent."""
        return self._fields.get(name)

    def text(self, name: str) -> str:
        """Read a text; control characters and lone surrogates come out as question marks."""
        value = self._fields.get(name)
        if not isinstance(value, str):
            raise Malformed(name)
        return printable(value)

    def identity(self, name: str) -> str:
        """Read an id, asset or symbol."""
        value = self._fields.get(name)
        if not isinstance(value, str) or not is_id(value):
            raise Malformed(name)
        return value

    def identity_or_none(self, name: str) -> str | None:
        """Read an id that may be null, empty or absent."""
        return self.identity(name) if self.has(name) else None

    def amount(self, name: str) -> Decimal:
        """Read a decimal ≥ 0 from text or a number; floats never occur."""
        value = self._fields.get(name)
        try:
            number = _decimal(value)
        except NotAnAmount as error:
            raise Malformed(name) from error
        if number < 0:
            raise Malformed(name)
        return number

    def amount_or_none(self, name: str) -> Decimal | None:
        """Read a decimal that may be null, empty or absent."""
        return self.amount(name) if self.has(name) else None

    def whole(self, name: str) -> int:
        """Read a whole number ≥ 0, also where it comes as text."""
        value = self._fields.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(_MS_MAX)):
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MS_MAX:
            raise Malformed(name)
        return value

    def flag(self, name: str) -> bool:
        """Read a boolean."""
        value = self._fields.get(name)
        if not isinstance(value, bool):
            raise Malformed(name)
        return value


def _decimal(value: Json) -> Decimal:
    """Read a decimal from what JSON may hold in its place."""
    if isinstance(value, str):
        return amount(value)
    if isinstance(value, Decimal):
        return bounded(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return bounded(Decimal(value))
    raise NotAnAmount(type(value).__name__)
