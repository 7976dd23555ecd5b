"""What a book is worth, and when its day begins."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.model.money import ZERO
from custom_components.mexc_trading.portfolio.day import day_start_ns
from custom_components.mexc_trading.portfolio.valuation import drawdown_percent
from tests.engine.market import S


@pytest.mark.parametrize(
    ("capital", "peak", "total", "percent"),
    [
        ("1000", "0", "0", "0"),
        ("1000", "100", "45", "5"),
        ("1000", "100", "200", "0"),  # above the peak is no drawdown
        ("-5", "0", "-1", "0"),  # no equity, no percentage
    ],
)
def test_drawdown_is_the_fall_from_the_peak(capital: str, peak: str, total: str, percent: str) -> None:
    """In percent of the equity at the peak."""
    found = drawdown_percent(capital=Decimal(capital), peak_pnl=Decimal(peak), total_pnl=Decimal(total))
    assert found == Decimal(percent)


def test_a_deposit_neither_causes_nor_cures_a_drawdown_by_itself() -> None:
    """It changes the capital, not the profit."""
    assert drawdown_percent(capital=Decimal(10), peak_pnl=ZERO, total_pnl=ZERO) == 0


@pytest.mark.parametrize(
    ("zone", "now", "start"),
    [
        ("UTC", "2026-11-22T15:00:00+00:00", "2026-11-22T00:00:00+00:00"),
        ("Europe/Paris", "2026-11-22T23:30:00+00:00", "2026-11-23T00:00:00+01:00"),
        # The day on which the clock goes forward has 23 hours, the one on which it goes back 25.
        ("Europe/Paris", "2026-03-29T21:59:59+00:00", "2026-03-29T00:00:00+01:00"),
        ("Europe/Paris", "2026-03-29T22:00:00+00:00", "2026-03-30T00:00:00+02:00"),
        ("Europe/Paris", "2026-10-25T22:59:59+00:00", "2026-10-25T00:00:00+02:00"),
        ("America/New_York", "2026-11-22T04:59:59+00:00", "2026-11-21T00:00:00-05:00"),
    ],
)
def test_a_trading_day_begins_at_local_midnight(zone: str, now: str, start: str) -> None:
    """Whatever the clocks do that day."""
    moment = int(datetime.fromisoformat(now).timestamp()) * S
    assert day_start_ns(moment, ZoneInfo(zone)) == int(datetime.fromisoformat(start).timestamp()) * S


@given(st.integers(1_000_000_000, 2_100_000_000), st.sampled_from(["UTC", "Europe/Paris", "Asia/Kolkata"]))
def test_a_day_has_begun_and_not_more_than_25_hours_ago(now_s: int, zone: str) -> None:
    """And its start is the start of itself."""
    now_ns = now_s * S
    start_ns = day_start_ns(now_ns, ZoneInfo(zone))
    assert 0 <= now_ns - start_ns < 25 * 3600 * S
    assert day_start_ns(start_ns, ZoneInfo(zone)) == start_ns
