"""Runs the benchmark's sweep on a Dask cluster on the loopback; prints JSON with the wall's seconds and the outcome.

Arguments: the checkout's folder, candles, workers. The cluster runs before the clock starts.
"""

import json
import os
import sys
import time

sys.path.insert(0, sys.argv[1])
os.environ["PYTHONPATH"] = sys.argv[1]

from distributed import Client, LocalCluster

from benchmarks.sweep import outcome, prepared
from custom_components.mexc_trading.research.sweep import sweep


def main() -> None:
    """Start the cluster, hand its executor to the sweep, and say what came of it."""
    candles, terms, rules, wanted = prepared(int(sys.argv[2]))
    with (
        LocalCluster(
            n_workers=int(sys.argv[3]), threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        executor = client.get_executor()
        sweep(executor, candles, terms, rules, wanted[: int(sys.argv[3])])
        started = time.perf_counter()
        swept = sweep(executor, candles, terms, rules, wanted)
        seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "outcome": outcome(swept)}))


if __name__ == "__main__":
    main()
