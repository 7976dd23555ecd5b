"""The machine's clock: what passes counts, and a wall clock that is set takes nobody along."""

from dataclasses import dataclass
import time

import pytest

from custom_components.mexc_trading.bridge import clock as clock_module
from custom_components.mexc_trading.bridge.clock import SLEWED_NS, SystemClock

S = 1_000_000_000
DAY = 86_400 * S
START = 1_795_359_600 * S


@dataclass
class Machine:
    """A machine whose time passes by hand, and whose wall clock anybody may set."""

    wall: int = START
    passed: int = 5 * S

    def wait(self, seconds: float) -> None:
        """Let time pass, awake or asleep."""
        self.wall += round(seconds * S)
        self.passed += round(seconds * S)


def clock_of(machine: Machine) -> SystemClock:
    """Start the clock of a machine."""
    return SystemClock(wall_ns=lambda: machine.wall, passed_ns=lambda: machine.passed)


@pytest.mark.parametrize("jump", [DAY, -DAY, 2 * S, -2 * S])
def test_a_wall_clock_that_is_set_takes_it_nowhere(jump: int) -> None:
    """What is waited for takes as long as it takes; how far the wall clock left is known."""
    machine = Machine()
    clock = clock_of(machine)
    machine.wall += jump
    assert (clock.now_ns(), clock.apart_ns()) == (START, jump)
    machine.wait(16)
    assert (clock.now_ns(), clock.apart_ns()) == (START + 16 * S, jump)
    machine.wall -= jump
    assert (clock.now_ns(), clock.apart_ns()) == (START + 16 * S, 0)


@pytest.mark.parametrize("step", [SLEWED_NS, -SLEWED_NS])
def test_a_small_step_is_made_good_slowly_and_never_backwards(step: int) -> None:
    """A leap second, or the time service: gone in a quarter of an hour, and no wait is off by more than its part."""
    machine = Machine()
    clock = clock_of(machine)
    machine.wall += step
    for _ in range(1000):
        before = clock.now_ns()
        machine.wait(1)
        assert abs(clock.now_ns() - before - S) <= S // 1000
    assert clock.apart_ns() == 0


def test_it_follows_when_it_is_told_to_and_says_so_before() -> None:
    """Whoever counts by it hears by how much, while it still shows the former time."""
    machine = Machine()
    clock = clock_of(machine)
    heard: list[tuple[int, int]] = []
    stop = clock.listen(lambda by_ns: heard.append((by_ns, clock.now_ns())))
    machine.wall -= DAY
    clock.follow()
    assert heard == [(-DAY, START)]
    assert (clock.now_ns(), clock.apart_ns()) == (START - DAY, 0)
    stop()
    clock.follow()
    assert len(heard) == 1


def test_the_real_one_counts_what_the_machine_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes by the clock that runs on in a sleep, and by the steady one where there is none."""
    assert abs(SystemClock().now_ns() - time.time_ns()) < S
    asked: list[int] = []

    def passed_ns(which: int) -> int:
        asked.append(which)
        return S

    monkeypatch.setattr(time, "clock_gettime_ns", passed_ns)
    assert SystemClock().apart_ns() < DAY
    assert set(asked) == {time.CLOCK_BOOTTIME}
    monkeypatch.setattr(clock_module, "_BOOTTIME", None)
    asked.clear()
    assert abs(SystemClock().now_ns() - time.time_ns()) < S
    assert not asked
