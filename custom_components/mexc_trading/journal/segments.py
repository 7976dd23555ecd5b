"""The files of one journal: archived segments, oldest first, and the one that is written.

Retention is by archive, never by deletion: the written file is sealed under a name that says which records it holds,
and a new one begins with a copy of the last of them. So the chain goes through all files, each can be verified with the
one before it, and an archive may be moved to another disk while nobody needs its records.
"""

from pathlib import Path
import re
from typing import Final, NamedTuple

from .files import sync_folder

ARCHIVE_MODE: Final = 0o400

_DIGITS: Final = 12


class Archive(NamedTuple):
    """A sealed segment and the numbers of its first and last record. The first is also the last of the one before."""

    path: Path
    first_seq: int
    last_seq: int


def archive_path(journal: Path, first_seq: int, last_seq: int) -> Path:
    """Name the archive of these records."""
    return journal.with_name(f"{journal.stem}.archive-{first_seq:0{_DIGITS}d}-{last_seq:0{_DIGITS}d}.db")


def archives(journal: Path) -> tuple[Archive, ...]:
    """List the archives that are here, oldest first."""
    pattern = re.compile(rf"{re.escape(journal.stem)}\.archive-(\d{{{_DIGITS}}})-(\d{{{_DIGITS}}})\.db")
    found = ((path, pattern.fullmatch(path.name)) for path in journal.parent.glob(f"{journal.stem}.archive-*.db"))
    return tuple(sorted(Archive(path, int(name[1]), int(name[2])) for path, name in found if name))


def seal_segment(journal: Path, following: Path, first_seq: int, last_seq: int) -> Path:
    """Give the written file, which nobody has open, an archive's name, and its own name to the file that goes on.

    After a crash in between there is an archive and no written file: a boot begins a new one behind the archive.
    OSError if the disk refuses; then the names are as before.
    """
    archive = archive_path(journal, first_seq, last_seq)
    journal.rename(archive)
    try:
        following.rename(journal)
    except OSError:
        archive.rename(journal)
        raise
    archive.chmod(ARCHIVE_MODE)
    sync_folder(journal.parent)
    return archive
