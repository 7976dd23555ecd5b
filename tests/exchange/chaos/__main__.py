"""Plays stories and prints what they came to; ends with 1 if any of them ended badly, and keeps those as files."""

import argparse
import asyncio
import json
import logging
import sys

from tests.slow_machine import slow_machine

from . import fast_time
from .kept import keep, kept
from .schedules import Plan, schedule
from .story import Tally, tell, watch

AT_ONCE = 24


def main() -> int:
    """Read the arguments and play."""
    parser = argparse.ArgumentParser(prog="python -m tests.exchange.chaos")
    parser.add_argument("--seeds", default="0:20", help="one seed, or first:last+1")
    parser.add_argument("--kept", action="store_true", help="play those that ever ended badly, too")
    parser.add_argument("--speed", type=int, default=fast_time.FACTOR, help="less on a busy machine")
    asked = parser.parse_args()
    first, _, end = asked.seeds.partition(":")
    seeds = range(int(first), int(end) if end else int(first) + 1)
    plans = [*(schedule(seed) for seed in seeds), *(kept() if asked.kept else ())]
    logging.disable(logging.ERROR)
    watch()
    with slow_machine():
        tallies = fast_time.run(lambda: _play(plans), asked.speed)
    for plan, tally in zip(plans, tallies, strict=True):
        if not tally.good:
            sys.stdout.write(f"{json.dumps(tally.shown())} kept as {keep(plan)}\n")
    total = {name: sum(tally.shown()[name] for tally in tallies) for name in tallies[0].shown() if name != "seed"}
    sys.stdout.write(json.dumps({"stories": len(tallies), **total}) + "\n")
    return 0 if all(tally.good for tally in tallies) else 1


async def _play(plans: list[Plan]) -> list[Tally]:
    """Play a few at once: they wait most of the time."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(plan: Plan) -> Tally:
        async with slots:
            return await tell(plan)

    return list(await asyncio.gather(*(one(plan) for plan in plans)))


if __name__ == "__main__":
    sys.exit(main())
