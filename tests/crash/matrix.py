"""The whole matrix, or a part of it: a few cells at once, because each waits much of the time."""

import asyncio
from collections import Counter
from dataclasses import asdict
import json
from pathlib import Path
import sys
from typing import Final

from .nursery import Nursery
from .points import Cell
from .trial import Result, play, prepare

AT_ONCE: Final = 10

TRIES_MAX: Final = 4
"""On a machine that is too busy for fast time a price may come too late, and the entry is denied: played again."""


async def matrix(nursery: Nursery, folder: Path, chosen: list[Cell]) -> list[Result]:
    """Play cells."""
    templates = {wish: await prepare(nursery, folder / wish.value, wish) for wish in {cell.wish for cell in chosen}}
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, cell: Cell) -> Result:
        async with slots:
            for attempt in range(TRIES_MAX):
                result = await play(nursery, folder / f"cell-{number}-{attempt}", templates[cell.wish], cell)
                if result.wrong or not result.missed:
                    break
            return result

    return list(await asyncio.gather(*(one(number, cell) for number, cell in enumerate(chosen))))


def report(results: list[Result]) -> bool:
    """Print what went wrong, a line for each cell, and a summary last; give whether all is well."""
    bad = [result for result in results if result.wrong or result.missed]
    for result in bad:
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
    summary = {
        "cells": len(results),
        "kills": sum(len(result.reached) for result in results),
        "bad": len(bad),
        "held": Counter(kind for result in results for kind in result.held),
    }
    sys.stdout.write(json.dumps(summary) + "\n")
    return not bad
