"""Long work in a thread rests now and then, short work does not, and nothing is lost by it."""

from collections.abc import Iterable
import time

import pytest

from custom_components.mexc_trading.bridge.spared import REST_S, WORK_S, spared


class Work:
    """A clock that goes on with what is worked, and the rests that were taken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of the clock."""
        self.now_s = 0.0
        self.rests: list[tuple[float, float]] = []
        monkeypatch.setattr(time, "monotonic", lambda: self.now_s)
        monkeypatch.setattr(time, "sleep", self._rest)

    def _rest(self, seconds: float) -> None:
        self.rests.append((self.now_s, seconds))
        self.now_s += seconds

    def do(self, items: Iterable[float]) -> list[float]:
        """Work at each item for as long as it says; give those that came."""
        done = []
        for item_s in spared(items):
            self.now_s += item_s
            done.append(item_s)
        return done


def test_short_work_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done within a stretch is not interrupted."""
    work = Work(monkeypatch)
    assert work.do([WORK_S / 4] * 3) == [WORK_S / 4] * 3
    assert work.rests == []


def test_long_work_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more, then the interpreter is let go after each stretch; a rest counts as none of the work."""
    work = Work(monkeypatch)
    assert work.do([0.6 * WORK_S] * 5) == [0.6 * WORK_S] * 5
    assert [rest_s for _, rest_s in work.rests] == [REST_S, REST_S]
    assert [at_s for at_s, _ in work.rests] == pytest.approx([1.2 * WORK_S, 2.4 * WORK_S + REST_S])
