"""Opening and closing accounts: what is in the way is named, and nothing is left behind."""

from pathlib import Path
import sqlite3
import subprocess
import sys

import pytest

from custom_components.mexc_trading import coordinator
from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.opening import JournalUnwritable
from custom_components.mexc_trading.entry_terms import account_folder
from custom_components.mexc_trading.journal.lock import FileLock
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from tests.double import MexcDouble

from .entries import LIMITS, live_entry, paper_entry, state_of, trading
from .phcc import MockConfigEntry


async def open_entry(hass: HomeAssistant, entry: MockConfigEntry) -> str | None:
    """Try to open an account; give the key of what is in the way."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    known = hass.config_entries.async_get_known_entry(entry.entry_id)
    return known.error_reason_translation_key


async def test_an_account_opens_and_closes(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given a running account, when it is unloaded and loaded again, then its journal goes on."""
    await trading(live)
    before = live.runtime_data.account.read_model().journal_head.seq

    assert await hass.config_entries.async_unload(live.entry_id)
    assert state_of(hass, live) is ConfigEntryState.NOT_LOADED
    assert await hass.config_entries.async_setup(live.entry_id)

    assert live.runtime_data.account.read_model().journal_head.seq > before


async def test_a_venue_that_is_away_is_tried_again(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a venue that does not answer, then the account waits and says why."""
    double.faults.add(action="reset_before")
    entry = paper_entry(double)

    assert await open_entry(hass, entry) == "account_unreachable"

    assert state_of(hass, entry) is ConfigEntryState.SETUP_RETRY


@pytest.mark.parametrize(
    ("scopes", "key"),
    [
        (("SPOT_ACCOUNT_READ", "SPOT_DEAL_READ", "SPOT_DEAL_WRITE", "SPOT_WITHDRAW_WRITE"), "key_can_withdraw"),
        (("SPOT_ACCOUNT_READ", "SPOT_DEAL_READ"), "key_cannot_trade"),
    ],
)
async def test_a_key_that_became_unfit_is_asked_for_anew(
    hass: HomeAssistant, double: MexcDouble, scopes: tuple[str, ...], key: str
) -> None:
    """Given a key that may more or less than it should, then the account stays closed and a new key is asked for."""
    double.key.scopes = scopes
    entry = live_entry(double)

    assert await open_entry(hass, entry) == key

    assert state_of(hass, entry) is ConfigEntryState.SETUP_ERROR
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == ["reauth"]


async def test_a_journal_in_other_hands_is_left_alone(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a journal that another process has open, then the account waits for it."""
    entry = paper_entry(double)
    folder = account_folder(hass, entry)
    folder.mkdir(parents=True)
    lock = FileLock(folder / "paper.db.lock")

    key = await open_entry(hass, entry)

    lock.release()
    assert key == "journal_locked"
    assert state_of(hass, entry) is ConfigEntryState.SETUP_RETRY


async def test_a_journal_that_cannot_be_made_is_named(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a file where the account's folder should be, then the account waits and says that it cannot write."""
    entry = paper_entry(double)
    folder = account_folder(hass, entry)
    folder.parent.mkdir(parents=True)
    folder.touch()

    assert await open_entry(hass, entry) == "journal_unwritable"

    assert state_of(hass, entry) is ConfigEntryState.SETUP_RETRY


async def test_a_failed_setup_leaves_nothing_running(
    hass: HomeAssistant, double: MexcDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given strategies that cannot be journaled, then the account is closed, its journal free, and tried again."""

    async def unwritable(*args: object) -> None:
        raise JournalUnwritable("planted")

    monkeypatch.setattr(Account, "set_strategies", unwritable)
    entry = paper_entry(double)
    assert await open_entry(hass, entry) == "journal_unwritable"
    assert state_of(hass, entry) is ConfigEntryState.SETUP_RETRY
    monkeypatch.undo()

    assert await hass.config_entries.async_reload(entry.entry_id)

    assert state_of(hass, entry) is ConfigEntryState.LOADED


async def test_limits_that_cannot_be_journaled_open_the_account_anew(
    hass: HomeAssistant, paper: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a journal that refuses a change of limits, then the account is opened anew and has them."""

    async def unwritable(*args: object) -> None:
        raise JournalUnwritable("planted")

    monkeypatch.setattr(Account, "set_limits", unwritable)
    first = paper.runtime_data

    hass.config_entries.async_update_entry(paper, options={**LIMITS, "max_open_positions": 1})
    await hass.async_block_till_done()

    assert paper.runtime_data is not first
    assert paper.runtime_data.applied.limits.max_open_positions == 1


async def test_a_change_that_concerns_nothing_changes_nothing(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a running account, when only its title changes, then the same engine goes on, with no word to it."""
    await trading(paper)
    runtime = paper.runtime_data
    before = runtime.account.read_model().journal_head

    hass.config_entries.async_update_entry(paper, title="Renamed")
    await hass.async_block_till_done()

    assert paper.runtime_data is runtime
    assert runtime.account.read_model().journal_head == before


async def test_stopping_home_assistant_stops_entries_first(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given a running account, when Home Assistant stops, then the journal's last record says so and it is free."""
    folder = account_folder(hass, live)

    await hass.async_stop(force=True)

    assert hass.state is CoreState.stopped
    FileLock(folder / "live.db.lock").release()
    with sqlite3.connect(folder / "live.db") as journal:
        (last,) = journal.execute("SELECT kind FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    journal.close()
    assert last == "run_stopped"


async def test_nothing_is_looked_at_after_the_stop(
    hass: HomeAssistant, live: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given changes that the stop itself brings, which would be shown a moment later, then no timer outlives it."""
    monkeypatch.setattr(coordinator, "LOOK_AFTER_S", 60)
    shown = live.runtime_data.coordinators.values()
    await live.runtime_data.account.engage_kill_switch(who="test", reason="a change")
    assert all(one._timer is not None for one in shown)

    await hass.async_stop(force=True)

    assert all(one._timer is None for one in shown)


async def test_a_platform_that_stays_keeps_the_engine(
    hass: HomeAssistant, paper: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given entities that cannot be unloaded, then the engine is not stopped under them."""

    async def refused(*args: object) -> bool:
        return False

    monkeypatch.setattr(hass.config_entries, "async_unload_platforms", refused)

    assert not await hass.config_entries.async_unload(paper.entry_id)

    monkeypatch.undo()
    assert paper.runtime_data.account.read_model().journal_healthy
    paper.runtime_data.coordinator._async_drop_timer()
    await paper.runtime_data.account.close()
    paper.runtime_data.coordinator._async_drop_timer()


async def test_removal_takes_issues_and_keeps_evidence(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given an account, when it is removed, then its journal stays and Home Assistant keeps nothing of it."""
    folder = account_folder(hass, paper)

    await hass.config_entries.async_remove(paper.entry_id)

    assert (folder / "paper.db").exists()
    assert ir.async_get(hass).issues == {}


async def test_yaml_is_refused_with_an_issue(hass: HomeAssistant) -> None:
    """Given a block in YAML, then Home Assistant says that accounts are added in its interface."""
    assert await async_setup_component(hass, "mexc_trading", {"mexc_trading": {}})

    assert any("config_entry_only" in issue for _, issue in ir.async_get(hass).issues)


def test_the_pure_rooms_load_without_home_assistant() -> None:
    """Given a plain interpreter, when engine, journal and venue client load, then no part of Home Assistant does."""
    rooms = ("engine.step", "risk.decide", "journal.boot", "exchange.mexc.spot", "portfolio.ledger", "orders.identity")
    program = "import sys\n" + "".join(f"import custom_components.mexc_trading.{room}\n" for room in rooms)
    program += "print([name for name in sys.modules if name.split('.')[0] == 'homeassistant'])"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )

    assert done.stdout.strip() == "[]"
