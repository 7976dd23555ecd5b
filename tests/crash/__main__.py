"""Kills processes and says what came of it; ends with 1 if anything was wrong."""

import argparse
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory

from tests.exchange.chaos.fast_time import hurry, run_hurried

from .birth import begin
from .matrix import matrix, report
from .nursery import Nursery
from .points import cells
from .storm import storm


def main() -> int:
    """Read the arguments and play."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--part", default="0/1", help="which part of the matrix, of how many")
    parser.add_argument("--only", default="", help="only the cells whose name contains this")
    parser.add_argument("--kills", type=int, default=0, help="the long run instead: so many kills at random moments")
    parser.add_argument("--seed", type=int, default=1, help="of the long run")
    parser.add_argument("--speed", type=int, default=5, help="how much faster time runs; less for a busy machine")
    asked = parser.parse_args()
    number, _, parts = asked.part.partition("/")
    chosen = [cell for cell in cells() if asked.only in cell.name][int(number) :: int(parts)]
    hurry(asked.speed)
    nursery = Nursery(begin, asked.speed)
    with TemporaryDirectory() as folder:
        if asked.kills:
            tally = run_hurried(
                lambda: storm(nursery, Path(folder), kills=asked.kills, seed=asked.seed, note=_note), asked.speed
            )
            sys.stdout.write(json.dumps(tally.shown(), indent=2) + "\n")
            return 1 if tally.wrong else 0
        results = run_hurried(lambda: matrix(nursery, Path(folder), chosen), asked.speed)
    return 0 if report(results) else 1


def _note(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
