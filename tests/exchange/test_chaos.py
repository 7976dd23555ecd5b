"""Random fault schedules against the engine and the client as they are, in a process whose time runs faster.

The whole suite of five hundred is played by ``python -m tests.exchange.chaos --seeds 0:500``; its figures stand in
docs/chaos.md. Here a part of it runs every time, and every seed that ever ended badly.
"""

import json
from pathlib import Path
import subprocess
import sys

import pytest

from .chaos.kept import keep, kept
from .chaos.schedules import BAD_S, schedule

ROOT = Path(__file__).parents[2]
EVERY_TIME = "0:48"


@pytest.mark.timeout(300)
def test_everything_adds_up_when_the_venue_is_healthy_again() -> None:
    """No order twice, none lost, none in doubt, every fill booked, and no exit stopped by a breaker."""
    played = subprocess.run(
        [sys.executable, "-m", "tests.exchange.chaos", "--seeds", EVERY_TIME, "--kept"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, f"{played.stdout[-3000:]}\n{played.stderr[-3000:]}"
    total = json.loads(played.stdout.splitlines()[-1])
    bad = ("duplicates", "lost", "unknown", "misbooked", "exits_stopped_by_breaker", "faulted")
    assert {name: total[name] for name in bad} == dict.fromkeys(bad, 0)
    assert total["placed"] > total["stories"]
    assert total["fired"] > total["stories"]


def test_a_story_that_ended_badly_is_kept_whole(tmp_path: Path) -> None:
    """As a file that says everything, so that it can be played when schedules are made in another way."""
    plans = [schedule(12), schedule(5)]
    for plan in plans:
        keep(plan, tmp_path / "bad")
    assert kept(tmp_path / "bad") == plans
    assert kept(tmp_path / "none") == []


def test_a_seed_is_a_schedule() -> None:
    """The same seed makes the same schedule, and no two of the first thousand are alike."""
    made = [json.dumps(schedule(seed), sort_keys=True) for seed in range(1000)]
    assert made == [json.dumps(schedule(seed), sort_keys=True) for seed in range(1000)]
    assert len(set(made)) == 1000


def test_every_schedule_ends() -> None:
    """Faults stop, so that what is left in doubt afterwards is our fault."""
    for seed in range(1000):
        rules = schedule(seed)["rules"]
        assert isinstance(rules, list)
        assert all(rule.get("until_s") == BAD_S or "nth" in rule for rule in rules)
