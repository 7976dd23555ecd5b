"""A parameter sweep on one thread, on a process pool of this machine, and on a Dask cluster: the same call each time.

The outcomes are compared first. ``python -m benchmarks.sweep [--candles N] [--workers N]``.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import json
import multiprocessing
import os
from pathlib import Path
import subprocess
import sys
import time
from typing import Any, Final

from custom_components.mexc_trading.research.candles import Candles
from custom_components.mexc_trading.research.rule_strategy import RuleTerms
from custom_components.mexc_trading.research.sweep import Setting, Swept, settings, sweep
from custom_components.mexc_trading.research.terms import BacktestTerms

from .market import RULES, TERMS, walk
from .peers import ROOT, environment, version

CANDLES: Final = 20_000
RULE: Final = ("cross_above(ema({fast}), ema({slow})) and rsi(14) < 70", "cross_below(ema({fast}), ema({slow}))")
CHOICES: Final = {"fast": (5, 8, 13, 20, 30), "slow": (40, 60, 90, 120)}

type Sweep = tuple[Candles, BacktestTerms, RuleTerms, list[Setting]]


def prepared(count: int) -> Sweep:
    """Make what is swept: candles, terms, rules with names in them, and twenty settings."""
    entry, leave = RULE
    rules = RuleTerms(strategy_id=RULES.strategy_id, symbol=RULES.symbol, entry=entry, exit=leave, size=RULES.size)
    return walk(count), TERMS, rules, list(settings(CHOICES))


def outcome(swept: Sequence[Swept]) -> list[str]:
    """Write what came of each setting."""
    return [f"{dict(one.setting)}: {one.measures}" for one in swept]


def timed(
    executor: ThreadPoolExecutor | ProcessPoolExecutor, prepared_sweep: Sweep, warm: int
) -> tuple[float, list[str]]:
    """Run once, after as many jobs as there are workers have loaded everything; give the wall's seconds."""
    candles, terms, rules, wanted = prepared_sweep
    sweep(executor, candles, terms, rules, wanted[:warm])
    started = time.perf_counter()
    swept = sweep(executor, candles, terms, rules, wanted)
    return time.perf_counter() - started, outcome(swept)


def on_dask(count: int, workers: int) -> tuple[float, list[str], str]:
    """Run in the environment of its own; give the wall's seconds, the outcome and the version."""
    python = environment("dask", "distributed", "jinja2")
    program = Path(__file__).parent / "peer_programs" / "sweep_dask.py"
    command = (str(python), str(program), str(ROOT), str(count), str(workers))
    said = json.loads(subprocess.check_output(command, text=True))
    return float(said["seconds"]), list(said["outcome"]), version(python, "distributed")


def main() -> int:
    """Print the rows as JSON, one a line."""
    parser = argparse.ArgumentParser(description="Measure sweeps.")
    parser.add_argument("--candles", type=int, default=CANDLES)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    todo = prepared(options.candles)
    with ThreadPoolExecutor(1) as one:
        alone, expected = timed(one, todo, 1)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.workers, mp_context=spawn) as pool:
        spread, made = timed(pool, todo, options.workers)
    dask, made_there, dask_version = on_dask(options.candles, options.workers)
    if not expected == made == made_there:
        raise SystemExit("sweep: the executors do not agree")
    settings_swept = len(expected)
    title = f"sweep: {settings_swept} settings of {options.candles:,} candles"
    for name, seconds in ((f"{options.workers} processes", spread), ("one thread", alone)):
        print(
            json.dumps(
                _row(f"{title}, {name}", settings_swept / seconds, settings_swept / dask, dask_version, options.workers)
            )
        )
    return 0


def _row(name: str, mine: float, other: float, dask_version: str, workers: int) -> dict[str, Any]:
    """Make a row of settings a second."""
    return {
        "name": name,
        "measure": "throughput, wall",
        "unit": "settings/s",
        "ours": round(mine, 2),
        "peer": f"Dask, {workers} workers on the loopback, the same outcome",
        "peer_version": dask_version,
        "peer_value": round(other, 2),
        "ratio": round(mine / other, 3),
        "bound": None,
        "holds": None,
        "runs": 1,
    }


if __name__ == "__main__":
    sys.exit(main())
