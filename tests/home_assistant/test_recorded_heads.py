"""A journal compared with what Home Assistant's recorder saw of it: the witness that nobody thinks of removing."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy.exc import OperationalError

from custom_components.mexc_trading.bridge.care import Care
from custom_components.mexc_trading.bridge.recorded_heads import head_in
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.engine.ports import Head
from custom_components.mexc_trading.model.hold import HoldKind
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import DATA_INSTANCE, async_initialize_recorder
from homeassistant.setup import async_setup_component
from tests.double import MexcDouble
from tests.journal.books import audit, rebuild

from .acting import BUY, call
from .conftest import running
from .entries import live_entry, trading, until
from .phcc import MockConfigEntry
from .test_journal import account_of, file_of, holds_of, records_of


@pytest.fixture
async def recorder(hass: HomeAssistant, tmp_path: Path) -> Recorder:
    """Run Home Assistant's recorder on a database of its own."""
    async_initialize_recorder(hass)
    assert await async_setup_component(hass, "recorder", {"recorder": {"db_url": f"sqlite:///{tmp_path}/home.db"}})
    recorder = hass.data[DATA_INSTANCE]
    await recorder.async_db_ready
    return recorder


@pytest.fixture
async def seen(hass: HomeAssistant, recorder: Recorder, double: MexcDouble) -> MockConfigEntry:
    """Give a live account that has bought, and whose head the recorder has seen since, and that is closed again."""
    entry = await running(hass, live_entry(double))
    await trading(entry)
    await call(hass, "place_order", BUY | {"reason": "by hand"})
    await until(entry, lambda model: len(model.positions) == 1 and not model.orders)
    for coordinator in entry.runtime_data.coordinators.values():
        await coordinator.async_refresh()
    await hass.async_block_till_done()
    await recorder.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    return entry


def rewrite(path: Path) -> None:
    """Rebuild a journal with one word changed, and remove all that stands beside it and knows better."""
    seq = next(record.seq for record in records_of(path) if '"by hand"' in record.body)
    rebuild(path, edited=seq, change=("by hand", "by chance"))
    for beside in (*path.parent.glob("live.snapshot-*"), path.with_name("live.seal.json")):
        beside.unlink()
    assert audit(path).valid


type Weighed = asyncio.Queue[tuple[Head, ...]]


@pytest.fixture
def weighed(monkeypatch: pytest.MonkeyPatch) -> Weighed:
    """Tell what each book's journal was compared with, once that is done."""
    told: Weighed = asyncio.Queue()
    weigh = Care.weigh

    async def told_too(care: Care, heads: Sequence[Head]) -> None:
        await weigh(care, heads)
        told.put_nowait(tuple(heads))

    monkeypatch.setattr(Care, "weigh", told_too)
    return told


async def both(weighed: Weighed) -> list[tuple[Head, ...]]:
    """Wait until the journals of the live book and of the paper book beside it were compared."""
    async with asyncio.timeout(60):
        return [await weighed.get(), await weighed.get()]


async def test_a_rebuilt_journal_is_found_by_what_the_recorder_saw(
    hass: HomeAssistant, hass_storage: dict[str, Any], seen: MockConfigEntry, weighed: Weighed
) -> None:
    """Given a faultless forgery whose other witnesses were removed as well, then a person must confirm it, once."""
    rewrite(file_of(hass, seen))
    del hass_storage[f"{DOMAIN}.{seen.entry_id}.witnesses"]

    assert await hass.config_entries.async_setup(seen.entry_id)

    await both(weighed)
    model = await until(seen, lambda model: HoldKind.RESTORED_BACKUP in {hold.kind for hold in model.holds})
    (why,) = (hold.why for hold in model.holds if hold.kind is HoldKind.RESTORED_BACKUP)
    assert "recorder" in why
    account = account_of(seen)
    assert await account.release_hold(holds_of(seen)[HoldKind.RESTORED_BACKUP], who="me", reason="seen")
    assert await hass.config_entries.async_reload(seen.entry_id)
    await both(weighed)
    assert HoldKind.RESTORED_BACKUP not in holds_of(seen)


async def test_a_sound_journal_is_left_alone(hass: HomeAssistant, seen: MockConfigEntry, weighed: Weighed) -> None:
    """Given an account that is opened anew, then what the recorder saw of both books is in their journals."""
    assert await hass.config_entries.async_setup(seen.entry_id)

    for heads in await both(weighed):
        assert heads
        assert heads[-1].seq > 0
    await trading(seen)
    assert holds_of(seen) == {}


async def test_nothing_waits_for_the_recorder(
    hass: HomeAssistant, recorder: Recorder, seen: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a recorder that does not answer, then the account starts and trades all the same."""
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    monkeypatch.setattr(recorder, "async_add_executor_job", lambda *_: never)

    assert await hass.config_entries.async_setup(seen.entry_id)

    await trading(seen)
    assert (await call(hass, "place_order", BUY))["verdict"] == "allow"


async def test_a_database_that_cannot_be_read_says_nothing(
    hass: HomeAssistant, recorder: Recorder, seen: MockConfigEntry, weighed: Weighed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a database that fails, then there is no head to compare with, and no finding."""

    def fail(*_: object) -> NoReturn:
        raise OperationalError("SELECT", None, Exception("database disk image is malformed"))

    monkeypatch.setattr(recorder, "async_add_executor_job", fail)

    assert await hass.config_entries.async_setup(seen.entry_id)

    assert await both(weighed) == [(), ()]
    await trading(seen)
    assert holds_of(seen) == {}


@pytest.mark.parametrize(
    ("state", "attributes"),
    [("unavailable", {}), ("unknown", {"hash": "ab"}), ("7", {}), ("7.5", {"hash": "ab"}), ("7", {"hash": 5})],
)
def test_a_state_that_is_no_head(state: str, attributes: dict[str, object]) -> None:
    """What was not written by the sensor of a running book says nothing."""
    assert head_in(State("sensor.head", state, attributes)) is None
    assert head_in(State("sensor.head", "7", {"hash": "ab"})) == Head(7, "ab")
