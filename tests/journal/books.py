"""Books to test with: drafts, opening, and a second pair of eyes on the file."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
import sqlite3

from custom_components.mexc_trading.engine.ports import Draft, Head, Record
from custom_components.mexc_trading.journal.boot import Opened, open_journal
from custom_components.mexc_trading.journal.chain import GENESIS_HASH, record_hash
from custom_components.mexc_trading.journal.schema import INSERT
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


def rebuild(book: Path, *, edited: int, change: tuple[str, str] | None = None) -> None:
    """Forge a journal as well as it can be done by somebody with the file and this source.

    The record ``edited`` is emptied, or one text in it is put in the place of another.
    """
    with closing(sqlite3.connect(book)) as connection:
        triggers = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'")]
        rows = connection.execute("SELECT seq, at_ns, kind, key, body FROM records ORDER BY seq").fetchall()
        connection.execute("DROP TRIGGER records_are_never_updated")
        connection.execute("DROP TRIGGER records_are_never_deleted")
        connection.execute("DELETE FROM records")
        link = GENESIS_HASH
        for seq, at_ns, kind, key, body in rows:
            forged = "{}" if change is None else body.replace(*change)
            text = forged if seq == edited else body
            own = record_hash((seq, at_ns, kind.encode(), key.encode(), text.encode(), link.encode()))
            connection.execute(INSERT, (seq, at_ns, kind, key, text, link, own))
            link = own
        for sql in triggers:
            connection.execute(sql)
        connection.commit()
