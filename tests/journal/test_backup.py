"""Copies made while the engine writes: by Home Assistant's backup, file by file, and by the audit."""

import asyncio
from collections.abc import Iterator
import json
import os
from pathlib import Path
import shutil
import threading

import pytest

from custom_components.mexc_trading.engine.ports import Head, JournalUnreadable, Unwritable
from custom_components.mexc_trading.journal.audit import audit as audit_in_use
from custom_components.mexc_trading.journal.process import run_python
from custom_components.mexc_trading.journal.storage import DISK
from custom_components.mexc_trading.journal.writer import Writer

from .books import appended, audit, drafts, opened, tamper
from .media import GatedMedium, Medium


async def test_a_backup_copied_file_by_file_is_sound(book: Path) -> None:
    """Main file first, log later, batches in between: the copy verifies and has all that was there at the beginning."""
    journal = (await opened(book)).journal
    head = await appended(journal, 1, 500)
    assert await journal.begin_backup() is None
    await appended(journal, 501, 500)
    copy = book.parent / "backup" / "live.db"
    copy.parent.mkdir()
    shutil.copy(book, copy)
    for first in range(1001, 6001, 500):
        await appended(journal, first, 500)
    log = book.with_name("live.db-wal").read_bytes()
    copy.with_name("live.db-wal").write_bytes(log[: len(log) * 2 // 3])
    await journal.end_backup()
    assert (await appended(journal, 6001, 1)).seq == 6001
    await journal.close()

    report = audit(copy, head)
    assert report.valid
    assert 1000 < report.records < 6000
    assert audit(book, head).records == 6001


async def test_the_main_file_stays_as_it_is_during_a_backup(book: Path) -> None:
    """A long log does not fold in the middle of a commit, and nothing is archived; afterwards it does."""
    medium = Medium()
    journal = (await opened(book, medium)).journal
    await journal.begin_backup()
    before = book.read_bytes()
    for first in range(1, 40001, 4000):
        await appended(journal, first, 4000)
    assert book.read_bytes() == before
    assert isinstance(await journal.archive(), Unwritable)
    await journal.end_backup()
    await appended(journal, 40001, 1)
    assert len(medium.writing) > 1, "a copy made in this process has dropped the old connection's locks"
    for first in range(40002, 80002, 4000):
        await appended(journal, first, 4000)
    assert book.stat().st_size > len(before)
    await journal.close()
    assert audit(book).records == 80001


def test_an_idle_moment_does_not_fold_during_a_backup(tmp_path: Path) -> None:
    """Quiet or not: the main file stays as it is until the backup is over."""
    path = tmp_path / "live.db"
    writer = Writer(path, DISK)
    assert writer.begin_backup() is None
    before = path.read_bytes()
    writer.append(drafts(1, 1000))
    writer.fold()
    assert path.read_bytes() == before
    writer.close()


async def test_a_restored_backup_is_behind_what_was_witnessed(book: Path) -> None:
    """The whole folder as it was: the journal opens and names the head that it does not reach."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 3)
    await journal.begin_backup()
    restored = book.parent.parent / "restored"
    shutil.copytree(book.parent, restored)
    await journal.end_backup()
    later = await appended(journal, 4, 1)
    await journal.close()

    found = await opened(restored / "live.db", witnesses=[Head(3, next(journal.records(2)).hash), later])
    assert found.behind == (later,)
    assert found.contradicted == ()
    await found.journal.close()


async def test_a_journal_in_use_is_audited_on_a_copy(book: Path) -> None:
    """Archives and log included, while the writer goes on; nothing is left behind."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 5)
    await journal.archive()
    head = await appended(journal, 6, 5)
    before = sorted(path.name for path in book.parent.iterdir())
    report = json.loads(await audit_in_use(book, witnesses=[head]))
    assert (report["valid"], report["records"], report["witnesses"]) == (True, 10, 1)
    report = json.loads(await audit_in_use(book, witnesses=[Head(20, "5" * 64)]))
    assert [finding["kind"] for finding in report["findings"]] == ["truncated"]
    assert sorted(path.name for path in book.parent.iterdir()) == before
    await appended(journal, 11, 1)
    await journal.close()
    tamper(book, "UPDATE records SET body = '{}' WHERE seq = 7")
    assert json.loads(await audit_in_use(book))["found"] == 1


async def test_a_copy_that_nobody_waits_for_goes(book: Path) -> None:
    """The audit is given up while the thread copies: nothing is left of it."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 10)
    before = sorted(path.name for path in book.parent.iterdir())
    medium = GatedMedium("connect")
    medium.gate.clear()
    waiting = asyncio.create_task(audit_in_use(book, storage=medium))
    assert await asyncio.to_thread(medium.reached.wait, 60)
    waiting.cancel()
    await asyncio.sleep(0)
    medium.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert sorted(path.name for path in book.parent.iterdir()) == before
    await journal.close()


async def test_a_process_that_nobody_waits_for_ends() -> None:
    """Given up while it runs: it is killed, and waited for."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await run_python(["-c", "import signal; signal.pause()"])


async def test_an_audit_reads_no_folder_on_the_event_loop(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a journal in use, when it is audited, then folders are looked through in threads only."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 5)
    scandir, threads = os.scandir, set[int]()

    def noted(where: str) -> Iterator[os.DirEntry[str]]:
        threads.add(threading.get_ident())
        return scandir(where)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", noted)
        await audit_in_use(book)
    await journal.close()

    assert threads
    assert threading.get_ident() not in threads


async def test_an_audit_without_a_copy_is_no_verdict(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No journal, or no room for a copy beside it: said as such, never as valid or broken."""
    with pytest.raises(JournalUnreadable):
        await audit_in_use(book)
    journal = (await opened(book)).journal
    await journal.close()
    full = shutil.disk_usage(book.parent)._replace(free=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(JournalUnreadable, match="free room"):
        await audit_in_use(book)
