"""The venue's clock against ours: an offset by the median of samples, with a bound on its error.

The venue refuses what is stamped more than 1 s in its future or older than ``recvWindow`` (fact sheet 2.1), so the
offset is part of being able to trade at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from ...model.outcome import ClockOffset

NS_PER_MS: Final = 1_000_000
SAMPLES: Final = 5
"""How many answers of ``/time`` make one measurement: enough for a median to shrug off two slow ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSample:
    """One answer: our time (ns) before and after, and the venue's (ms) in between."""

    sent_at_ns: int
    received_at_ns: int
    venue_ms: int

    @property
    def low_ms(self) -> float:
        """The least possible offset: the venue looked just before the answer came in."""
        return self.venue_ms - self.received_at_ns / NS_PER_MS

    @property
    def high_ms(self) -> float:
        """The greatest possible offset: it looked at once, and its millisecond had nearly passed."""
        return self.venue_ms + 1 - self.sent_at_ns / NS_PER_MS


def agree(samples: Sequence[ClockSample]) -> bool:
    """Tell whether one offset can explain all samples."""
    return max(sample.low_ms for sample in samples) <= min(sample.high_ms for sample in samples)


def measured(samples: Sequence[ClockSample]) -> ClockOffset:
    """Estimate the offset from at least one sample.

    Every sample bounds the true offset from both sides. The error is the distance from the median to the far end of
    what all samples allow; where they exclude each other (a clock was set in between), to the far end of their union.
    """
    middle = round(median((sample.low_ms + sample.high_ms) / 2 for sample in samples))
    if agree(samples):
        low, high = max(sample.low_ms for sample in samples), min(sample.high_ms for sample in samples)
    else:
        low, high = min(sample.low_ms for sample in samples), max(sample.high_ms for sample in samples)
    error = max(middle - low, high - middle)
    return ClockOffset(
        offset_ms=middle,
        error_ms=int(error) + 1,
        measured_at_ns=max(sample.received_at_ns for sample in samples),
    )
