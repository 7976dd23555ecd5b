"""Five thousand webhook requests as fast as they are taken, in a real Home Assistant, beside its bare webhook.

A program of its own sends them over many connections to four strategies' addresses: signed entries, forged and broken
ones, oversized bodies, floods of headers and senders that stop half way. In turn with it the same requests go to a
webhook of the same Home Assistant whose handler reads the body and answers, so that what Home Assistant itself takes is
seen. Meanwhile exits of a fifth strategy come by action and by signed webhook; how long they take to the wire is
compared with quiet.

Stalls are measured by a task in Home Assistant's loop: by the clock, which on a busy machine also counts what other
programs take; in processor time of the loop's thread; and without the garbage collections of the process, which go
through all that Home Assistant holds, whoever's allocation sets them off. ``python -m benchmarks.burst [--runs N]``, in
the demonstration's environment.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncIterator
import contextlib
from dataclasses import dataclass, field
import json
from pathlib import Path
from statistics import median, quantiles
import sys
import tempfile
import time
from typing import Any, Final
from urllib.parse import urlsplit

from tests.demo.sender import Sender, entry, leave
from tests.demo.stage import STRATEGY, Stage, add_strategy, set_up

from .home_components.stall_watch.names import BARE_WEBHOOK
from .kill import COMPONENTS, WIDE, seed, stalls

REQUESTS: Final = 5_000
CONNECTIONS: Final = 100
RUNS: Final = 3
DOORS: Final = 4
"""Strategies that are flooded. Each may send a hundred signals at once: so many hundred are decided in a burst."""

MIX: Final = {"signed": 40, "forged": 25, "broken": 10, "oversized": 10, "headers": 5, "slow": 10}
"""Kinds of requests, in percent."""

EXIT_EVERY_S: Final = 0.1
EXITS_MAX: Final = 20
"""Exits in one burst, and as many before it for comparison."""

EXIT_BTC: Final = "0.0002"
REFILL_S: Final = 20
"""Between bursts: a door takes a hundred signals again."""

STALL_MS: Final = 20
_ORDER_PATH: Final = "/api/v3/order"
_WIRE_S: Final = 20
_MS: Final = 1000
_PROGRAM: Final = Path(__file__).parent / "peer_programs" / "burst_sender.py"


@dataclass(slots=True)
class Bursts:
    """What was seen in all bursts of one kind."""

    stalls_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    own_ms: list[float] = field(default_factory=list)
    collections_ms: list[float] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    aged: list[float] = field(default_factory=list)
    full: list[int] = field(default_factory=list)
    per_s: list[float] = field(default_factory=list)
    used_us: list[float] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    exits_ms: list[float] = field(default_factory=list)


class Flooder:
    """The program that floods."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Talk to the running program."""
        self._process = process

    async def _say(self, line: str) -> None:
        if self._process.stdin is None:
            raise RuntimeError("the sender has no input")
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()

    async def _hear(self) -> str:
        if self._process.stdout is None:
            raise RuntimeError("the sender has no output")
        return (await self._process.stdout.readline()).decode()

    async def load(self, plan: dict[str, Any]) -> None:
        """Hand the requests over and wait until they are signed."""
        await self._say(json.dumps(plan))
        if await self._hear() != "ready\n":
            raise RuntimeError("the sender did not get ready")

    async def fire(self) -> dict[str, Any]:
        """Send them all; give what the program saw."""
        await self._say("go")
        return dict(json.loads(await self._hear()))


@contextlib.asynccontextmanager
async def flooder() -> AsyncIterator[Flooder]:
    """Start the program."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(_PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
    )
    try:
        yield Flooder(process)
    finally:
        process.terminate()
        await process.wait()


def plan(stage: Stage, senders: tuple[Sender, ...], run: str, *, bare: bool) -> dict[str, Any]:
    """Write the requests of one burst, the kinds evenly mixed."""
    kinds = [kind for kind, share in MIX.items() for _ in range(share)]
    requests = []
    for number in range(REQUESTS):
        sender = senders[number % len(senders)]
        kind = kinds[number * 37 % len(kinds)]
        body = json.dumps(entry(f"{run}-{number}", str(10 + number % 50)))
        path = f"/api/webhook/{BARE_WEBHOOK}" if bare else urlsplit(sender.url).path
        requests.append((kind, path, sender.secret, body[:-1] if kind == "broken" else body))
    return {"host": "127.0.0.1", "port": stage.home.port, "connections": CONNECTIONS, "requests": requests}


async def leave_once(stage: Stage, sender: Sender, name: str, *, signed: bool) -> float:
    """Send an exit and wait for its order; give the ms from the wish to the wire."""
    started_s = time.monotonic()
    fields: dict[str, Any] = {"symbol": "BTCUSDT", "side": "sell", "quantity": EXIT_BTC, "signal_id": name}
    if signed:
        status, answer = await sender.send({**leave(name), "size": {"quantity": EXIT_BTC}})
    else:
        status, answer = await stage.cockpit.act("place_order", fields)
    if (order_id := answer.get("order_id")) is None:
        raise RuntimeError(f"exit {name}: {status} {answer}")
    while time.monotonic() < started_s + _WIRE_S:
        for request in stage.double.requests.of("POST", _ORDER_PATH):
            if request.query["newClientOrderId"] == order_id:
                return (request.at_s - started_s) * _MS
        await asyncio.sleep(EXIT_EVERY_S / 10)
    raise RuntimeError(f"exit {name} did not reach the venue")


async def leave_all(stage: Stage, sender: Sender, name: str, until: asyncio.Future[Any] | None) -> list[float]:
    """Send exits at a steady pace, by action and by webhook in turn, until something else is done."""
    waits_ms = []
    for number in range(EXITS_MAX):
        if until is not None and until.done():
            break
        began_s = time.monotonic()
        waits_ms.append(await leave_once(stage, sender, f"{name}-{number}", signed=bool(number % 2)))
        await asyncio.sleep(max(0.0, began_s + EXIT_EVERY_S - time.monotonic()))
    return waits_ms


async def burst(
    stage: Stage, flood: Flooder, senders: tuple[Sender, ...], bursts: Bursts, run: str, *, bare: bool
) -> None:
    """Send one burst with exits in the middle of it."""
    await flood.load(plan(stage, senders[1:], run, bare=bare))
    await stalls(stage)
    firing = asyncio.ensure_future(flood.fire())
    await asyncio.sleep(EXIT_EVERY_S)
    bursts.exits_ms += await leave_all(stage, senders[0], f"exit-{run}", firing)
    seen = await firing
    stalled = await stalls(stage)
    bursts.stalls_ms.append(stalled["longest_s"] * _MS)
    bursts.cpu_ms.append(stalled["longest_cpu_s"] * _MS)
    bursts.own_ms.append(stalled["own_cpu_s"] * _MS)
    bursts.collections_ms.append(stalled["collection_s"] * _MS)
    bursts.long.append(int(stalled["long"]))
    bursts.aged.append(stalled["aged"] / REQUESTS)
    bursts.full.append(int(stalled["full"]))
    bursts.used_us.append(stalled["cpu_s"] / REQUESTS * _MS * _MS)
    bursts.per_s.append(REQUESTS / seen["seconds"])
    bursts.times_ms += [each * _MS for each in seen["times"]]
    bursts.answers += Counter(seen["answers"])


async def measure(runs: int) -> list[dict[str, Any]]:
    """Build the set and play the bursts in turn."""
    ours, bare, quiet = Bursts(), Bursts(), Bursts()
    with tempfile.TemporaryDirectory(prefix="mexc-bench-", ignore_cleanup_errors=True) as folder:
        async with set_up(Path(folder), beside=COMPONENTS) as stage, flooder() as flood:
            stage.double.venue.prices.moving = False
            await stage.cockpit.set_limits(stage.entry_id, WIDE)
            names = [f"Flood {number}" for number in range(DOORS)]
            others = [
                await add_strategy(stage.cockpit, stage.session, stage.home, stage.entry_id, name) for name in names
            ]
            await stage.ask_for_no_evidence()
            for name in (STRATEGY, *names):
                await stage.promote(name)
            senders = (stage.sender, *(sender for _, sender in others))
            await seed(stage)
            for run in range(runs):
                await asyncio.sleep(REFILL_S)
                await stalls(stage)
                quiet.exits_ms += await leave_all(stage, stage.sender, f"quiet-{run}", None)
                stalled = await stalls(stage)
                quiet.stalls_ms.append(stalled["longest_s"] * _MS)
                quiet.cpu_ms.append(stalled["longest_cpu_s"] * _MS)
                await burst(stage, flood, senders, bare, f"bare-{run}", bare=True)
                await asyncio.sleep(EXIT_EVERY_S)
                await burst(stage, flood, senders, ours, f"ours-{run}", bare=False)
    return rows(ours, bare, quiet)


def rows(ours: Bursts, bare: Bursts, quiet: Bursts) -> list[dict[str, Any]]:
    """Make the table."""
    runs = len(ours.stalls_ms)
    of_ours, of_bare = _at(ours.times_ms, 99), _at(bare.times_ms, 99)
    return [
        _row("longest loop stall, by the clock", "ms", median(ours.stalls_ms), median(bare.stalls_ms), runs),
        _row("longest loop stall, its processor time", "ms", median(ours.cpu_ms), median(bare.cpu_ms), runs),
        _row(
            "longest loop stall, without garbage collection",
            "ms",
            median(ours.own_ms),
            median(bare.own_ms),
            runs,
            bound_ms=STALL_MS,
        ),
        _row("longest garbage collection", "ms", median(ours.collections_ms), median(bare.collections_ms), runs),
        _row("full garbage collections", "collections", sum(ours.full), sum(bare.full), runs),
        _row("objects that grew old, per request", "objects", median(ours.aged), median(bare.aged), runs),
        _row("stalls above 20 ms", "stalls", median(ours.long), median(bare.long), runs),
        _row("longest loop stall, quiet but for exits", "ms", median(quiet.stalls_ms), None, runs),
        _row("processor time, per request", "us", median(ours.used_us), median(bare.used_us), runs),
        _row("requests answered", "1/s", median(ours.per_s), median(bare.per_s), runs),
        _row("signed request to its answer, p99", "ms", of_ours, of_bare, len(ours.times_ms)),
        _row("exit to wire in the burst, p50", "ms", median(ours.exits_ms), median(bare.exits_ms), len(ours.exits_ms)),
        _row(
            "exit to wire in the burst, p95", "ms", _at(ours.exits_ms, 95), _at(bare.exits_ms, 95), len(ours.exits_ms)
        ),
        _row("exit to wire, quiet, p50", "ms", median(quiet.exits_ms), None, len(quiet.exits_ms)),
        _row("exit to wire, quiet, p95", "ms", _at(quiet.exits_ms, 95), None, len(quiet.exits_ms)),
        *(_row(f"answers {told}", "answers", count, None, runs) for told, count in sorted(ours.answers.items())),
    ]


def _at(values: list[float], percentile: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percentile - 1]


def _row(
    name: str, unit: str, ours: float, bare: float | None, runs: int, *, bound_ms: int | None = None
) -> dict[str, Any]:
    """Make one line of the table; the ratio is ours over Home Assistant's own."""
    return {
        "name": f"burst: {name}",
        "measure": f"{REQUESTS} requests over {CONNECTIONS} connections",
        "unit": unit,
        "ours": round(ours, 2),
        "peer": None if bare is None else "bare webhook",
        "peer_version": None,
        "peer_value": None if bare is None else round(bare, 2),
        "ratio": round(ours / bare, 3) if bare else None,
        "bound": None if bound_ms is None else f"<= {bound_ms} ms",
        "holds": None if bound_ms is None else ours <= bound_ms,
        "runs": runs,
    }


def main() -> int:
    """Print the rows as JSON, one a line; exit code 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(prog="burst", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="bursts of each side")
    table = asyncio.run(measure(parser.parse_args().runs))
    for row in table:
        print(json.dumps(row))
    return int(any(row["holds"] is False for row in table))


if __name__ == "__main__":
    sys.exit(main())
