"""What the integration costs a Home Assistant that has nothing to do: start, memory, processor.

Each Home Assistant is a process of its own with a fresh folder, in turn one without and one with the integration and a
live account at the double, whose prices stand still. Both are set up the same way, started again, as one that has been
set up runs for the rest of its time, and left alone for a while before they are measured: resident memory and the
processor time that they take while idle. The time that it takes to import the integration, and what is imported with
it, are measured in processes of their own which have imported what Home Assistant has at its start. All of them find
compiled modules, in a folder of this benchmark. ``python -m benchmarks.footprint [--runs N]``, in the demonstration's
environment.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
import contextlib
from dataclasses import dataclass, field
from functools import partial
import json
import os
from pathlib import Path
import resource
from statistics import median
import subprocess
import sys
import tempfile
from typing import Any, Final

from aiohttp import ClientSession

from tests.demo.cockpit import DOMAIN, Cockpit
from tests.demo.home import Home
from tests.demo.stage import SAVED_S, add_account, free_port, until_trading
from tests.double import MexcDouble

from .peers import ROOT

RUNS: Final = 3
SETTLE_S: Final = 20
"""Between the end of the set-up and the measuring: what a start leaves to be done is done by then."""

IDLE_S: Final = 30
MEMORY_MIB_MAX: Final = 15
_MS: Final = 1000
_MIB: Final = 1 << 20
_IMPORT: Final = """
import sys, time
sys.path.insert(0, {root!r})
import homeassistant.bootstrap, homeassistant.components.http, homeassistant.components.recorder
import homeassistant.components.webhook, homeassistant.components.logbook, homeassistant.components.history
before = set(sys.modules)
started = time.process_time()
import custom_components.mexc_trading.lifecycle
for platform in ("binary_sensor", "button", "event", "logbook", "sensor", "switch"):
    __import__("custom_components.mexc_trading." + platform)
seconds = time.process_time() - started
came = [name for name in sys.modules if name not in before and "." not in name]
print(seconds, len(set(sys.modules) - before), *sorted(came))
"""


@dataclass(slots=True)
class Weights:
    """What was measured of one kind of Home Assistant."""

    memory_mib: list[float] = field(default_factory=list)
    idle_ms: list[float] = field(default_factory=list)


@contextlib.asynccontextmanager
async def home(folder: Path, *, ours: bool, double: MexcDouble) -> AsyncIterator[Home]:
    """Run one, with an account or without."""
    running = Home(folder=folder, port=free_port())
    async with ClientSession() as session:
        cockpit = Cockpit(session=session, url=running.url)
        try:
            await running.start()
            await cockpit.onboard()
            await cockpit.until_running()
            if ours:
                await add_account(cockpit, double)
                await until_trading(cockpit)
                await cockpit.until(
                    "the account is saved", partial(asyncio.to_thread, running.remembers, DOMAIN), SAVED_S
                )
            await running.stop()
            await running.start()
            await cockpit.sign_in_again()
            await cockpit.until_running()
            if ours:
                await until_trading(cockpit)
            yield running
        finally:
            await running.stop()


def used(running: Home) -> tuple[float, float]:
    """Read what a Home Assistant holds (MiB), and the processor time that it has used (s)."""
    process = Path(f"/proc/{running.pid}")
    pages = int((process / "statm").read_text("ascii").split()[1])
    # Behind the name, which may hold anything: state is the third field, user and system time the 14th and 15th.
    fields = (process / "stat").read_text("ascii").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return pages * resource.getpagesize() / _MIB, ticks / os.sysconf("SC_CLK_TCK")


async def weigh(weights: Weights, *, ours: bool) -> None:
    """Run one Home Assistant, leave it alone, and measure."""
    with tempfile.TemporaryDirectory(prefix="mexc-bench-", ignore_cleanup_errors=True) as folder:
        double = MexcDouble(seed=7, port=0)
        double.venue.prices.moving = False
        async with double, home(Path(folder), ours=ours, double=double) as running:
            await asyncio.sleep(SETTLE_S)
            _, before_s = used(running)
            await asyncio.sleep(IDLE_S)
            memory_mib, after_s = used(running)
            weights.idle_ms.append((after_s - before_s) / IDLE_S * _MS)
            weights.memory_mib.append(memory_mib)


def imported(runs: int) -> tuple[list[float], int, list[str]]:
    """Give the processor time of the import (s), how many modules come with it, and the packages among them."""
    program = _IMPORT.format(root=str(ROOT))
    seconds, modules, packages = [], 0, []
    for _ in range(runs):
        answer = subprocess.check_output((sys.executable, "-c", program), cwd=ROOT, text=True).split()
        seconds.append(float(answer[0]))
        modules, packages = int(answer[1]), answer[2:]
    return seconds, modules, packages


async def measure(runs: int) -> list[dict[str, Any]]:
    """Weigh both kinds in turn."""
    seconds, modules, packages = imported(2 * runs)
    bare, ours = Weights(), Weights()
    for _ in range(runs):
        await weigh(bare, ours=False)
        await weigh(ours, ours=True)
    over_mib = median(mine - other for mine, other in zip(ours.memory_mib, bare.memory_mib, strict=True))
    return [
        _row("import, processor time", "ms", median(seconds) * _MS, None, len(seconds)),
        _row(f"modules imported, with {' '.join(packages)}", "modules", modules, None, len(seconds)),
        _row("resident memory", "MiB", median(ours.memory_mib), median(bare.memory_mib), runs),
        _row("resident memory over bare", "MiB", over_mib, None, runs, bound=MEMORY_MIB_MAX),
        _row("processor, idle", "ms/s", median(ours.idle_ms), median(bare.idle_ms), runs),
    ]


def _row(
    name: str, unit: str, ours: float, bare: float | None, runs: int, *, bound: float | None = None
) -> dict[str, Any]:
    """Make one line of the table; the ratio is ours over bare."""
    return {
        "name": f"footprint: {name}",
        "measure": "one live account at the double, nothing to do",
        "unit": unit,
        "ours": round(ours, 2),
        "peer": None if bare is None else "bare Home Assistant",
        "peer_version": None,
        "peer_value": None if bare is None else round(bare, 2),
        "ratio": round(ours / bare, 3) if bare else None,
        "bound": None if bound is None else f"<= {bound} {unit}",
        "holds": None if bound is None else ours <= bound,
        "runs": runs,
    }


def main() -> int:
    """Print the rows as JSON, one a line; exit code 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(prog="footprint", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="Home Assistants of each kind")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="mexc-bench-") as compiled:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        imported(1)
        table = asyncio.run(measure(runs))
    for row in table:
        print(json.dumps(row))
    return int(any(row["holds"] is False for row in table))


if __name__ == "__main__":
    sys.exit(main())
