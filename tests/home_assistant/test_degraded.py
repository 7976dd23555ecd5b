"""Degraded mode in Home Assistant: each trouble stops entries, lets exits through, and lets go when it is over."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

from custom_components.mexc_trading.bridge import books, monitor
from custom_components.mexc_trading.bridge.home import LOOK_EVERY
from custom_components.mexc_trading.bridge.open_account import open_account
from custom_components.mexc_trading.bridge.read_model import ReadModel
from custom_components.mexc_trading.engine import on_compare
from custom_components.mexc_trading.engine.compare_inputs import DriftChoice
from custom_components.mexc_trading.engine.health import THRESHOLDS
from custom_components.mexc_trading.engine.inputs import Priority
from custom_components.mexc_trading.engine.mailbox import PLACES
from custom_components.mexc_trading.journal.storage import Storage
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Scope, ScopeKind
from custom_components.mexc_trading.model.ids import StrategyId, Symbol
from custom_components.mexc_trading.risk.strategy import StrategyTerms
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.recorder import DATA_INSTANCE, async_initialize_recorder
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.double import MexcDouble
from tests.engine.media import StubbornMedium, TiredMedium
from tests.slow_machine import change_threshold
from tests.waiting import PATIENCE_S

from .acting import BUY, call
from .conftest import running
from .entries import STRATEGY_ID, live_entry, trading, until
from .phcc import MockConfigEntry, async_fire_time_changed

SELL = {"symbol": "BTCUSDT", "side": "sell"}
STRATEGY = StrategyId(STRATEGY_ID)

NOT_OVER_S = 600
"""A trouble that comes and goes is not over in any test, however long the machine pauses between two of its moments."""

type Change = Callable[..., None]


@pytest.fixture(autouse=True)
def change(monkeypatch: pytest.MonkeyPatch) -> Change:
    """Let a trouble be over as soon as it is gone; give a way to move the border of one."""
    for name, threshold in tuple(THRESHOLDS.items()):
        change_threshold(monkeypatch, name, limit=threshold.limit)
    return partial(change_threshold, monkeypatch)


@pytest.fixture
async def holder(hass: HomeAssistant, live: MockConfigEntry) -> MockConfigEntry:
    """Give a live account that trades and holds a position."""
    return await holding(hass, live)


async def holding(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Buy something."""
    await trading(entry)
    await call(hass, "place_order", BUY)
    await until(entry, lambda model: len(model.positions) == 1)
    return entry


def pass_time(hass: HomeAssistant) -> None:
    """Let the next look at the database come."""
    async_fire_time_changed(hass, dt_util.utcnow() + LOOK_EVERY)


async def held(entry: MockConfigEntry, kind: HoldKind) -> None:
    """Wait for a hold."""
    await until(entry, lambda model: kind in {hold.kind for hold in model.holds})


async def free(entry: MockConfigEntry, kind: HoldKind) -> None:
    """Wait for a hold's end."""
    await until(entry, lambda model: kind not in {hold.kind for hold in model.holds})


def still_held(entry: MockConfigEntry, kind: HoldKind) -> bool:
    """Whether a hold is in force now."""
    return kind in {hold.kind for hold in entry.runtime_data.account.read_model().holds}


async def also_holding(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Buy something else too."""
    await call(hass, "place_order", BUY | {"symbol": "ETHUSDT"})
    await until(entry, lambda model: len(model.positions) == 2 and not model.orders)


async def exits_only(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Find entries denied for the hold, and sell the position."""
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "place_order", BUY)
    assert caught.value.translation_key == "holds"
    assert (await call(hass, "place_order", SELL))["verdict"] == "allow"
    await until(entry, lambda model: SELL["symbol"] not in {position.symbol for position in model.positions})


async def test_home_assistant_that_starts(hass: HomeAssistant, holder: MockConfigEntry) -> None:
    """Given an account that is opened while Home Assistant starts, then entries wait until it has started."""
    hass.set_state(CoreState.starting)
    assert await hass.config_entries.async_reload(holder.entry_id)
    await held(holder, HoldKind.HOME_STARTING)
    await free(holder, HoldKind.RECONCILING)

    await exits_only(hass, holder)

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await trading(holder)
    assert (await call(hass, "place_order", BUY))["verdict"] == "allow"


async def test_home_assistant_that_is_about_to_stop(hass: HomeAssistant, holder: MockConfigEntry) -> None:
    """Given the word that Home Assistant stops, then entries stop with it."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await held(holder, HoldKind.HOME_STARTING)

    await exits_only(hass, holder)


async def test_an_account_that_is_being_closed(
    hass: HomeAssistant, double: MexcDouble, holder: MockConfigEntry
) -> None:
    """Given a stop that waits for a call which is under way, then an exit still passes, and an entry does not."""
    account = holder.runtime_data.account
    double.faults.add(action="delay_after", method="POST", path="/api/v3/order", seconds=1.0, times=1)
    entering = asyncio.create_task(call(hass, "place_order", BUY | {"symbol": "ETHUSDT"}))
    await until(holder, lambda model: bool(model.orders))
    closing = asyncio.create_task(account.stop_entries())
    await asyncio.sleep(0)

    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "place_order", BUY)
    sold = await call(hass, "place_order", SELL)

    assert (caught.value.translation_key, caught.value.translation_placeholders) == (
        "busy",
        {"cause": "the account is stopping"},
    )
    assert sold["verdict"] == "allow"
    await asyncio.gather(entering, closing)
    await until(holder, lambda model: all(position.symbol != "BTCUSDT" for position in model.positions))
    assert [order.symbol for order in double.venue.orders if order.side.value == "SELL"] == ["BTCUSDT"]


async def test_an_event_loop_that_stands_still(hass: HomeAssistant, holder: MockConfigEntry, change: Change) -> None:
    """Given something that blocks Home Assistant again and again, then entries stop until it runs smoothly."""
    change("loop_lag_ms", limit=500, calm_s=NOT_OVER_S)
    blocked = True

    def block() -> None:
        if blocked:
            Event().wait(1)
            hass.loop.call_later(0.05, block)

    block()
    await held(holder, HoldKind.LOOP_LAG)

    await exits_only(hass, holder)

    assert still_held(holder, HoldKind.LOOP_LAG)
    blocked = False
    change("loop_lag_ms", limit=500)
    await free(holder, HoldKind.LOOP_LAG)


async def test_a_database_that_takes_nothing(hass: HomeAssistant, double: MexcDouble, tmp_path: Path) -> None:
    """Given a recorder that gives up recording, then entries stop until it records again."""
    async_initialize_recorder(hass)
    config = {"recorder": {"db_url": f"sqlite:///{tmp_path}/home.db"}}
    assert await async_setup_component(hass, "recorder", config)
    recorder = hass.data[DATA_INSTANCE]
    await recorder.async_db_ready
    holder = await holding(hass, await running(hass, live_entry(double)))
    recorder._async_stop_queue_watcher_and_event_listener()
    pass_time(hass)
    await held(holder, HoldKind.HOME_DATABASE)

    await exits_only(hass, holder)

    recorder.async_initialize()
    pass_time(hass)
    await free(holder, HoldKind.HOME_DATABASE)


async def on_medium(
    hass: HomeAssistant, double: MexcDouble, monkeypatch: pytest.MonkeyPatch, medium: Storage
) -> MockConfigEntry:
    """Run a live account, with a position, whose journal is on this medium."""
    monkeypatch.setattr(books, "open_account", partial(open_account, storage=medium))
    return await holding(hass, await running(hass, live_entry(double)))


async def test_a_journal_that_cannot_be_written(
    hass: HomeAssistant, double: MexcDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a disk that refuses, then nothing is entered, what is held can be sold, and it heals."""
    disk = StubbornMedium()
    entry = await on_medium(hass, double, monkeypatch, disk)
    disk.refuse("INSERT")

    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "place_order", BUY)
    assert caught.value.translation_placeholders == {"cause": "the journal cannot be written"}
    assert (await call(hass, "place_order", SELL))["verdict"] == "allow"
    await until(entry, lambda model: not model.journal_healthy)
    disk.heal()
    await until(entry, lambda model: model.journal_healthy and not model.positions)

    assert len([order for order in double.venue.orders if order.side.value == "SELL"]) == 1


async def test_a_journal_that_is_slow(
    hass: HomeAssistant, double: MexcDouble, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    """Given a disk on which every write takes long, then entries stop until writes are quick."""
    disk = TiredMedium()
    entry = await on_medium(hass, double, monkeypatch, disk)
    guard = entry.runtime_data.account.guard
    change("journal_ms", limit=200, calm_s=NOT_OVER_S)
    busy = True

    def write(*, met: bool) -> None:
        if busy:
            guard.set_condition("binary_sensor.ups", met=met)
            hass.loop.call_later(0.05, partial(write, met=not met))

    write(met=True)
    disk.sync_s = 0.3
    await held(entry, HoldKind.JOURNAL_SLOW)

    await exits_only(hass, entry)

    assert still_held(entry, HoldKind.JOURNAL_SLOW)
    disk.sync_s = 0
    busy = False
    change("journal_ms", limit=200)
    await free(entry, HoldKind.JOURNAL_SLOW)


async def test_a_disk_that_is_nearly_full(
    hass: HomeAssistant, double: MexcDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given less free space where the journal lives than is wanted, then entries stop until there is enough."""
    free_mib = 10_000

    def usage(folder: Path) -> SimpleNamespace:
        assert list(folder.glob("*.db"))
        return SimpleNamespace(free=free_mib * 1_048_576)

    monkeypatch.setattr(monitor, "shutil", SimpleNamespace(disk_usage=usage))
    monkeypatch.setattr(monitor, "DISK_EVERY_S", 1)
    holder = await holding(hass, await running(hass, live_entry(double)))
    free_mib = 199
    await held(holder, HoldKind.DISK_NEARLY_FULL)

    await exits_only(hass, holder)

    assert still_held(holder, HoldKind.DISK_NEARLY_FULL)
    free_mib = 200
    await free(holder, HoldKind.DISK_NEARLY_FULL)


async def test_a_full_mailbox(
    hass: HomeAssistant, holder: MockConfigEntry, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    """Given an entry that finds no place, then entries stop for a while; exits have places of their own."""
    change("mailbox_refused", limit=0, calm_s=NOT_OVER_S)
    with monkeypatch.context() as patch:
        patch.setitem(PLACES, Priority.ENTRY, 0)
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "place_order", BUY)
    assert caught.value.translation_placeholders == {"cause": "too many requests at once"}
    await held(holder, HoldKind.MAILBOX_FULL)

    await exits_only(hass, holder)

    change("mailbox_refused", limit=0)
    await free(holder, HoldKind.MAILBOX_FULL)


async def test_a_clock_that_is_wrong(hass: HomeAssistant, double: MexcDouble, paper: MockConfigEntry) -> None:
    """Given a venue whose clock is three seconds ahead of ours, then entries stop until they agree."""
    holder = await holding(hass, paper)
    double.faults.add(action="clock_skew", ms=3000, times=1)
    holder.runtime_data.account.reconcile()
    await held(holder, HoldKind.CLOCK_SKEW)

    await exits_only(hass, holder)

    double.faults.add(action="clock_skew", ms=0, times=1)
    holder.runtime_data.account.reconcile()
    await free(holder, HoldKind.CLOCK_SKEW)


async def test_prices_that_grow_old(
    hass: HomeAssistant, double: MexcDouble, holder: MockConfigEntry, change: Change
) -> None:
    """Given positions whose prices are not heard of for too long, then entries stop until they are."""
    await also_holding(hass, holder)
    change("price_age_s", limit=2)
    double.faults.add(action="status", path="/api/v3/ticker/bookTicker", status=503)
    double.faults.add(action="stream_drop", channel="*bookTicker*")
    await held(holder, HoldKind.PRICE_AGE)

    await exits_only(hass, holder)

    assert still_held(holder, HoldKind.PRICE_AGE)
    double.faults.clear()
    await free(holder, HoldKind.PRICE_AGE)
    assert len(holder.runtime_data.account.read_model().positions) == 1


async def test_books_that_drift_apart(
    hass: HomeAssistant, double: MexcDouble, holder: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given coins of one market that are gone at the venue, then entries stop in all, until a person settles it."""
    monkeypatch.setattr(on_compare, "CONFIRMED_AFTER_NS", 0)
    await also_holding(hass, holder)
    account = holder.runtime_data.account
    double.venue.deposit("ETH", -double.venue.balances["ETH"].total)
    async with asyncio.timeout(PATIENCE_S):
        while not still_held(holder, HoldKind.QUANTITY_DRIFT):
            await account.reconciled()
    await until(holder, lambda model: WHOLE_BOOK in drifting(model))

    await exits_only(hass, holder)

    assert drifting(account.read_model()) == {WHOLE_BOOK, Scope(kind=ScopeKind.SYMBOL, name="ETHUSDT")}
    await account.guard.settle_drift(Symbol("ETHUSDT"), DriftChoice.ADOPT, who="a person")
    await free(holder, HoldKind.QUANTITY_DRIFT)
    assert (await call(hass, "place_order", BUY))["verdict"] == "allow"


def drifting(model: ReadModel) -> set[Scope]:
    """Give what is on hold because coins are missing."""
    return {hold.scope for hold in model.holds if hold.kind is HoldKind.QUANTITY_DRIFT}


async def test_an_exchange_that_does_not_answer(
    hass: HomeAssistant, double: MexcDouble, holder: MockConfigEntry
) -> None:
    """Given an exchange that answers no read of the account, then entries stop until it does; orders still reach it."""
    for path in ("/api/v3/time", "/api/v3/openOrders", "/api/v3/account"):
        double.faults.add(action="status", path=path, status=503)
    async with asyncio.timeout(PATIENCE_S):
        while not still_held(holder, HoldKind.VENUE_UNREACHABLE):
            await holder.runtime_data.account.reconciled()

    await exits_only(hass, holder)

    assert still_held(holder, HoldKind.VENUE_UNREACHABLE)
    double.faults.clear()
    holder.runtime_data.account.reconcile()
    await free(holder, HoldKind.VENUE_UNREACHABLE)


async def test_automations_that_fall_silent(hass: HomeAssistant, holder: MockConfigEntry) -> None:
    """Given a strategy that must not be silent and is, then it alone stops, until it gives a sign of life."""
    terms = StrategyTerms(strategy_id=STRATEGY, name="Crossover", symbols=frozenset({BUY["symbol"]}), heartbeat_s=1)
    await holder.runtime_data.account.set_strategies((terms,))
    await held(holder, HoldKind.HEARTBEAT)
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "place_order", BUY | {"strategy": "Crossover"})
    assert caught.value.translation_key == "holds"
    sold = await call(hass, "place_order", SELL | {"strategy": "Crossover"})
    assert sold["verdict"] == "allow"
    await until(holder, lambda model: not model.positions)
    await held(holder, HoldKind.HEARTBEAT)
    assert (await call(hass, "place_order", BUY))["verdict"] == "allow"

    await call(hass, "heartbeat", {"strategy": "Crossover"})
    await free(holder, HoldKind.HEARTBEAT)
    await held(holder, HoldKind.HEARTBEAT)
    await holder.runtime_data.account.set_strategies(())
    await free(holder, HoldKind.HEARTBEAT)


async def test_streams_that_are_gone(
    hass: HomeAssistant, double: MexcDouble, holder: MockConfigEntry, change: Change
) -> None:
    """Given streams that cannot be opened any more, then entries stop until they are back; reads go on meanwhile."""
    account = holder.runtime_data.books.home
    await until(holder, lambda _: account.contact.streams().private_live)
    change("stream_age_s", limit=1)
    double.faults.add(action="status", path="/api/v3/userDataStream", status=503)
    double.streams.reset_all()
    await held(holder, HoldKind.STREAM_AGE)

    await exits_only(hass, holder)

    assert still_held(holder, HoldKind.STREAM_AGE)
    double.faults.clear()
    await free(holder, HoldKind.STREAM_AGE)
