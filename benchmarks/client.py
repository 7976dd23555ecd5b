"""One order on loopback: the client's ``submit`` beside ccxt's asynchronous ``create_order``.

Each side is a process of its own, the double another; they take turns, one order each, so that a machine that slows
down slows both. Ours contains the budget, the breakers, the classification and the check of the acknowledgement. The
whole call waits for the double most of the time; the client's own part is the processor time of its process. Bytes on
the wire are counted by a relay in front of the double; memory kept is what a call leaves behind, in a run of its own.
``python -m benchmarks.client [--runs N]``.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
from statistics import median, quantiles
import sys
from typing import Any, Final

from tests.double import MexcDouble

from .peers import ROOT, environment, version

RUNS: Final = 200
WARM_UP: Final = 10
PAUSE_S: Final = 0.08
"""Between orders: two sides, each below the eight entries a second that the budget has."""

MEMORY_RUNS: Final = 40
_PROGRAMS: Final = Path(__file__).parent / "peer_programs"


class Side:
    """One client in its process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Talk to the running program."""
        self._process = process

    async def order(self) -> dict[str, float]:
        """Place one order; give what the call took."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no pipes")
        self._process.stdin.write(b"go\n")
        return dict(json.loads(await self._process.stdout.readline()))


@dataclass(slots=True)
class Calls:
    """What one side's calls took, in seconds: by the clock, and of the processor."""

    seconds: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)

    def ms(self, percentile: int) -> float:
        """Give a percentile by the clock, in ms."""
        return quantiles(self.seconds, n=100, method="inclusive")[percentile - 1] * 1000

    @property
    def spread_ms(self) -> float:
        """Give the width of the middle half, in ms."""
        return self.ms(75) - self.ms(25)

    @property
    def cpu_ms(self) -> float:
        """Give the median processor time, in ms."""
        return median(self.cpu_s) * 1000


class Relay:
    """Passes bytes on to the double and counts them."""

    def __init__(self, host: str, port: int) -> None:
        """Name where they go."""
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self.up = 0
        self.down = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("not started")
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on."""
        there, back = await asyncio.open_connection(*self._target)
        await asyncio.gather(self._pass(reader, back, up=True), self._pass(there, writer, up=False))

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, up: bool) -> None:
        """Pass one direction on."""
        while chunk := await source.read(65536):
            if up:
                self.up += len(chunk)
            else:
                self.down += len(chunk)
            sink.write(chunk)
            await sink.drain()
        sink.close()


@asynccontextmanager
async def side(python: Path, program: str, rest_url: str, double: MexcDouble, mode: str) -> AsyncIterator[Side]:
    """Start one side and wait until it is ready."""
    arguments = (str(_PROGRAMS / program), rest_url, double.api_key, double.api_secret, mode)
    process = await asyncio.create_subprocess_exec(
        str(python),
        *arguments,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        if process.stdout is None or await process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"{program} did not start")
        yield Side(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def measure(runs: int) -> list[dict[str, Any]]:
    """Play both sides in turn, for time, then for bytes and memory."""
    theirs_python, ours_python = environment("ccxt", "ccxt", "aiohttp"), Path(sys.executable)
    peer_version = version(theirs_python, "ccxt")
    ours, theirs = await _times(ours_python, theirs_python, runs)
    our_bytes, our_kept = await _weigh(ours_python, "client_ours.py")
    their_bytes, their_kept = await _weigh(theirs_python, "client_ccxt.py")
    peer = f"ccxt {peer_version}"
    return [
        _row("client: submit an order, whole call, p50", "ms", ours.ms(50), theirs.ms(50), peer=peer, runs=runs),
        _row("client: submit an order, whole call, p95", "ms", ours.ms(95), theirs.ms(95), peer=peer, runs=runs),
        _row("client: submit an order, spread p75 - p25", "ms", ours.spread_ms, theirs.spread_ms, peer=peer, runs=runs),
        _row("client: submit an order, processor, p50", "ms", ours.cpu_ms, theirs.cpu_ms, peer=peer, runs=runs),
        _row("client: bytes on the wire, both ways", "bytes", our_bytes, their_bytes, peer=peer, runs=MEMORY_RUNS),
        _row("client: memory kept by a call", "bytes", our_kept, their_kept, peer=peer, runs=MEMORY_RUNS),
    ]


async def _times(ours_python: Path, theirs_python: Path, runs: int) -> tuple[Calls, Calls]:
    """Give what each call took, ours and theirs."""
    ours, theirs = Calls(), Calls()
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(MexcDouble())
        double.settings.max_open_orders = 100_000
        double.venue.deposit("USDT", "1000000")
        mine = await stack.enter_async_context(side(ours_python, "client_ours.py", double.rest_url, double, "time"))
        other = await stack.enter_async_context(side(theirs_python, "client_ccxt.py", double.rest_url, double, "time"))
        for number in range(runs + WARM_UP):
            for player, calls in ((mine, ours), (other, theirs)):
                took = await player.order()
                if number >= WARM_UP:
                    calls.seconds.append(took["seconds"])
                    calls.cpu_s.append(took["cpu"])
                await asyncio.sleep(PAUSE_S)
    return ours, theirs


async def _weigh(python: Path, program: str) -> tuple[float, float]:
    """Give bytes on the wire and bytes kept in memory, per call, medians."""
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(MexcDouble())
        host, _, port = double.rest_url.removeprefix("http://").partition(":")
        relay = Relay(host, int(port))
        await relay.start()
        stack.push_async_callback(relay.stop)
        player = await stack.enter_async_context(side(python, program, relay.url, double, "memory"))
        weights, kept = [], []
        for number in range(MEMORY_RUNS + WARM_UP):
            before = relay.up + relay.down
            took = await player.order()
            if number >= WARM_UP:
                weights.append(relay.up + relay.down - before)
                kept.append(took["kept"])
            await asyncio.sleep(2 * PAUSE_S)
    return median(weights), median(kept)


def _row(name: str, unit: str, ours: float, theirs: float, *, peer: str, runs: int) -> dict[str, Any]:
    """Make a row; the ratio is ours over the peer's, below 1 is less than the peer."""
    peer_name, _, peer_version = peer.partition(" ")
    return {
        "name": name,
        "measure": name.removeprefix("client: "),
        "unit": unit,
        "ours": round(ours, 3),
        "peer": f"{peer_name} create_order",
        "peer_version": peer_version,
        "peer_value": round(theirs, 3),
        "ratio": round(ours / theirs, 3) if theirs > 0 else None,
        "bound": None,
        "holds": None,
        "runs": runs,
    }


def main() -> None:
    """Print the rows, one JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.client")
    parser.add_argument("--runs", type=int, default=RUNS)
    for row in asyncio.run(measure(parser.parse_args().runs)):
        print(json.dumps(row))


if __name__ == "__main__":
    main()
