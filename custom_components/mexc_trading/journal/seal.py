"""The seal: how the last run ended, and where it left the journal."""

from enum import StrEnum
import json
from pathlib import Path
from typing import NamedTuple

from ..engine.ports import Head
from .storage import Storage


class LastRun(StrEnum):
    """What a boot finds out about the run before it."""

    NONE = "none"
    """There was none: the journal is new."""
    CLEAN = "clean"
    """It closed the journal, and the journal ends where it was left."""
    CRASHED = "crashed"
    """It did not close the journal. What it confirmed is there all the same."""
    ALTERED = "altered"
    """It closed the journal, and the journal ends somewhere else now: restored, cut or written by somebody else."""
    QUARANTINED = "quarantined"
    """Its journal was broken and has been set aside."""


class Seal(NamedTuple):
    """Beside the journal: whether a run is (or was) under way, and the head at its last start or end."""

    running: bool
    head: Head


def seal_path(journal: Path) -> Path:
    """Name the seal of a journal file."""
    return journal.with_name(f"{journal.stem}.seal.json")


def write_seal(journal: Path, storage: Storage, seal: Seal) -> None:
    """Put the seal in place. OSError if the disk refuses."""
    fields = {"running": seal.running, "seq": seal.head.seq, "hash": seal.head.hash}
    storage.replace(seal_path(journal), f"{json.dumps(fields)}\n".encode())


def read_seal(journal: Path) -> Seal | None:
    """Read the seal; None if there is none or it is unreadable, which is judged like a crash."""
    try:
        fields = json.loads(seal_path(journal).read_bytes())
        return Seal(bool(fields["running"]), Head(int(fields["seq"]), str(fields["hash"])))
    except OSError, ValueError, KeyError, TypeError:
        return None


def judge(seal: Seal | None, head: Head) -> LastRun:
    """Tell how the last run ended from its seal and the journal's head."""
    if seal is None:
        return LastRun.CRASHED if head.seq else LastRun.NONE
    if seal.running:
        return LastRun.CRASHED
    return LastRun.CLEAN if seal.head == head else LastRun.ALTERED
