"""Opening a book's journal: lock, look, verify, judge the last run. Crash and clean start take the same way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import sqlite3
from typing import NamedTuple

from ..engine.ports import Head, Unwritable
from . import aside
from .files import private_folder
from .lane import EmergencyLane
from .lock import FileLock
from .reading import Missing, Reader
from .schema import NotAJournal
from .seal import LastRun, Seal, judge, read_seal, write_seal
from .snapshot import Snapshot, Snapshots
from .sqlite import SqliteJournal
from .storage import DISK, Storage
from .worker import Worker
from .writer import Writer, cause_of, is_damage


class Quarantined(NamedTuple):
    """A broken journal that was set aside, and what was wrong with it."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open journal and what its boot found out.

    ``behind``: witnessed heads beyond the journal's end: a backup was restored, or the end was cut off.
    ``contradicted``: witnessed heads that the chain does not pass through: it was rebuilt, or went on after a restore.
    Either one, like ``quarantined``, is a reason to hold until a person confirms; the journal itself is usable.
    """

    journal: SqliteJournal
    lane: EmergencyLane
    last_run: LastRun
    snapshot: Snapshot | None
    quarantined: Quarantined | None
    behind: tuple[Head, ...]
    contradicted: tuple[Head, ...]


class _Found(NamedTuple):
    """What the journal's thread hands over to the event loop."""

    writer: Writer
    lock: FileLock
    last_run: LastRun
    snapshot: Snapshot | None
    quarantined: Quarantined | None
    behind: tuple[Head, ...]
    contradicted: tuple[Head, ...]


class _Sound(NamedTuple):
    """A journal whose chain holds behind the snapshot, or as a whole without one."""

    writer: Writer
    snapshot: Snapshot | None


async def open_journal(
    path: Path, *, storage: Storage = DISK, witnesses: Sequence[Head] = (), whole: bool = False
) -> Opened | Unwritable:
    """Open or make the journal ``<book>.db`` at ``path``.

    The chain is verified behind the newest sound snapshot, or from the start if there is none or ``whole`` is set. A
    broken journal is set aside under another name and an empty one takes its place.

    Raises :class:`.lock.Locked` if another engine has it, :class:`.schema.UnknownFormat` if a later version wrote it.
    """
    worker = Worker(f"mexc_trading journal {path.stem}")
    outcome: list[_Found | Unwritable] = []
    try:
        await worker.run(lambda: outcome.append(_open(path, storage, tuple(witnesses), whole=whole)))
    except asyncio.CancelledError:
        worker.post(lambda: _let_go(outcome))
        worker.stop()
        raise
    except BaseException:
        worker.stop()
        worker.join()
        raise
    (found,) = outcome
    if isinstance(found, Unwritable):
        worker.stop()
        worker.join()
        return found
    journal = SqliteJournal(path=path, storage=storage, writer=found.writer, lock=found.lock, worker=worker)
    return Opened(
        journal=journal,
        lane=EmergencyLane(path, storage),
        last_run=found.last_run,
        snapshot=found.snapshot,
        quarantined=found.quarantined,
        behind=found.behind,
        contradicted=found.contradicted,
    )


def _let_go(outcome: list[_Found | Unwritable]) -> None:
    """Undo an opening that nobody waits for any more. Runs behind it in the same thread."""
    for found in outcome:
        if isinstance(found, _Found):
            found.writer.close()
            found.lock.release()


def _open(path: Path, storage: Storage, witnesses: tuple[Head, ...], *, whole: bool) -> _Found | Unwritable:
    """Do the blocking part, in the journal's thread. Nothing stays open or locked unless it succeeds."""
    try:
        private_folder(path.parent)
        lock = FileLock(path.with_name(f"{path.name}.lock"))
    except OSError as error:
        return Unwritable(cause=cause_of(error))
    found: _Found | Unwritable | None = None
    try:
        found = _look(path, storage, witnesses, lock, whole=whole)
    except (sqlite3.DatabaseError, OSError) as error:
        found = Unwritable(cause=cause_of(error))
    finally:
        if not isinstance(found, _Found):
            lock.release()
    return found


def _look(path: Path, storage: Storage, witnesses: tuple[Head, ...], lock: FileLock, *, whole: bool) -> _Found:
    """Open the file, set it aside if it is broken, and judge the last run."""
    seal = read_seal(path)
    aside.finish(path)
    quarantined = None
    sound = _sound(path, storage, whole=whole)
    if isinstance(sound, str):
        quarantined = Quarantined(aside.set_aside(path), sound)
        sound = _Sound(Writer(path, storage), None)
    writer, snapshot = sound
    try:
        heads = (*witnesses, *([seal.head] if seal and not quarantined else []))
        reader = Reader(path, storage)
        missed = [head for head in heads if reader.passes(head) is False]
        write_seal(path, storage, Seal(running=True, head=writer.head))
        EmergencyLane(path, storage).prepare()
    except BaseException:
        writer.close()
        raise
    return _Found(
        writer=writer,
        lock=lock,
        last_run=LastRun.QUARANTINED if quarantined else judge(seal, writer.head),
        snapshot=snapshot,
        quarantined=quarantined,
        behind=tuple(head for head in missed if head.seq > writer.head.seq),
        contradicted=tuple(head for head in missed if head.seq <= writer.head.seq),
    )


def _sound(path: Path, storage: Storage, *, whole: bool) -> _Sound | str:
    """Open the journal and verify its chain. Gives what is wrong if it is broken; a sick medium raises."""
    try:
        writer = Writer(path, storage)
    except NotAJournal as error:
        return str(error)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return cause_of(error)
        raise
    try:
        return _verified(writer, path, storage, whole=whole)
    except sqlite3.DatabaseError as error:
        writer.close()
        if is_damage(error):
            return cause_of(error)
        raise
    except BaseException:
        writer.close()
        raise


def _verified(writer: Writer, path: Path, storage: Storage, *, whole: bool) -> _Sound | str:
    """Recompute the chain behind the newest snapshot, or all of it that is here."""
    reader = Reader(path, storage)
    snapshot = Snapshots(path, storage).newest(lambda head: reader.passes(head) is True)
    try:
        fault = reader.first_break(reader.start() if snapshot is None or whole else snapshot.head)
    except Missing:
        snapshot = None
        fault = reader.first_break(reader.start())
    if fault is None:
        return _Sound(writer, snapshot)
    writer.close()
    return f"{fault.kind} at record {fault.seq}: {fault.detail}"
