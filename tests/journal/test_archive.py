"""Retention by archive: records move to another file, and nothing else changes."""

from pathlib import Path
import sqlite3

import pytest

from custom_components.mexc_trading.engine.ports import Head, JournalUnreadable, Unwritable
from custom_components.mexc_trading.journal.seal import LastRun
from custom_components.mexc_trading.journal.segments import seal_segment
from custom_components.mexc_trading.journal.snapshot import Snapshot
from custom_components.mexc_trading.journal.verify import Report, Witness, verify

from .books import appended, drafts, findings, opened, tamper
from .media import FAULTS, Fault, FaultyMedium


async def _archived_book(book: Path) -> tuple[list[Path], list[Head]]:
    """Make a closed journal of twelve records in two archives and the written file. Gives its files and all heads."""
    journal = (await opened(book)).journal
    files = []
    for first in (1, 6):
        await appended(journal, first, 5)
        archive = await journal.archive()
        assert isinstance(archive, Path)
        files.append(archive)
    await appended(journal, 11, 2)
    heads = [Head(record.seq, record.hash) for record in journal.records()]
    await journal.close()
    return [*files, book], heads


def _verified(files: list[Path], *witnesses: Head, start: Head | None = None) -> Report:
    return verify(files, witnesses=[Witness(*head) for head in witnesses], start=start and Witness(*start))


async def test_archiving_changes_nothing_but_the_file(book: Path) -> None:
    """Head, records, keys, kinds and the next number are what they would have been."""
    plain = (await opened(book.with_name("plain.db"))).journal
    await appended(plain, 1, 12)
    files, heads = await _archived_book(book)
    assert [file.name for file in files] == [
        "live.archive-000000000001-000000000005.db",
        "live.archive-000000000005-000000000010.db",
        "live.db",
    ]
    found = await opened(book, witnesses=heads)
    journal = found.journal
    assert found.last_run is LastRun.CLEAN
    assert (found.behind, found.contradicted) == ((), ())
    assert journal.head == plain.head
    for after_seq in range(13):
        assert list(journal.records(after_seq)) == list(plain.records(after_seq))
    for number in range(1, 13):
        assert journal.find(f"key-{number}") == plain.find(f"key-{number}")
    assert journal.last("signal") == plain.last("signal")
    assert journal.last("nothing") is None
    assert journal.months() == plain.months()
    await journal.close()
    await plain.close()


async def test_an_archive_is_one_plain_sealed_file(book: Path) -> None:
    """No log beside it, nobody may write to it, nobody else may read it."""
    files, _ = await _archived_book(book)
    assert [file.stat().st_mode & 0o777 for file in files] == [0o400, 0o400, 0o600]
    assert not list(book.parent.glob("*archive*-wal"))
    assert files[0].read_bytes()[18:20] == b"\x01\x01", "the header says that there is no log"


async def test_there_is_nothing_to_archive_twice(book: Path) -> None:
    """An empty journal, and one that holds nothing but the copied record."""
    journal = (await opened(book)).journal
    assert await journal.archive() is None
    await appended(journal, 1, 3)
    assert isinstance(await journal.archive(), Path)
    assert await journal.archive() is None
    await journal.close()


async def test_all_files_verify_as_one_chain(book: Path) -> None:
    """Together from genesis; the written file alone if its beginning was witnessed."""
    files, heads = await _archived_book(book)
    report = _verified(files, *heads)
    assert report.valid
    assert (report.records, report.first_seq, tuple(report.head)) == (12, 1, tuple(heads[-1]))
    assert findings(_verified([book])) == {("gap", 10)}
    assert findings(_verified([book], heads[2])) == {("gap", 10), ("unseen", 3)}
    report = _verified([book], start=heads[9])
    assert report.valid
    assert report.records == 3
    assert findings(_verified([book], start=Head(10, "5" * 64))) == {("unlinked", 10)}


async def test_a_story_with_a_part_missing_is_not_told(book: Path) -> None:
    """Given an archive that was moved away, then only what comes behind it is found."""
    files, _ = await _archived_book(book)
    journal = (await opened(book)).journal
    behind = journal.find("key-12", 10)
    assert len(behind) == 1
    assert len(journal.find("key-2")) == 1
    files[1].rename(book.with_name("elsewhere"))
    with pytest.raises(JournalUnreadable):
        journal.find("key-2")
    assert journal.find("key-12", 10) == behind
    await journal.close()


async def test_files_that_do_not_belong_together_are_found(book: Path) -> None:
    """A missing archive, a swapped order, an archive of another book, an edited copy."""
    files, _ = await _archived_book(book)
    other, _ = await _archived_book(book.with_name("other.db"))
    assert findings(_verified([files[0], files[2]])) == {("gap", 10)}
    assert findings(_verified([files[1], files[0], files[2]])) >= {("gap", 5)}
    tamper(other[1], "UPDATE records SET hash = replace(hash, substr(hash, 1, 4), 'beef') WHERE seq = 5")
    assert findings(_verified([files[0], other[1], files[2]])) == {("unlinked", 5), ("edited", 5), ("unlinked", 6)}
    tamper(book, "UPDATE records SET body = '{}' WHERE seq = 10")
    assert findings(_verified(files)) == {("edited", 10)}


async def test_a_boot_with_a_snapshot_does_not_need_the_archives(book: Path) -> None:
    """They may lie on another disk; only who asks for their records is told."""
    files, heads = await _archived_book(book)
    found = await opened(book)
    await found.journal.save_snapshot(Snapshot(head=heads[10], state="{}"))
    await found.journal.close()
    for file in files[:2]:
        file.rename(file.with_suffix(".elsewhere"))

    found = await opened(book, witnesses=heads)
    assert found.snapshot is not None
    assert found.quarantined is None
    assert (found.behind, found.contradicted) == ((), ())
    assert [record.seq for record in found.journal.records(11)] == [12]
    with pytest.raises(JournalUnreadable, match=r"records 1 to 9 are not beside live\.db"):
        next(found.journal.records())
    await appended(found.journal, 13, 1)
    await found.journal.close()


async def test_without_snapshot_and_archives_the_book_opens_but_cannot_be_folded(book: Path) -> None:
    """The chain that is here holds, so nothing is set aside; the missing records are named to whoever needs them."""
    files, _ = await _archived_book(book)
    files[0].rename(files[0].with_suffix(".elsewhere"))
    found = await opened(book)
    assert found.quarantined is None
    with pytest.raises(JournalUnreadable, match="records 1 to 4 are not beside"):
        next(found.journal.records())
    await found.journal.close()


async def test_a_snapshot_in_an_archive_is_used(book: Path) -> None:
    """A snapshot from before the archiving: the records behind it are read from both files."""
    files, heads = await _archived_book(book)
    found = await opened(book)
    await found.journal.save_snapshot(Snapshot(head=heads[7], state="{}"))
    await found.journal.close()
    found = await opened(book)
    assert found.snapshot is not None
    assert [record.seq for record in found.journal.records(8)] == [9, 10, 11, 12]
    await found.journal.close()
    files[1].rename(files[1].with_suffix(".elsewhere"))
    found = await opened(book)
    assert found.snapshot is None
    await found.journal.close()


async def test_a_snapshot_before_a_missing_archive_is_of_no_use(book: Path) -> None:
    """The records between it and the end are not all here, so the book opens without it."""
    files, heads = await _archived_book(book)
    found = await opened(book)
    await found.journal.save_snapshot(Snapshot(head=heads[2], state="{}"))
    await found.journal.close()
    files[1].rename(files[1].with_suffix(".elsewhere"))
    found = await opened(book)
    assert found.snapshot is None
    assert found.quarantined is None
    with pytest.raises(JournalUnreadable, match="records 6 to 9 are not beside"):
        list(found.journal.records())
    await found.journal.close()


async def test_an_edited_archive_breaks_a_boot_that_needs_it(book: Path) -> None:
    """Without a snapshot all records are folded, so all are verified first."""
    files, _ = await _archived_book(book)
    files[0].chmod(0o600)
    tamper(files[0], "UPDATE records SET body = '{}' WHERE seq = 2")
    found = await opened(book)
    assert found.quarantined is not None
    assert found.quarantined.why.startswith("edited at record 2")
    await found.journal.close()


async def test_a_crash_between_sealing_and_going_on_is_repaired_at_boot(book: Path) -> None:
    """The archive is there and no written file, or a blank one: the new file begins behind the archive."""
    files, heads = await _archived_book(book)
    for content in (None, b""):
        book.unlink()
        if content is not None:
            book.write_bytes(content)
        found = await opened(book)
        assert found.quarantined is None
        assert found.journal.head == heads[9]
        assert (await appended(found.journal, 11, 2)) == heads[11]
        await found.journal.close()
    assert _verified(files, *heads).valid


def test_names_are_as_before_if_the_second_rename_fails(tmp_path: Path) -> None:
    """The file that should go on is not there: the written file keeps its name and may still be written."""
    journal = tmp_path / "live.db"
    journal.write_bytes(b"records")
    mode = journal.stat().st_mode
    with pytest.raises(FileNotFoundError):
        seal_segment(journal, tmp_path / "live.db.next", 1, 2)
    assert [(file.name, file.stat().st_mode) for file in tmp_path.iterdir()] == [("live.db", mode)]


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_every_step_of_archiving_may_fail(tmp_path: Path, fault: Fault, lasting: bool) -> None:
    """Whichever call fails: nothing is lost, and when the fault has gone the journal goes on in the same run."""
    calls = 0
    struck = True
    while struck:
        book = tmp_path / str(calls) / "live.db"
        medium = FaultyMedium(fault, lasting=lasting)
        journal = (await opened(book, medium)).journal
        head = await appended(journal, 1, 5)
        medium.strike(delay=calls)
        outcome = await journal.archive()
        struck = medium.struck
        medium.heal()
        assert isinstance(outcome, Unwritable if struck else Path)
        assert journal.head == head
        assert [record.seq for record in journal.records()] == [1, 2, 3, 4, 5]
        assert (await appended(journal, 6, 1)).seq == 6
        await journal.close()
        assert _verified(sorted(book.parent.glob("live*.db"))).valid
        calls += 1
    assert calls > 8


async def test_a_reader_in_the_way_puts_archiving_off(book: Path) -> None:
    """Somebody reads the file: it stays as it is, and archiving works later."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 600)
    reader = journal.records()
    next(reader)
    assert isinstance(await journal.archive(), Unwritable)
    assert (await appended(journal, 601, 1)).seq == 601
    assert len(list(reader)) == 600
    assert isinstance(await journal.archive(), Path)
    await journal.close()


async def test_an_archive_of_a_damaged_file_is_not_made(book: Path) -> None:
    """Damage shows when the file is next opened; archiving does not hide it."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 1)
    with sqlite3.connect(book) as foreign:
        foreign.execute("INSERT INTO records VALUES (2, 0, 'k', 'y', '{}', 'none', 'none')")
    foreign.close()
    assert isinstance(await journal.append(drafts(2, 1)), Unwritable)
    assert isinstance(await journal.archive(), Unwritable)
    await journal.close()
