"""A clock in doubt: no day begins by it and no latch ends, until it is known to be right."""

from decimal import Decimal

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from custom_components.mexc_trading.portfolio.day import TradingDay

from ..engine.market import NOW, S
from .test_latches import DAY as DRAWDOWN, LOSS, holding
from .watch import Watch

DAY = 86_400 * S
TODAY = NOW // DAY * DAY


def doubt(scene: Watch) -> None:
    """Let the clock be found to be off."""
    scene.do(inp.RaiseIn(kind=HoldKind.CLOCK_SKEW, scope=WHOLE_BOOK, why="86400000 ms", release=Release.AUTOMATIC))


def trust(scene: Watch) -> None:
    """Let it be found to be right."""
    scene.do(inp.ClearIn(kind=HoldKind.CLOCK_SKEW, scope=WHOLE_BOOK, reason="healthy again"))


def latched(bid: str = "95") -> Watch:
    """Lose fifty of fifty today."""
    scene = holding(LOSS)
    scene.see(bid)
    assert scene.held() == {"daily_loss"}
    return scene


@pytest.mark.parametrize("days", [1, 400])
def test_a_clock_that_is_ahead_and_comes_back_begins_no_day_and_ends_no_latch(days: int) -> None:
    """Whatever comes in meanwhile; and the day that it was is still measured from where it began."""
    scene = latched()
    day = scene.state.day
    doubt(scene)
    scene.now_ns += days * DAY
    for bid in ("96", "94"):
        scene.tick()
        scene.see(bid)
    assert scene.state.day == day
    scene.now_ns -= days * DAY
    trust(scene)
    scene.tick()
    scene.see("94")

    assert scene.state.day == day
    assert scene.held() == {"daily_loss"}
    scene.now_ns = TODAY + DAY
    scene.tick()
    assert not scene.held()


def test_a_day_that_really_passed_begins_once_the_clock_is_known_to_be_right() -> None:
    """Late, so it is measured from the last value that was seen before it, not from what is left."""
    scene = latched()
    scene.tick(301)
    doubt(scene)
    scene.now_ns = TODAY + DAY + 3_600 * S
    scene.see("90")
    scene.tick()
    assert scene.held() == {"daily_loss", "clock_skew"}
    trust(scene)
    scene.tick()

    assert scene.held() == set()
    assert scene.state.day == TradingDay(start_ns=TODAY + DAY, open_pnl=Decimal(-50), peak_pnl=Decimal(-50))


def test_a_latch_of_a_doubtful_clock_ends_with_the_next_day_that_begins() -> None:
    """Not when that clock would have it: nobody could let go of it before."""
    scene = holding(LOSS)
    doubt(scene)
    scene.now_ns += 400 * DAY
    scene.see("95")
    assert scene.held() == {"daily_loss", "clock_skew"}
    scene.now_ns -= 400 * DAY
    trust(scene)
    scene.tick()
    assert scene.held() == {"daily_loss"}
    scene.now_ns = TODAY + DAY
    scene.tick()

    assert not scene.held()


def test_in_doubt_losses_are_still_latched() -> None:
    """Against the day that it was."""
    scene = holding(DRAWDOWN)
    scene.see("120")
    doubt(scene)
    scene.now_ns += DAY
    scene.see("109.8")

    assert scene.held() == {"daily_drawdown", "clock_skew"}


def test_the_first_day_of_a_book_waits_as_well() -> None:
    """Nothing is entered before."""
    scene = holding(LOSS)
    scene.state.day = None
    doubt(scene)
    scene.tick()
    assert scene.state.day is None
    trust(scene)
    scene.tick()
    assert scene.state.day is not None
