"""Counts what an account asks the venue in an hour: idle and trading, with streams and without.

    python -m tests.exchange.request_rates

The engine, the client and its waits run as they are, against the double over real sockets; the process's clocks run
twenty times as fast. The hour begins when the boot is over. In the trading hour one order rests all the time, and every
ten minutes a position is opened that is closed five minutes later; prices move four times a second. Not for the process
of a test run, because of the clocks.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
import logging
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Final

from tests.double import MexcDouble
from tests.engine.wire import Wire, open_wire
from tests.slow_machine import slow_machine

from .chaos import fast_time

FACTOR: Final = 20
NOBODY: Final = "ws://127.0.0.1:9"
HOUR_S: Final = 3600
ROUND_S: Final = 600
HELD_S: Final = 300
BEGUN_S: Final = 30
"""A boot, and everything that follows from it, is over by then."""


async def measure(*, trading: bool, streams: bool) -> Mapping[str, int]:
    """Count the requests of an hour by endpoint."""
    with TemporaryDirectory() as folder:
        async with MexcDouble(seed=1) as double:
            double.prices.moving = True
            async with open_wire(double, Path(folder), stream_url="" if streams else NOBODY) as wire:
                await asyncio.sleep(BEGUN_S)
                if trading:
                    await wire.send(wire.enter("rests", rest=True))
                double.requests.clear()
                rounds = asyncio.create_task(_trade(wire)) if trading else None
                await asyncio.sleep(HOUR_S)
                asked = Counter(f"{request.method} {request.path}" for request in double.requests)
                if rounds is not None:
                    await rounds
                return asked


async def _trade(wire: Wire) -> None:
    """Open and close positions for an hour."""
    for number in range(HOUR_S // ROUND_S):
        await wire.send(wire.enter(f"in-{number}"))
        await asyncio.sleep(HELD_S)
        await wire.send(wire.leave(f"out-{number}"))
        await asyncio.sleep(ROUND_S - HELD_S)


def shown(columns: Mapping[str, Mapping[str, int]]) -> str:
    """Write the counts as a table."""
    rows = sorted(set().union(*columns.values()))
    lines = [["", *columns], *([row, *(str(column.get(row, 0)) for column in columns.values())] for row in rows)]
    lines.append(["**all**", *(f"**{sum(column.values())}**" for column in columns.values())])
    lines.insert(1, ["---"] * (len(columns) + 1))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


async def _measure_all() -> Mapping[str, Mapping[str, int]]:
    """Live through the hours at once. Without streams entries are stopped, so nobody trades a whole hour."""
    hours = {
        "idle": measure(trading=False, streams=True),
        "idle, no streams": measure(trading=False, streams=False),
        "trading": measure(trading=True, streams=True),
    }
    return dict(zip(hours, await asyncio.gather(*hours.values()), strict=True))


def main() -> int:
    """Measure and print."""
    logging.disable(logging.ERROR)
    with slow_machine():
        sys.stdout.write(shown(fast_time.run(_measure_all, FACTOR)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
