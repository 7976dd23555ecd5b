"""Tells the story once for every call that can fail, and writes what came of each as a line of JSON."""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
import json
import logging
from pathlib import Path
import sys
import tempfile
from typing import Final

from tests.double import MexcDouble
from tests.journal.media import FAULTS
from tests.simulation.in_virtual_time import run
from tests.simulation.plan import Json

from . import slow
from .machine import FaultyMachine
from .power_cut import PowerCut
from .story import Teller, Told

NETWORK: Final[Mapping[str, Mapping[str, Json]]] = {
    "refused": {"action": "partition", "mode": "refuse", "seconds": 4, "processed": False},
    "black_hole": {"action": "partition", "mode": "black_hole", "seconds": 12, "processed": True},
    "reset_before": {"action": "reset_before"},
    "reset_after": {"action": "reset_after"},
    "timeout": {"action": "delay_after", "seconds": 25},
    "late": {"action": "delay_before", "seconds": 12},
    "cut": {"action": "cut_answer", "share": 0.5},
    "unavailable": {"action": "status", "status": 503, "processed": True},
    "throttled": {"action": "throttle", "status": 429, "retry_after": 1, "processed": True},
    "page": {"action": "firewall", "status": 200, "processed": True},
}
"""Ways in which a request fails, as rules of the double."""

STORAGE: Final[Mapping[str, Mapping[str, bool]]] = {
    "once": {},
    "lasting": {"lasting": True},
    "once, after its effect": {"late": True},
    "lasting, after its effect": {"lasting": True, "late": True},
}


PLACES_MAX: Final = 10_000
"""More calls than any telling makes."""

POWER: Final[Mapping[str, Mapping[str, bool]]] = {
    "before": {"after": False, "lying": False},
    "after": {"after": True, "lying": False},
    "lying": {"after": False, "lying": True},
}
"""When the power goes: before a sync, right after it, or before one whose forerunner the medium only pretended."""


def storage(ways: Sequence[str], places: Iterable[int]) -> Iterator[Told]:
    """Fail every storage call in turn, each in one way and with one fault after the other."""
    for nth in places:
        fault, way = FAULTS[nth // len(ways) % len(FAULTS)], ways[nth % len(ways)]
        machine = FaultyMachine(fault, nth, **STORAGE[way])
        told = _tell(f"{fault.name} {way} at call {nth}", machine, None)
        yield told
        if not told.struck:
            return


def network(ways: Sequence[str], places: Iterable[int]) -> Iterator[Told]:
    """Fail every request in turn, each in one way after the other."""
    for nth in places:
        way = ways[nth % len(ways)]
        told = _tell(f"{way} at request {nth}", FaultyMachine(), {**NETWORK[way], "path": "/api/v3/*", "nth": [nth]})
        yield told
        if not told.struck:
            return


def _tell(name: str, machine: FaultyMachine, rule: Mapping[str, Json] | None) -> Told:
    """Tell the story once."""

    async def tell(folder: Path) -> Told:
        async with MexcDouble(seed=1) as double:
            if rule is not None:
                double.faults.load({"seed": 1, "rules": [rule]})
                return await Teller(name, double, folder, lambda: machine).tell(lambda: bool(double.faults.fired), _no)
            return await Teller(name, double, folder, lambda: machine).tell(lambda: machine.struck, machine.heal)

    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        return run(lambda: tell(Path(scratch)), seed=1)


def power(ways: Sequence[str], places: Iterable[int]) -> Iterator[Told]:
    """Cut the power at every sync in turn, each in one way after the other."""
    for nth in places:
        way = ways[nth % len(ways)]
        told = _cut(f"{way} sync {nth}", nth, **POWER[way])
        yield told
        if not told.struck:
            return


def _cut(name: str, nth: int, *, after: bool, lying: bool) -> Told:
    """Tell the story once, with a power cut in it."""

    async def tell(folder: Path) -> Told:
        async with MexcDouble(seed=1) as double:
            cut = PowerCut(folder, nth, after=after, lying=lying)
            teller = Teller(name, double, folder, cut.machine)
            cut.on_cut = teller.crash
            return await teller.tell(lambda: cut.happened, _no)

    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        return run(lambda: tell(Path(scratch)), seed=1)


def _no() -> None:
    """Heal nothing that does not heal by itself."""


def main() -> int:
    """Tell what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Fail every call in turn.")
    parser.add_argument("--storage", nargs="*", choices=STORAGE, default=[])
    parser.add_argument("--network", nargs="*", choices=NETWORK, default=[])
    parser.add_argument("--power", nargs="*", choices=POWER, default=[])
    parser.add_argument("--slow", nargs="*", type=float, default=[], help="how long a sync takes, in seconds")
    parser.add_argument("--each", action="store_true", help="each way at every call, instead of one after the other")
    parser.add_argument("--first", type=int, default=1, help="the first place at which something fails")
    parser.add_argument("--last", type=int, default=PLACES_MAX, help="the last, if the story does not end before")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    tellings: list[Iterator[Told]] = []
    for tell, ways in ((storage, asked.storage), (network, asked.network), (power, asked.power)):
        turns = [[way] for way in ways] if asked.each else [ways] if ways else []
        tellings += [tell(turn, range(asked.first, asked.last + 1)) for turn in turns]
    for sync_s in asked.slow:
        sys.stdout.write(json.dumps(asdict(slow.tell(sync_s))) + "\n")
    wrong = False
    for telling in tellings:
        for told in telling:
            sys.stdout.write(json.dumps(asdict(told)) + "\n")
            sys.stdout.flush()
            wrong |= bool(told.faults)
    return int(wrong)
