"""Money and quantities: decimals made from text, under one private context.

Binary floats never touch an amount. Every pure computation runs inside :func:`exact`, so its result does not
depend on the interpreter's ambient decimal context, and mixing in a float raises instead of rounding silently.
"""

from contextlib import AbstractContextManager
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    InvalidOperation,
    Overflow,
    localcontext,
)
from typing import Final

DIGITS_MAX: Final = 40
"""Significant digits accepted from outside; far above any venue's precision, far below what makes arithmetic slow."""

EXPONENT_MAX: Final = 18
"""Largest absolute exponent accepted from outside: ten to the eighteenth is more than any amount of any coin."""

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
HUNDRED: Final = Decimal(100)

_CONTEXT: Final = Context(
    prec=60,
    rounding=ROUND_HALF_EVEN,
    traps=[DivisionByZero, FloatOperation, InvalidOperation, Overflow],
)


class NotAnAmount(ValueError):
    """A text that is not a finite decimal within the accepted digits and exponent."""


def exact() -> AbstractContextManager[Context]:
    """Enter the private context for a ``with`` block: 60 digits, half-even, floats refused."""
    return localcontext(_CONTEXT)


def amount(text: str) -> Decimal:
    """Read a decimal from text.

    Raises :class:`NotAnAmount` for NaN, infinities, more than 40 digits, or an exponent beyond ±18.
    """
    try:
        value = _CONTEXT.create_decimal(text.strip())
    except (InvalidOperation, Overflow) as error:
        raise NotAnAmount(text[:60]) from error
    return bounded(value)


def bounded(value: Decimal) -> Decimal:
    """Give the value back if it is finite and within the accepted digits and exponent; else :class:`NotAnAmount`."""
    if not value.is_finite():
        raise NotAnAmount(str(value))
    _, digits, exponent = value.as_tuple()
    if len(digits) > DIGITS_MAX or not isinstance(exponent, int) or abs(exponent) > EXPONENT_MAX:
        raise NotAnAmount(str(value)[:60])
    if value.adjusted() > EXPONENT_MAX:
        raise NotAnAmount(str(value)[:60])
    return value


def plain(value: Decimal) -> str:
    """Write a decimal in its one canonical form: no exponent, no trailing zeros, no negative zero."""
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def round_down(value: Decimal, step: Decimal) -> Decimal:
    """Round to a multiple of ``step`` (> 0), toward zero: never more than was asked for."""
    return (value / step).to_integral_value(rounding=ROUND_DOWN) * step


def round_up(value: Decimal, step: Decimal) -> Decimal:
    """Round to a multiple of ``step`` (> 0), away from zero."""
    return (value / step).to_integral_value(rounding=ROUND_UP) * step
