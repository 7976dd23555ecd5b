"""Ask a journal: ``python -m custom_components.mexc_trading.inquiry COMMAND PATH …``, or ``scripts/journal``.

Runs as a process of its own, beside the engine that writes the journal or on a copy. Exit code 0: done, and with
``replay`` everything came out equal; 1: something differs, or nobody knows the id; 2: a file or an argument is wrong.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
import csv
from dataclasses import asdict
import json
from pathlib import Path
import sys
from typing import Final, TextIO

from ..engine.replay import Difference, NotReplayable, Replayed, replay
from .accounts import COLUMNS, MOMENT, Row, Table, rows
from .exits import EXIT_DIFFERENT, EXIT_DONE, EXIT_UNREADABLE
from .figures import iso
from .files import CannotRead, JournalFile
from .story import NotFound, story
from .story_text import as_text

_SHOWN: Final = 20
"""Differences told to people; JSON has more."""


def main(arguments: Sequence[str]) -> int:
    """Run a command; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        journal = JournalFile(options.path)
        code: int = options.run(journal, options)
    except CannotRead as error:
        return _complain(str(error), EXIT_UNREADABLE)
    except NotReplayable as error:
        return _complain(f"{options.path}: {error}", EXIT_UNREADABLE)
    except NotFound as error:
        return _complain(f"{options.path}: no record knows {error}", EXIT_DIFFERENT)
    return code


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/journal", description="Ask a journal.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = _command(commands, "replay", _replay, "decide every signal again and compare")
    command.add_argument("--limits", type=Path, metavar="FILE", help="what if these limits (JSON) had been set")
    command.add_argument("--format", choices=("text", "json"), default="text")
    command = _command(commands, "incident", _incident, "tell the whole story of one id")
    command.add_argument("id", metavar="ID", help="of a signal, decision, order, venue order, fill, hold or episode")
    command.add_argument(
        "--format", choices=("text", "json", "both"), default="text", help="both: JSON that has the text"
    )
    command = _command(commands, "export", _export, "write rows for accounting")
    command.add_argument("--table", type=Table, choices=list(Table), help="one table, to standard output")
    command.add_argument("--out", type=Path, metavar="FOLDER", help="all tables, as files in a folder")
    command.add_argument("--format", choices=("csv", "json"), default="csv")
    command.add_argument("--from", dest="first", default="", metavar="DAY", help="first day (UTC), as 2026-11-22")
    command.add_argument("--to", dest="last", default="9", metavar="DAY", help="last day (UTC)")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: object, purpose: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=purpose, description=purpose)
    command.set_defaults(run=run)
    command.add_argument("path", type=Path, metavar="PATH", help="the journal; its archives are looked for beside it")
    return command


def _replay(journal: JournalFile, options: argparse.Namespace) -> int:
    """Decide again; with ``--limits`` ask what would have been."""
    limits = None if options.limits is None else _limits(options.limits)
    found = replay(journal.records(), checkpoints=journal.checkpoints(), limits=limits)
    if options.format == "json":
        sys.stdout.write(f"{json.dumps(asdict(found), indent=2)}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _told(found))
    return EXIT_DONE if found.equal else EXIT_DIFFERENT


def _limits(path: Path) -> dict[str, object]:
    """Read limits from a file."""
    try:
        limits = json.loads(path.read_bytes(), parse_float=str)
    except (OSError, ValueError) as error:
        raise CannotRead(f"{path}: {error}") from error
    if not isinstance(limits, dict):
        raise CannotRead(f"{path}: a JSON object of limits is wanted")
    return limits


def _told(found: Replayed) -> Iterator[str]:
    """Tell a replay to people."""
    yield f"{found.records} records, {found.decisions} decisions, {found.different} of them different"
    for seq in sorted((*found.snapshots_equal, *found.snapshots_different)):
        yield f"snapshot at {seq}: {'equal' if seq in found.snapshots_equal else 'DIFFERENT'}"
    for rule, count in sorted(found.by_rule.items(), key=lambda item: -item[1]):
        yield f"    {rule}: {count}"
    for difference in found.listed[:_SHOWN]:
        yield from _difference(difference)
    if found.different > _SHOWN:
        yield f"... and {found.different - _SHOWN} more; --format json lists them"


def _difference(difference: Difference) -> Iterator[str]:
    yield f"record {difference.seq}, {iso(difference.at_ns)}: signal {difference.signal_id}, {difference.decision_id}"
    for name, (was, now) in difference.fields.items():
        yield f"    {name}: {was} -> {now}"


def _incident(journal: JournalFile, options: argparse.Namespace) -> int:
    """Tell a story."""
    told = story(journal.records, options.id)
    if options.format == "both":
        told["text"] = as_text(told)
    sys.stdout.write(as_text(told) if options.format == "text" else f"{json.dumps(told, indent=2)}\n")
    return EXIT_DONE


def _export(journal: JournalFile, options: argparse.Namespace) -> int:
    """Write one table to standard output, or all of them into a folder."""
    if (options.table is None) == (options.out is None):
        return _complain("give either --table or --out", EXIT_UNREADABLE)
    if options.table is not None:
        _write(sys.stdout, journal, options.table, options)
        return EXIT_DONE
    counts = {}
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for table in Table:
            path = options.out / f"{journal.path.stem}-{table}.{options.format}"
            with path.open("w", encoding="utf-8", newline="") as target:
                counts[path.name] = _write(target, journal, table, options)
    except OSError as error:
        raise CannotRead(f"{options.out}: {error}") from error
    sys.stdout.write(f"{json.dumps(counts)}\n")
    return EXIT_DONE


def _write(target: TextIO, journal: JournalFile, table: Table, options: argparse.Namespace) -> int:
    """Write the rows of one table; gives their count."""
    wanted = (row for row in rows(journal.records(), table) if options.first <= _day(row, table) <= options.last)
    return (_write_csv if options.format == "csv" else _write_json)(target, wanted, COLUMNS[table])


def _day(row: Row, table: Table) -> str:
    return (row[MOMENT[table]] or "")[:10]


def _write_csv(target: TextIO, wanted: Iterable[Row], columns: tuple[str, ...]) -> int:
    """Write RFC 4180 with a header line."""
    writer = csv.DictWriter(target, columns)
    writer.writeheader()
    count = 0
    for count, row in enumerate(wanted, 1):  # noqa: B007  # The last one is the count.
        writer.writerow(row)
    return count


def _write_json(target: TextIO, wanted: Iterable[Row], columns: tuple[str, ...]) -> int:
    """Write one array, a row a line."""
    count, separator = 0, "["
    for count, row in enumerate(wanted, 1):  # noqa: B007  # The last one is the count.
        target.write(f"{separator}\n{json.dumps({name: row[name] for name in columns})}")
        separator = ","
    target.write("[]\n" if separator == "[" else "\n]\n")
    return count


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
