"""Write out the raw records of a journal: ``python raw.py PATH... [--format json|csv] [--kind KIND] [--after SEQ]``.

Standard library only and Python 3.11 syntax: runs by path, outside the package, on a copy. A journal with archives is
written as a whole: name all its files, oldest first. Nothing is checked here; ``verify`` does that.

JSON: one array, a record a line, bodies as the JSON they are. CSV: RFC 4180 with a header line, bodies as text. Times
are in ns since the epoch and, for people, in ISO 8601 (UTC).
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
import csv
from datetime import UTC, datetime
import json
from pathlib import Path
import sqlite3
import sys
from typing import Final, NamedTuple, TextIO

EXIT_DONE: Final = 0
EXIT_UNREADABLE: Final = 2

_UNREADABLE: Final = (sqlite3.DatabaseError, OSError)

_ROWS: Final = """\
SELECT seq, at_ns, kind, key, body, hash FROM records
WHERE seq > :after AND (:kind IS NULL OR kind = :kind) ORDER BY seq"""

_NS_PER_S: Final = 1_000_000_000


class Line(NamedTuple):
    """One record as it is exported; the names are the CSV's header and the JSON's keys."""

    seq: int
    time: str
    at_ns: int
    kind: str
    key: str
    body: str
    hash: str


def lines(paths: Iterable[Path], *, after_seq: int = 0, kind: str | None = None) -> Iterator[Line]:
    """Read the records of one journal's files, oldest file first; the record copied between two files comes once."""
    for path in paths:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            for seq, at_ns, *rest in connection.execute(_ROWS, {"after": after_seq, "kind": kind}):
                yield Line(seq, _iso(at_ns), at_ns, *rest)
            (last_seq,) = connection.execute("SELECT max(seq) FROM records").fetchone()
            after_seq = max(after_seq, last_seq or 0)


def write_csv(exported: Iterable[Line], target: TextIO) -> None:
    """Write RFC 4180 with a header line."""
    writer = csv.writer(target)
    writer.writerow(Line._fields)
    writer.writerows(exported)


def write_json(exported: Iterable[Line], target: TextIO) -> None:
    """Write one array, a record a line, without holding more than one in memory."""
    separator = "["
    for line in exported:
        fields = {**line._asdict(), "body": _value(line.body)}
        target.write(f"{separator}\n{json.dumps(fields, ensure_ascii=False)}")
        separator = ","
    target.write("[]\n" if separator == "[" else "\n]\n")


WRITERS: Final = {"json": write_json, "csv": write_csv}


def main(arguments: Sequence[str]) -> int:
    """Run from a command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="raw", description="Write out the raw records of a journal.")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="the files of one journal, oldest first")
    parser.add_argument("--format", choices=sorted(WRITERS), default="json")
    parser.add_argument("--kind", help="only records of this kind")
    parser.add_argument("--after", type=int, default=0, metavar="SEQ", help="only records behind this number")
    options = parser.parse_args(arguments)
    try:
        WRITERS[options.format](lines(options.paths, after_seq=options.after, kind=options.kind), sys.stdout)
    except _UNREADABLE as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_UNREADABLE
    return EXIT_DONE


def _iso(at_ns: int) -> str:
    """Write a time with all its nanoseconds."""
    seconds, ns = divmod(at_ns, _NS_PER_S)
    return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%dT%H:%M:%S}.{ns:09d}Z"


def _value(body: str) -> object:
    """Read a body as JSON, numbers kept as they are written; what is no JSON stays text."""
    try:
        return json.loads(body, parse_float=str)
    except ValueError:
        return body


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
