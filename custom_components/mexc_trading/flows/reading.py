"""Reading what was typed: numbers without binary rounding, symbols in one spelling, errors by the key of their text."""

from decimal import Decimal, InvalidOperation
import re
from typing import Final

from ..model.money import ZERO, NotAnAmount, bounded, exact, plain
from ..risk.limit_table import SYMBOLS_MAX

_SYMBOL: Final = re.compile(r"[A-Z0-9_]{2,40}")


class BadField(ValueError):
    """An answer that cannot be used; ``key`` names its translated text."""

    def __init__(self, key: str) -> None:
        """Keep the key."""
        super().__init__(key)
        self.key = key


def symbols_of(value: object) -> list[str]:
    """Read a list of symbols: upper-cased, each once, in the order given."""
    names = [str(name).strip().upper() for name in value] if isinstance(value, list) else []
    if len(names) > SYMBOLS_MAX or not all(_SYMBOL.fullmatch(name) for name in names):
        raise BadField("symbol_format")
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
        raise BadField("amount_format") from error


def positive_text(value: object) -> str:
    """Read a number above zero to its canonical text."""
    amount = number(value)
    if amount <= ZERO:
        raise BadField("amount_out_of_range")
    return plain(amount)
