"""A wish at the market is priced inside the band that the venue takes, however wide the collar is."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.model.market import OrderType
from custom_components.mexc_trading.risk.limits import Limits

from .pictures import BTC, BTCUSDT, ENTRY, EXIT, HOLDING, VIEW, decided

_BANDED = replace(BTCUSDT, buy_band=Decimal("0.2"), sell_band=Decimal("0.1"))
_BARE = Limits(symbols=frozenset({BTC}))
_AT_MARKET = replace(ENTRY, order_type=OrderType.MARKET, price=None)


def test_an_entry_stays_inside_the_band_when_the_collar_is_wider() -> None:
    """The bare collar of 50 % would be refused by the venue: at most nine tenths of its 20 % above the ask of 100."""
    decision = decided(_AT_MARKET, replace(VIEW, instrument=_BANDED), _BARE)

    assert (decision.order_type, decision.price) == (OrderType.IOC, Decimal("118.0"))
    assert decided(_AT_MARKET, VIEW, _BARE).price == Decimal("150.0")


def test_the_collar_stays_where_the_band_is_wider() -> None:
    """A band never lets an entry pay more than the collar."""
    view = replace(VIEW, instrument=_BANDED)

    assert decided(_AT_MARKET, view).price == decided(_AT_MARKET, VIEW).price == Decimal("101.0")


def test_an_exit_stays_inside_the_band_until_it_goes_to_the_market() -> None:
    """Nine tenths of the 10 % below the bid of 99.9, rounded up to the tick; urgency still ends at the market."""
    view = replace(HOLDING, instrument=_BANDED)

    assert decided(EXIT, view, _BARE).price == Decimal("91.0")
    assert decided(replace(EXIT, urgency=2), view, _BARE).price == Decimal("91.0")
    assert decided(replace(EXIT, urgency=3), view, _BARE).order_type is OrderType.MARKET


def test_a_limit_that_was_asked_for_is_left_alone() -> None:
    """The venue may say itself what it thinks of it."""
    asked = replace(ENTRY, price=Decimal(130))

    assert decided(asked, replace(VIEW, instrument=_BANDED), _BARE).price == Decimal(130)
