"""A disk that refuses: the batch is gone, the head stays, and what was confirmed stays confirmed."""

from contextlib import closing
from pathlib import Path
import sqlite3
import subprocess
import sys

import pytest

from custom_components.mexc_trading.engine.ports import Head, JournalUnreadable, Unwritable
from custom_components.mexc_trading.journal.boot import open_journal
from custom_components.mexc_trading.journal.snapshot import Snapshot
from custom_components.mexc_trading.journal.verify import Witness, verify

from .books import appended, audit, drafts, opened
from .media import FAULTS, Fault, FaultyMedium, Medium

_BATCHES = 3
_BATCH_RECORDS = 4


async def _run(path: Path, medium: FaultyMedium) -> list[Head]:
    """Open, append, snapshot and close on a medium that may fail anywhere. Gives the heads that were confirmed."""
    confirmed: list[Head] = []
    outcome = await open_journal(path, storage=medium)
    if isinstance(outcome, Unwritable):
        assert outcome.cause
        return confirmed
    journal = outcome.journal
    for batch in range(_BATCHES):
        before = journal.head
        answer = await journal.append(drafts(1 + batch * _BATCH_RECORDS, _BATCH_RECORDS))
        if isinstance(answer, Head):
            confirmed.append(answer)
            assert journal.head == answer
        else:
            assert journal.head == before
    await journal.save_snapshot(Snapshot(head=journal.head, state="{}"))
    await journal.begin_backup()
    await journal.end_backup()
    await journal.archive()
    last = await journal.append(drafts(1 + _BATCHES * _BATCH_RECORDS, _BATCH_RECORDS))
    if isinstance(last, Head):
        confirmed.append(last)
    await journal.close()
    return confirmed


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_every_call_of_the_storage_may_fail(tmp_path: Path, fault: Fault, lasting: bool, late: bool) -> None:
    """Whichever call fails: afterwards all that was confirmed is there, the chain holds, and the book opens."""
    nth = 0
    struck = True
    while struck:
        nth += 1
        book = tmp_path / str(nth) / "live.db"
        medium = FaultyMedium(fault, nth, lasting=lasting, late=late)
        confirmed = await _run(book, medium)
        struck = medium.struck

        found = await opened(book, witnesses=confirmed)
        assert found.quarantined is None
        assert (found.behind, found.contradicted) == ((), ())
        stored = len(list(found.journal.records()))
        assert stored % _BATCH_RECORDS == 0
        if not late:
            assert stored == len(confirmed) * _BATCH_RECORDS
        await appended(found.journal, 1000, 1)
        await found.journal.close()
        files = sorted(book.parent.glob("live*.db"))
        assert verify(files, witnesses=[Witness(*head) for head in confirmed]).valid
    assert nth > 40


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_the_journal_recovers_when_the_fault_goes(book: Path, fault: Fault) -> None:
    """While the disk refuses, every batch is refused; afterwards batches follow the last confirmed one."""
    medium = FaultyMedium(fault, lasting=True)
    journal = (await opened(book, medium)).journal
    head = await appended(journal, 1, 2)
    medium.strike()
    for _ in range(3):
        assert isinstance(await journal.append(drafts(100, 2)), Unwritable)
        assert journal.head == head
    medium.heal()
    assert (await appended(journal, 3, 2)).seq == 4
    assert [record.key for record in journal.records()] == ["key-1", "key-2", "key-3", "key-4"]
    await journal.close()
    assert audit(book, head).valid


async def test_a_commit_that_happened_in_spite_of_its_error_stops_the_journal(book: Path) -> None:
    """The disk said no and did it all the same: nothing more is confirmed until a boot has looked at what is there."""
    medium = FaultyMedium(FAULTS[0], late=True)
    journal = (await opened(book, medium)).journal
    await appended(journal, 1, 1)
    medium.strike(only="COMMIT")
    assert isinstance(await journal.append(drafts(2, 1)), Unwritable)
    for _ in range(2):
        refused = await journal.append(drafts(3, 1))
        assert isinstance(refused, Unwritable)
        assert "ends at 2" in refused.cause
    assert journal.head.seq == 1
    await journal.close()
    journal = (await opened(book)).journal
    assert [record.key for record in journal.records()] == ["key-1", "key-2"]
    assert (await appended(journal, 3, 1)).seq == 3
    await journal.close()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_disk_that_cannot_be_read_is_named_and_works_again(book: Path, fault: Fault) -> None:
    """Every way of reading says the same, and appending does not suffer."""
    medium = FaultyMedium(fault)
    journal = (await opened(book, medium)).journal
    await appended(journal, 1, 2)
    for read in (
        lambda: list(journal.records()),
        lambda: journal.find("key-1"),
        lambda: journal.last("signal"),
        journal.months,
    ):
        for delay in range(2):
            medium.strike(delay=delay)
            with pytest.raises(JournalUnreadable, match=fault.name):
                read()
            assert read()
    await appended(journal, 3, 1)
    await journal.close()


async def test_a_refused_batch_leaves_no_transaction_open(book: Path) -> None:
    """What failed at its last step does not keep the file locked until the next batch."""
    medium = FaultyMedium(FAULTS[1])
    journal = (await opened(book, medium)).journal
    medium.strike(only="COMMIT")
    assert isinstance(await journal.append(drafts(1, 1)), Unwritable)
    assert not medium.writing[-1].in_transaction
    assert await journal.checkpoint() is None
    await journal.close()


async def test_a_row_written_by_somebody_else_stops_the_journal(book: Path) -> None:
    """A foreign row is never chained to: the batch is refused, and all that follow."""
    journal = (await opened(book)).journal
    head = await appended(journal, 1, 1)
    with closing(sqlite3.connect(book)) as foreign:
        foreign.execute("INSERT INTO records VALUES (2, 0, 'k', 'y', '{}', 'none', 'none')")
        foreign.commit()
    for _ in range(2):
        assert isinstance(await journal.append(drafts(2, 1)), Unwritable)
    assert journal.head == head
    await journal.close()


async def test_a_file_replaced_under_the_engine_stops_the_journal(book: Path) -> None:
    """Appending to a file that no longer has its name would confirm what nobody can ever read."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 1)
    book.rename(book.with_name("elsewhere.db"))
    assert isinstance(await journal.append(drafts(2, 1)), Unwritable)
    book.write_bytes(b"")
    refused = await journal.append(drafts(2, 1))
    assert isinstance(refused, Unwritable)
    assert "replaced" in refused.cause
    await journal.close()


async def test_a_foreign_lock_is_waited_out_and_then_refused(book: Path) -> None:
    """Real SQLITE_BUSY: somebody holds the write lock; when it goes, appending works again."""
    journal = (await opened(book)).journal
    with closing(sqlite3.connect(book, isolation_level=None)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        refused = await journal.append(drafts(1, 1))
        assert isinstance(refused, Unwritable)
        assert "SQLITE_BUSY" in refused.cause
        foreign.execute("ROLLBACK")
    assert (await appended(journal, 1, 1)).seq == 1
    await journal.close()


async def test_a_full_database_is_refused_and_works_again(book: Path) -> None:
    """Real SQLITE_FULL: the file may not grow; with room again, appending works."""
    medium = Medium()
    journal = (await opened(book, medium)).journal
    await appended(journal, 1, 1)
    medium.writing[-1].execute("PRAGMA max_page_count = 8")
    refused = await journal.append(drafts(2, 2000))
    assert isinstance(refused, Unwritable)
    assert "SQLITE_FULL" in refused.cause
    assert (await appended(journal, 2, 2000)).seq == 2001
    await journal.close()
    assert audit(book).records == 2001


async def test_a_read_only_connection_is_refused_and_works_again(book: Path) -> None:
    """Real SQLITE_READONLY."""
    medium = Medium()
    journal = (await opened(book, medium)).journal
    medium.writing[-1].execute("PRAGMA query_only = ON")
    refused = await journal.append(drafts(1, 1))
    assert isinstance(refused, Unwritable)
    assert "SQLITE_READONLY" in refused.cause
    assert (await appended(journal, 1, 1)).seq == 1
    await journal.close()


async def test_a_place_that_cannot_be_written_is_a_value(tmp_path: Path) -> None:
    """A book whose folder cannot be made does not open, and says why."""
    (tmp_path / "file").write_text("in the way")
    outcome = await open_journal(tmp_path / "file" / "live.db")
    assert isinstance(outcome, Unwritable)


def test_the_kernel_refusing_to_grow_the_file(book: Path) -> None:
    """Real write errors from the kernel: under a file size limit batches fail; without it the same journal goes on."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.journal.limited_writer", str(book)], capture_output=True, check=True, text=True
    )
    assert child.stdout.split() == ["confirmed", "refused", "refused", "confirmed"]
    report = audit(book)
    assert report.valid
    assert report.records == 40
