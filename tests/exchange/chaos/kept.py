"""Stories that ended badly, as files: played with every test run, whatever becomes of the way they were made."""

import json
from pathlib import Path
from typing import Final

from .schedules import Plan

FOLDER: Final = Path(__file__).parent / "once_bad"
"""Git keeps no empty folders: it is there once a story has ended badly."""


def keep(plan: Plan, folder: Path = FOLDER) -> Path:
    """Write a story down, whole."""
    folder.mkdir(exist_ok=True)
    path = folder / f"seed-{plan['seed']}.json"
    path.write_text(json.dumps(plan, indent=2) + "\n", encoding="utf-8")
    return path


def kept(folder: Path = FOLDER) -> list[Plan]:
    """Read all that were written down."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
