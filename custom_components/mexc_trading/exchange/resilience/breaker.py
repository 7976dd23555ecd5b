"""A circuit breaker: after too many calls without a usable answer, stop asking for a while, then ask once."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NS_PER_S: Final = 1_000_000_000


class BreakerState(StrEnum):
    """Closed lets calls through; open does not; half-open lets a single one through to see."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


_BADNESS: Final = (BreakerState.CLOSED, BreakerState.HALF_OPEN, BreakerState.OPEN)


def worst(states: Iterable[BreakerState]) -> BreakerState:
    """Pick the worst of some states."""
    return max(states, key=_BADNESS.index)


class Verdict(StrEnum):
    """What a call says about the venue's health. A refusal is health: the venue answered."""

    HEALTHY = "healthy"
    FAILED = "failed"
    SILENT = "silent"
    """Says nothing either way: throttled, or given up before it left."""


class Pass(StrEnum):
    """How a call was let through."""

    CALL = "call"
    PROBE = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerTerms:
    """When a breaker opens and for how long.

    It opens when, of the calls of the last ``window_s`` seconds and at least ``calls_min`` of them, the share
    ``failed_share`` or more failed. It stays open for ``open_s``, doubled by each failed probe up to ``open_s_max``.
    """

    window_s: float = 60.0
    calls_min: int = 5
    failed_share: float = 0.5
    open_s: float = 5.0
    open_s_max: float = 30.0


CALLS_KEPT: Final = 50
"""Calls that a breaker remembers; more say nothing new."""


class Breaker:
    """One breaker. Time is monotonic nanoseconds and comes from outside.

    ``stops`` False makes one that is counted and shown like any other, but lets every call through.
    """

    def __init__(self, terms: BreakerTerms, *, stops: bool = True) -> None:
        """Start closed."""
        self._terms = terms
        self._stops = stops
        self._calls: deque[tuple[int, bool]] = deque(maxlen=CALLS_KEPT)
        self._opened_ns: int | None = None
        self._open_for_ns = 0
        self._probing = False

    def state(self, now_ns: int) -> BreakerState:
        """Tell the state at a moment."""
        if self._opened_ns is None:
            return BreakerState.CLOSED
        if now_ns - self._opened_ns < self._open_for_ns:
            return BreakerState.OPEN
        return BreakerState.HALF_OPEN

    def wait_ns(self, now_ns: int) -> int:
        """Tell how long it will stay open."""
        return 0 if self._opened_ns is None else max(0, self._opened_ns + self._open_for_ns - now_ns)

    def turns_away(self, now_ns: int) -> bool:
        """Tell whether a call would not be admitted now."""
        state = self.state(now_ns)
        return self._stops and (state is BreakerState.OPEN or (state is BreakerState.HALF_OPEN and self._probing))

    def admit(self, now_ns: int) -> Pass:
        """Let a call through that is not turned away. Each one must be followed by :meth:`record`."""
        if self.state(now_ns) is BreakerState.HALF_OPEN and not self._probing:
            self._probing = True
            return Pass.PROBE
        return Pass.CALL

    def record(self, admitted: Pass, verdict: Verdict, now_ns: int) -> None:
        """Say how an admitted call ended. While open, only the probe can prolong it, and any healthy call ends it."""
        if admitted is Pass.PROBE:
            self._probing = False
        if self._opened_ns is not None:
            if verdict is Verdict.HEALTHY:
                self._opened_ns = None
                self._calls.clear()
            elif verdict is Verdict.FAILED and admitted is Pass.PROBE:
                self._open(now_ns, min(self._open_for_ns * 2, round(self._terms.open_s_max * NS_PER_S)))
        elif verdict is not Verdict.SILENT:
            self._calls.append((now_ns, verdict is Verdict.FAILED))
            if self._tripped(now_ns):
                self._open(now_ns, round(self._terms.open_s * NS_PER_S))

    def _tripped(self, now_ns: int) -> bool:
        """Tell whether too many of the recent calls failed."""
        since_ns = now_ns - round(self._terms.window_s * NS_PER_S)
        recent = [failed for at_ns, failed in self._calls if at_ns >= since_ns]
        return len(recent) >= self._terms.calls_min and sum(recent) >= self._terms.failed_share * len(recent)

    def _open(self, now_ns: int, open_for_ns: int) -> None:
        """Open from now."""
        self._opened_ns = now_ns
        self._open_for_ns = open_for_ns
