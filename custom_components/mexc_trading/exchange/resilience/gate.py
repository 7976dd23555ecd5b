"""The gate before the wire: breaker and budget in one, for every request that leaves."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
import time
from types import MappingProxyType
from typing import Final, NamedTuple

from ...model.outcome import Ambiguous, NotSent, Rejected, Throttled
from .breaker import NS_PER_S, Breaker, BreakerState, BreakerTerms, Pass, Verdict
from .budget import Budget, Cost
from .classify import Readable, Reply
from .lanes import Lane, Purpose

BREAKERS: Final[Mapping[Lane, BreakerTerms]] = MappingProxyType(
    {
        Lane.MARKET: BreakerTerms(),
        Lane.ACCOUNT: BreakerTerms(),
        Lane.ENTRIES: BreakerTerms(window_s=300.0, calls_min=3),
        Lane.EXITS: BreakerTerms(window_s=300.0, calls_min=3),
    }
)
"""Entries are rare, and each one without an answer is an order in doubt: three are enough."""

WAIT_S: Final[Mapping[Purpose, float]] = MappingProxyType(
    {Purpose.ORDINARY: 1.2, Purpose.SWEEP: 3.0, Purpose.RECONCILIATION: 3.0, Purpose.EXIT: 5.0}
)
"""How long a call waits for room: ordinary ones for the shortest window to pass, exits for any throttle."""

ENTRY_WAIT_S: Final = 3.0
"""How long an entry waits: a burst of them fits, and its price is bounded. Behind the gate it is asked again whether it
is still wanted, so one that expired, was cancelled or was stopped meanwhile does not leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The gate did not let a request out: nothing was sent. ``wait_s`` (≥ 1) says when to come again."""

    cause: str
    wait_s: int
    banned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A request that may leave now."""

    lane: Lane
    admitted: Pass


def _ticks() -> int:
    """Tell monotonic time in ns; looked up at each call, so that a process whose time runs otherwise is followed."""
    return time.monotonic_ns()


class Usage(NamedTuple):
    """What of the budget is used, and for how many seconds the venue does not want to hear from us."""

    weight: int
    requests_last_minute: int
    quiet_s: float
    banned_s: float


class Gate:
    """Breakers and budget of one account at one venue."""

    def __init__(
        self,
        *,
        ticks: Callable[[], int] = _ticks,
        sleep: Callable[[float], Coroutine[object, object, None]] = asyncio.sleep,
    ) -> None:
        """``ticks`` is a monotonic clock in ns, ``sleep`` waits seconds."""
        self._ticks = ticks
        self._sleep = sleep
        self._breakers = {lane: Breaker(terms, stops=lane is not Lane.EXITS) for lane, terms in BREAKERS.items()}
        self._healthy_ns: int | None = None
        self.budget = Budget()

    async def enter(self, lane: Lane, purpose: Purpose, cost: Cost) -> Admission | Held:
        """Ask to send one request. An :class:`Admission` must be given to :meth:`leave`, whatever happens then."""
        breaker = self._breakers[lane]
        patience_s = ENTRY_WAIT_S if lane is Lane.ENTRIES else WAIT_S[purpose]
        give_up_ns = self._ticks() + round(patience_s * NS_PER_S)
        while wait_ns := self.budget.wait_ns(cost, purpose, now_ns := self._ticks()):
            if now_ns + wait_ns > give_up_ns:
                banned = self.budget.banned_ns(now_ns) > 0
                return Held(cause="banned" if banned else "rate_budget", wait_s=_seconds(wait_ns), banned=banned)
            await self._sleep(wait_ns / NS_PER_S)
        if breaker.turns_away(now_ns):
            return Held(cause="breaker_open", wait_s=_seconds(breaker.wait_ns(now_ns)))
        self.budget.take(cost, purpose, now_ns)
        return Admission(lane=lane, admitted=breaker.admit(now_ns))

    async def room(self, purpose: Purpose, cost: Cost, patience_s: float) -> None:
        """Wait until a request of this cost would fit the budget, at most ``patience_s``. Takes nothing."""
        wait_ns = self.budget.wait_ns(cost, purpose, self._ticks())
        if 0 < wait_ns <= patience_s * NS_PER_S:
            await self._sleep(wait_ns / NS_PER_S)

    def leave(self, admission: Admission, reply: Reply | None) -> None:
        """Learn from what came of a request; None: it was given up."""
        now_ns = self._ticks()
        verdict = _verdict(reply)
        self._breakers[admission.lane].record(admission.admitted, verdict, now_ns)
        if verdict is Verdict.HEALTHY:
            self._healthy_ns = now_ns
        match reply:
            case Throttled(retry_after_s=retry_after_s, banned=banned):
                self.budget.throttled(retry_after_s, banned=banned, now_ns=now_ns)
            case Readable():
                self.budget.answered()
            case _:
                pass

    def states(self) -> Mapping[Lane, BreakerState]:
        """Tell the state of every breaker."""
        now_ns = self._ticks()
        return {lane: breaker.state(now_ns) for lane, breaker in self._breakers.items()}

    def answered_s_ago(self) -> float | None:
        """Tell how long ago the venue last answered; None: not yet."""
        return None if self._healthy_ns is None else (self._ticks() - self._healthy_ns) / NS_PER_S

    def usage(self) -> Usage:
        """Tell how full the budget is."""
        now_ns = self._ticks()
        return Usage(
            weight=self.budget.weight_used(now_ns),
            requests_last_minute=self.budget.requests_last_minute(now_ns),
            quiet_s=self.budget.quiet_ns(now_ns) / NS_PER_S,
            banned_s=self.budget.banned_ns(now_ns) / NS_PER_S,
        )


def _seconds(wait_ns: int) -> int:
    """Round a wait up to whole seconds, at least one."""
    return max(1, -(-wait_ns // NS_PER_S))


def _verdict(reply: Reply | None) -> Verdict:
    """Say what a reply tells of the venue's health."""
    match reply:
        case Readable() | Rejected():
            return Verdict.HEALTHY
        case NotSent() | Ambiguous():
            return Verdict.FAILED
        case Throttled() | None:
            return Verdict.SILENT
