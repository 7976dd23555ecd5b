"""Setting a broken journal aside: renamed, never deleted, and never mixed up with the one that replaces it."""

from itertools import count
from pathlib import Path
from typing import Final

from .files import sync_folder

_LOG_SUFFIXES: Final = ("-wal", "-shm")


def set_aside(journal: Path) -> Path:
    """Rename a journal that nobody has open, with its log and its snapshots, to ``<book>.quarantined-<n>.*``.

    The main file goes first. If a crash comes in between, :func:`finish` moves the log after it at the next boot: a log
    that stayed behind would be read into the new file. Gives the new name; OSError if the disk refuses.
    """
    target = next(path for n in count(1) if not (path := _quarantine(journal, n)).exists())
    journal.rename(target)
    sync_folder(journal.parent)
    finish(journal)
    return target


def finish(journal: Path) -> None:
    """If the main file is gone, move what is left of its journal to the newest quarantine."""
    if journal.exists():
        return
    logs = [log for suffix in _LOG_SUFFIXES if (log := journal.with_name(journal.name + suffix)).exists()]
    snapshots = list(journal.parent.glob(f"{journal.stem}.snapshot-*.json"))
    if not logs and not snapshots:
        return
    target = _newest(journal)
    for log in logs:
        log.rename(target.with_name(target.name + log.name.removeprefix(journal.name)))
    for snapshot in snapshots:
        snapshot.rename(target.with_name(target.stem + snapshot.name.removeprefix(journal.stem)))
    sync_folder(journal.parent)


def _newest(journal: Path) -> Path:
    """Give the quarantine with the highest number, or number 1 if there is none: somebody removed the main file."""
    free = next(n for n in count(1) if not _quarantine(journal, n).exists())
    return _quarantine(journal, max(free - 1, 1))


def _quarantine(journal: Path, number: int) -> Path:
    return journal.with_name(f"{journal.stem}.quarantined-{number}.db")
