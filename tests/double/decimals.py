"""Decimal arithmetic of the double: exact text in, plain text out."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

type Json = str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None

ZERO = Decimal(0)
SIZE_MAX = 18
"""Digits of numbers that the double reads: more would not fit into its arithmetic."""


def plain(value: Decimal) -> str:
    """Write a number without exponent and without trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def parse(text: str) -> Decimal | None:
    """Read a decimal number of ordinary size (below 10^18), or tell None when it is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    ordinary = value.is_finite() and abs(value.adjusted()) < SIZE_MAX and len(value.as_tuple().digits) < SIZE_MAX
    return value if ordinary else None


def whole(text: str) -> int | None:
    """Read a whole number of at least zero and ordinary size, or tell None when it is none."""
    return int(text) if text.isdecimal() and len(text) < SIZE_MAX else None


def decimals(value: Decimal) -> int:
    """Count the digits after the point that matter."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def step(places: int) -> Decimal:
    """Give the smallest step with so many decimals: 2 is 0.01."""
    return Decimal(1).scaleb(-places)


def floor_to(value: Decimal, places: int) -> Decimal:
    """Cut a value down to so many decimals."""
    return value.quantize(step(places), rounding=ROUND_DOWN)


def round_to(value: Decimal, places: int) -> Decimal:
    """Round a value half up to so many decimals."""
    return value.quantize(step(places), rounding=ROUND_HALF_UP)
