"""From a signed webhook to the order at the venue, in a real Home Assistant, beside ccxt's bare ``create_order``.

Both sides talk to one double over loopback, in turn, one order each, so that a machine that slows down slows both.
"Wire" is the moment when the double reads the order's request. Ours contains the signature check, the schema, all
rules, and a journal write that is synced before the order leaves; ccxt's is the bare call. ``python -m
benchmarks.webhook [--runs N]``, in the demonstration's environment.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
import contextlib
from http import HTTPStatus
import json
from pathlib import Path
from statistics import median, quantiles
import sys
import tempfile
import time
from typing import Any, Final, NamedTuple

from tests.demo.sender import entry
from tests.demo.stage import Stage, set_up

from .kill import WIDE
from .peers import environment, version

RUNS: Final = 30
WARM_UP: Final = 10
PAUSE_S: Final = 1.5
"""Between orders: what one leaves to be done is done before the next, and the budget of requests never waits. The peer
trades with the same key, so its orders are foreign ones that the account looks at.
"""

BOUND: Final = 1.2
_WIRE_S: Final = 5
_ORDER_PATH: Final = "/api/v3/order"


class Peer:
    """ccxt in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Talk to the running program."""
        self._process = process

    async def order(self) -> dict[str, float]:
        """Place one order; give the times of the call."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the peer has no pipes")
        self._process.stdin.write(b"go\n")
        return dict(json.loads(await self._process.stdout.readline()))


@contextlib.asynccontextmanager
async def peer(stage: Stage, python: Path) -> AsyncIterator[Peer]:
    """Start ccxt against the stage's double."""
    program = Path(__file__).parent / "peer_programs" / "ccxt_orders.py"
    process = await asyncio.create_subprocess_exec(
        str(python),
        str(program),
        *(stage.double.rest_url, stage.double.api_key, stage.double.api_secret),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        if process.stdout is None or await process.stdout.readline() != b"ready\n":
            raise RuntimeError("the peer did not start")
        yield Peer(process)
    finally:
        process.terminate()
        await process.wait()


async def wire(stage: Stage, before: int) -> float:
    """Wait for the order request after so many earlier ones; give the monotonic time (s) at which it was read."""
    async with asyncio.timeout(_WIRE_S):
        await stage.double.requests.wait_for("POST", _ORDER_PATH, before + 1)
    return stage.double.requests.of("POST", _ORDER_PATH)[before].at_s


def orders(stage: Stage) -> int:
    """Count the order requests so far."""
    return len(stage.double.requests.of("POST", _ORDER_PATH))


async def measure(runs: int) -> list[dict[str, Any]]:
    """Play both sides in turn."""
    python = environment("ccxt", "ccxt", "aiohttp")
    ours: list[float] = []
    answered: list[float] = []
    theirs: list[float] = []
    calls: list[float] = []
    with tempfile.TemporaryDirectory(prefix="mexc-bench-") as folder:
        async with set_up(Path(folder)) as stage, peer(stage, python) as other:
            stage.double.venue.prices.moving = False
            await stage.cockpit.set_limits(stage.entry_id, WIDE)
            await stage.ask_for_no_evidence()
            await stage.promote()
            for number in range(runs + WARM_UP):
                seen, started = orders(stage), time.monotonic()
                sent = asyncio.create_task(stage.sender.send(entry(f"bench-{number}", str(10 + number))))
                status, answer = await sent
                ended = time.monotonic()
                if status != HTTPStatus.OK or answer.get("verdict") != "allow":
                    raise RuntimeError(f"signal {number}: {status} {answer}")
                at_wire = await wire(stage, seen)
                await asyncio.sleep(PAUSE_S)
                seen = orders(stage)
                call = await other.order()
                if number >= WARM_UP:
                    ours.append(at_wire - started)
                    answered.append(ended - started)
                    theirs.append(await wire(stage, seen) - call["started"])
                    calls.append(call["ended"] - call["started"])
                await asyncio.sleep(PAUSE_S)
    name = version(python, "ccxt")
    whole = Theirs("ccxt create_order, whole call", name, calls)
    bare = Theirs("ccxt create_order, call to wire", name, theirs)
    return [
        _row("webhook: signed webhook to wire, p50", ours, whole, bound=BOUND),
        _row("webhook: signed webhook to wire, p50", ours, bare),
        _row("webhook: signed webhook to wire, p95", ours, whole, percentile=95),
        _row("webhook: signed webhook to its answer, p50", answered, None),
    ]


class Theirs(NamedTuple):
    """The peer's side: what was called, its version, and its times (s)."""

    name: str
    version: str
    times: list[float]


def _row(
    name: str, ours: list[float], theirs: Theirs | None, *, bound: float | None = None, percentile: int = 50
) -> dict[str, Any]:
    """Make a row of times in ms; the ratio is ours over the peer's, below 1 is faster than the peer."""
    mine = _at(ours, percentile)
    other = _at(theirs.times, percentile) if theirs else None
    ratio = None if other is None else round(mine / other, 3)
    return {
        "name": name,
        "measure": f"time, p{percentile}",
        "unit": "ms",
        "ours": round(mine * 1000, 3),
        "peer": theirs and theirs.name,
        "peer_version": theirs and theirs.version,
        "peer_value": None if other is None else round(other * 1000, 3),
        "ratio": ratio,
        "bound": None if bound is None else f"ratio <= {bound}",
        "holds": None if bound is None or ratio is None else ratio <= bound,
        "runs": len(ours),
    }


def _at(values: list[float], percentile: int) -> float:
    return median(values) if percentile == 50 else quantiles(values, n=100)[percentile - 1]  # noqa: PLR2004


def main() -> int:
    """Print the rows as JSON, one a line; exit code 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(description="Measure the way from a signed webhook to the wire.")
    parser.add_argument("--runs", type=int, default=RUNS, help="counted pairs of orders")
    table = asyncio.run(measure(parser.parse_args().runs))
    for row in table:
        print(json.dumps(row))
    return int(any(row["holds"] is False for row in table))


if __name__ == "__main__":
    sys.exit(main())
