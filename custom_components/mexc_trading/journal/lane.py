"""The emergency lane: a plain file for the few records that must be kept while the journal cannot be written.

Exits go on when the disk is full. Their intents go here: the room was taken in advance, so a full disk does not
matter, and a line is synced before it counts. At the next boot, or when the journal works again, the caller moves the
records into the journal and clears the lane. It holds little on purpose: one exit per episode, not a second journal.
"""

from collections.abc import Sequence
from hashlib import sha256
import json
import os
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
                self._storage.replace(self._path, _filled(self.pending()))
        except OSError as error:
            return Unwritable(cause=cause_of(error))
        return None

    def keep(self, draft: Draft) -> Unwritable | None:
        """Write one record and sync it. None: it survives a power cut. It refuses what does not fit into its room."""
        line = _line(draft)
        try:
            used = sum(map(len, map(_line, self.pending())))
            if used + len(line) > self._path.stat().st_size:
                return Unwritable(cause="the emergency lane is full")
            descriptor = os.open(self._path, os.O_WRONLY)
            try:
                os.pwrite(descriptor, line, used)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            return Unwritable(cause=cause_of(error))
        return None

    def pending(self) -> tuple[Draft, ...]:
        """Read the records that nobody has moved into the journal yet, oldest first. A torn line ends the list."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        drafts = []
        for line in content.split(b"\n"):
            draft = _draft(line)
            if draft is None:
                break
            drafts.append(draft)
        return tuple(drafts)

    def clear(self) -> Unwritable | None:
        """Forget all records, after the journal has confirmed them. The room stays taken."""
        try:
            self._storage.replace(self._path, _filled(()))
        except OSError as error:
            return Unwritable(cause=cause_of(error))
        return None


def _filled(drafts: Sequence[Draft]) -> bytes:
    return b"".join(map(_line, drafts)).ljust(LANE_BYTES, b"\0")


def _line(draft: Draft) -> bytes:
    """Write a record with a digest of it in front, which tells a whole line from a torn one."""
    text = json.dumps(draft, separators=(",", ":"))
    return f"{_digest(text)} {text}\n".encode()


def _draft(line: bytes) -> Draft | None:
    digest, _, text = line.decode(errors="replace").partition(" ")
    return Draft(*json.loads(text)) if digest == _digest(text) else None


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]
