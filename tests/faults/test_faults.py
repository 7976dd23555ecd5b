"""Fail every call in turn: the story ends in a mode that is known, comes right when the fault goes, and loses nothing.

``python -m tests.faults --each`` with all ways tells each of them at every call; here they take turns.
"""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODES = {"active", "reduce_only", "closed"}


def _told(*arguments: str) -> Sequence[Mapping[str, Any]]:
    """Tell stories in a process of their own, in virtual time."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.stdout, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def _judged(told: Sequence[Mapping[str, Any]], least: int) -> None:
    """All but the last were struck, so that every call was; none lost, doubled or left anything."""
    assert len(told) > least
    assert [story["name"] for story in told if not story["struck"]] == [told[-1]["name"]]
    assert {story["name"]: story["faults"] for story in told if story["faults"]} == {}
    assert {story["mode"] for story in told} <= MODES
    assert all(story["placed"] > 1 for story in told)


@pytest.mark.timeout(600)
def test_every_call_of_the_disk_may_fail() -> None:
    """Given a disk that fails once or for a while, before or after the effect, nothing is lost or doubled."""
    ways = ("once", "lasting", "once, after its effect", "lasting, after its effect")
    told = _told("--storage", *ways)
    _judged(told, 100)
    # Only what was written in spite of its error needs a boot, which looks at what is there.
    assert all("after its effect" in story["name"] for story in told if story["reloaded"])


@pytest.mark.timeout(600)
def test_every_request_may_fail() -> None:
    """Given a request that is refused, lost, late or answered with nonsense, nothing is lost or doubled."""
    ways = ("refused", "reset_before", "reset_after", "timeout", "late", "cut", "unavailable", "throttled", "page")
    told = _told("--network", "black_hole", *ways)
    _judged(told, 40)
    assert not any(story["reloaded"] for story in told)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", ["before", "after"])
def test_the_power_may_go_at_every_sync(way: str) -> None:
    """Given everything that was not synced is gone, whatever had an effect is there, and the story goes on."""
    told = _told("--power", way)
    _judged(told, 30)


@pytest.mark.timeout(600)
def test_a_medium_that_lies_is_found_out() -> None:
    """Given a medium that only says that it has synced, the judge sees that answers were given for nothing."""
    told = _told("--power", "lying", "--first", "15", "--last", "23")
    assert any(fault.startswith("lost") for story in told for fault in story["faults"])


@pytest.mark.timeout(600)
def test_a_slow_medium_changes_when_and_nothing_else() -> None:
    """Given syncs of 10 and 50 ms, decisions, orders and journal are the same, and more share one sync."""
    quick, slow, slower = _told("--slow", "0.0001", "0.01", "0.05")
    assert [story["faults"] for story in (quick, slow, slower)] == [[], [], []]
    assert quick["content"] == slow["content"] == slower["content"]
    assert quick["orders"] == slow["orders"] == slower["orders"]
    assert len(quick["orders"]) == 3
    assert quick["syncs"] > 4 * slow["syncs"]
    assert slow["syncs"] > 2 * slower["syncs"]
    assert quick["answer_ms"] < slow["answer_ms"] < slower["answer_ms"] < quick["answer_ms"] + 150
