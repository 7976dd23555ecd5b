"""A strategy's limits can only be tighter than its book's."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.model.ids import StrategyId
from custom_components.mexc_trading.model.signal import Signal
from custom_components.mexc_trading.risk.limits import Group, Limits, LossScope, SymbolQuantity
from custom_components.mexc_trading.risk.schedule import Window, both, inside
from custom_components.mexc_trading.risk.strategy import StrategyTerms
from custom_components.mexc_trading.risk.tighten import in_force, tighten
from custom_components.mexc_trading.risk.view import RiskView

from .pictures import BTC, ETH, MX, decided
from .random_books import LIMITS_OF_ANY_KIND, VIEWS, WINDOWS, WISHES

MOMENTS = st.integers(0, 366 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(book=LIMITS_OF_ANY_KIND, own=LIMITS_OF_ANY_KIND, view=VIEWS, wish=WISHES)
def test_what_either_does_not_allow_is_not_allowed(book: Limits, own: Limits, view: RiskView, wish: Signal) -> None:
    """Whatever the book or the strategy alone would deny, their joined limits do not allow."""
    together = decided(wish, view, tighten(book, own))

    for alone in (decided(wish, view, book), decided(wish, view, own)):
        assert alone.allowed or not together.allowed


@given(limits=LIMITS_OF_ANY_KIND)
def test_limits_that_limit_nothing_change_nothing(limits: Limits) -> None:
    """``Limits()`` is neutral, and joining twice is joining once."""
    assert tighten(limits, Limits()) == limits
    assert replace(tighten(limits, limits), trading_windows=limits.trading_windows) == limits


@given(first=WINDOWS, second=WINDOWS, at=MOMENTS)
def test_joined_windows_are_those_of_both(
    first: tuple[Window, ...] | None, second: tuple[Window, ...] | None, at: datetime
) -> None:
    """A moment is inside exactly when both allow it."""

    def allowed(windows: tuple[Window, ...] | None) -> bool:
        return windows is None or inside(windows, at)

    assert allowed(both(first, second)) == (allowed(first) and allowed(second))


def test_a_person_is_limited_by_the_book_alone() -> None:
    """A strategy also by its own list of symbols, whether it has limits of its own or not."""
    book = Limits(symbols=frozenset({BTC, ETH}), max_notional_per_order=Decimal(100))
    terms = StrategyTerms(strategy_id=StrategyId("ema"), name="EMA", symbols=frozenset({ETH, MX}))
    own = Limits(max_notional_per_order=Decimal(50))

    assert in_force(book, None) == book
    assert in_force(book, terms) == replace(book, symbols=frozenset({ETH}))
    assert in_force(book, replace(terms, limits=own)).max_notional_per_order == Decimal(50)
    assert in_force(book, replace(terms, limits=own)).symbols == {ETH}


def test_quantities_and_groups_are_joined() -> None:
    """Of two quantities of one symbol the smaller; every group of either counts."""
    btc = SymbolQuantity(BTC, Decimal(2))
    majors = Group("majors", (BTC, ETH), Decimal(100))
    mine = Group("mine", (BTC,), Decimal(10))
    book = Limits(max_quantity_per_order=(btc,), groups=(majors,))
    own = Limits(
        max_quantity_per_order=(SymbolQuantity(ETH, Decimal(5)), SymbolQuantity(BTC, Decimal(1))), groups=(majors, mine)
    )

    joined = tighten(book, own)

    assert dict(joined.max_quantity_per_order) == {BTC: Decimal(1), ETH: Decimal(5)}
    assert joined.groups == (majors, mine)


@pytest.mark.parametrize(
    ("book", "own", "scope"),
    [
        (Limits(), Limits(), LossScope.BOOK),
        (Limits(loss_scope=LossScope.SYMBOL), Limits(), LossScope.BOOK),
        (Limits(loss_scope=LossScope.SYMBOL, cooldown_after_loss_s=9), Limits(), LossScope.SYMBOL),
        (Limits(loss_scope=LossScope.SYMBOL, max_loss_streak=9), Limits(max_loss_streak=3), LossScope.BOOK),
    ],
)
def test_the_wider_scope_of_those_that_pause_counts(book: Limits, own: Limits, scope: LossScope) -> None:
    """Limits that pause nothing have no say."""
    assert tighten(book, own).loss_scope is scope


def test_spans_belong_to_the_counts_that_they_serve() -> None:
    """A strategy that counts no repeats does not lengthen the book's window, and a longer window is tighter."""
    book = Limits(max_repeats=3, repeat_window_s=60, max_loss_streak=3, loss_streak_pause_s=60)
    own = Limits(max_repeats=9, repeat_window_s=600, max_loss_streak=9, loss_streak_pause_s=600)

    assert tighten(book, Limits()).repeat_window_s == 60
    assert tighten(book, Limits()).loss_streak_pause_s == 60
    assert (tighten(book, own).max_repeats, tighten(book, own).repeat_window_s) == (3, 600)
    assert (tighten(book, own).max_loss_streak, tighten(book, own).loss_streak_pause_s) == (3, 600)
    assert tighten(Limits(repeat_window_s=5, loss_streak_pause_s=6), Limits()).repeat_window_s == 5


def test_no_field_is_forgotten() -> None:
    """Given a strategy that is tight in everything, every field that is a strategy's to set ends as tight."""
    own = Limits(
        max_notional_per_order=Decimal(1),
        max_quantity_per_order=(SymbolQuantity(BTC, Decimal(1)),),
        max_burst_notional=Decimal(1),
        max_open_positions=1,
        max_open_orders=1,
        max_symbol_exposure=Decimal(1),
        groups=(Group("all", (BTC,), Decimal(1)),),
        max_gross_exposure=Decimal(1),
        max_unprotected_exposure=Decimal(1),
        max_leverage=Decimal(1),
        max_daily_loss=Decimal(1),
        daily_loss_headroom=True,
        max_daily_drawdown=Decimal(1),
        max_total_drawdown=Decimal(1),
        cooldown_after_loss_s=1,
        max_loss_streak=1,
        loss_streak_pause_s=1,
        price_collar_percent=Decimal(1),
        max_price_age_s=1,
        max_spread_percent=Decimal(1),
        max_depth_percent=Decimal(1),
        max_orders_per_minute=1,
        max_signals_per_minute=1,
        duplicate_window_s=1,
        max_repeats=1,
        repeat_window_s=1,
        requires_stop=True,
        trading_windows=(),
        home_conditions=("binary_sensor.ups",),
        approval_above=Decimal(1),
    )
    books_alone = {"symbols", "min_loss", "loss_action", "kill_action", "loss_scope"}

    joined = tighten(Limits(), own)

    for field in fields(Limits):
        if field.name not in books_alone:
            assert getattr(own, field.name) != getattr(Limits(), field.name), field.name
            assert getattr(joined, field.name) == getattr(own, field.name), field.name


def test_midnight_and_the_change_of_clocks_are_on_the_wall() -> None:
    """A window's end is outside, and 24:00 is the end of its day."""
    window = (Window((6,), 0, 1440),)
    sunday = datetime(2026, 10, 25, tzinfo=UTC)

    assert inside(window, sunday)
    assert inside(window, sunday + timedelta(hours=23, minutes=59, seconds=59))
    assert not inside(window, sunday + timedelta(days=1))
