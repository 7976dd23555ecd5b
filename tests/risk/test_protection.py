"""Stops, targets, trailing, break-even and time, worked out from prices alone."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.model.ids import EpisodeId, StrategyId
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Target
from custom_components.mexc_trading.risk.protection import (
    LEG_OF,
    Protection,
    Purpose,
    Trigger,
    armed,
    due,
    slice_name,
    sliced,
    sold,
    stop_level,
    target_level,
    trail,
    triggered,
    urgency,
    waits,
)

from .pictures import BTC, NOW, S

AVERAGE = Decimal(100)
LOT = Decimal("0.001")


def percent(value: str) -> Level:
    """A distance."""
    return Level(basis=LevelBasis.PERCENT, value=Decimal(value))


def price(value: str) -> Level:
    """A price."""
    return Level(basis=LevelBasis.PRICE, value=Decimal(value))


LADDER = (
    Target(level=percent("3"), share=Decimal("0.5")),
    Target(level=price("106"), share=Decimal("0.5")),
)
PLAN = Protect(stop_loss=percent("2"), take_profit=LADDER)
WATCHED = Protection(
    symbol=BTC,
    episode_id=EpisodeId("BTCUSDT:f1"),
    strategy=StrategyId("ema"),
    opened_ns=NOW,
    plan=PLAN,
    largest=Decimal(2),
)


def _due(watched: Protection, bid: str | None, seconds: float = 0) -> Trigger | None:
    return due(
        watched,
        average_price=AVERAGE,
        bid=None if bid is None else Decimal(bid),
        now_ns=NOW + round(seconds * S),
    )


@pytest.mark.parametrize(
    ("plan", "high", "done", "stop"),
    [
        (None, None, 0, None),
        (Protect(), None, 0, None),
        (Protect(stop_loss=percent("2")), None, 0, "98"),
        (Protect(stop_loss=price("97.5")), "200", 0, "97.5"),
        (Protect(trailing_percent=Decimal(5)), None, 0, "95"),
        (Protect(trailing_percent=Decimal(5)), "110", 0, "104.5"),
        (Protect(trailing_percent=Decimal(5)), "90", 0, "95"),
        (Protect(stop_loss=percent("2"), trailing_percent=Decimal(5)), "101", 0, "98"),
        (Protect(stop_loss=percent("2"), trailing_percent=Decimal(5)), "110", 0, "104.5"),
        (Protect(stop_loss=percent("2"), break_even=True), None, 0, "98"),
        (Protect(stop_loss=percent("2"), break_even=True), None, 1, "100"),
        (Protect(break_even=True), None, 0, None),
    ],
)
def test_the_highest_stop_is_in_force(plan: Protect | None, high: str | None, done: int, stop: str | None) -> None:
    """Fixed, trailing from the highest bid, and break-even after the first target."""
    watched = replace(WATCHED, plan=plan, high=None if high is None else Decimal(high), targets_done=done)

    assert stop_level(watched, AVERAGE) == (None if stop is None else Decimal(stop))


@pytest.mark.parametrize(("done", "target"), [(0, "103"), (1, "106"), (2, None)])
def test_the_next_target(done: int, target: str | None) -> None:
    """The ladder is climbed step by step."""
    watched = replace(WATCHED, targets_done=done)

    assert target_level(watched, AVERAGE) == (None if target is None else Decimal(target))


def test_without_a_plan_there_is_no_target() -> None:
    """Only a person closes such a position."""
    assert target_level(replace(WATCHED, plan=None), AVERAGE) is None
    assert _due(replace(WATCHED, plan=None), "1") is None


@pytest.mark.parametrize(
    ("bid", "purpose", "quantity"),
    [
        ("98.01", None, None),
        ("98", Purpose.STOP, None),
        ("97.99", Purpose.STOP, None),
        ("102.99", None, None),
        ("103", Purpose.TARGET, "1"),
        ("107", Purpose.TARGET, "1"),
        (None, None, None),
    ],
)
def test_what_is_due_at_a_bid(bid: str | None, purpose: Purpose | None, quantity: str | None) -> None:
    """Just short of a level nothing, at it the exit; a target sells its share of the largest quantity held."""
    trigger = _due(WATCHED, bid)

    assert (trigger.purpose if trigger else None) is purpose
    assert (trigger.quantity if trigger else None) == (None if quantity is None else Decimal(quantity))


def test_time_is_up() -> None:
    """With or without a price; a stop comes first."""
    watched = replace(WATCHED, plan=replace(PLAN, time_exit_s=60))

    assert _due(watched, "100", 59.999) is None
    assert _due(watched, "100", 60) == Trigger(purpose=Purpose.TIME, price=Decimal(100))
    assert _due(watched, None, 61) == Trigger(purpose=Purpose.TIME, price=None)
    assert _due(watched, "97", 61) == Trigger(purpose=Purpose.STOP, price=Decimal(97))


def test_a_stop_overrules_a_target_that_is_being_sold() -> None:
    """And nothing overrules what sells everything already; a second target waits for the first."""
    target = triggered(WATCHED, Trigger(purpose=Purpose.TARGET, price=Decimal(103), quantity=Decimal(1)))

    assert _due(target, "107") is None
    assert _due(target, "98") == Trigger(purpose=Purpose.STOP, price=Decimal(98))
    for purpose in (Purpose.STOP, Purpose.TIME, Purpose.CLOSE, Purpose.FLATTEN):
        assert _due(replace(WATCHED, purpose=purpose), "98") is None


def test_a_trailing_stop_moves_in_steps() -> None:
    """The first price counts; then only a rise by a twentieth of a percent."""
    trailing = replace(WATCHED, plan=Protect(trailing_percent=Decimal(5)))
    high = replace(trailing, high=Decimal(100))

    assert trail(trailing, Decimal(99)) == Decimal(99)
    assert trail(high, Decimal("100.0499")) is None
    assert trail(high, Decimal("100.05")) == Decimal("100.05")
    assert trail(high, Decimal(90)) is None
    assert trail(WATCHED, Decimal(120)) is None
    assert trail(replace(WATCHED, plan=None), Decimal(120)) is None


def test_slices_follow_at_once_and_then_wait() -> None:
    """Three in a widening collar, one at the market, then with growing waits; a clock set back does not block."""
    stopping = triggered(WATCHED, Trigger(purpose=Purpose.STOP, price=Decimal(98)))
    waited = []
    for _ in range(11):
        tried = replace(stopping, tried_ns=NOW)
        waited.append(
            next(
                seconds
                for seconds in range(99)
                if not waits(tried, average_price=AVERAGE, bid=None, now_ns=NOW + seconds * S)
            )
        )
        stopping = sliced(stopping, NOW)

    assert waited == [0, 0, 0, 0, 1, 2, 4, 8, 15, 30, 30]
    assert not waits(stopping, average_price=AVERAGE, bid=None, now_ns=NOW - 1)
    assert [urgency(replace(stopping, slices=number)) for number in range(5)] == [0, 1, 2, 3, 4]


def test_a_target_waits_for_its_price_and_never_chases() -> None:
    """Selling below it would not be what was asked for."""
    target = triggered(WATCHED, Trigger(purpose=Purpose.TARGET, price=Decimal(103), quantity=Decimal(1)))

    assert waits(target, average_price=AVERAGE, bid=None, now_ns=NOW)
    assert waits(target, average_price=AVERAGE, bid=Decimal("102.99"), now_ns=NOW)
    assert not waits(target, average_price=AVERAGE, bid=Decimal(103), now_ns=NOW)
    assert not waits(replace(target, plan=None), average_price=AVERAGE, bid=Decimal(1), now_ns=NOW)
    assert urgency(replace(target, slices=7)) == 0


def test_a_new_purpose_begins_anew() -> None:
    """Slices are counted for the purpose; their names go on counting."""
    target = Trigger(purpose=Purpose.TARGET, price=Decimal(103), quantity=Decimal(1))
    tried = sliced(sliced(triggered(WATCHED, target), NOW), NOW)
    assert _due(WATCHED, "103") == target
    stopping = triggered(tried, Trigger(purpose=Purpose.STOP, price=Decimal(98)))
    assert (tried.slices, tried.sent, stopping.slices, stopping.sent) == (2, 2, 0, 2)
    done = sold(tried, Decimal(1), LOT, whole=True)
    assert (done.slices, done.sent, done.targets_done) == (0, 2, 1)
    everything = replace(tried, left=None)
    assert sold(everything, Decimal(1), LOT, whole=False) == everything
    assert sold(everything, Decimal(1), LOT, whole=True) == replace(everything, tried_ns=0)
    part = replace(stopping, left=Decimal(1))
    assert sold(part, Decimal(1), LOT, whole=False) == part


def test_a_target_is_done_when_less_than_a_lot_is_left() -> None:
    """Then the next one is waited for."""
    target = triggered(WATCHED, Trigger(purpose=Purpose.TARGET, price=Decimal(103), quantity=Decimal(1)))

    part = sold(target, Decimal("0.4"), LOT, whole=False)
    rest = sold(part, Decimal("0.5995"), LOT, whole=False)

    assert (part.purpose, part.left, part.targets_done) == (Purpose.TARGET, Decimal("0.6"), 0)
    assert (rest.purpose, rest.left, rest.targets_done, rest.slices) == (None, None, 1, 0)
    assert sold(part, Decimal("0.599"), LOT, whole=False).left == LOT
    assert sold(WATCHED, Decimal(1), LOT, whole=False) == WATCHED
    stopping = triggered(WATCHED, Trigger(purpose=Purpose.STOP, price=Decimal(98)))
    assert sold(stopping, Decimal(1), LOT, whole=False) == stopping


def test_a_later_entry_brings_its_exits_for_all() -> None:
    """One without exits leaves those that are there; the largest quantity only grows."""
    other = Protect(stop_loss=percent("9"))

    assert armed(WATCHED, None, Decimal(3)).plan == PLAN
    assert armed(WATCHED, other, Decimal(3)).plan == other
    assert armed(WATCHED, None, Decimal(3)).largest == Decimal(3)
    assert armed(WATCHED, None, Decimal(1)).largest == Decimal(2)


def test_each_slice_has_its_own_name() -> None:
    """By episode, purpose and number, so that no two are the same wish."""
    stopping = triggered(WATCHED, Trigger(purpose=Purpose.STOP, price=Decimal(98)))

    assert slice_name(stopping) == "BTCUSDT:f1:stop:0"
    assert slice_name(sliced(stopping, NOW)) == "BTCUSDT:f1:stop:1"
    assert set(LEG_OF) == set(Purpose)
