"""The venue's time, kept: a few answers of ``/time`` at first, then one at a time.

A measurement that contradicts the former ones (somebody set a clock) starts over.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from ...model.outcome import ClockOffset, Trace, Unavailable
from ..payload import Json
from ..resilience.breaker import NS_PER_S
from ..resilience.clock import SAMPLES, ClockSample, agree, measured
from .shape import Fields, Malformed

SAMPLE_AGE_S_MAX: Final = 1800
"""Quartz drifts by up to 50 ppm: 90 ms in half an hour, well below the venue's second of tolerance."""

FAILURES_MAX: Final = 2
"""After so many questions without an answer in a row, a measurement is given up."""

type AskTime = Callable[[], Awaitable[tuple[Json, Trace] | Unavailable]]
"""One question for the venue's time."""


class VenueTime:
    """The offset between the venue's clock and ours, as far as it is known."""

    def __init__(self, ask: AskTime) -> None:
        """``ask`` puts one question."""
        self._ask = ask
        self._samples: list[ClockSample] = []
        self.offset: ClockOffset | None = None

    async def measure(self) -> ClockOffset | Unavailable:
        """Ask once, and as often as needed for a first measurement."""
        newest = await self._sample()
        if isinstance(newest, Unavailable):
            return newest
        oldest_ns = newest.sent_at_ns - SAMPLE_AGE_S_MAX * NS_PER_S
        kept = [sample for sample in self._samples if oldest_ns < sample.sent_at_ns <= newest.sent_at_ns]
        if len(kept) < SAMPLES - 1 or not agree([*kept, newest]):
            return await self.measure_afresh(newest)
        return self._keep([*kept, newest][-SAMPLES:])

    async def measure_afresh(self, first: ClockSample | None = None) -> ClockOffset | Unavailable:
        """Forget what was measured before, and ask a few times."""
        samples = [] if first is None else [first]
        failure = Unavailable(cause="no answer")
        failures = 0
        while len(samples) < SAMPLES and failures < FAILURES_MAX:
            sample = await self._sample()
            if isinstance(sample, Unavailable):
                failure, failures = sample, failures + 1
            else:
                samples.append(sample)
        return self._keep(samples) if samples else failure

    def _keep(self, samples: list[ClockSample]) -> ClockOffset:
        """Take samples for the truth."""
        self._samples = samples
        self.offset = measured(samples)
        return self.offset

    async def _sample(self) -> ClockSample | Unavailable:
        """Ask once."""
        answer = await self._ask()
        if isinstance(answer, Unavailable):
            return answer
        payload, trace = answer
        try:
            venue_ms = Fields(payload).whole("serverTime")
        except Malformed as error:
            return Unavailable(cause=f"malformed answer: {error}", trace=trace)
        return ClockSample(sent_at_ns=trace.sent_at_ns, received_at_ns=trace.ended_at_ns, venue_ms=venue_ms)
