"""Figures in what rules find: kept as they were measured, and written down when somebody reads them.

Deciding needs no text; the journal and people do, after the order has left the gate.
"""

from decimal import Decimal
from typing import Final

from .money import exact, plain

type Figure = Decimal | int | str
"""A limit, a value or a margin: measured, counted, or in words."""

_FINE: Final = Decimal("1E-12")
"""Decimals of a figure in a text; quotients have many more."""

_LONG: Final = 30
"""Characters of a figure above which it is worth looking at its decimals."""

_SHORT: Final = 20
"""Characters of a figure that need no second look."""

_HUGE: Final = 40
"""Magnitude from which a figure has no room left for decimals."""


def written(figure: Figure) -> str:
    """Write a figure in its one canonical form: exact if it is short, else to twelve decimals."""
    if isinstance(figure, str):
        return figure
    text = str(figure)
    if len(text) <= _SHORT and "E" not in text:
        # Nearly all are like this. What follows is what ``plain`` does, without calling it.
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    if isinstance(figure, int):
        return text
    text = plain(figure)
    if len(text) <= _LONG or figure.adjusted() > _HUGE:
        return text
    with exact():
        return plain(figure.quantize(_FINE))
