"""The hash chain: every record's hash covers its fields and the hash before it.

Standard library only and Python 3.11 syntax: ``verify`` loads this file by path, outside the package.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from struct import Struct, error
from typing import Final, NamedTuple

VERSION: Final = 1
"""Version of the hashed layout. It is part of every hash, so a record cannot be passed off under another layout."""

GENESIS_HASH: Final = sha256(b"mexc_trading journal, chain version 1").hexdigest()
"""What the first record of a book points back to."""

_FRAME: Final = Struct(">HqqIIII")
"""Version, seq, time in ns, then the lengths in bytes of kind, key, body and prev_hash.

With all lengths in front, no byte can be moved from one field into its neighbour without changing the hash.
"""


_FOREIGN_TYPE: Final = (TypeError, error)
"""What hashing raises for a field that is no number or no text. A named tuple, because 3.11 wants brackets."""


class Row(NamedTuple):
    """A record as stored, text as UTF-8 bytes: what is hashed is what is on disk, valid text or not."""

    seq: int
    at_ns: int
    kind: bytes
    key: bytes
    body: bytes
    prev_hash: bytes
    hash: bytes


class BreakKind(StrEnum):
    """How a stored row can contradict the chain."""

    EDITED = "edited"
    """The row's fields do not give its own hash."""
    GAP = "gap"
    """A number is missing: rows were deleted."""
    UNLINKED = "unlinked"
    """The row points back to something else than the row before it: replaced, reordered or spliced."""


class Break(NamedTuple):
    """One contradiction, at the row where it shows."""

    kind: BreakKind
    seq: int
    detail: str


def record_hash(fields: tuple[int, int, bytes, bytes, bytes, bytes]) -> str:
    """Hash seq, at_ns, kind, key, body and prev_hash: SHA-256 over version, numbers, lengths and fields, in hex."""
    seq, at_ns, kind, key, body, prev_hash = fields
    frame = _FRAME.pack(VERSION, seq, at_ns, len(kind), len(key), len(body), len(prev_hash))
    return sha256(b"".join((frame, kind, key, body, prev_hash))).hexdigest()


def breaks(rows: Iterable[Row], *, after_seq: int, after_hash: str) -> Iterator[Break]:
    """Recompute the chain over rows in stored order, starting behind a record that is trusted.

    Each fault is reported once: the walk goes on from what the row itself claims.
    """
    seq, link = after_seq, after_hash.encode()
    for row in rows:
        if row.seq != seq + 1:
            yield Break(BreakKind.GAP, row.seq, f"follows {seq}")
        elif row.prev_hash != link:
            yield Break(BreakKind.UNLINKED, row.seq, f"does not point back to {seq}")
        try:
            own = record_hash(row[:6]).encode()
        except _FOREIGN_TYPE:
            yield Break(BreakKind.EDITED, row.seq, "a field is of a foreign type")
        else:
            if own != row.hash:
                yield Break(BreakKind.EDITED, row.seq, "fields do not give the stored hash")
        seq, link = row.seq, row.hash
