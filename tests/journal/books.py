"""Books to test with: drafts, opening, and a second pair of eyes on the file."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
import sqlite3

from custom_components.mexc_trading.engine.ports import Draft, Head, Record
from custom_components.mexc_trading.journal.boot import Opened, open_journal
from custom_components.mexc_trading.journal.sqlite import SqliteJournal
from custom_components.mexc_trading.journal.storage import DISK, Storage
from custom_components.mexc_trading.journal.verify import Report, Witness, verify

START_NS = 1_790_000_000_000_000_000
"""Some time in September 2026."""


def draft(number: int) -> Draft:
    """Make a draft that differs from all others."""
    return Draft(START_NS + number, "signal", f"key-{number}", f'{{"number":{number},"text":"räksmörgås"}}')


def drafts(first: int, count: int) -> list[Draft]:
    """Make drafts in a row."""
    return [draft(number) for number in range(first, first + count)]


async def opened(path: Path, storage: Storage = DISK, *, witnesses: Sequence[Head] = (), whole: bool = False) -> Opened:
    """Open a journal that must open."""
    outcome = await open_journal(path, storage=storage, witnesses=witnesses, whole=whole)
    assert isinstance(outcome, Opened), outcome
    return outcome


async def appended(journal: SqliteJournal, first: int, count: int) -> Head:
    """Append drafts that must be taken."""
    head = await journal.append(drafts(first, count))
    assert isinstance(head, Head), head
    return head


async def closed_book(path: Path, count: int) -> list[Record]:
    """Make a cleanly closed journal of so many records and give them."""
    found = await opened(path)
    await appended(found.journal, 1, count)
    stored = list(found.journal.records())
    await found.journal.close()
    return stored


def audit(path: Path, *witnesses: Head, head: Head | None = None) -> Report:
    """Verify a file in this process."""
    return verify(
        [path],
        witnesses=[Witness(*witness) for witness in witnesses],
        head=None if head is None else Witness(*head),
    )


def findings(report: Report) -> set[tuple[str, int]]:
    """Give kind and place of everything that was found."""
    return {(finding.kind, finding.seq) for finding in report.findings}


def tamper(path: Path, *statements: str) -> None:
    """Change a closed journal as somebody with an SQLite shell would, and leave the schema as it was."""
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()
