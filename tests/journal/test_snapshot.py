"""Snapshots: two kept, a damaged one passed over, never one from another chain."""

import os
from pathlib import Path

import pytest

from custom_components.mexc_trading.engine.ports import Head, Unwritable
from custom_components.mexc_trading.journal.snapshot import Snapshot, Snapshots
from custom_components.mexc_trading.journal.storage import DISK

from .books import appended, closed_book, opened, tamper
from .media import FAULTS, Fault, FaultyMedium


def _snapshot(seq: int) -> Snapshot:
    return Snapshot(head=Head(seq, f"{seq:064x}"), state=f'{{"at":{seq},"text":"räksmörgås\\n"}}')


def _anything(head: Head) -> bool:
    return head.seq > 0


def test_the_newest_of_two_is_given(tmp_path: Path) -> None:
    """Older ones go when the third comes."""
    snapshots = Snapshots(tmp_path / "live.db", DISK)
    assert snapshots.newest(_anything) is None
    for seq in (10, 200, 3000):
        snapshots.save(_snapshot(seq))
    assert snapshots.newest(_anything) == _snapshot(3000)
    assert [file.name for file in snapshots.files()] == [
        "live.snapshot-000000003000.json",
        "live.snapshot-000000000200.json",
    ]
    assert {file.stat().st_mode & 0o777 for file in snapshots.files()} == {0o600}


def test_every_damaged_byte_is_noticed(tmp_path: Path) -> None:
    """Whichever byte of the newest snapshot changes, and wherever it is cut, the older one is used."""
    snapshots = Snapshots(tmp_path / "live.db", DISK)
    snapshots.save(_snapshot(1))
    snapshots.save(_snapshot(2))
    newest = snapshots.files()[0]
    whole = newest.read_bytes()
    for place in range(len(whole)):
        newest.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert snapshots.newest(_anything) == _snapshot(1), place
        newest.write_bytes(whole[:place])
        assert snapshots.newest(_anything) == _snapshot(1), place


def test_a_damaged_one_does_not_push_out_the_last_sound_one(tmp_path: Path) -> None:
    """Two are kept that can be read, not two files."""
    snapshots = Snapshots(tmp_path / "live.db", DISK)
    for seq in (1, 2):
        snapshots.save(_snapshot(seq))
    snapshots.files()[0].write_bytes(b"damaged")
    snapshots.save(_snapshot(3))
    snapshots.files()[0].write_bytes(b"damaged")
    assert snapshots.newest(_anything) == _snapshot(1)


def test_one_from_another_chain_is_passed_over(tmp_path: Path) -> None:
    """A snapshot is used only where the journal's chain passes through its head."""
    snapshots = Snapshots(tmp_path / "live.db", DISK)
    snapshots.save(_snapshot(1))
    snapshots.save(_snapshot(2))
    assert snapshots.newest(lambda head: head.seq == 1) == _snapshot(1)
    assert snapshots.newest(lambda head: head.seq > 2) is None


async def test_a_snapshot_ahead_of_the_journal_is_not_used(book: Path) -> None:
    """After a restore the state of records that are gone must not come back."""
    stored = await closed_book(book, 4)
    found = await opened(book)
    for seq in (2, 4):
        await found.journal.save_snapshot(Snapshot(head=Head(seq, stored[seq - 1].hash), state=str(seq)))
    await found.journal.close()
    tamper(book, "DELETE FROM records WHERE seq = 4")
    found = await opened(book)
    assert found.snapshot is not None
    assert found.snapshot.head.seq == 2
    await found.journal.close()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_disk_that_refuses_a_snapshot_costs_only_time(book: Path, fault: Fault) -> None:
    """The old snapshot stays, the journal goes on, the caller is told."""
    medium = FaultyMedium(fault)
    journal = (await opened(book, medium)).journal
    old = Snapshot(head=await appended(journal, 1, 1), state="old")
    assert await journal.save_snapshot(old) is None
    new = Snapshot(head=await appended(journal, 2, 1), state="new")
    medium.strike()
    assert isinstance(await journal.save_snapshot(new), Unwritable)
    await appended(journal, 3, 1)
    await journal.close()
    found = await opened(book)
    assert found.snapshot == old
    await found.journal.close()


def test_a_torn_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new content is put in place only when it is whole and synced."""
    order: list[str] = []

    sync, replace = os.fsync, Path.replace

    def noting_sync(descriptor: int) -> None:
        order.append("sync")
        sync(descriptor)

    def noting_replace(path: Path, target: Path) -> Path:
        order.append("put in place")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noting_sync)
    monkeypatch.setattr(Path, "replace", noting_replace)
    Snapshots(tmp_path / "live.db", DISK).save(_snapshot(1))
    assert order == ["sync", "put in place", "sync"]
