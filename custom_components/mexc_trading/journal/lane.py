"""The emergency lane: a plain file for the few records that must be kept while the journal cannot be written.

Exits go on when the disk is full. Their intents go here: the room was taken in advance, so a full disk does not
matter, and a line is synced before it counts. At the next boot, or when the journal works again, the caller moves the
records into the journal and clears the lane. It holds little on purpose: one exit per episode, not a second journal.
"""

from collections.abc import Sequence
from hashlib import sha256
from itertools import chain, takewhile
import json
from pathlib import Path
from typing import Final

from ..engine.ports import Draft, Unwritable
from .storage import Storage
from .writer import cause_of

LANE_BYTES: Final = 128 * 1024
"""Room taken in advance: more than a hundred intents."""

_DIGEST_CHARACTERS: Final = 16


class EmergencyLane:
    """The lane file beside one journal. All methods block; one thread at a time."""

    def __init__(self, journal: Path, storage: Storage) -> None:
        """Name the journal that the lane belongs to. Nothing is opened yet."""
        self._storage = storage
        self._path = journal.with_name(f"{journal.stem}.lane")

    def prepare(self) -> Unwritable | None:
        """Take the room, if it is not taken yet. To be called at boot, while there is room."""
        try:
            if not self._path.exists() or self._path.stat().st_size < LANE_BYTES:
                self._storage.replace(self._path, _filled(self._groups()))
        except OSError as error:
            return Unwritable(cause=cause_of(error))
        return None

    def keep(self, drafts: Sequence[Draft]) -> Unwritable | None:
        """Write records that belong together and sync them: all of them count, or none.

        None: they survive a power cut. It refuses what does not fit into its room. After a refusal they may be there
        all the same: see :meth:`keep_only`.
        """
        line = _line(drafts)
        try:
            used = sum(map(len, map(_line, self._groups())))
            if used + len(line) > self._path.stat().st_size:
                return Unwritable(cause="the emergency lane is full")
            self._storage.write_at(self._path, used, line)
        except OSError as error:
            return Unwritable(cause=cause_of(error))
        return None

    def pending(self) -> tuple[Draft, ...]:
        """Read the records that nobody has moved into the journal yet, oldest first. A torn line ends the list."""
        return tuple(chain.from_iterable(self._groups()))

    def keep_only(self, drafts: Sequence[Draft]) -> Unwritable | None:
        """Forget all records but these, whatever a refusal left behind. The room stays taken."""
        try:
            self._storage.replace(self._path, _filled([drafts] if drafts else []))
        except OSError as error:
            return Unwritable(cause=cause_of(error))
        return None

    def clear(self) -> Unwritable | None:
        """Forget all records, after the journal has confirmed them."""
        return self.keep_only(())

    def _groups(self) -> tuple[tuple[Draft, ...], ...]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        groups = map(_group, content.split(b"\n"))
        return tuple(takewhile(bool, groups))


def _filled(groups: Sequence[Sequence[Draft]]) -> bytes:
    return b"".join(map(_line, groups)).ljust(LANE_BYTES, b"\0")


def _line(drafts: Sequence[Draft]) -> bytes:
    """Write records with a digest of them in front, which tells a whole line from a torn one."""
    text = json.dumps(drafts, separators=(",", ":"))
    return f"{_digest(text)} {text}\n".encode()


def _group(line: bytes) -> tuple[Draft, ...]:
    """Read a line; nothing if it is torn."""
    digest, _, text = line.decode(errors="replace").partition(" ")
    return tuple(Draft(*fields) for fields in json.loads(text)) if digest == _digest(text) else ()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]
