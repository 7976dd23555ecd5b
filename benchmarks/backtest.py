"""Candles a second of a backtest with all rules on, beside four peers, on the same rule and candles.

The trades are compared first: a peer that makes others does not count. Sides run in turn, each in a process that has
loaded everything before, and time is processor time, so that other work on the machine counts for nobody: all sides
use one thread. All peers but backtrader are given indicators or signals ready made, which is kind to them.
``python -m benchmarks.backtest [--candles N] [--file CSV] [--runs N]``.
"""

import argparse
from array import array
from collections.abc import Sequence
from dataclasses import replace
import json
from pathlib import Path
from statistics import median
import subprocess
import sys
import tempfile
import time
from typing import Any, Final

from custom_components.mexc_trading.research.backtest import backtest
from custom_components.mexc_trading.research.candle_csv import import_csv
from custom_components.mexc_trading.research.candles import Candles
from custom_components.mexc_trading.research.result import BacktestResult

from .market import BTC, MINUTE_MS, RULES, TERMS, walk
from .peers import environment, version

CANDLES: Final = 200_000
RUNS: Final = 3
SIZES: Final = (10_000, 100_000, 1_000_000)
BOUND: Final = 50_000
NEAR: Final = 1e-6
"""Quote units within which two prices are the same."""

PEERS: Final = (
    ("backtesting", "backtesting"),
    ("backtrader", "backtrader"),
    ("freqtrade", "freqtrade"),
    ("nautilus", "nautilus_trader"),
)
"""Name of the program and the package."""

FILL_AT_CLOSE: Final = frozenset({"nautilus"})
"""Peers that fill an order at the close that caused it: comparable only where the next open is that price."""


def deep(candles: Candles) -> Candles:
    """Give candles so much volume that it is never in the way: the peers assume that, and we do not."""
    return replace(candles, volume=array("q", [max(candles.volume) * 1_000_000]) * len(candles))


def ours(candles: Candles) -> tuple[float, BacktestResult]:
    """Run once; give the processor's seconds."""
    started = time.process_time()
    result = backtest(candles, TERMS, rules=RULES)
    return time.process_time() - started, result


def written(folder: Path, candles: Candles) -> Path:
    """Write the candles for the peers: times, then prices, as columns of eight bytes."""
    path = folder / "candles.bin"
    with path.open("wb") as file:
        candles.open_ms.tofile(file)
        for name in ("open", "high", "low", "close"):
            array("d", candles.floats(name)).tofile(file)
    return path


def theirs(python: Path, program: str, path: Path) -> tuple[float, list[list[float]]]:
    """Run a peer once; give the seconds that it took itself, and its trades."""
    file = Path(__file__).parent / "peer_programs" / f"{program}_backtest.py"
    said = json.loads(subprocess.check_output((str(python), str(file), str(path)), text=True))  # our own
    return float(said["seconds"]), list(said["trades"])


def same(result: BacktestResult, trades: list[list[float]]) -> bool:
    """Whether a peer made the same trades: times and prices of both ends, one by one."""
    made = [
        (trade.opened_ms, trade.closed_ms, float(trade.entry_price), float(trade.exit_price)) for trade in result.trades
    ]
    close = all(
        mine[:2] == (other[0], other[1]) and abs(mine[2] - other[2]) < NEAR and abs(mine[3] - other[3]) < NEAR
        for mine, other in zip(made, trades, strict=False)
    )
    return len(made) == len(trades) and close


def compare(candles: Candles, what: str, peers: Sequence[tuple[str, str]], runs: int) -> list[dict[str, Any]]:
    """Play all sides in turn."""
    count, rows = len(candles.open_ms), []
    with tempfile.TemporaryDirectory(prefix="mexc-bench-") as folder:
        path = written(Path(folder), candles)
        pythons = {name: environment(name, package) for name, package in peers}
        mine: list[float] = []
        others: dict[str, list[float]] = {name: [] for name, _ in peers}
        equal = dict.fromkeys(others, True)
        for _ in range(runs):
            seconds, result = ours(candles)
            mine.append(count / seconds)
            for name, python in pythons.items():
                taken, trades = theirs(python, name, path)
                others[name].append(count / taken)
                equal[name] = equal[name] and same(result, trades)
    for name, package in peers:
        if not equal[name]:
            raise SystemExit(f"backtest: {name} made other trades")
        label = f"{name}, the same {len(result.trades)} trades"
        rows.append(
            _row(f"backtest: {count:,} {what} candles", mine, label, version(pythons[name], package), others[name])
        )
    return rows


def grown() -> list[dict[str, Any]]:
    """Measure the cost of a candle as there are more of them."""
    rows = []
    for count in SIZES:
        seconds, _ = ours(walk(count))
        rows.append(
            {
                "name": f"backtest: a candle of {count:,}",
                "measure": "processor time",
                "unit": "us",
                "ours": round(seconds / count * 1e6, 2),
                "peer": None,
                "peer_version": None,
                "peer_value": None,
                "ratio": None,
                "bound": None,
                "holds": None,
                "runs": 1,
            }
        )
    return rows


def _row(name: str, mine: list[float], peer: str, peer_version: str, others: list[float]) -> dict[str, Any]:
    """Make a row of candles a second; the ratio is ours over the peer's, above 1 is faster than the peer."""
    own, other = median(mine), median(others)
    return {
        "name": name,
        "measure": "throughput in processor time, median",
        "unit": "candles/s",
        "ours": round(own),
        "peer": peer,
        "peer_version": peer_version,
        "peer_value": round(other),
        "ratio": round(own / other, 3),
        "bound": f">= {BOUND}",
        "holds": own >= BOUND,
        "runs": len(mine),
    }


def main() -> int:
    """Print the rows as JSON, one a line; exit code 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(description="Measure backtests.")
    parser.add_argument("--candles", type=int, default=CANDLES)
    parser.add_argument("--runs", type=int, default=RUNS, help="counted runs of each side")
    parser.add_argument("--file", type=Path, help="one-minute candles as CSV, to run on as well")
    options = parser.parse_args()
    table = compare(walk(options.candles), "made", PEERS, options.runs)
    if options.file is not None:
        candles = deep(import_csv(options.file, symbol=BTC, interval_ms=MINUTE_MS))
        table += compare(candles, "real", [peer for peer in PEERS if peer[0] not in FILL_AT_CLOSE], options.runs)
    table += grown()
    for row in table:
        print(json.dumps(row))
    return int(any(row["holds"] is False for row in table))


if __name__ == "__main__":
    sys.exit(main())
