"""The exits of an open episode, watched here because MEXC spot has no stop orders. Pure: prices in, triggers out.

An episode is watched from its first fill on. Quantities are worked out when an exit is due, so they fit the position
whatever became of it meanwhile, and they are taken from what no other exit may still sell: one exit cancels the other
because both sell from the same quantity.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..model.ids import EpisodeId, StrategyId, Symbol
from ..model.leg import Leg
from ..model.money import HUNDRED, ONE, ZERO
from ..model.signal import Level, LevelBasis, Protect

_NS_PER_S: Final = 1_000_000_000

QUICK_SLICES: Final = 4
"""Slices that follow one another at once: three inside a widening collar, then one at the market."""

WAITS_S: Final = (1, 2, 4, 8, 15, 30)
"""Waits before each further slice, when even the market took none; the last one repeats."""

TRAIL_STEP: Final = Decimal("0.0005")
"""A trailing stop moves in steps of this part of the price: bounded records, exact to 0.05 %."""


class Purpose(StrEnum):
    """Why an episode is being sold."""

    STOP = "stop"
    TARGET = "target"
    TIME = "time"
    CLOSE = "close"
    FLATTEN = "flatten"


LEG_OF: Final = {
    Purpose.STOP: Leg.STOP,
    Purpose.TARGET: Leg.TARGET1,
    Purpose.TIME: Leg.CLOSE,
    Purpose.CLOSE: Leg.CLOSE,
    Purpose.FLATTEN: Leg.CLOSE,
}
"""The leg of each purpose's orders. The steps of a ladder differ by their signal's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What is known of an open episode's exits. Quantities in base, prices in quote units, times in ns."""

    symbol: Symbol
    episode_id: EpisodeId
    strategy: StrategyId
    opened_ns: int
    plan: Protect | None = None
    """The exits that go with its latest entry that named any; None: only a person closes it."""

    largest: Decimal = ZERO
    """The largest quantity held so far: what the shares of targets are shares of."""

    high: Decimal | None = None
    """The highest bid since it is watched, for a trailing stop."""

    targets_done: int = 0
    purpose: Purpose | None = None
    """Why it is being sold now. All but a target stay until the position is flat."""

    left: Decimal | None = None
    """What a target still has to sell; None: everything."""

    slices: int = 0
    """Slices sent for the purpose so far."""

    sent: int = 0
    """Slices sent in all of the episode; each has its number in its signal's id."""

    tried_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """An exit that is due: why, at which bid, and how much of it (None: everything)."""

    purpose: Purpose
    price: Decimal | None
    quantity: Decimal | None = None


def stop_level(protection: Protection, average_price: Decimal) -> Decimal | None:
    """Give the highest stop in force, in quote units: the fixed one, the trailing one, break-even after a target."""
    plan = protection.plan
    if plan is None:
        return None
    stops = []
    if plan.stop_loss is not None:
        stops.append(_level(plan.stop_loss, average_price, -ONE))
    if plan.trailing_percent is not None:
        high = average_price if protection.high is None else max(protection.high, average_price)
        stops.append(high * (HUNDRED - plan.trailing_percent) / HUNDRED)
    if plan.break_even and protection.targets_done > 0:
        stops.append(average_price)
    return max(stops, default=None)


def target_level(protection: Protection, average_price: Decimal) -> Decimal | None:
    """Give the price of the next target, in quote units; None when there is none left."""
    plan = protection.plan
    if plan is None or protection.targets_done >= len(plan.take_profit):
        return None
    return _level(plan.take_profit[protection.targets_done].level, average_price, ONE)


def due(protection: Protection, *, average_price: Decimal, bid: Decimal | None, now_ns: int) -> Trigger | None:
    """Say which exit is due at a bid (None: no fresh one). A stop overrules a target that is being sold.

    What sells everything already is overruled by nothing.
    """
    if protection.purpose not in (None, Purpose.TARGET):
        return None
    stop = stop_level(protection, average_price)
    if bid is not None and stop is not None and bid <= stop:
        return Trigger(purpose=Purpose.STOP, price=bid)
    plan = protection.plan
    time_exit_s = None if plan is None else plan.time_exit_s
    if time_exit_s is not None and now_ns - protection.opened_ns >= time_exit_s * _NS_PER_S:
        return Trigger(purpose=Purpose.TIME, price=bid)
    target = target_level(protection, average_price)
    if plan is None or bid is None or target is None or bid < target or protection.purpose is not None:
        return None
    share = plan.take_profit[protection.targets_done].share
    return Trigger(purpose=Purpose.TARGET, price=bid, quantity=protection.largest * share)


def waits(protection: Protection, *, average_price: Decimal, bid: Decimal | None, now_ns: int) -> bool:
    """Whether the next slice of what is being sold has to wait: for its time, or a target for its price."""
    if protection.purpose is Purpose.TARGET:
        target = target_level(protection, average_price)
        return bid is None or (target is not None and bid < target)
    if protection.slices < QUICK_SLICES:
        return False
    wait_s = WAITS_S[min(protection.slices - QUICK_SLICES, len(WAITS_S) - 1)]
    return 0 <= now_ns - protection.tried_ns < wait_s * _NS_PER_S


def slice_name(protection: Protection) -> str:
    """Name the signal of the next slice: by episode, purpose and number, so that a repeat after a crash is the same."""
    return f"{protection.episode_id}:{protection.purpose}:{protection.sent}"


def urgency(protection: Protection) -> int:
    """How far the next slice may chase the price. A target never does: its price is the point of it."""
    return 0 if protection.purpose is Purpose.TARGET else protection.slices


def trail(protection: Protection, bid: Decimal) -> Decimal | None:
    """Give the new highest bid, if a trailing stop moves with it by at least one step."""
    plan = protection.plan
    if plan is None or plan.trailing_percent is None:
        return None
    high = protection.high
    return bid if high is None or bid >= high * (ONE + TRAIL_STEP) else None


def armed(protection: Protection, plan: Protect | None, held: Decimal, *, anew: bool = False) -> Protection:
    """Take in an entry's fill: its exits, if it named any, are now those of the whole position.

    ``anew``: it is the first fill of an entry that named some. Its ladder begins at its first step, with shares of what
    is held now; a step of the former ladder that was being sold is of no plan any more.
    """
    if not anew:
        return replace(protection, plan=plan or protection.plan, largest=max(protection.largest, held))
    begun = replace(protection, plan=plan, largest=held, targets_done=0)
    return replace(begun, purpose=None, left=None, slices=0) if begun.purpose is Purpose.TARGET else begun


def triggered(protection: Protection, trigger: Trigger) -> Protection:
    """Take in that an exit is due. What sells everything is not undone by a target."""
    return replace(protection, purpose=trigger.purpose, left=trigger.quantity, slices=0)


def sliced(protection: Protection, at_ns: int) -> Protection:
    """Take in that a slice was decided."""
    return replace(protection, slices=protection.slices + 1, sent=protection.sent + 1, tried_ns=at_ns)


def sold(protection: Protection, quantity: Decimal, least: Decimal, *, whole: bool) -> Protection:
    """Take in that one of the engine's slices sold; a target of which less than ``least`` is left is done.

    ``whole``: the slice sold all that it asked for. What is left was only more than one order may be, and waits for
    nothing.
    """
    if protection.purpose is not Purpose.TARGET or protection.left is None:
        return replace(protection, tried_ns=0) if whole else protection
    left = protection.left - quantity
    if left >= least:
        return replace(protection, left=left)
    return passed(protection)


def passed(protection: Protection) -> Protection:
    """Take in that a target is done, or that what is left of it is too little: the next one is waited for."""
    return replace(protection, purpose=None, left=None, slices=0, targets_done=protection.targets_done + 1)


def _level(level: Level, average_price: Decimal, sign: Decimal) -> Decimal:
    """Turn a distance into a price, above (1) or below (-1) the average price; a price stays."""
    if level.basis is LevelBasis.PRICE:
        return level.value
    return average_price * (HUNDRED + sign * level.value) / HUNDRED
