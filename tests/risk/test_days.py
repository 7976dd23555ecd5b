"""The trading day's borders in any zone, and what a day is measured from."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.model.money import exact
from custom_components.mexc_trading.portfolio.day import PUNCTUAL_NS, day_end_ns, day_start_ns, opening_pnl
from custom_components.mexc_trading.portfolio.valuation import drawdown_percent, peak_after_flow

from .random_books import amounts

S = 1_000_000_000
HOUR = 3600 * S
ZONES = (
    "UTC",
    "Europe/Paris",
    "America/Santiago",
    "America/Havana",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)


def _ns(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * S


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", "2026-03-29", 24),
        ("Europe/Paris", "2026-03-29", 23),
        ("Europe/Paris", "2026-10-25", 25),
        ("America/Santiago", "2026-09-06", 23),
        ("America/Havana", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ],
)
def test_days_through_a_change_of_clocks(zone: str, day: str, hours: float) -> None:
    """Where midnight is skipped the day starts when the clocks do; where it comes twice, the first time."""
    noon_ns = int(datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)).timestamp()) * S

    start_ns, end_ns = day_start_ns(noon_ns, ZoneInfo(zone)), day_end_ns(noon_ns, ZoneInfo(zone))

    assert end_ns - start_ns == int(hours * HOUR)
    assert day_start_ns(start_ns, ZoneInfo(zone)) == start_ns
    assert day_start_ns(start_ns - S, ZoneInfo(zone)) < start_ns
    assert day_start_ns(end_ns, ZoneInfo(zone)) == end_ns


def test_the_second_of_two_midnights_begins_no_day() -> None:
    """In Havana the hour after midnight comes twice on 1 November 2026."""
    zone = ZoneInfo("America/Havana")
    first = datetime(2026, 11, 1, 0, 30, tzinfo=zone)
    second = first.replace(fold=1)

    assert second.timestamp() - first.timestamp() == 3600
    assert day_start_ns(int(second.timestamp()) * S, zone) == day_start_ns(int(first.timestamp()) * S, zone)


@given(
    zone=st.sampled_from(ZONES), at=st.integers(_ns("2026-01-01T00:00+00:00") // S, _ns("2027-12-31T00:00+00:00") // S)
)
def test_days_follow_one_another_without_a_gap(zone: str, at: int) -> None:
    """Every moment lies in exactly one day, of 22 to 26 hours."""
    now_ns, tz = at * S, ZoneInfo(zone)
    start_ns, end_ns = day_start_ns(now_ns, tz), day_end_ns(now_ns, tz)

    assert start_ns <= now_ns < end_ns
    assert 22 * HOUR <= end_ns - start_ns <= 26 * HOUR
    assert day_start_ns(end_ns, tz) == end_ns
    assert day_end_ns(start_ns, tz) == end_ns


@pytest.mark.parametrize(
    ("late_ns", "last_at", "last", "opening"),
    [
        (0, -S, "10", "5"),
        (PUNCTUAL_NS, -S, "10", "5"),
        (PUNCTUAL_NS + 1, -S, "10", "10"),
        (PUNCTUAL_NS + 1, -S, "3", "5"),
        (PUNCTUAL_NS + 1, 0, "10", "5"),
        (PUNCTUAL_NS + 1, PUNCTUAL_NS + 2, "10", "10"),
        (PUNCTUAL_NS + 1, None, "0", "5"),
    ],
)
def test_what_a_day_opens_with(late_ns: int, last_at: int | None, last: str, opening: str) -> None:
    """In time: the present value of 5. Late: the last one before midnight, or a clock that was set back, if higher."""
    start_ns = _ns("2026-10-01T00:00+00:00")

    found = opening_pnl(
        now_ns=start_ns + late_ns,
        start_ns=start_ns,
        total_pnl=Decimal(5),
        last_value=None if last_at is None else (start_ns + last_at, Decimal(last)),
    )

    assert found == Decimal(opening)


@given(capital=amounts("1"), peak=amounts("0"), fall=amounts("0", "0.99"), amount=amounts("-900", "900"))
def test_a_flow_leaves_the_drawdown_as_it_is(capital: Decimal, peak: Decimal, fall: Decimal, amount: Decimal) -> None:
    """Whatever comes in or leaves, as long as something is left."""
    with exact():
        total = peak - fall * (capital + peak)
        equity = capital + total
        before = drawdown_percent(capital=capital, peak_pnl=peak, total_pnl=total)
        moved = peak_after_flow(capital, peak, equity, amount)
        after = drawdown_percent(capital=capital + amount, peak_pnl=max(moved, total), total_pnl=total)

        if equity > 0 and equity + amount > 0:
            assert abs(after - before) < Decimal("1E-30")
        else:
            assert after == 0


def test_no_equity_has_no_drawdown() -> None:
    """A peak of nothing is no peak."""
    assert drawdown_percent(capital=Decimal(-5), peak_pnl=Decimal(5), total_pnl=Decimal(0)) == 0
    assert drawdown_percent(capital=Decimal(100), peak_pnl=Decimal(0), total_pnl=Decimal(9)) == 0
