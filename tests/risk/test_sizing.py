"""How entries are sized and priced."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Signal, SizeBasis

from .pictures import BTCUSDT, ENTRY, LIMITS, NOW, QUOTE, VIEW, S, decided, sized

_MARKET = replace(ENTRY, order_type=OrderType.MARKET, price=None)


def _stopped(signal: Signal, basis: LevelBasis, value: str) -> Signal:
    return replace(signal, protect=Protect(stop_loss=Level(basis=basis, value=Decimal(value))))


@pytest.mark.parametrize(
    ("basis", "value", "quantity"),
    [
        (SizeBasis.QUANTITY, "1.23456", "1.234"),
        (SizeBasis.NOTIONAL, "250", "2.5"),
        (SizeBasis.NOTIONAL, "249.99", "2.499"),
        (SizeBasis.EQUITY_PERCENT, "25", "2.5"),
    ],
)
def test_sizes_at_a_limit_of_100(basis: SizeBasis, value: str, quantity: str) -> None:
    """Equity is 1000; every quantity is rounded down to the lot."""
    assert decided(sized(ENTRY, value, basis)).quantity == Decimal(quantity)


@pytest.mark.parametrize(
    ("basis", "value", "quantity"),
    [(SizeBasis.NOTIONAL, "10", "20"), (SizeBasis.EQUITY_PERCENT, "50", "1"), (SizeBasis.RISK_PERCENT, "10", "2")],
)
def test_sizes_of_little_money_and_cheap_coins(basis: SizeBasis, value: str, quantity: str) -> None:
    """A price of a half, an equity of one, a stop a twentieth away: nothing below one counts as nothing."""
    signal = _stopped(sized(replace(ENTRY, price=Decimal("0.5")), value, basis), LevelBasis.PRICE, "0.45")
    view = replace(VIEW, equity=Decimal(1), instrument=replace(BTCUSDT, tick=Decimal("0.01")))

    assert decided(signal, view).quantity == Decimal(quantity)


@pytest.mark.parametrize(("seconds", "price"), [(0, "101"), (5, "101"), (10, "101"), (11, None), (-10, "101")])
def test_a_reference_serves_as_long_as_it_is_young_enough(seconds: int, price: str | None) -> None:
    """Ten seconds are allowed, in both directions."""
    view = replace(VIEW, quote=replace(QUOTE, at_ns=NOW - seconds * S))

    assert decided(_MARKET, view).price == (None if price is None else Decimal(price))


def test_a_collar_below_one_tick_is_no_price_to_buy_at() -> None:
    """Rounded into the collar nothing is left, and nothing is bought for it."""
    decision = decided(_MARKET, replace(VIEW, quote=replace(QUOTE, bid=Decimal("0.04"), ask=Decimal("0.05"))))

    assert decision.price == 0
    assert not decision.allowed


def test_a_market_entry_is_an_ioc_limit_inside_the_collar() -> None:
    """Ask 100, collar 1 %: 101 at most, and the notional is divided by that worst price."""
    decision = decided(sized(_MARKET, "202", SizeBasis.NOTIONAL))

    assert (decision.order_type, decision.price, decision.quantity) == (OrderType.IOC, Decimal("101.0"), Decimal(2))


def test_a_market_entry_where_only_market_orders_are_taken() -> None:
    """Its worst price is still what it is sized by."""
    view = replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.MARKET})))

    decision = decided(sized(_MARKET, "202", SizeBasis.NOTIONAL), view)

    assert (decision.order_type, decision.price, decision.quantity) == (OrderType.MARKET, Decimal("101.0"), Decimal(2))


@pytest.mark.parametrize(
    ("basis", "level", "percent", "quantity"),
    [
        pytest.param(LevelBasis.PERCENT, "2", "1", "5", id="10 at risk, 2 lost per coin"),
        pytest.param(LevelBasis.PRICE, "96", "1", "2.5", id="10 at risk, 4 lost per coin"),
        pytest.param(LevelBasis.PRICE, "100", "1", "0", id="stop at the entry"),
        pytest.param(LevelBasis.PRICE, "101", "1", "0", id="stop above the entry"),
    ],
)
def test_risk_percent(basis: LevelBasis, level: str, percent: str, quantity: str) -> None:
    """Equity 1000, limit 100: what the stop would lose is the percentage asked for."""
    signal = _stopped(sized(ENTRY, percent, SizeBasis.RISK_PERCENT), basis, level)

    assert decided(signal).quantity == Decimal(quantity)


def test_risk_percent_of_a_sale() -> None:
    """A stop above the entry is on the right side of a short one, which spot then denies for itself."""
    signal = replace(_stopped(sized(ENTRY, "1", SizeBasis.RISK_PERCENT), LevelBasis.PRICE, "104"), side=Side.SELL)

    decision = decided(signal)

    assert decision.quantity == Decimal("2.5")
    assert [denial.rule for denial in decision.denials] == [RuleName.INSTRUMENT_TRADABLE]


@pytest.mark.parametrize("protect", [None, Protect()], ids=["nothing", "no stop"])
def test_risk_percent_without_a_stop_buys_nothing(protect: Protect | None) -> None:
    """The distance is unknown, so no size is safe."""
    signal = replace(sized(ENTRY, "1", SizeBasis.RISK_PERCENT), protect=protect)

    assert decided(signal).quantity == 0


@pytest.mark.parametrize("basis", [SizeBasis.EQUITY_PERCENT, SizeBasis.RISK_PERCENT])
@pytest.mark.parametrize("equity", [None, Decimal(0), Decimal(-5)])
def test_without_equity_a_share_of_it_buys_nothing(basis: SizeBasis, equity: Decimal | None) -> None:
    """And the denial is the venue's least quantity."""
    signal = _stopped(sized(ENTRY, "1", basis), LevelBasis.PERCENT, "2")

    decision = decided(signal, replace(VIEW, equity=equity))

    assert decision.quantity == 0
    assert [denial.rule for denial in decision.denials] == [RuleName.TICK_LOT_MINIMUM]


@pytest.mark.parametrize("basis", [SizeBasis.NOTIONAL, SizeBasis.EQUITY_PERCENT, SizeBasis.RISK_PERCENT])
def test_without_a_price_a_value_buys_nothing(basis: SizeBasis) -> None:
    """A market entry with no reference cannot be sized."""
    signal = _stopped(sized(_MARKET, "1", basis), LevelBasis.PERCENT, "2")

    assert decided(signal, replace(VIEW, quote=None)).quantity == 0


def test_without_size_nothing_is_bought() -> None:
    """The schema refuses such a signal; the gate does so again."""
    assert not decided(replace(ENTRY, size=None)).allowed


@pytest.mark.parametrize(
    ("price", "sent"), [("99.9999999999", "99.9"), ("100.00000000000000001", "100"), ("0.05", "0")]
)
def test_prices_with_too_many_decimals(price: str, sent: str) -> None:
    """A buyer never pays more than was said."""
    assert decided(replace(ENTRY, price=Decimal(price))).price == Decimal(sent)


def test_the_price_of_an_unknown_symbol_is_left_as_it_is() -> None:
    """There is no tick to round to, and the order is denied anyway."""
    decision = decided(ENTRY, replace(VIEW, instrument=None))

    assert decision.price == Decimal(100)
    assert not decision.allowed


def test_a_market_entry_on_an_unknown_symbol_has_no_price() -> None:
    """Nor has one whose reference is missing."""
    assert decided(_MARKET, replace(VIEW, instrument=None)).price is None
    assert decided(_MARKET, replace(VIEW, quote=None)).price is None


@pytest.mark.parametrize("size", ["9" * 19 + "." + "9" * 18, "0." + "0" * 17 + "1", "1E+18", "1E-18"])
@pytest.mark.parametrize("basis", SizeBasis)
def test_absurd_numbers_are_denied_and_break_nothing(size: str, basis: SizeBasis) -> None:
    """At the far ends of what is accepted from outside there is still a decision with readable figures."""
    signal = _stopped(replace(sized(ENTRY, size, basis), price=Decimal("1E+18")), LevelBasis.PRICE, "1E-18")
    limits = replace(
        LIMITS, max_notional_per_order=Decimal(100), max_leverage=Decimal(1), max_spread_percent=Decimal(1)
    )
    view = replace(VIEW, quote=replace(QUOTE, bid=Decimal("1E-18")), equity=Decimal("1E-30"))

    decision = decided(signal, view, limits)

    assert not decision.allowed
    assert all("E" not in found.value for found in decision.results)
