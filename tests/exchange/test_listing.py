"""Instruments are read by what the fields mean, not by what they are called."""

from collections.abc import Mapping
from decimal import Decimal
import json

import pytest

from custom_components.mexc_trading.exchange.mexc.listing import listing, symbols
from custom_components.mexc_trading.exchange.mexc.shape import Malformed
from custom_components.mexc_trading.exchange.payload import read_json
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.market import Instrument, OrderType, Side

ROW: Mapping[str, object] = {
    "symbol": "ABCUSDT",
    "status": "1",
    "baseAsset": "ABC",
    "baseAssetPrecision": 4,
    "quoteAsset": "USDT",
    "quotePrecision": 3,
    "orderTypes": ["LIMIT", "MARKET", "LIMIT_MAKER"],
    "isSpotTradingAllowed": True,
    "permissions": ["SPOT"],
    "filters": [{"filterType": "PERCENT_PRICE_BY_SIDE"}],
    "maxQuoteAmount": "2000000",
    "maxQuoteAmountMarket": "100000",
    "quoteAmountPrecision": "1",
    "quoteAmountPrecisionMarket": "2",
    "baseSizePrecision": "0.5",
    "makerCommission": "0",
    "takerCommission": "0.0005",
    "tradeSideType": 1,
    "somethingNew": {"nested": [1, 2]},
}


def _read(**changes: object) -> tuple[tuple[Instrument, ...], tuple[str, ...]]:
    row = {name: value for name, value in {**ROW, **changes}.items() if value is not ...}
    payload = read_json(json.dumps({"symbols": [row, {"symbol": "OTHER"}, {"symbol": []}]}).encode())
    read = listing(payload, {Symbol("ABCUSDT")})  # type: ignore[arg-type]
    return read.instruments, read.oddities


def _one(**changes: object) -> Instrument:
    (instrument,), _ = _read(**changes)
    return instrument


def test_the_fields_by_their_meaning() -> None:
    """Every term is in its unit, and unknown fields and symbols are passed over."""
    assert _one() == Instrument(
        symbol=Symbol("ABCUSDT"),
        base="ABC",  # type: ignore[arg-type]
        quote="USDT",  # type: ignore[arg-type]
        tick=Decimal("0.001"),
        lot=Decimal("0.5"),
        min_quantity=Decimal("0.5"),
        min_notional=Decimal(1),
        min_notional_market=Decimal(2),
        max_notional=Decimal(2_000_000),
        max_notional_market=Decimal(100_000),
        order_types=frozenset(OrderType),
        sides=frozenset(Side),
        tradable=True,
        taker_fee=Decimal("0.0005"),
        maker_fee=Decimal(0),
    )
    assert _read()[1] == ()


@pytest.mark.parametrize(
    ("precision", "size", "lot", "minimum"),
    [(4, "0", "0.0001", "0.0001"), (4, "0.00001", "0.0001", "0.00001"), (0, "", "1", "1"), (2, None, "0.01", "0.01")],
)
def test_the_lot_is_valid_under_both_readings(precision: int, size: str | None, lot: str, minimum: str) -> None:
    """The coarser of decimals and minimum; no minimum means one lot."""
    read = _one(baseAssetPrecision=precision, baseSizePrecision=size)
    assert (read.lot, read.min_quantity) == (Decimal(lot), Decimal(minimum))


@pytest.mark.parametrize(
    ("changes", "tradable", "sides"),
    [
        ({"status": "2"}, False, {Side.BUY, Side.SELL}),
        ({"status": 1}, False, {Side.BUY, Side.SELL}),
        ({"status": []}, False, {Side.BUY, Side.SELL}),
        ({"isSpotTradingAllowed": False}, False, {Side.BUY, Side.SELL}),
        ({"isSpotTradingAllowed": "true"}, False, {Side.BUY, Side.SELL}),
        ({"permissions": []}, False, {Side.BUY, Side.SELL}),
        ({"permissions": ...}, True, {Side.BUY, Side.SELL}),
        ({"tradeSideType": 2}, True, {Side.BUY}),
        ({"tradeSideType": 3}, True, {Side.SELL}),
        ({"tradeSideType": 4}, False, set()),
        ({"tradeSideType": 9}, False, set()),
        ({"tradeSideType": ...}, True, {Side.BUY, Side.SELL}),
    ],
    ids=str,
)
def test_whether_it_may_be_traded(changes: Mapping[str, object], tradable: bool, sides: set[Side]) -> None:
    """Anything but a clear yes is a no."""
    read = _one(**changes)
    assert read.tradable is tradable
    assert read.sides == frozenset(sides)


def test_market_only_symbols_take_no_limit_family() -> None:
    """IOC and FOK are limit orders: they come with LIMIT and go with it."""
    assert _one(orderTypes=["MARKET"]).order_types == {OrderType.MARKET}
    assert _one(orderTypes=["LIMIT"]).order_types == {OrderType.LIMIT, OrderType.IOC, OrderType.FOK}


def test_what_is_new_is_told() -> None:
    """An order type, filter or side rule that nobody documented comes out by name."""
    (read,), odd = _read(
        orderTypes=["LIMIT", "ICEBERG", 7],
        filters=[{"filterType": "NEW_FILTER"}, "bare"],
        tradeSideType=9,
    )
    assert read.order_types == {OrderType.LIMIT, OrderType.IOC, OrderType.FOK}
    assert odd == (
        "ABCUSDT order type ICEBERG",
        "ABCUSDT order type ?",
        "ABCUSDT filter NEW_FILTER",
        "ABCUSDT filter ?",
        "ABCUSDT side rule 9",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"baseAssetPrecision": 40},
        {"baseAssetPrecision": -1},
        {"quotePrecision": "x"},
        {"quotePrecision": ...},
        {"baseSizePrecision": "-1"},
        {"takerCommission": "NaN"},
        {"orderTypes": "LIMIT"},
        {"filters": {"filterType": "X"}},
        {"baseAsset": "A B"},
        {"maxQuoteAmount": "1e99"},
    ],
    ids=str,
)
def test_unreadable_terms_are_malformed(changes: Mapping[str, object]) -> None:
    """Half-read terms would be traded on."""
    with pytest.raises(Malformed):
        _read(**changes)


def test_symbol_lists() -> None:
    """Only lists of texts are lists of symbols."""
    assert symbols({"code": 200, "data": ["A", "B"]}) == {"A", "B"}
    for wrong in ({"data": "A"}, {"data": [1]}, {}):
        with pytest.raises(Malformed):
            symbols(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("0.005", Decimal("0.005")),
        (0.2, Decimal("0.2")),
        ("", None),
        (None, None),
        ("0", None),
        ("1", None),
        ("5", None),
    ],
)
def test_the_price_band_is_a_fraction_or_unknown(told: object, read: Decimal | None) -> None:
    """What is no fraction of the price is not understood, and stops nothing."""
    band = {"filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": told, "askMultiplierDown": "0.1"}
    instrument = _one(filters=[{"filterType": "OTHER"}, band])
    assert instrument.band(Side.BUY) == read
    assert instrument.band(Side.SELL) == Decimal("0.1")
