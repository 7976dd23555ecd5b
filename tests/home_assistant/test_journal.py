"""A book's journal in Home Assistant: asked, exported, verified, witnessed, copied by a backup, archived."""

import csv
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import shutil
import sqlite3
from typing import Any

import pytest

from custom_components.mexc_trading import backup
from custom_components.mexc_trading.bridge import bookkeeping
from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.engine.ports import Record
from custom_components.mexc_trading.entry_terms import account_folder
from custom_components.mexc_trading.inquiry.files import JournalFile
from custom_components.mexc_trading.model.hold import HoldKind
from custom_components.mexc_trading.model.ids import BookName, HoldId
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.double import MexcDouble
from tests.journal.books import audit, rebuild, tamper

from .acting import BUY, call
from .entries import trading, until
from .phcc import MockConfigEntry

LIVE = BookName("live")


@pytest.fixture
async def traded(hass: HomeAssistant, live: MockConfigEntry) -> MockConfigEntry:
    """Give a live account that has bought."""
    await trading(live)
    await call(hass, "place_order", BUY | {"signal_id": "mine", "reason": "by hand"})
    await until(live, lambda model: len(model.positions) == 1 and not model.orders)
    return live


def file_of(hass: HomeAssistant, entry: MockConfigEntry, name: str = "live") -> Path:
    """Name a book's journal."""
    return account_folder(hass, entry) / f"{name}.db"


def account_of(entry: MockConfigEntry) -> Account:
    """Give the account's own book."""
    account: Account = entry.runtime_data.account
    return account


def size_of(entry: MockConfigEntry) -> bookkeeping.Size:
    """Give the journal's size as last measured."""
    size = account_of(entry).bookkeeping.size
    assert size is not None
    return size


def holds_of(entry: MockConfigEntry) -> dict[HoldKind, HoldId]:
    """Name the holds in force."""
    return {hold.kind: hold.hold_id for hold in account_of(entry).read_model().holds}


async def test_an_incident_is_told_by_any_id(hass: HomeAssistant, traded: MockConfigEntry) -> None:
    """Given a trade, when its signal or its order is asked for, then the whole story comes, for machines and people."""
    story = await call(hass, "get_incident", {"id": "mine"})

    (signal,) = story["signals"]
    (order,) = signal["orders"]
    assert (story["book"], story["found_as"], signal["reason"]) == ("live", ["signal"], "by hand")
    assert (order["state"], len(order["fills"])) == ("filled", 1)
    assert "POST /api/v3/order" in story["text"]
    again = await call(hass, "get_incident", {"id": order["order_id"], "book": "live"})
    assert again["signals"] == story["signals"]


async def test_an_id_that_nobody_knows_is_said_so(hass: HomeAssistant, traded: MockConfigEntry) -> None:
    """Given an id of another house, then the error names it; one that looks like an option is only an id."""
    for wanted in ("nobody", "--help"):
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, "get_incident", {"id": wanted})
        assert caught.value.translation_key == "id_unknown"
        assert caught.value.translation_placeholders == {"id": wanted}


async def test_rows_are_exported_into_the_accounts_folder(hass: HomeAssistant, traded: MockConfigEntry) -> None:
    """Given a trade, when it is exported, then each book's tables are there; days that had none give no rows."""
    done = await call(hass, "export_journal", {})

    folder = Path(done["folder"])
    assert folder.parent == account_folder(hass, traded)
    assert {name for name, rows in done["rows"].items() if rows} == {
        f"live-{table}.csv" for table in ("orders", "fills", "episodes", "days")
    }
    with (folder / "live-fills.csv").open(newline="") as file:
        (fill,) = csv.DictReader(file)
    assert (fill["symbol"], fill["side"]) == ("BTCUSDT", "buy")
    none = await call(hass, "export_journal", {"format": "json", "book": "live", "to_day": "2020-01-01"})
    assert set(none["rows"].values()) == {0}
    assert json.loads((folder / "live-fills.json").read_text()) == []


async def test_a_sound_journal_is_valid(hass: HomeAssistant, traded: MockConfigEntry) -> None:
    """Given both books of an account, when they are verified, then both are valid, against heads seen at the start."""
    report = await call(hass, "verify_journal", {})

    assert report["valid"] is True
    assert [(one["book"], one["witnesses"]) for one in report["journals"]] == [("live", 1), ("paper", 1)]
    assert holds_of(traded) == {}


async def test_what_was_changed_is_found_and_holds(hass: HomeAssistant, traded: MockConfigEntry) -> None:
    """Given a record that somebody edits under the running engine, when it is verified, then entries stop for it."""
    tamper(file_of(hass, traded), "UPDATE records SET body = replace(body, 'by hand', 'by chance')")

    report = await call(hass, "verify_journal", {"book": "live"})

    assert report["valid"] is False
    assert [finding["kind"] for finding in report["journals"][0]["findings"]] == ["edited"]
    await until(traded, lambda model: any(hold.kind is HoldKind.JOURNAL for hold in model.holds))


async def test_a_journal_that_cannot_be_read_is_no_verdict(
    hass: HomeAssistant, traded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a full disk, or a file that is gone, then the error says so, translated."""
    full = shutil.disk_usage(account_folder(hass, traded))._replace(free=100)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _: full)
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "verify_journal", {})
    assert caught.value.translation_key == "journal_unanswered"
    account_of(traded).bookkeeping.path = Path("nowhere.db")
    for name, fields in (("get_incident", {"id": "mine"}), ("export_journal", {"book": "live"})):
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, name, fields)
        assert caught.value.translation_key == "journal_unanswered"
        assert caught.value.translation_placeholders is not None
        assert "no such file" in caught.value.translation_placeholders["cause"]


async def test_a_rebuilt_journal_is_found_at_boot(hass: HomeAssistant, traded: MockConfigEntry) -> None:
    """Given a chain that was rebuilt while nothing ran, without a fault in it, then a person must confirm it, once."""
    await hass.config_entries.async_unload(traded.entry_id)
    path = file_of(hass, traded)
    seq = next(record.seq for record in records_of(path) if '"by hand"' in record.body)
    rebuild(path, edited=seq, change=("by hand", "by chance"))
    for beside in (*path.parent.glob("live.snapshot-*"), path.with_name("live.seal.json")):
        beside.unlink()
    assert audit(path).valid

    assert await hass.config_entries.async_setup(traded.entry_id)

    assert HoldKind.RESTORED_BACKUP in holds_of(traded)
    account = account_of(traded)
    assert await account.release_hold(holds_of(traded)[HoldKind.RESTORED_BACKUP], who="me", reason="seen")
    assert await hass.config_entries.async_reload(traded.entry_id)
    assert HoldKind.RESTORED_BACKUP not in holds_of(traded)


async def test_an_older_journal_is_found_at_boot(hass: HomeAssistant, traded: MockConfigEntry) -> None:
    """Given the folder as it was before the last trade, seal and snapshots too, then a person must confirm it."""
    await hass.config_entries.async_unload(traded.entry_id)
    folder = account_folder(hass, traded)
    shutil.copytree(folder, folder.with_name("older"))
    assert await hass.config_entries.async_setup(traded.entry_id)
    await trading(traded)
    await hass.config_entries.async_unload(traded.entry_id)
    shutil.rmtree(folder)
    folder.with_name("older").rename(folder)

    assert await hass.config_entries.async_setup(traded.entry_id)

    assert HoldKind.RESTORED_BACKUP in holds_of(traded)


async def test_heads_are_noted_and_the_sensor_shows_them(
    hass: HomeAssistant, hass_storage: dict[str, Any], traded: MockConfigEntry
) -> None:
    """Given a running account, then its head is in Home Assistant's storage and, for the recorder, on the sensor."""
    account = account_of(traded)
    await account.care.look(whole=False)
    stored = hass_storage[f"{DOMAIN}.{traded.entry_id}.witnesses"]
    (seen,) = stored["data"]["live"]["heads"]
    head = account.read_model().journal_head
    assert (seen["seq"], seen["hash"]) == head
    await traded.runtime_data.coordinator.async_refresh()
    shown = hass.states.get("sensor.mexc_journal_head")
    assert shown is not None
    assert (int(shown.state), shown.attributes["hash"]) == head


async def test_a_backup_in_the_middle_of_trading_is_whole(
    hass: HomeAssistant, double: MexcDouble, traded: MockConfigEntry
) -> None:
    """Given a backup that copies file by file while orders go out, then the copy is a sound journal that opens."""
    path = file_of(hass, traded)
    await backup.async_pre_backup(hass)
    copy = hass.config.path("copied.db")
    shutil.copy(path, copy)
    at_copy = account_of(traded).read_model().journal_head
    journal = account_of(traded).bookkeeping._journal
    for name in ("during", "still"):
        await call(hass, "place_order", BUY | {"signal_id": name})
        await until(traded, lambda model: not model.orders)
        journal._writer._unfolded = 10_000
        await journal._worker.run(journal._writer.fold)  # An idle moment with much to fold.
    log = path.with_name(f"{path.name}-wal")
    shutil.copy(log, f"{copy}-wal")
    await backup.async_post_backup(hass)
    await call(hass, "place_order", BUY | {"signal_id": "after"})

    report = audit(Path(copy), at_copy)

    assert report.valid
    assert report.records > at_copy.seq
    assert any('"still"' in record.body for record in records_of(Path(copy)))
    assert not any('"after"' in record.body for record in records_of(Path(copy)))


async def test_a_backup_that_nobody_ends_ends(hass: HomeAssistant, traded: MockConfigEntry) -> None:
    """Given a backup that never comes back, then after an hour the journal goes back to normal by itself."""
    keeping = account_of(traded).bookkeeping
    await backup.async_pre_backup(hass)
    over = keeping._backup_over
    assert over is not None
    assert over.when() - hass.loop.time() == pytest.approx(bookkeeping.BACKUP_S_MAX, abs=30)
    assert keeping._journal._writer._for_backup

    keeping._backup_forgotten()

    assert keeping._ending is not None
    await keeping._ending
    assert not keeping._journal._writer._for_backup


async def test_a_month_that_is_over_is_archived_and_measured(
    hass: HomeAssistant, traded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given records of last month, then they lie in an archive, nothing is missing, and the sensor tells the growth."""
    keeping = account_of(traded).bookkeeping
    now = datetime.now(UTC)
    following = int((now.replace(day=1) + timedelta(days=40)).timestamp()) * 1_000_000_000
    before = [record.seq for record in records_of(file_of(hass, traded))]
    await keeping.keep(following)
    assert size_of(traded).archives == 0, "a month that brought little is not worth a file"
    monkeypatch.setattr(bookkeeping, "ARCHIVE_RECORDS_MIN", 1)
    keeping.size = None
    await keeping.keep(following)

    assert size_of(traded).archives == 1
    assert [record.seq for record in records_of(file_of(hass, traded))] == before
    assert (size_of(traded).month, size_of(traded).month_records) == (f"{now:%Y-%m}", len(before))
    await traded.runtime_data.coordinator.async_refresh()
    shown = hass.states.get("sensor.mexc_journal_head")
    assert shown is not None
    assert shown.attributes["last_month_records"] == len(before)
    await call(hass, "place_order", BUY | {"signal_id": "next-month"})
    story = await call(hass, "get_incident", {"id": "mine"})
    assert story["signals"][0]["reason"] == "by hand"


async def test_the_journal_is_verified_every_week(hass: HomeAssistant, traded: MockConfigEntry) -> None:
    """Given a journal that was never verified, then the caretaker does so, remembers when, and finds what is wrong."""
    account = account_of(traded)
    await account.care.look(whole=True)
    witnesses = account.care._witnesses
    assert witnesses is not None
    verified_s = await witnesses.verified_s(LIVE)
    assert verified_s > 0
    tamper(file_of(hass, traded), "UPDATE records SET body = replace(body, 'by hand', 'by chance')")
    await account.care.look(whole=True)
    assert holds_of(traded) == {}, "this week it was looked at already"
    await witnesses.verified(LIVE, 0)
    await account.care.look(whole=True)
    await until(traded, lambda model: any(hold.kind is HoldKind.JOURNAL for hold in model.holds))


def records_of(path: Path) -> list[Record]:
    """Read a journal's records."""
    try:
        return list(JournalFile(path).records())
    except sqlite3.Error as error:
        raise AssertionError(str(error)) from error
