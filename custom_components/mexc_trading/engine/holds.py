"""Raising holds: one of a kind and scope is enough."""

from ..model.hold import Hold, HoldKind, Release, Scope
from ..model.ids import HoldId
from ..portfolio.day import day_end_ns
from .events import HoldRaised
from .state import BookState


def raised(
    state: BookState,
    *,
    kind: HoldKind,
    scope: Scope,
    why: str,
    release: Release,
    now_ns: int,
    until_ns: int | None = None,
) -> tuple[HoldRaised, ...]:
    """Give the event that raises a hold; none when the same stop is in force already."""
    name = hold_id(kind, scope)
    if name in state.holds:
        return ()
    hold = Hold(hold_id=name, kind=kind, scope=scope, since_ns=now_ns, why=why, release=release, until_ns=until_ns)
    return (HoldRaised(hold=hold),)


def in_doubt(state: BookState) -> bool:
    """Whether the clock is known to be off, or may be: no day begins by it, and no latch ends."""
    return state.has_hold(HoldKind.CLOCK_SKEW)


def latch_end(state: BookState, now_ns: int) -> int | None:
    """Say when a hold ends that lasts for the day (ns). None: with the next day that begins, for want of a clock."""
    return None if in_doubt(state) else day_end_ns(now_ns, state.zone)


def hold_id(kind: HoldKind, scope: Scope) -> HoldId:
    """Name a hold by what it is about: ``kill_switch``, ``illegal_transition:BTCUSDT``."""
    return HoldId(f"{kind}:{scope.name}" if scope.name else kind.value)
