"""Snapshots: the folded state at one record, in files of their own, so that a boot need not read the whole journal.

A snapshot is never the truth. It is used only if its text gives its own hash and the journal's chain passes through
its head; otherwise the older one is tried, and then the whole journal is read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
import json
from pathlib import Path
from typing import Final

from ..engine.ports import Head
from .storage import Storage

_FORMAT: Final = 1
_KEPT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state text as folded from all records up to ``head``, that record included."""

    head: Head
    state: str


class Snapshots:
    """The snapshot files beside one journal. All methods block."""

    def __init__(self, journal: Path, storage: Storage) -> None:
        """Name the journal file that the snapshots belong to."""
        self._folder = journal.parent
        self._prefix = f"{journal.stem}.snapshot-"
        self._storage = storage

    def save(self, snapshot: Snapshot) -> None:
        """Keep a snapshot, and of the former ones the newest. OSError if the disk refuses; then nothing is lost."""
        path = self._folder / f"{self._prefix}{snapshot.head.seq:012d}.json"
        self._storage.replace(path, _encode(snapshot))
        others = [file for file in self.files() if file != path and _decode(file) is not None]
        kept = {path, *others[: _KEPT - 1]}
        for file in self.files():
            if file not in kept:
                file.unlink(missing_ok=True)

    def newest(self, in_chain: Callable[[Head], bool]) -> Snapshot | None:
        """Read the newest snapshot that is whole and that the journal's chain passes through."""
        return next((snapshot for snapshot in self.kept() if in_chain(snapshot.head)), None)

    def kept(self) -> Iterator[Snapshot]:
        """Read the snapshots that are whole, newest first."""
        for file in self.files():
            if (snapshot := _decode(file)) is not None:
                yield snapshot

    def files(self) -> list[Path]:
        """List the snapshot files, newest first."""
        return sorted(self._folder.glob(f"{self._prefix}*.json"), reverse=True)


def _encode(snapshot: Snapshot) -> bytes:
    """Write a header line and the state. Both in one file, so that one rename puts them in place together."""
    head = snapshot.head
    fields = {"format": _FORMAT, "seq": head.seq, "hash": head.hash, "state_hash": _state_hash(snapshot)}
    return f"{json.dumps(fields)}\n{snapshot.state}".encode()


def _decode(path: Path) -> Snapshot | None:
    """Read a snapshot file; None if it is damaged, of another format or gone."""
    try:
        header, _, state = path.read_bytes().decode().partition("\n")
        fields = json.loads(header)
        snapshot = Snapshot(head=Head(fields["seq"], fields["hash"]), state=state)
        whole = fields["format"] == _FORMAT and fields["state_hash"] == _state_hash(snapshot)
    except OSError, ValueError, KeyError, TypeError:
        return None
    return snapshot if whole else None


def _state_hash(snapshot: Snapshot) -> str:
    """Hash the state together with the head, so that neither can be paired with another."""
    head = snapshot.head
    return sha256(f"{_FORMAT}\n{head.seq}\n{head.hash}\n{snapshot.state}".encode()).hexdigest()
