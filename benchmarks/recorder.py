"""What a busy account writes into Home Assistant's database: rows by entity, and what they come to in an hour.

A real Home Assistant with its recorder, a live account with ten strategies, a position in each of fifty symbols,
and prices that move all the time. Each strategy sends a signal a minute. Rows are counted in the database file, between
two moments, and taken by the hour. ``python -m benchmarks.recorder [--seconds N]``, in the demonstration's environment.
"""

import argparse
import asyncio
from collections import Counter
from contextlib import closing
import json
from pathlib import Path
import sqlite3
import sys
import tempfile
import time
from typing import Any, Final

from tests.demo.sender import Sender, entry
from tests.demo.stage import add_strategy, set_up

from .fifty import fifty, hold_all
from .kill import COMPONENTS, stalls

SECONDS: Final = 240
STRATEGIES: Final = 10
SIGNAL_EVERY_S: Final = 60
SETTLE_S: Final = 20
FLUSH_S: Final = 7
"""The recorder writes every five seconds."""

SHOWN: Final = 8
"""Entities in the table."""

_HOUR_S: Final = 3600
_MIB: Final = 1 << 20


def rows_of(folder: Path) -> Counter[str]:
    """Count the rows of every entity, and those of events beside them."""
    with closing(sqlite3.connect(f"file:{folder / 'home-assistant_v2.db'}?mode=ro", uri=True)) as database:
        counted = database.execute(
            "SELECT m.entity_id, count(*) FROM states s JOIN states_meta m USING (metadata_id) GROUP BY m.entity_id"
        )
        rows: Counter[str] = Counter(dict(counted.fetchall()))
        rows["events"] = database.execute("SELECT count(*) FROM events").fetchone()[0]
    return rows


async def trade(senders: list[Sender], seconds: int) -> None:
    """Let every strategy send a signal now and then."""
    ends_s, number = time.monotonic() + seconds, 0
    while time.monotonic() < ends_s:
        await senders[number % len(senders)].send(entry(f"busy-{number}", str(10 + number)))
        number += 1
        await asyncio.sleep(SIGNAL_EVERY_S / len(senders))


async def measure(seconds: int) -> list[dict[str, Any]]:
    """Build the set, let it trade, count."""
    symbols = fifty()
    with tempfile.TemporaryDirectory(prefix="mexc-bench-", ignore_cleanup_errors=True) as folder:
        async with set_up(Path(folder), beside=COMPONENTS, symbols=symbols) as stage:
            held = await hold_all(stage.cockpit, stage.entry_id, symbols)
            senders = [stage.sender]
            for number in range(1, STRATEGIES):
                _, sender = await add_strategy(
                    stage.cockpit, stage.session, stage.home, stage.entry_id, f"Busy {number}"
                )
                senders.append(sender)
            await asyncio.sleep(SETTLE_S)
            before, memory = rows_of(Path(folder)), (await stalls(stage))["resident_bytes"]
            began_s = time.monotonic()
            await trade(senders, seconds)
            await asyncio.sleep(FLUSH_S)
            took_s = time.monotonic() - began_s
            new = rows_of(Path(folder)) - before
            grown = (await stalls(stage))["resident_bytes"] - memory
    return [
        _row("rows", "1/h", new.total() / took_s * _HOUR_S, held),
        _row("rows by the busiest entity", "1/h", max(new.values()) / took_s * _HOUR_S, held),
        _row("memory grown meanwhile", "MiB", grown / _MIB, held),
        *(_row(f"rows of {name}", "1/h", count / took_s * _HOUR_S, held) for name, count in new.most_common(SHOWN)),
    ]


def _row(name: str, unit: str, value: float, held: int) -> dict[str, Any]:
    """Make one line of the table."""
    return {
        "name": f"recorder: {name}",
        "measure": f"{STRATEGIES} strategies, {held} positions, moving prices",
        "unit": unit,
        "ours": round(value, 1),
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
    parser = argparse.ArgumentParser(prog="recorder", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of trading")
    for row in asyncio.run(measure(parser.parse_args().seconds)):
        print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
