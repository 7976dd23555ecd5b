"""What was seen before, for ever and in little space: 16 bytes for each signal and order of the book's whole life."""

from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left, bisect_right
from hashlib import blake2b
from typing import Final

SHARDS: Final = 256
"""Parts of the index, each sorted by itself: with a million names an insertion moves 4,000 entries: microseconds."""

_BYTES: Final = 8


class Seen:
    """An index from names to the journal records that made them known.

    It keeps 64 bits of a name's hash. Two names may share them, so a hit is only where to look: the record tells.
    """

    __slots__ = ("_fresh", "_hashes", "_seqs")

    def __init__(self) -> None:
        """Start empty."""
        self._hashes = [array("Q") for _ in range(SHARDS)]
        self._seqs = [array("Q") for _ in range(SHARDS)]
        self._fresh: list[tuple[str, int]] = []

    def __len__(self) -> int:
        """Count the names."""
        return sum(len(shard) for shard in self._hashes)

    def add(self, name: str, seq: int) -> None:
        """Note that record ``seq`` made a name known."""
        number = _hash(name)
        hashes, seqs = self._hashes[number % SHARDS], self._seqs[number % SHARDS]
        place = bisect_right(hashes, number)
        hashes.insert(place, number)
        seqs.insert(place, seq)
        self._fresh.append((name, seq))

    def places(self, name: str) -> tuple[int, ...]:
        """Give the records in which the name may have been made known; nearly always none or one."""
        number = _hash(name)
        hashes = self._hashes[number % SHARDS]
        start, end = bisect_left(hashes, number), bisect_right(hashes, number)
        return tuple(self._seqs[number % SHARDS][start:end])

    def keep(self) -> None:
        """Make all additions so far final."""
        self._fresh.clear()

    def undo(self) -> None:
        """Take back the additions since :meth:`keep`."""
        for name, seq in self._fresh:
            number = _hash(name)
            hashes, seqs = self._hashes[number % SHARDS], self._seqs[number % SHARDS]
            place = next(at for at in range(bisect_left(hashes, number), len(hashes)) if seqs[at] == seq)
            del hashes[place], seqs[place]
        self._fresh.clear()

    def dump(self) -> str:
        """Write the index as of the last :meth:`keep` as text, for a snapshot: a crash undoes what came later."""
        fresh = {(_hash(name), seq) for name, seq in self._fresh}
        changed = {number % SHARDS for number, _ in fresh}
        flat = bytearray()
        for shard, (hashes, seqs) in enumerate(zip(self._hashes, self._seqs, strict=True)):
            if shard in changed:
                kept = [entry for entry in zip(hashes, seqs, strict=True) if entry not in fresh]
                numbers, places = array("Q", (number for number, _ in kept)), array("Q", (seq for _, seq in kept))
            else:
                numbers, places = hashes, seqs
            flat += len(numbers).to_bytes(4) + numbers.tobytes() + places.tobytes()
        return b64encode(flat).decode()

    @classmethod
    def load(cls, text: str) -> Seen:
        """Read what :meth:`dump` wrote on a machine of the same byte order; raises ValueError."""
        index, flat, at = cls(), b64decode(text, validate=True), 0
        for hashes, seqs in zip(index._hashes, index._seqs, strict=True):
            count = int.from_bytes(flat[at : at + 4])
            middle, end = at + 4 + count * _BYTES, at + 4 + 2 * count * _BYTES
            if end > len(flat):
                raise ValueError("an index that was cut short")
            hashes.frombytes(flat[at + 4 : middle])
            seqs.frombytes(flat[middle:end])
            at = end
        return index


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=_BYTES).digest())
