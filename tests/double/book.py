"""The other side of the market: a synthetic book around the mid price."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from .decimals import ZERO, floor_to, round_to, step
from .orders import Side
from .settings import Settings
from .symbols import Symbol


class Level(NamedTuple):
    """A price with a base quantity, in the book or taken from it."""

    price: Decimal
    quantity: Decimal


def levels(symbol: Symbol, mid: Decimal, taker: Side, settings: Settings) -> Iterator[Level]:
    """List what a taker of one side meets, best price first.

    The spread is ``spread_ticks`` wide, levels are a ten-thousandth of the price
    apart (at least a tick), and each holds ``level_quote`` in value. The book
    fills up again after every order.
    """
    away = 1 if taker is Side.BUY else -1
    half = symbol.tick * settings.spread_ticks / 2
    gap = max(symbol.tick, round_to(mid / 10_000, symbol.price_places))
    for index in range(settings.level_count):
        price = round_to(mid + away * (half + gap * index), symbol.price_places)
        if price <= 0:
            return
        quantity = floor_to(settings.level_quote / price, symbol.quantity_places)
        if quantity > 0:
            yield Level(price, quantity)


def best(symbol: Symbol, mid: Decimal, taker: Side, settings: Settings) -> Level | None:
    """Give the best level that a taker of one side meets, if the book has any."""
    return next(levels(symbol, mid, taker, settings), None)


def crosses(side: Side, limit: Decimal, price: Decimal) -> bool:
    """Tell whether a limit accepts a price of the other side."""
    return price <= limit if side is Side.BUY else price >= limit


def take(book: Iterable[Level], side: Side, quantity: Decimal, limit: Decimal | None) -> Sequence[Level]:
    """Walk the book for a base quantity, no further than the limit price."""
    taken: list[Level] = []
    left = quantity
    for level in book:
        if left <= 0 or (limit is not None and not crosses(side, limit, level.price)):
            break
        part = min(left, level.quantity)
        taken.append(Level(level.price, part))
        left -= part
    return taken


def take_value(book: Iterable[Level], value: Decimal, places: int) -> Sequence[Level]:
    """Walk the book for a quote value; what is below one step of quantity stays."""
    taken: list[Level] = []
    left = value
    for level in book:
        part = min(level.quantity, floor_to(left / level.price, places))
        if part < step(places):
            break
        taken.append(Level(level.price, part))
        left -= part * level.price
    return taken


def total_quantity(taken: Iterable[Level]) -> Decimal:
    """Add up base quantities."""
    return sum((level.quantity for level in taken), ZERO)
