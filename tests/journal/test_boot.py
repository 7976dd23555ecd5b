"""Opening a journal: private files, one engine, and an honest word about the last run."""

import asyncio
from contextlib import closing, suppress
from pathlib import Path
import sqlite3
import subprocess
import sys

import pytest

from custom_components.mexc_trading.engine.ports import Head
from custom_components.mexc_trading.journal.boot import open_journal
from custom_components.mexc_trading.journal.lock import FileLock, Locked
from custom_components.mexc_trading.journal.schema import FORMAT, UnknownFormat
from custom_components.mexc_trading.journal.seal import LastRun
from custom_components.mexc_trading.journal.snapshot import Snapshot
from custom_components.mexc_trading.journal.writer import GENESIS

from .books import appended, audit, closed_book, opened, tamper
from .media import GatedMedium

_OTHER_HASH = "5" * 64


async def test_nobody_else_can_read_the_book(book: Path) -> None:
    """Folders are 0700, files 0600, the log included; a mode that a restore left open is tightened."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 1)
    assert [folder.stat().st_mode & 0o777 for folder in (book.parent, book.parent.parent)] == [0o700, 0o700]
    assert {file.stat().st_mode & 0o777 for file in book.parent.iterdir()} == {0o600}
    await journal.close()
    book.chmod(0o644)
    book.parent.chmod(0o755)
    book.parent.parent.chmod(0o755)
    journal = (await opened(book)).journal
    assert book.stat().st_mode & 0o777 == 0o600
    assert [folder.stat().st_mode & 0o777 for folder in (book.parent, book.parent.parent)] == [0o700, 0o755]
    await journal.close()


async def test_a_second_engine_is_refused_while_the_first_lives(book: Path) -> None:
    """The lock names its holder, holds against this process and others, and goes with the journal."""
    journal = (await opened(book)).journal
    with pytest.raises(Locked, match=r"live\.db\.lock is held by process \d+"):
        await open_journal(book)
    other = [sys.executable, "-m", "tests.journal.limited_writer", str(book)]
    refused = await asyncio.to_thread(subprocess.run, other, capture_output=True, text=True)
    assert "Locked" in refused.stderr
    assert (await appended(journal, 1, 1)).seq == 1
    await journal.close()
    await (await opened(book)).journal.close()


def test_a_lock_is_let_go_once(tmp_path: Path) -> None:
    """Releasing twice is harmless and does not let go of the next holder's lock."""
    first = FileLock(tmp_path / "lock")
    first.release()
    second = FileLock(tmp_path / "lock")
    first.release()
    with pytest.raises(Locked):
        FileLock(tmp_path / "lock")
    second.release()


async def test_an_opening_that_nobody_waits_for_lets_go(book: Path) -> None:
    """Home Assistant gives up on a slow start: the book is closed and unlocked behind it."""
    medium = GatedMedium()
    medium.gate.clear()
    waiting = asyncio.create_task(open_journal(book, storage=medium))
    await asyncio.sleep(0)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    medium.gate.set()
    while True:
        try:
            found = await opened(book)
        except Locked:
            await asyncio.sleep(0)
        else:
            break
    await found.journal.close()


async def test_the_last_run_is_judged(book: Path) -> None:
    """New, clean, and altered between two runs."""
    found = await opened(book)
    assert (found.last_run, found.snapshot, found.quarantined) == (LastRun.NONE, None, None)
    await appended(found.journal, 1, 3)
    await found.journal.close()

    found = await opened(book)
    assert found.last_run is LastRun.CLEAN
    await found.journal.close()

    tamper(book, "DELETE FROM records WHERE seq = 3")
    found = await opened(book)
    assert found.last_run is LastRun.ALTERED
    assert [head.seq for head in found.behind] == [3]
    await found.journal.close()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b'{"running":1}', b"\xff"])
async def test_an_unreadable_seal_counts_as_a_crash(book: Path, content: bytes) -> None:
    """Whatever is in the seal, the journal opens."""
    await closed_book(book, 1)
    book.with_name("live.seal.json").write_bytes(content)
    found = await opened(book)
    assert found.last_run is LastRun.CRASHED
    await found.journal.close()


async def test_a_restored_backup_is_noticed(book: Path) -> None:
    """A head seen outside that the journal has not reached: the caller is told which."""
    stored = await closed_book(book, 5)
    here, beyond = Head(5, stored[-1].hash), Head(9, _OTHER_HASH)
    found = await opened(book, witnesses=[GENESIS, Head(2, stored[1].hash), here, beyond])
    assert (found.behind, found.contradicted) == ((beyond,), ())
    await found.journal.close()


async def test_a_rebuilt_chain_is_noticed(book: Path) -> None:
    """A head seen outside that the chain passes by: the caller is told which."""
    await closed_book(book, 5)
    seen = Head(3, _OTHER_HASH)
    found = await opened(book, witnesses=[seen])
    assert (found.behind, found.contradicted) == ((), (seen,))
    await found.journal.close()


async def test_a_broken_chain_is_set_aside_whole(book: Path) -> None:
    """Journal, log and snapshots get another name, byte for byte; an empty journal takes their place."""
    await closed_book(book, 4)
    tamper(book, "UPDATE records SET body = 'edited' WHERE seq = 2")
    before = book.read_bytes()
    found = await opened(book)
    assert found.last_run is LastRun.QUARANTINED
    assert found.quarantined is not None
    assert found.quarantined.why == "edited at record 2: fields do not give the stored hash"
    assert found.quarantined.path.name == "live.quarantined-1.db"
    assert found.quarantined.path.read_bytes() == before
    assert found.journal.head == GENESIS
    await appended(found.journal, 1, 1)
    await found.journal.close()
    assert audit(book).valid

    tamper(book, "UPDATE records SET kind = 'edited'")
    found = await opened(book)
    assert found.quarantined is not None
    assert found.quarantined.path.name == "live.quarantined-2.db"
    await found.journal.close()


@pytest.mark.parametrize(
    "content",
    [b"this is no database at all, and long enough to be looked at", b"SQLite format 3\x00" + b"\xff" * 4096],
    ids=["text", "torn"],
)
async def test_a_file_that_is_no_database_is_set_aside(book: Path, content: bytes) -> None:
    """Garbage under the journal's name is kept, and the book opens."""
    book.parent.mkdir(parents=True)
    book.write_bytes(content)
    found = await opened(book)
    assert found.quarantined is not None
    assert found.quarantined.path.read_bytes() == content
    await found.journal.close()


async def test_a_torn_page_is_set_aside(book: Path) -> None:
    """A journal that lost its end in the file system is damage, not a crash."""
    await closed_book(book, 200)
    content = book.read_bytes()
    book.write_bytes(content[: len(content) // 2])
    found = await opened(book)
    assert found.last_run is LastRun.QUARANTINED
    await found.journal.close()


async def test_a_rotten_page_in_the_middle_is_set_aside(book: Path) -> None:
    """The file opens and has a head; reading it through meets the damage."""
    await closed_book(book, 400)
    content = bytearray(book.read_bytes())
    content[6 * 8192 : 7 * 8192] = bytes(8192)
    book.write_bytes(content)
    found = await opened(book)
    assert found.quarantined is not None
    assert found.quarantined.path.read_bytes() == content
    await found.journal.close()


@pytest.mark.parametrize(
    "statement",
    ["DROP TRIGGER records_are_never_updated", "CREATE TABLE more (x)", "PRAGMA application_id = 7"],
)
async def test_a_changed_schema_is_set_aside(book: Path, statement: str) -> None:
    """A journal whose protection somebody took away is not trusted, though its rows may be right."""
    await closed_book(book, 2)
    with closing(sqlite3.connect(book)) as connection:
        connection.execute(statement)
        connection.commit()
    found = await opened(book)
    assert found.last_run is LastRun.QUARANTINED
    await found.journal.close()


async def test_a_later_version_is_left_alone(book: Path) -> None:
    """After a downgrade the file is not touched, and the lock is free again."""
    await closed_book(book, 2)
    with closing(sqlite3.connect(book)) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    before = book.read_bytes()
    for _ in range(2):
        with pytest.raises(UnknownFormat):
            await open_journal(book)
    assert book.read_bytes() == before


async def test_a_log_without_its_main_file_is_not_read_into_a_new_one(book: Path) -> None:
    """A crash between the two renames of a quarantine, or a person who deleted the main file only."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 5)
    log = book.with_name("live.db-wal").read_bytes()
    await journal.close()
    book.unlink()
    book.with_name("live.db-wal").write_bytes(log)
    found = await opened(book)
    assert found.journal.head == GENESIS
    assert book.with_name("live.quarantined-1.db-wal").read_bytes() == log
    await found.journal.close()


async def test_the_whole_chain_is_verified_on_demand(book: Path) -> None:
    """With a snapshot only the records behind it are recomputed; ``whole`` recomputes all."""
    stored = await closed_book(book, 6)
    found = await opened(book)
    await found.journal.save_snapshot(Snapshot(head=Head(4, stored[3].hash), state="{}"))
    await found.journal.close()
    tamper(book, "UPDATE records SET body = 'edited' WHERE seq = 2")

    found = await opened(book)
    assert found.quarantined is None
    assert found.snapshot == Snapshot(head=Head(4, stored[3].hash), state="{}")
    await found.journal.close()

    found = await opened(book, whole=True)
    assert found.quarantined is not None
    assert found.snapshot is None
    assert [file.name for file in book.parent.glob("*snapshot*")] == ["live.quarantined-1.snapshot-000000000004.json"]
    await found.journal.close()


async def test_a_fault_behind_the_snapshot_is_found_at_every_boot(book: Path) -> None:
    """Records that are about to be folded are always verified."""
    stored = await closed_book(book, 6)
    found = await opened(book)
    await found.journal.save_snapshot(Snapshot(head=Head(4, stored[3].hash), state="{}"))
    await found.journal.close()
    tamper(book, "UPDATE records SET body = 'edited' WHERE seq = 5")
    found = await opened(book)
    assert found.quarantined is not None
    await found.journal.close()
