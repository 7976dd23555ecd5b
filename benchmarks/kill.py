"""The kill switch thrown in the middle of a flood, in a real Home Assistant with the double over real sockets.

Two hundred signals a second for ten seconds, half of them signed webhooks and half actions, with exits among them.
Home Assistant is a process of its own; the senders and the venue share another. An entry counts as accepted when the
double reads its request, and the hold as journaled at the time of its record, which is before the record is synced: a
stricter measure than "accepted after it was durable". ``python -m benchmarks.kill [--seconds N]``, in the
demonstration's environment.
"""

import argparse
import asyncio
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
import json
from pathlib import Path
import sqlite3
from statistics import median, quantiles
import sys
import tempfile
import time
from typing import Any, Final

from aiohttp import ClientSession

from tests.demo.cockpit import Cockpit
from tests.demo.sender import Sender, entry
from tests.demo.stage import STRATEGY, Stage, add_strategy, set_up

SECONDS: Final = 10
PER_S: Final = 200
EXITS_PER_S: Final = 5
"""Together with the entries more than the venue takes: they compete for its rate."""

STRATEGIES: Final = 8
"""A strategy alone may send a hundred signals at once and five a second."""

SEED_USDT: Final = "4500"
"""What is bought before, for the exits to sell."""

EXIT_BTC: Final = "0.0005"
COMPONENTS: Final = Path(__file__).parent / "home_components"
WIDE: Final[dict[str, Any]] = {
    "sizes": {"max_notional_per_order": 5000, "max_burst_notional": None},
    "exposure": {
        "max_open_orders": 50,
        "max_symbol_exposure": None,
        "max_gross_exposure": None,
        "max_unprotected_exposure": None,
        "max_leverage": None,
    },
    "rates": {
        "max_orders_per_minute": None,
        "max_signals_per_minute": None,
        "duplicate_window_s": 0,
        "max_repeats": None,
    },
}
"""Limits under which fifty entries wait for the venue's rate at any time: that many must not leave any more."""

_ORDER_PATH: Final = "/api/v3/order"
_SEEDED_S: Final = 30
_MS: Final = 1000


@dataclass(slots=True)
class Flood:
    """What was sent and told. Times are monotonic seconds."""

    told: Counter[str] = field(default_factory=Counter)
    exits: dict[str, float] = field(default_factory=dict)
    """When each exit was sent, by the id of its order."""

    thrown_s: float = 0.0
    answered_s: float = 0.0
    ended_s: float = 0.0


async def throw(person: Cockpit, flood: Flood) -> None:
    """Throw the switch."""
    flood.thrown_s = time.monotonic()
    await person.act("engage_kill_switch", {"reason": "benchmark"})
    flood.answered_s = time.monotonic()


async def enter(stage: Stage, senders: tuple[Sender, ...], number: int, flood: Flood) -> None:
    """Send one wish to enter: a webhook or an action."""
    wish = entry(f"flood-{number}", f"{10 + number % 50}")
    if number % 2:
        status, answer = await stage.cockpit.act("submit_signal", wish)
    else:
        status, answer = await senders[number // 2 % len(senders)].send(wish)
    denials = [rule["rule"] for rule in answer.get("rules", ()) if rule["finding"] == "deny"]
    flood.told[" by ".join((str(answer.get("verdict", status)), *denials[:1]))] += 1


async def leave(person: Cockpit, number: int, flood: Flood) -> None:
    """Send one exit."""
    sent_s = time.monotonic()
    fields = {"symbol": "BTCUSDT", "side": "sell", "quantity": EXIT_BTC, "signal_id": f"exit-{number}"}
    _, answer = await person.act("place_order", fields)
    flood.exits[answer["order_id"]] = sent_s


async def play(stage: Stage, senders: tuple[Sender, ...], seconds: int) -> Flood:
    """Send everything at a steady pace, and throw the switch in the middle.

    Switch and exits come from a device of its own: they do not wait for the flood's connections at its sender.
    """
    flood = Flood()
    began_s = time.monotonic()
    async with ClientSession() as apart, asyncio.TaskGroup() as group:
        person = stage.cockpit.beside(apart)
        for number in range(seconds * PER_S):
            await asyncio.sleep(began_s + number / PER_S - time.monotonic())
            group.create_task(enter(stage, senders, number, flood))
            if number % (PER_S // EXITS_PER_S) == 0:
                group.create_task(leave(person, number, flood))
            if number == seconds * PER_S // 2:
                group.create_task(throw(person, flood))
    flood.ended_s = time.monotonic() - began_s
    return flood


def held_s(stage: Stage) -> float:
    """Read from the journal when the hold was taken, in monotonic seconds."""
    path = stage.home.folder / "mexc_trading" / stage.entry_id / "live.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as journal:
        rows = journal.execute("SELECT at_ns FROM records WHERE kind = 'hold_raised' AND body LIKE '%kill_switch%'")
        ((at_ns,),) = rows.fetchall()
    return time.monotonic() - (time.time_ns() - at_ns) / 1e9


async def stalls(stage: Stage) -> dict[str, float]:
    """Ask Home Assistant how long its loop stood still since it was last asked."""
    async with stage.session.get(f"{stage.home.url}/api/stall_watch") as answer:
        return dict(await answer.json())


async def measure(seconds: int) -> list[dict[str, Any]]:
    """Build the set, play, and look at what happened."""
    with tempfile.TemporaryDirectory(prefix="mexc-bench-", ignore_cleanup_errors=True) as folder:
        async with set_up(Path(folder), beside=COMPONENTS) as stage:
            stage.double.venue.prices.moving = False
            await stage.cockpit.set_limits(stage.entry_id, WIDE)
            others = [
                await add_strategy(stage.cockpit, stage.session, stage.home, stage.entry_id, f"Flood {number}")
                for number in range(1, STRATEGIES)
            ]
            await stage.ask_for_no_evidence()
            for name in (STRATEGY, *(f"Flood {number}" for number in range(1, STRATEGIES))):
                await stage.promote(name)
            senders = (stage.sender, *(sender for _, sender in others))
            await seed(stage)
            await stalls(stage)
            flood = await play(stage, senders, seconds)
            stalled = await stalls(stage)
            return rows(stage, flood, stalled)


async def seed(stage: Stage) -> None:
    """Buy what the exits sell."""
    status, answer = await stage.sender.send(entry("seed", SEED_USDT))
    if answer.get("verdict") != "allow":
        raise RuntimeError(f"the first entry: {status} {answer}")

    async def held() -> bool:
        return await stage.value("open_positions") == "1"

    await stage.cockpit.until("the first entry is filled", held, _SEEDED_S)


def rows(stage: Stage, flood: Flood, stalled: dict[str, float]) -> list[dict[str, Any]]:
    """Make the table."""
    since_s = held_s(stage)
    requests = stage.double.requests.of("POST", _ORDER_PATH)
    entries = [order.at_s for order in requests if order.query["side"] == "BUY"]
    left = {order.query["newClientOrderId"]: order.at_s for order in requests if order.query["side"] == "SELL"}
    late = sum(at_s > since_s for at_s in entries)
    waits_s = [left[order_id] - sent_s for order_id, sent_s in flood.exits.items() if order_id in left]
    answered, sent = sum(flood.told.values()), len(flood.exits)
    return [
        _row("entries accepted after the hold is journaled", "orders", late, answered, "0", holds=late == 0),
        _row("entries accepted before it", "orders", len(entries) - late, answered),
        _row(
            "exits that did not reach the venue", "orders", sent - len(waits_s), sent, "0", holds=len(waits_s) == sent
        ),
        _row("exit, action to wire, p50", "ms", median(waits_s) * _MS, sent),
        _row("exit, action to wire, p99", "ms", quantiles(waits_s, n=100)[98] * _MS, sent),
        _row("switch to hold in the journal", "ms", (since_s - flood.thrown_s) * _MS, 1),
        _row("switch to its answer", "ms", (flood.answered_s - flood.thrown_s) * _MS, 1),
        _row("longest loop stall", "ms", stalled["longest_s"] * _MS, 1),
        _row("longest loop stall, its processor time", "ms", stalled["longest_cpu_s"] * _MS, 1),
        _row("longest loop stall, without garbage collection", "ms", stalled["own_cpu_s"] * _MS, 1),
        _row("signals answered", "1/s", answered / flood.ended_s, answered),
        *(_row(f"signals answered with {told}", "signals", count, answered) for told, count in flood.told.items()),
    ]


def _row(
    name: str, unit: str, value: float, runs: int, bound: str | None = None, *, holds: bool | None = None
) -> dict[str, Any]:
    """Make one line of the table."""
    return {
        "name": f"kill: {name}",
        "measure": "flood of 200 signals/s",
        "unit": unit,
        "ours": round(value, 1),
        "peer": None,
        "peer_version": None,
        "peer_value": None,
        "ratio": None,
        "bound": bound,
        "holds": holds,
        "runs": runs,
    }


def main() -> int:
    """Print the rows as JSON, one a line; exit code 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(prog="kill", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of the flood")
    table = asyncio.run(measure(parser.parse_args().seconds))
    for row in table:
        print(json.dumps(row))
    return int(any(row["holds"] is False for row in table))


if __name__ == "__main__":
    sys.exit(main())
