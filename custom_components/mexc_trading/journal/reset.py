"""A journal's new start: the former one is put away whole, beside the new one, and nothing of it is deleted.

What is asked for stands in a small file first. From that moment on the new journal counts: whatever happens in between,
the next opening finds the file and goes on from where it was interrupted. Every step may be done twice.
"""

from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import count
import json
from pathlib import Path
from typing import Final

from .files import private_folder, sync_folder
from .lock import FileLock
from .segments import ARCHIVE_MODE
from .storage import Storage

_LOG_SUFFIX: Final = "-wal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A new start that a person asked for. ``former`` is the folder that the former journal goes to."""

    former: str
    capital: Decimal
    """Quote units that the new book starts with."""

    who: str
    why: str


class UnreadableReset(Exception):
    """Somebody changed the file that says what is asked for."""


def ask_for_reset(journal: Path, storage: Storage, *, capital: Decimal, who: str, why: str) -> Reset:
    """Say durably that this journal is over. OSError if the disk refuses; then it goes on as if nothing was said."""
    free = next(name for n in count(1) if not journal.with_name(name := f"{journal.stem}.reset-{n}").exists())
    reset = Reset(former=free, capital=capital, who=who, why=why)
    storage.replace(_path(journal), f"{json.dumps(asdict(reset), default=str)}\n".encode())
    return reset


def asked_reset(journal: Path) -> Reset | None:
    """Read what was asked for and is not done; None: nothing. Raises OSError and :class:`UnreadableReset`."""
    try:
        fields = json.loads(_path(journal).read_bytes())
        return Reset(**fields | {"capital": Decimal(fields["capital"])})
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise UnreadableReset(f"{_path(journal).name} is not what was written") from error


def put_away(journal: Path, reset: Reset) -> None:
    """Move everything of the former journal into its folder, the main file last.

    Once that is there, what stands under the journal's name is the new one. OSError if the disk refuses;
    :class:`.lock.Locked` while somebody writes it.
    """
    lock = FileLock(_lock_path(journal))
    try:
        target = journal.with_name(reset.former)
        private_folder(target)
        main = target / journal.name
        if not main.exists():
            for file in _belongings(journal):
                file.rename(target / file.name)
            sync_folder(target)
            if journal.exists():
                journal.rename(main)
        _close(main)
        sync_folder(target)
        sync_folder(journal.parent)
    finally:
        lock.release()


def forget_reset(journal: Path) -> None:
    """Take the file away: the new journal holds what it said. OSError if the disk refuses."""
    _path(journal).unlink(missing_ok=True)
    sync_folder(journal.parent)


def _belongings(journal: Path) -> list[Path]:
    """List what belongs to a journal, apart from itself: log, archives, snapshots, seal, lane, quarantines."""
    others = {journal, _lock_path(journal), _path(journal)}
    found = (file for file in journal.parent.glob(f"{journal.stem}.*") if file.is_file() and file not in others)
    return sorted(found)


def _close(main: Path) -> None:
    """Let nobody write the former journal any more. One whose log was not folded in can only be read with it."""
    if main.exists() and not main.with_name(main.name + _LOG_SUFFIX).exists():
        main.chmod(ARCHIVE_MODE)


def _path(journal: Path) -> Path:
    return journal.with_name(f"{journal.stem}.reset.json")


def _lock_path(journal: Path) -> Path:
    return journal.with_name(f"{journal.name}.lock")
