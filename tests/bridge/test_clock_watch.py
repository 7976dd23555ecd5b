"""Which clock is right: ours, the wall clock's, or neither, as the exchange has it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from custom_components.mexc_trading.bridge.clock import SystemClock
from custom_components.mexc_trading.bridge.clock_watch import ClockWatch
from custom_components.mexc_trading.engine.upkeep import Upkeep
from custom_components.mexc_trading.model.outcome import ClockOffset
from custom_components.mexc_trading.orders.states import OrderState
from tests.engine.desk import Desk, open_desk
from tests.engine.market import entry
from tests.engine.venue import Fate

from .test_clock import DAY, Machine, S, clock_of

MS = 1_000_000
LIMIT_MS = 1_000


class Watched:
    """A desk, a machine, and the watch between them."""

    def __init__(self, desk: Desk) -> None:
        """Measure at the start that all clocks agree."""
        self.desk = desk
        self.machine = Machine()
        self.clock: SystemClock = clock_of(self.machine)
        self.upkeep = Upkeep(book=desk.book, venue=desk.venue, clock=self.clock)
        self.watch = ClockWatch(book=desk.book, upkeep=self.upkeep, clock=self.clock, offset=self.offset(0))
        self.clock.listen(self.watch.clock_set)

    def offset(self, venue_ahead_ns: int, error_ms: int = 5) -> ClockOffset:
        """Give what a question for the venue's time would say."""
        return ClockOffset(offset_ms=venue_ahead_ns // MS, error_ms=error_ms, measured_at_ns=self.clock.now_ns())

    def measure(self, venue_ahead_ns: int, error_ms: int = 5) -> None:
        """Let the upkeep have asked."""
        self.upkeep.offset = self.offset(venue_ahead_ns, error_ms)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    """Watch a desk's clock."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        yield Watched(desk)


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_a_jump_that_the_exchange_does_not_bear_out_is_not_followed(watched: Watched, jump: int) -> None:
    """Before it was asked, and after it said that ours is right."""
    assert watched.watch.skew_ms() == 5
    watched.machine.wall += jump
    assert watched.watch.jumped()
    assert watched.watch.skew_ms() == DAY // MS + 5
    assert not watched.watch.jumped()
    watched.measure(0)
    assert watched.watch.skew_ms() == DAY // MS + 5
    assert abs(watched.clock.apart_ns()) == DAY
    watched.machine.wall -= jump
    assert watched.watch.jumped()
    assert watched.watch.skew_ms() == 5


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_one_that_it_bears_out_is_followed(watched: Watched, jump: int) -> None:
    """A guest that stood still, or a start with a wrong time: and what was measured is known by the new clock."""
    watched.machine.wall += jump
    watched.measure(jump)
    assert watched.watch.skew_ms() == DAY // MS + 5
    assert watched.clock.apart_ns() == 0
    assert watched.clock.now_ns() == watched.machine.wall
    assert watched.upkeep.offset is not None
    assert watched.upkeep.offset.offset_ms == 0
    assert watched.watch.skew_ms() == 5


@pytest.mark.parametrize(("off_ms", "error_ms"), [(0, LIMIT_MS + 1), (LIMIT_MS - 4, 5)])
async def test_a_wall_clock_that_is_not_known_to_be_right_is_not_followed(
    watched: Watched, off_ms: int, error_ms: int
) -> None:
    """Better than ours is not good enough."""
    watched.machine.wall += DAY
    watched.measure(DAY + off_ms * MS, error_ms)
    assert watched.watch.skew_ms() > LIMIT_MS
    assert watched.clock.apart_ns() == DAY


async def test_a_clock_of_ours_that_is_right_follows_nobody(watched: Watched) -> None:
    """Two clocks that are both good enough may differ."""
    watched.machine.wall += 3 * S // 2
    watched.measure(3 * S // 4)
    assert watched.watch.skew_ms() == 755
    assert watched.clock.apart_ns() == 3 * S // 2


async def test_fences_are_counted_anew(watched: Watched) -> None:
    """An order of unknown fate has not been absent for a day because the clock was set."""
    desk = watched.desk
    desk.venue.fates.append(Fate.LOST)
    order_id = await desk.send(entry())
    assert desk.record(order_id).state is OrderState.UNKNOWN
    desk.clock.time_ns += S
    watched.machine.wall += DAY
    watched.measure(DAY)
    watched.watch.skew_ms()
    await desk.rest()
    assert desk.record(order_id).unanswered_ns == desk.clock.time_ns
