"""Instruments out of ``exchangeInfo``, whose field names mislead (fact sheet 1.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ...model.ids import Asset, Symbol
from ...model.market import Instrument, OrderType, Side
from ..payload import Json
from .answers import ORDER_TYPES
from .shape import Fields, Malformed, printable, rows, unwrapped

PRECISION_MAX: Final = 18
"""Most decimals that a price or quantity can have."""

_SIDES: Final = MappingProxyType(
    {
        1: frozenset(Side),
        2: frozenset({Side.BUY}),
        3: frozenset({Side.SELL}),
        4: frozenset[Side](),
    }
)
"""``tradeSideType``. A number that is not here allows nothing."""

_LIMIT_FAMILY: Final = frozenset({OrderType.IOC, OrderType.FOK})
"""Never listed in ``orderTypes`` though the API takes them: they are limit orders with a time in force."""

_TYPES_READ: Final = {word: order_type for order_type, word in ORDER_TYPES.items()}
_BAND: Final = "PERCENT_PRICE_BY_SIDE"
_FILTERS_KNOWN: Final = frozenset({_BAND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Instruments, and what the venue said of them that we do not know yet: ``BTCUSDT filter NAME``."""

    instruments: tuple[Instrument, ...]
    oddities: tuple[str, ...] = ()


def listing(payload: Json, wanted: Collection[Symbol]) -> Listing:
    """Read the wanted symbols' terms. A symbol whose terms are unreadable makes the answer malformed."""
    instruments: list[Instrument] = []
    oddities: list[str] = []
    for row in rows(Fields(unwrapped(payload), "exchangeInfo").raw("symbols"), "symbols"):
        fields = Fields(row, "symbol")
        symbol = fields.raw("symbol")
        if isinstance(symbol, str) and symbol in wanted:
            instruments.append(_instrument(fields))
            oddities.extend(_oddities(fields))
    return Listing(instruments=tuple(instruments), oddities=tuple(oddities))


def _instrument(fields: Fields) -> Instrument:
    """Read one symbol's terms.

    The lot is the coarser of ``baseAssetPrecision`` and ``baseSizePrecision``, which is valid whether the latter is a
    minimum or a step (fact sheet 1.3).
    """
    step = _step(fields, "baseAssetPrecision")
    minimum = fields.amount_or_none("baseSizePrecision") or step
    sides = _SIDES.get(fields.whole("tradeSideType"), frozenset()) if fields.has("tradeSideType") else frozenset(Side)
    minimum_notional = fields.amount_or_none("quoteAmountPrecision") or Decimal(0)
    return Instrument(
        symbol=Symbol(fields.identity("symbol")),
        base=Asset(fields.identity("baseAsset")),
        quote=Asset(fields.identity("quoteAsset")),
        tick=_step(fields, "quotePrecision"),
        lot=max(step, minimum),
        min_quantity=minimum,
        min_notional=minimum_notional,
        min_notional_market=fields.amount_or_none("quoteAmountPrecisionMarket") or minimum_notional,
        max_notional=fields.amount_or_none("maxQuoteAmount") or Decimal(0),
        max_notional_market=fields.amount_or_none("maxQuoteAmountMarket") or Decimal(0),
        order_types=_order_types(fields),
        sides=sides,
        tradable=_tradable(fields) and bool(sides),
        taker_fee=fields.amount_or_none("takerCommission") or Decimal(0),
        maker_fee=fields.amount_or_none("makerCommission") or Decimal(0),
        buy_band=_band(fields, "bidMultiplierUp"),
        sell_band=_band(fields, "askMultiplierDown"),
    )


def _band(fields: Fields, name: str) -> Decimal | None:
    """Read a side of the price band; values look like 0.005, and what is no fraction of the price says nothing."""
    for entry in rows(fields.raw("filters") or [], "filters"):
        if isinstance(entry, dict) and entry.get("filterType") == _BAND:
            share = Fields(entry, _BAND).amount_or_none(name)
            return share if share is not None and 0 < share < 1 else None
    return None


def _step(fields: Fields, name: str) -> Decimal:
    """Read a number of decimals as a step: 2 is 0.01."""
    decimals = fields.whole(name)
    if decimals > PRECISION_MAX:
        raise Malformed(name)
    return Decimal(1).scaleb(-decimals)


def _words(fields: Fields, name: str) -> tuple[str, ...]:
    """Read a list of words; what is no word comes out as ``?``."""
    return tuple(printable(word) if isinstance(word, str) else "?" for word in rows(fields.raw(name), name))


def _order_types(fields: Fields) -> frozenset[OrderType]:
    """Read the order types that we know."""
    known = frozenset(_TYPES_READ[word] for word in _words(fields, "orderTypes") if word in _TYPES_READ)
    return known | _LIMIT_FAMILY if OrderType.LIMIT in known else known


def _tradable(fields: Fields) -> bool:
    """Tell whether the API may trade the symbol: online, allowed, and spot."""
    permitted = "SPOT" in _words(fields, "permissions") if fields.has("permissions") else True
    return fields.raw("status") == "1" and fields.raw("isSpotTradingAllowed") is True and permitted


def _oddities(fields: Fields) -> tuple[str, ...]:
    """Name order types, filters and side rules that we have never heard of."""
    symbol = fields.identity("symbol")
    odd = [f"{symbol} order type {word}" for word in _words(fields, "orderTypes") if word not in _TYPES_READ]
    for entry in rows(fields.raw("filters") or [], "filters"):
        word = entry.get("filterType") if isinstance(entry, dict) else None
        name = printable(word) if isinstance(word, str) else "?"
        if name not in _FILTERS_KNOWN:
            odd.append(f"{symbol} filter {name}")
    if fields.has("tradeSideType") and fields.whole("tradeSideType") not in _SIDES:
        odd.append(f"{symbol} side rule {fields.whole('tradeSideType')}")
    return tuple(odd)


def symbols(payload: Json) -> frozenset[Symbol]:
    """Read a list of symbols, as ``selfSymbols`` gives it."""
    listed = rows(unwrapped(payload), "symbols")
    if not all(isinstance(word, str) for word in listed):
        raise Malformed("symbols")
    return frozenset(Symbol(word) for word in listed if isinstance(word, str))
