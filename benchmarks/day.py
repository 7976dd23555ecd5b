"""A day of a busy account in a real Home Assistant with a real recorder, in virtual time.

Ten strategies, a position in each of fifty symbols, every price moving all the time, and ten signals a minute, which
trade in the paper book. Rows are counted in the recorder's database by what writes them. Memory is that of the whole
process (Home Assistant, its recorder, the double, this program) and, apart from that, of everything that can be reached
from the account's books and is nobody else's. ``python -m benchmarks.day [--hours N] [--moves N]``, in the
demonstration's environment.
"""

from benchmarks.virtual_home import CLOCK, HomeHere, make_home, run  # isort: skip  before anything else

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterator
import json
import logging
from pathlib import Path
import re
import sys
import tempfile
import time
from typing import Any, Final

from aiohttp import ClientSession

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from tests.demo.cockpit import Cockpit
from tests.demo.sender import Sender, entry, leave
from tests.demo.stage import add_account, add_strategy, free_port, until_trading
from tests.double import MexcDouble
from tests.simulation.memory import kept, resident_kib

from .fifty import fifty, hold_all
from .recorder import rows_of

HOURS: Final = 24
MOVES_EVERY_S: Final = 1.0
STRATEGIES: Final = 10
SIGNAL_EVERY_S: Final = 6.0
NOTIONAL: Final = "10"
LOOKED_AT: Final = (1, 6, 12, 24)
"""Hours after which memory is told."""

BACKLOG_MAX: Final = 200
"""Events that the recorder may be behind before time waits for it."""

_OTHERS: Final = (HomeAssistant, ConfigEntry, DataUpdateCoordinator, logging.Logger)
_HOUR_S: Final = 3600
_MIB: Final = 1 << 20
_KINDS: Final = (
    (re.compile(r"^events$"), "events of orders and risk"),
    (re.compile(r"^event\."), "event entities"),
    (re.compile(r"last_decision$"), "last decision"),
    (re.compile(r"usdt_(worth|pnl)$"), "figures of positions"),
    (re.compile(r"open_(positions|orders)$"), "counts of positions and orders"),
    (re.compile(r"(equity|pnl|exposure|drawdown)$"), "figures of money"),
    (re.compile(r"(latency|fill_ratio|slippage|reject_rate|availability|clock_skew|journal_head)$"), "key figures"),
)


def kind_of(name: str) -> str:
    """Say what kind of rows an entity's are."""
    return next((kind for pattern, kind in _KINDS if pattern.search(name)), "others")


class Day:
    """One day at play."""

    def __init__(self, folder: Path, double: MexcDouble, home: HomeHere, senders: list[Sender]) -> None:
        """Begin with what was set up."""
        self._folder = folder
        self._double = double
        self._home = home
        self._senders = senders
        self.told: Counter[str] = Counter()
        self.hours: list[dict[str, Any]] = []

    async def play(self, hours: int, moves_every_s: float) -> None:
        """Let time fly for so many hours."""
        loop = asyncio.get_running_loop()
        await self._settle()
        before, real_s = rows_of(self._folder), time.perf_counter()
        signals = 0
        moving = asyncio.create_task(self._move(moves_every_s))
        CLOCK.follows = False
        for hour in range(1, hours + 1):
            ends_s = loop.time() + _HOUR_S
            while loop.time() < ends_s:
                await asyncio.sleep(SIGNAL_EVERY_S)
                await self._signal(signals)
                signals += 1
                if get_instance(self._home.hass).backlog > BACKLOG_MAX:
                    await self._settle()
            await self._settle()
            rows = rows_of(self._folder)
            self._note(hour, rows - before)
            before = rows
            self._double.requests.clear()
            sys.stderr.write(f"hour {hour}: {self.hours[-1]}, {time.perf_counter() - real_s:.0f} s\n")
        CLOCK.follows = True
        moving.cancel()

    async def _move(self, every_s: float) -> None:
        """Move every price, for ever."""
        while True:
            await asyncio.sleep(every_s)
            self._double.prices.walk()

    async def _signal(self, number: int) -> None:
        """Let one strategy after the other enter its symbol, then leave it."""
        turn, strategy = divmod(number, STRATEGIES)
        symbol = sorted(self._double.venue.symbols)[strategy]
        name = f"day-{number}"
        wish = leave(name, symbol) if turn % 2 else entry(name, NOTIONAL, symbol)
        status, answer = await self._senders[strategy].send(wish)
        denials = [rule["rule"] for rule in answer.get("rules", ()) if rule["finding"] == "deny"]
        self.told[" by ".join((str(answer.get("verdict", status)), *denials[:1]))] += 1

    async def _settle(self) -> None:
        """Wait in real time until the recorder has written everything."""
        flying, CLOCK.follows = not CLOCK.follows, True
        await get_instance(self._home.hass).async_block_till_done()
        CLOCK.follows = not flying

    def _note(self, hour: int, rows: Counter[str]) -> None:
        """Keep the figures of an hour."""
        kinds: Counter[str] = Counter()
        for name, count in rows.items():
            kinds[kind_of(name)] += count
        entries = self._home.hass.config_entries.async_entries("mexc_trading")
        books = entries[0].runtime_data.books.values()
        size = sum(path.stat().st_size for path in self._folder.glob("home-assistant_v2.db*"))
        self.hours.append(
            {
                "hour": hour,
                "rows": rows.total(),
                "kinds": dict(kinds.most_common()),
                "resident": resident_kib() / 1024,
                "kept": kept(books, *_OTHERS).kib / 1024,
                "database": size / _MIB,
            }
        )


async def measure(hours: int, moves_every_s: float) -> list[dict[str, Any]]:
    """Set everything up in real time, then let a day pass."""
    symbols = fifty()
    with tempfile.TemporaryDirectory(prefix="mexc-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        home = make_home(folder, free_port())
        double = MexcDouble(seed=7, port=0, symbols=symbols)
        async with double, ClientSession() as session:
            cockpit = Cockpit(session=session, url=home.url)
            await home.start()
            try:
                await cockpit.onboard()
                await cockpit.until_running()
                entry_id = await add_account(cockpit, double)
                await until_trading(cockpit)
                double.prices.moving = True
                held = await hold_all(cockpit, entry_id, symbols)
                senders = [
                    (await add_strategy(cockpit, session, home, entry_id, f"Busy {number}", symbols=(symbol,)))[1]
                    for number, symbol in enumerate(sorted(symbols)[:STRATEGIES])
                ]
                double.prices.moving = False
                day = Day(folder, double, home, senders)
                await day.play(hours, moves_every_s)
            finally:
                await home.stop()
    sys.stderr.write(f"signals: {dict(day.told)}\n")
    return list(_rows(day, held, moves_every_s))


def _rows(day: Day, held: int, moves_every_s: float) -> Iterator[dict[str, Any]]:
    """Make the table."""
    measure = f"{STRATEGIES} strategies, {held} positions, prices move every {moves_every_s:g} s, 10 signals a minute"
    hours = day.hours
    yield _row(measure, "rows in the recorder", "1/h", sum(one["rows"] for one in hours) / len(hours))
    kinds: Counter[str] = Counter()
    for one in hours:
        kinds.update(one["kinds"])
    for kind, count in kinds.most_common():
        yield _row(measure, f"rows, {kind}", "1/h", count / len(hours))
    for one in hours:
        if one["hour"] in LOOKED_AT:
            yield _row(measure, f"process after {one['hour']} h", "MiB", one["resident"])
            yield _row(measure, f"behind the account after {one['hour']} h", "MiB", one["kept"])
            yield _row(measure, f"database after {one['hour']} h", "MiB", one["database"])


def _row(measure: str, name: str, unit: str, value: float) -> dict[str, Any]:
    """Make one line of the table."""
    return {
        "name": f"day: {name}",
        "measure": measure,
        "unit": unit,
        "ours": round(value, 2),
        "peer": None,
        "peer_version": None,
        "peer_value": None,
        "ratio": None,
        "bound": None,
        "holds": None,
        "runs": 1,
    }


def main() -> int:
    """Print the rows as JSON, one a line."""
    parser = argparse.ArgumentParser(prog="day", description=__doc__)
    parser.add_argument("--hours", type=int, default=HOURS, help="of virtual time")
    parser.add_argument("--moves", type=float, default=MOVES_EVERY_S, help="seconds between two moves of all prices")
    options = parser.parse_args()
    for row in run(lambda: measure(options.hours, options.moves)):
        print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
