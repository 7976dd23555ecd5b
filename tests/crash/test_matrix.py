"""``kill -9`` before and after every step, in real processes over real sockets; afterwards everything adds up."""

from collections import Counter
from itertools import product
import json
from pathlib import Path
import subprocess
import sys

import pytest

from .points import Fate, Step, When, Wish, cells, everything, pruned, table

ROOT = Path(__file__).parents[2]
PARTS = 6
"""Played side by side by the test run's processes."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_the_moment_of_a_kill_everything_adds_up(part: int) -> None:
    """One accepted entry at most, nothing unknown, positions agree, the chain holds, deciding again gives the same."""
    played = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--part", f"{part}/{PARTS}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, f"{played.stdout[-6000:]}\n{played.stderr[-3000:]}"
    summary = json.loads(played.stdout.splitlines()[-1])
    expected = cells()[part::PARTS]
    assert summary["cells"] == len(expected)
    assert summary["kills"] == sum(2 if cell.again else 1 for cell in expected)
    assert summary["held"] == {}


def test_every_combination_is_played_or_left_out_for_a_reason() -> None:
    """Steps, sides, wishes and fates are all there, once with one crash and once with two."""
    combinations = Counter((cell.wish, cell.fate, cell.step, cell.when) for cell in everything())
    assert combinations == dict.fromkeys(product(Wish, Fate, Step, When), 2)
    played = {(cell.wish, cell.step) for cell in cells()}
    assert played == set(product(Wish, Step))
    reasons = Counter(map(pruned, everything()))
    assert reasons.pop("") == len(cells())
    assert sum(reasons.values()) == len(list(everything())) - len(cells())


def test_the_page_shows_the_matrix() -> None:
    """The table in the documentation is the one that is played."""
    assert table() in (ROOT / "docs" / "crash.md").read_text(encoding="utf-8")
