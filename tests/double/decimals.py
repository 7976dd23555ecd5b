"""Decimal arithmetic of the double: exact text in, plain text out."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

type Json = str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None

ZERO = Decimal(0)


def plain(value: Decimal) -> str:
    """Write a number without exponent and without trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def parse(text: str) -> Decimal | None:
    """Read a finite decimal number, or tell None when it is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


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
