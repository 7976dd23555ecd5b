"""A whole account in virtual time: nothing lost, doubled, enlarged or past a limit, and the judge would see it.

Each test plays in a process of its own. ``python -m tests.simulation --seed 7 --days 1`` plays more; what was found
that way stands in ``docs/simulation.md``.
"""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from . import plot
from .plan import Act, Plan
from .words import PLANTS

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ("1", "2", "3")
DAYS = "0.02"
SOUND = tuple(name for name in PLANTS if name != "nothing_forgotten")  # a long one, which says no more without it
REGRESSIONS = sorted(str(path) for path in (Path(__file__).parent / "regressions").glob("*.json"))


def _played(*arguments: str) -> Sequence[Mapping[str, Any]]:
    """Play, and read what came of it."""
    played = subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert played.stdout, played.stderr
    return [json.loads(line) for line in played.stdout.splitlines()]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_doubled_or_past_a_limit(seed: str) -> None:
    """Given random traffic and trouble, every invariant holds at every step, and the journal replays to the same."""
    (played,) = _played("--seed", seed, "--days", DAYS)
    assert played["faults"] == []
    figures = played["figures"]
    assert figures["placed"]["BUY"] > 5
    assert figures["trades"] > 10
    assert figures["restarts"] + figures["crashes"] > 0
    assert figures["faults fired"] > 10
    assert figures["decided again"] > 20


@pytest.mark.timeout(600)
def test_the_judge_sees_what_is_planted() -> None:
    """Given a fault that engines really have, its situation shows it; without it, and in old cases, all is well."""
    played = _played("--situation", *SOUND, "--plan", *REGRESSIONS, "--planted", *PLANTS)
    sound, spoiled = played[: -len(PLANTS)], played[-len(PLANTS) :]
    assert [came["faults"] for came in sound] == [[]] * (len(SOUND) + len(REGRESSIONS))
    found = {came["planted"]: {fault.partition(":")[0] for fault in came["faults"]} for came in spoiled}
    assert [name for name, words in PLANTS.items() if not words & found[name]] == []


@pytest.mark.timeout(600)
def test_a_seed_is_the_same_run_each_time() -> None:
    """The same journal to the last byte, so that what went wrong can be looked at again."""
    first, second = _played("--seed", "5", "5", "--days", "0.01")
    assert first["head"] == second["head"]
    assert first["figures"] == second["figures"]


def test_a_plan_can_be_kept(tmp_path: Path) -> None:
    """What is written to a file is read back as it was."""
    path = tmp_path / "plan.json"
    for seed in range(1, 6):
        plan = plot.plan(seed, 2.5)
        path.write_text(plan.text(), encoding="utf-8")
        assert Plan.read(path) == plan


def test_a_day_leaves_nothing_out() -> None:
    """Every kind of step occurs."""
    acts = {step.act for hour in plot.plan(1, 24).hours for step in hour}
    assert acts == set(Act)
