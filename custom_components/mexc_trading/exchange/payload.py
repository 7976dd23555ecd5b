"""Reading JSON that an adversary may have written: bounded, decimal, and with no exception but one value."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
import json
import re
from typing import Final, NoReturn

type Json = None | bool | int | Decimal | str | list[Json] | dict[str, Json]
"""What a body can hold. Fractions are :class:`Decimal` straight from their text."""

DEPTH_MAX: Final = 32
"""Levels of nesting; the venue's deepest answer has six."""

DIGITS_MAX: Final = 64
"""Characters in one number; the venue's longest has about thirty."""

_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS: Final = bytes(value for value in range(256) if value not in b"[]{}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A body that is no JSON of ours; ``cause`` says in one word why and quotes nothing from it."""

    cause: str


class _Refused(ValueError):
    """A number that is none."""


def read_json(body: bytes) -> Json | Unreadable:
    """Parse a body. Never raises; NaN, Infinity, over-long numbers, deep nesting and broken UTF-8 are unreadable."""
    if not body:
        return Unreadable(cause="empty")
    if _too_deep(body):
        return Unreadable(cause="depth")
    try:
        value: Json = json.loads(
            body.decode("utf-8"), parse_float=_fraction, parse_int=_integer, parse_constant=_constant
        )
    except UnicodeDecodeError:
        return Unreadable(cause="encoding")
    except _Refused:
        return Unreadable(cause="number")
    except ValueError, RecursionError:
        return Unreadable(cause="syntax")
    return value


def _too_deep(body: bytes) -> bool:
    """Tell whether brackets nest deeper than allowed. Linear, and free for bodies with few brackets."""
    if body.count(b"[") + body.count(b"{") <= DEPTH_MAX:
        return False
    brackets = _STRING.sub(b"", body).translate(None, _NOT_BRACKETS)
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH_MAX:
            return True
    return False


def _fraction(text: str) -> Decimal:
    """Read a number with a point or exponent."""
    if len(text) > DIGITS_MAX:
        raise _Refused
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise _Refused from error


def _integer(text: str) -> int:
    """Read a whole number."""
    if len(text) > DIGITS_MAX:
        raise _Refused
    return int(text)


def _constant(_: str) -> NoReturn:
    """Refuse NaN and the infinities, which JSON does not have and Python's reader lets through."""
    raise _Refused
