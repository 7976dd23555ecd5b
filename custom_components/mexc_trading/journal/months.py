"""What each month added to a journal: ``python months.py PATH...``, the files of one journal, oldest first.

Standard library only and Python 3.11 syntax: runs by path, outside the package. Writes JSON to standard output.
"""

import argparse
from collections.abc import Iterable, Sequence
from contextlib import closing
import json
from pathlib import Path
import sqlite3
import sys
from typing import Final, NamedTuple

_MONTHS: Final = """\
SELECT strftime('%Y-%m', at_ns / 1000000000, 'unixepoch') AS month, count(*), min(seq), max(seq),
       sum(16 + length(CAST(kind || key || body || prev_hash || hash AS BLOB)))
FROM records WHERE seq > ? GROUP BY month ORDER BY month"""


class Month(NamedTuple):
    """One calendar month (UTC): records, the numbers between which they lie, bytes before SQLite's own overhead."""

    month: str
    records: int
    first_seq: int
    last_seq: int
    content_bytes: int


def months(connections: Iterable[sqlite3.Connection]) -> tuple[Month, ...]:
    """Count over the files of one journal, oldest first. Reads everything."""
    found: dict[str, Month] = {}
    after_seq = 0
    for connection in connections:
        for month in map(Month._make, connection.execute(_MONTHS, (after_seq,)).fetchall()):
            found[month.month] = _merged(found[month.month], month) if month.month in found else month
            after_seq = max(after_seq, month.last_seq)
    return tuple(sorted(found.values()))


def _merged(one: Month, other: Month) -> Month:
    """Add up two files' parts of one month."""
    return Month(
        one.month,
        one.records + other.records,
        min(one.first_seq, other.first_seq),
        max(one.last_seq, other.last_seq),
        one.content_bytes + other.content_bytes,
    )


def main(arguments: Sequence[str]) -> int:
    """Run from a command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="months", description="Say what each month added to a journal.")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="the files of one journal, oldest first")
    paths = parser.parse_args(arguments).paths
    try:
        report = months(_connections(paths))
    except sqlite3.DatabaseError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    rows = [month._asdict() for month in report]
    sizes = {str(path): path.stat().st_size for path in paths}
    sys.stdout.write(f"{json.dumps({'months': rows, 'file_bytes': sizes}, indent=2)}\n")
    return 0


def _connections(paths: Iterable[Path]) -> Iterable[sqlite3.Connection]:
    for path in paths:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            yield connection


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
