"""The venue's clock is followed with few questions."""

import json

from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.exchange.mexc.timekeeping import SAMPLE_AGE_S_MAX, VenueTime
from custom_components.mexc_trading.exchange.payload import Json
from custom_components.mexc_trading.exchange.resilience.clock import SAMPLES
from custom_components.mexc_trading.model.outcome import Trace, Unavailable
from tests.double import MexcDouble

from .conftest import NS_PER_MS, WallClock
from .scripted import Scripted


class _Venue:
    """A venue whose clock is so far ahead, 20 ms away each way."""

    def __init__(self) -> None:
        self.ahead_ms = 0
        self.now_ms = 1_000_000
        self.asked = 0
        self.dead = False

    async def ask(self) -> tuple[Json, Trace] | Unavailable:
        self.asked += 1
        sent_ms = self.now_ms
        self.now_ms += 40
        if self.dead:
            return Unavailable(cause="dead")
        trace = Trace(
            method="GET",
            path="/",
            query="",
            status=200,
            code=None,
            sent_at_ns=sent_ms * NS_PER_MS,
            ended_at_ns=self.now_ms * NS_PER_MS,
        )
        return {"serverTime": sent_ms + 20 + self.ahead_ms}, trace


async def test_five_questions_at_first_and_one_each_after() -> None:
    """A known clock is only checked."""
    venue = _Venue()
    venue.ahead_ms = 437
    time = VenueTime(venue.ask)
    first = await time.measure()
    assert not isinstance(first, Unavailable)
    assert abs(first.offset_ms - 437) <= 1
    assert first.error_ms <= 22
    assert venue.asked == SAMPLES
    await time.measure()
    await time.measure()
    assert venue.asked == SAMPLES + 2


async def test_a_clock_that_was_set_is_measured_afresh() -> None:
    """One contradicting answer is enough."""
    venue = _Venue()
    time = VenueTime(venue.ask)
    await time.measure()
    venue.ahead_ms = -5000
    second = await time.measure()
    assert not isinstance(second, Unavailable)
    assert abs(second.offset_ms + 5000) <= 1
    assert venue.asked == 2 * SAMPLES


async def test_old_samples_and_samples_of_the_future_are_dropped() -> None:
    """Our own clock may have been set, forward or back."""
    for jump_ms in (SAMPLE_AGE_S_MAX * 1000, -3_000_000):
        venue = _Venue()
        venue.now_ms = 10_000_000
        time = VenueTime(venue.ask)
        await time.measure()
        venue.now_ms += jump_ms
        await time.measure()
        assert venue.asked == 2 * SAMPLES


async def test_no_answer_leaves_what_was_known() -> None:
    """A dead venue is asked once, and the old offset stays in use."""
    venue = _Venue()
    time = VenueTime(venue.ask)
    known = await time.measure()
    venue.dead = True
    assert isinstance(await time.measure(), Unavailable)
    assert time.offset == known
    assert venue.asked == SAMPLES + 1
    assert isinstance(await time.measure_afresh(), Unavailable)
    assert venue.asked == SAMPLES + 3


async def test_a_malformed_time_is_no_answer(scripted: Scripted, scripted_spot: MexcSpot) -> None:
    """Neither text nor a boolean is a time."""
    for wrong in ("soon", True, None, -1, 10**20):
        scripted.say("/api/v3/time", json.dumps({"serverTime": wrong}))
        assert isinstance(await scripted_spot.clock_offset(), Unavailable)


async def test_many_refused_timestamps_make_one_measurement(
    spot: MexcSpot, double: MexcDouble, clock: WallClock
) -> None:
    """Calls that fail together set the clock once."""
    clock.skew_ms = 90_000
    for _ in range(3):
        assert isinstance(await spot.balances(), tuple)
    assert len(double.requests.of("GET", "/api/v3/time")) == SAMPLES
