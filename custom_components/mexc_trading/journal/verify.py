"""Verify a copy of a journal: ``python verify.py PATH... [--witness SEQ:HASH] [--head SEQ:HASH] [--start SEQ:HASH]``.

Runs as a process of its own with the standard library only (Python 3.11 or later), also where neither Home Assistant
nor this integration is installed: copy the folder, run the file. A journal with archives is verified as a whole: name
all its files, oldest first. Writes one JSON object to standard output. Exit code 0: every check passed; 1: something
was found; 2: a file could not be read at all.

What the chain alone shows: edited, deleted, replaced and reordered rows. What it cannot show, because a hash needs no
secret: an end that was cut off, a row added with a proper hash, a chain that was rebuilt as a whole. Those are found
by a head witnessed elsewhere, which Home Assistant's recorder keeps as an attribute of the journal sensor.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
import json
from pathlib import Path
import sqlite3
import sys
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING or __package__:
    from . import schema
    from .chain import GENESIS_HASH, Row, breaks
else:
    from chain import GENESIS_HASH, Row, breaks
    import schema

FINDINGS_MAX: Final = 100
"""Findings listed. A file can be wrong in a million rows; the first hundred and the count tell the story."""

EXIT_VALID: Final = 0
EXIT_FOUND: Final = 1
EXIT_UNREADABLE: Final = 2

_UNREADABLE: Final = (sqlite3.OperationalError, OSError)
"""A file that is not there or a medium that fails: no verdict. A named tuple, because 3.11 wants brackets."""

_INTEGRITY_LINES_MAX: Final = 10
_HASH_LENGTH: Final = 64


class Witness(NamedTuple):
    """A head that was seen outside the journal."""

    seq: int
    hash: str


class Finding(NamedTuple):
    """One thing that is wrong: a word for machines, the record's number (0: the file), and words for people."""

    kind: str
    seq: int
    detail: str


class Report(NamedTuple):
    """The whole result. ``head`` is where the journal ends, whatever was found."""

    paths: tuple[str, ...]
    valid: bool
    records: int
    first_seq: int
    head: Witness
    witnesses: int
    found: int
    findings: tuple[Finding, ...]
    seconds: float


class _Walk:
    """Goes through the files of one journal, oldest first, and remembers what it saw on the way."""

    def __init__(self, witnesses: Iterable[Witness], start: Witness | None) -> None:
        self.records = 0
        self.first_seq = 0
        self.head = Witness(0, GENESIS_HASH)
        self.hashes = {witness.seq: "" for witness in witnesses}
        """The stored hash at every witnessed number, empty where there is no such row."""
        self._trusted = start

    def file(self, connection: sqlite3.Connection) -> Iterator[Finding]:
        """Check one file from the outside in. Damage ends it where it is met, and is a finding like the others."""
        try:
            yield from (Finding("schema", self.head.seq, fault) for fault in schema.faults(connection))
            connection.text_factory = bytes
            for (line,) in connection.execute(f"PRAGMA integrity_check({_INTEGRITY_LINES_MAX})"):
                if line != b"ok":
                    yield Finding("damaged", self.head.seq, line.decode(errors="replace"))
            yield from self._chain(connection)
        except schema.UnknownFormat as error:
            yield Finding("schema", self.head.seq, str(error))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            yield Finding("damaged", self.head.seq, str(error))

    def _chain(self, connection: sqlite3.Connection) -> Iterator[Finding]:
        """Recompute every hash and link. A file that goes on behind an archive begins with a copy of its last row."""
        after = self.head
        first = connection.execute(f"{schema.AFTER} LIMIT 1", (0,)).fetchone()
        copied = self._trusted if self._trusted is not None else self.head if self.records else None
        if first is not None and copied is not None and first[0] == copied.seq:
            if _text(first[6]) != copied.hash:
                yield Finding("unlinked", first[0], "the file does not begin with the record that it goes on behind")
            after = Witness(first[0] - 1, _text(first[5]))
            self.records -= 1 if self.records else 0
        self._trusted = None
        cursor = connection.execute(schema.AFTER, (0,))
        for fault in breaks(self._rows(cursor), after_seq=after.seq, after_hash=after.hash):
            yield Finding(fault.kind.value, fault.seq, fault.detail)

    def _rows(self, cursor: Iterable[tuple[int, int, bytes, bytes, bytes, bytes, bytes]]) -> Iterator[Row]:
        """Give the rows on and count them. What was seen stays known if reading fails half way."""
        row = None
        hashes = self.hashes
        try:
            for row in map(Row._make, cursor):
                if not self.first_seq:
                    self.first_seq = row.seq
                self.records += 1
                if row.seq in hashes:
                    hashes[row.seq] = _text(row.hash)
                yield row
        finally:
            if row is not None:
                self.head = Witness(row.seq, _text(row.hash))


def verify(
    paths: Sequence[Path],
    *,
    witnesses: Sequence[Witness] = (),
    head: Witness | None = None,
    start: Witness | None = None,
) -> Report:
    """Check files, schemas, chain and witnesses of one journal, oldest file first.

    ``head``: where the journal must end, exactly. ``start``: the record of a missing archive that the first file must
    begin with a copy of. Raises sqlite3.OperationalError or OSError if a file cannot be read at all.
    """
    started = monotonic()
    findings: list[Finding] = []
    found = 0
    walk = _Walk((*witnesses, *([head] if head else [])), start)
    for finding in _all(paths, walk, witnesses, head):
        found += 1
        if found <= FINDINGS_MAX:
            findings.append(finding)
    return Report(
        paths=tuple(map(str, paths)),
        valid=not found,
        records=walk.records,
        first_seq=walk.first_seq,
        head=walk.head,
        witnesses=len(walk.hashes),
        found=found,
        findings=tuple(findings),
        seconds=round(monotonic() - started, 3),
    )


def _all(paths: Sequence[Path], walk: _Walk, witnesses: Sequence[Witness], head: Witness | None) -> Iterator[Finding]:
    for path in paths:
        with closing(_connect(path)) as connection:
            yield from walk.file(connection)
    yield from _witnessed(walk, witnesses, head)


def _witnessed(walk: _Walk, witnesses: Sequence[Witness], head: Witness | None) -> Iterator[Finding]:
    """Compare what was seen outside with what is in the file."""
    for witness in (*witnesses, *([head] if head else [])):
        if witness.seq > walk.head.seq:
            yield Finding("truncated", witness.seq, f"was witnessed, but the journal ends at {walk.head.seq}")
        elif witness.seq == 0:
            continue
        elif witness.seq < walk.first_seq:
            yield Finding("unseen", witness.seq, f"was witnessed, but the files begin at {walk.first_seq}")
        elif walk.hashes[witness.seq] != witness.hash:
            yield Finding("rebuilt", witness.seq, "the stored hash is not the witnessed one")
    if head is not None and walk.head.seq > head.seq:
        yield Finding("appended", head.seq + 1, f"the journal was left at {head.seq} and ends at {walk.head.seq}")


def _connect(path: Path) -> sqlite3.Connection:
    """Open the copy to read."""
    if not path.is_file():
        raise FileNotFoundError(f"no such file: {path}")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _text(stored: object) -> str:
    """Read a stored hash, whatever somebody has put there."""
    return stored.decode(errors="replace") if isinstance(stored, bytes) else str(stored)


def witness(text: str) -> Witness:
    """Read ``SEQ:HASH``; ValueError if it is not one."""
    seq, separator, digest = text.partition(":")
    if not separator or not seq.isdecimal() or len(digest) != _HASH_LENGTH or set(digest) - set("0123456789abcdef"):
        raise ValueError(f"not SEQ:HASH: {text[:80]}")
    return Witness(int(seq), digest)


def as_json(report: Report) -> str:
    """Write a report as JSON."""
    fields = report._asdict()
    fields["head"] = report.head._asdict()
    fields["findings"] = [finding._asdict() for finding in report.findings]
    return json.dumps(fields, indent=2)


def main(arguments: Sequence[str]) -> int:
    """Run from a command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="verify", description="Verify a copy of a journal.")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="its files, oldest first, with their logs")
    for option, action, meaning in (
        ("--witness", "append", "a head seen outside; may be repeated"),
        ("--head", "store", "the head at which the journal must end"),
        ("--start", "store", "the end of an archive that is not named, with which the first file begins"),
    ):
        parser.add_argument(option, type=witness, action=action, metavar="SEQ:HASH", help=meaning)
    options = parser.parse_args(arguments)
    try:
        report = verify(options.paths, witnesses=options.witness or (), head=options.head, start=options.start)
    except _UNREADABLE as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_UNREADABLE
    sys.stdout.write(f"{as_json(report)}\n")
    return EXIT_VALID if report.valid else EXIT_FOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
