"""Plays plans and tells what came of them."""

import argparse
import json
import logging
from pathlib import Path
import sys
import tempfile
from typing import Final

from tests.double import MexcDouble

from . import plot
from .in_virtual_time import run
from .plan import Plan
from .planted import planted
from .situations import SITUATIONS
from .stage import Played, Stage
from .words import PLANTS

REGRESSIONS: Final = Path(__file__).parent / "regressions"
HOURS_A_DAY: Final = 24


def play(plan: Plan, folder: Path) -> Played:
    """Play one plan from the beginning of time, with its journal in a folder."""

    async def perform() -> Played:
        async with MexcDouble(seed=plan.seed) as double:
            return await Stage(plan, double, folder).perform(_tell)

    return run(perform, seed=plan.seed)


def _tell(played: Played) -> None:
    """Say how far it is."""
    kept, figures = played.memory[-1], played.figures
    sys.stderr.write(
        f"hour {played.hours}: {figures['wishes']} wishes, {figures['trades']} trades, {figures['records']} records, "
        f"{kept.objects} objects ({kept.kib} KiB) behind the account, process {played.resident_kib[-1]} KiB\n"
    )


def main() -> int:
    """Play what is asked for; one line of JSON each."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description="Simulate an account's days.")
    parser.add_argument("--seed", type=int, nargs="*", default=[])
    parser.add_argument("--days", type=float, default=1.0, help="parts of a day are allowed")
    parser.add_argument("--plan", type=Path, nargs="*", default=[], help="play plans that were kept")
    parser.add_argument("--keep", action="store_true", help="keep the plans in which something was wrong")
    parser.add_argument("--journal", type=Path, help="leave the journal in this folder")
    parser.add_argument("--planted", choices=PLANTS, nargs="*", default=[], help="show a fault in our own code")
    parser.add_argument("--situation", choices=PLANTS, nargs="*", default=[], help="play without that fault")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    plans = [Plan.read(path) for path in asked.plan]
    plans += [plot.plan(seed, asked.days * HOURS_A_DAY) for seed in asked.seed]
    plans += [SITUATIONS[name] for name in asked.situation]
    wrong = [plan for plan in plans if _one(plan, "", asked.journal).faults]
    for plant in asked.planted:
        _one(SITUATIONS[plant], plant, asked.journal)
    for plan in wrong if asked.keep else ():
        REGRESSIONS.mkdir(exist_ok=True)
        (REGRESSIONS / f"{plan.seed}.json").write_text(plan.text(), encoding="utf-8")
    return int(bool(wrong))


def _one(plan: Plan, plant: str, journal: Path | None) -> Played:
    """Play one plan, and write what came of it as one line of JSON."""
    with tempfile.TemporaryDirectory(prefix="simulation-") as scratch, planted(plant):
        played = play(plan, journal or Path(scratch))
    fields = {name: getattr(played, name) for name in Played.__slots__}
    sys.stdout.write(json.dumps({"planted": plant, **fields}) + "\n")
    sys.stdout.flush()
    return played
