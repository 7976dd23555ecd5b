"""Runs the double by itself: the first line it prints is JSON with its addresses."""

import argparse
import asyncio
import json
from pathlib import Path
import signal
import sys

from .fault_table import fault_table
from .server import MexcDouble


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="double", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--faults", type=Path, help="a fault schedule (docs/double.md)")
    parser.add_argument("--seed", type=int, default=1, help="seed of prices and history")
    parser.add_argument("--moving", action="store_true", help="let prices move")
    parser.add_argument("--limits", action="store_true", help="answer 429 over the limits")
    parser.add_argument("--state", type=Path, help="keep orders and balances in this file")
    parser.add_argument("--actions", action="store_true", help="print the table of fault actions and stop")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    double = MexcDouble(seed=options.seed, port=options.port, state_file=options.state)
    double.venue.prices.moving = options.moving
    double.limits.enforced = options.limits
    if options.faults is not None:
        double.faults.load_file(options.faults)
    async with double:
        line = {
            "rest_url": double.rest_url,
            "stream_url": double.stream_url,
            "api_key": double.api_key,
            "api_secret": double.api_secret,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Do what the command line asks."""
    options = _options()
    if options.actions:
        sys.stdout.write(fault_table() + "\n")
    else:
        asyncio.run(_serve(options))


if __name__ == "__main__":
    main()
