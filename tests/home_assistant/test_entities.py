"""What an account shows: figures, mode, decisions, news; at once when risk changes, seldom otherwise."""

import asyncio
from datetime import timedelta
from functools import partial

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.mexc_trading import coordinator as coordinator_module
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.coordinator import VALUATION_EVERY, AccountCoordinator
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from tests.double import MexcDouble

from .entries import STRATEGY_ID, live_entry, paper_entry, trading, until
from .holds import raise_hold
from .phcc import MockConfigEntry, async_fire_time_changed

BUY = {"symbol": "BTCUSDT", "side": "buy", "notional": 100}

CONTRACT = {
    "binary_sensor": {"connected", "holding", "journal_healthy"},
    "button": {"emergency_stop", "reconcile"},
    "event": {"orders", "risk"},
    "sensor": {
        "equity",
        "daily_pnl",
        "realized_pnl",
        "unrealized_pnl",
        "exposure",
        "daily_drawdown",
        "max_drawdown",
        "open_positions",
        "open_orders",
        "trading_mode",
        "last_decision",
        "signal_to_order_latency",
        "fill_ratio",
        "slippage",
        "reject_rate",
        "availability",
        "breaker",
        "rate_budget",
        "requests_per_minute",
        "clock_skew",
        "queue_depth",
        "sync_p99",
        "reconciliation",
        "journal_head",
    },
    "switch": {"kill_switch"},
}

NOISY = {"rate_budget", "requests_per_minute", "queue_depth", "sync_p99"}
"""What is off until somebody wants it."""


async def place(hass: HomeAssistant, **changes: object) -> None:
    """Place an order."""
    await hass.services.async_call(DOMAIN, "place_order", {**BUY, **changes}, blocking=True)


async def shown(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let the coordinator show what the account says now."""
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()


async def until_shown(hass: HomeAssistant, entity_id: str, wanted: str) -> None:
    """Wait until an entity has a state."""
    changed = asyncio.Event()

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        changed.set()

    stop = async_track_state_change_event(hass, entity_id, note)
    try:
        async with asyncio.timeout(60):
            while (state := hass.states.get(entity_id)) is None or state.state != wanted:
                await changed.wait()
                changed.clear()
    finally:
        stop()


async def test_the_contract_names_are_there(
    hass: HomeAssistant, paper: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Given an account, then exactly the contracted entities exist, under ids that outlive a rename."""
    everything = er.async_entries_for_config_entry(entity_registry, paper.entry_id)
    entries = [entry for entry in everything if entry.config_subentry_id is None]
    (switch,) = (entry for entry in everything if entry.config_subentry_id is not None)

    assert (switch.entity_id, switch.unique_id) == ("switch.crossover_kill_switch", f"{STRATEGY_ID}_kill_switch")
    assert {entry.entity_id for entry in entries} == {
        f"{platform}.mexc_{key}" for platform, keys in CONTRACT.items() for key in keys
    }
    for entry in entries:
        assert entry.unique_id == f"{paper.entry_id}_{entry.entity_id.partition('.mexc_')[2]}"
    assert {entry.unique_id.removeprefix(f"{paper.entry_id}_") for entry in entries if entry.disabled} == NOISY


async def test_account_and_strategy_are_devices(
    hass: HomeAssistant, paper: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    """Given an account with a strategy, then each is a service device, the strategy below the account."""
    devices = {device.name: device for device in dr.async_entries_for_config_entry(device_registry, paper.entry_id)}

    assert set(devices) == {"MEXC", "Crossover"}
    assert devices["MEXC"].model == "Spot, paper trading"
    assert devices["Crossover"].via_device_id == devices["MEXC"].id
    assert devices["Crossover"].identifiers == {(DOMAIN, STRATEGY_ID)}
    assert {device.entry_type for device in devices.values()} == {dr.DeviceEntryType.SERVICE}
    hass.config_entries.async_remove_subentry(paper, STRATEGY_ID)
    await hass.async_block_till_done()
    assert [device.name for device in dr.async_entries_for_config_entry(device_registry, paper.entry_id)] == ["MEXC"]


async def test_a_trade_shows_on_every_sensor(hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry) -> None:
    """Given a filled buy, then positions, figures and the decision are shown as exact text."""
    await trading(live)
    await place(hass)
    await until(live, lambda model: len(model.positions) == 1 and not model.orders and model.day_open_ns > 0)
    await shown(hass, live)

    positions = hass.states.get("sensor.mexc_open_positions")
    assert positions is not None
    assert positions.state == "1"
    (position,) = positions.attributes["positions"]
    assert (position["symbol"], position["quantity"]) == ("BTCUSDT", "0.0011")
    decision = hass.states.get("sensor.mexc_last_decision")
    assert decision is not None
    assert decision.state == "allow"
    assert (decision.attributes["symbol"], decision.attributes["rule"]) == ("BTCUSDT", None)
    daily = hass.states.get("sensor.mexc_daily_pnl")
    assert daily is not None
    assert daily.attributes["unit_of_measurement"] == "USDT"
    assert "last_reset" in daily.attributes
    for key in ("equity", "daily_pnl", "realized_pnl", "unrealized_pnl", "daily_drawdown"):
        state = hass.states.get(f"sensor.mexc_{key}")
        assert state is not None
        assert float(state.state) == pytest.approx(float(state.state))


async def test_working_orders_are_listed(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given a working limit order, then it is listed with its price."""
    await trading(live)
    await place(hass, type="limit", price=89500)
    await until(live, lambda model: any(order.state == "open" for order in model.orders))
    await shown(hass, live)

    orders = hass.states.get("sensor.mexc_open_orders")
    assert orders is not None
    (order,) = orders.attributes["orders"]
    assert (order["symbol"], order["side"], order["leg"], order["price"]) == ("BTCUSDT", "buy", "entry", "89500")


async def test_a_denial_is_shown_with_rule_limit_and_value(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given a denied order, then the decision sensor names rule, limit and value, and the event tells it."""
    await trading(live)
    with pytest.raises(Exception, match=r"1,000\.00"):
        await place(hass, notional=5000)
    await shown(hass, live)

    decision = hass.states.get("sensor.mexc_last_decision")
    event = hass.states.get("event.mexc_risk")

    assert decision is not None
    assert event is not None
    assert decision.state == "deny"
    assert (decision.attributes["rule"], decision.attributes["limit"]) == ("max_notional_per_order", "1000")
    assert (event.attributes["event_type"], event.attributes["rule"]) == ("denied", "max_notional_per_order")


async def test_news_come_once_and_in_order(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given a buy, then the event entity tells of its acceptance and its fill, each once."""
    await trading(live)
    told: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        assert state is not None
        told.append(state.attributes["event_type"])

    stop = async_track_state_change_event(hass, "event.mexc_orders", note)
    await place(hass)
    await until(live, lambda model: len(model.positions) == 1 and not model.orders)
    await hass.async_block_till_done()
    stop()

    assert told == ["accepted", "filled"]


async def test_a_renamed_event_entity_goes_on(
    hass: HomeAssistant, live: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Given an event entity that was renamed, then news reach it under the new name."""
    await trading(live)
    entity_registry.async_update_entity("event.mexc_orders", new_entity_id="event.trades")
    await hass.async_block_till_done()

    await place(hass)
    await until(live, lambda model: len(model.positions) == 1)
    await hass.async_block_till_done()

    state = hass.states.get("event.trades")
    assert state is not None
    assert state.attributes["event_type"] in {"accepted", "filled"}


async def test_figures_that_need_prices_go_with_the_venue(
    hass: HomeAssistant, double: MexcDouble, paper: MockConfigEntry
) -> None:
    """Given a venue that goes and comes back, then figures that need prices go and come with it; the rest stays."""
    await trading(paper)
    await shown(hass, paper)
    equity = hass.states.get("sensor.mexc_equity")
    assert equity is not None
    assert equity.state != "unavailable"
    double.faults.add(action="reset_before")
    paper.runtime_data.account.reconcile()
    await until(paper, lambda model: not model.connected)
    await shown(hass, paper)

    states = {
        key: state.state
        for key in ("equity", "daily_pnl", "clock_skew", "open_positions", "trading_mode")
        if (state := hass.states.get(f"sensor.mexc_{key}"))
    }

    assert states["equity"] == states["daily_pnl"] == states["clock_skew"] == "unavailable"
    assert states["open_positions"] == "0"
    connected = hass.states.get("binary_sensor.mexc_connected")
    switch = hass.states.get("switch.mexc_kill_switch")
    assert connected is not None
    assert switch is not None
    assert (connected.state, switch.state) == ("off", "off")

    double.faults.clear()
    paper.runtime_data.account.reconcile()
    await trading(paper)
    await shown(hass, paper)
    equity = hass.states.get("sensor.mexc_equity")
    assert equity is not None
    assert equity.state == "10000"


async def test_a_fresh_look_is_taken_on_demand(hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry) -> None:
    """Given an account at rest, when reconcile is pressed, then the venue is asked anew."""
    await trading(live)
    asked = len(double.requests.of("GET", "/api/v3/account"))

    await hass.services.async_call("button", "press", {"entity_id": "button.mexc_reconcile"}, blocking=True)

    async with asyncio.timeout(60):
        await double.requests.wait_for("GET", "/api/v3/account", asked + 1)


async def test_a_hold_is_shown_at_once(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given an account at rest, when a hold is raised, then mode and holds are shown without waiting for a poll."""
    await trading(paper)
    await shown(hass, paper)
    shown_at = hass.loop.time()

    await raise_hold(paper, HoldKind.UNRESOLVED_ORDER, WHOLE_BOOK, Release.PERSON)
    await until_shown(hass, "sensor.mexc_trading_mode", "reduce_only")

    mode = hass.states.get("sensor.mexc_trading_mode")
    assert mode is not None
    assert hass.loop.time() - shown_at < VALUATION_EVERY.total_seconds()
    (hold,) = mode.attributes["holds"]
    assert (hold["hold_id"], hold["kind"], hold["release"]) == ("unresolved_order", "unresolved_order", "person")
    holding = hass.states.get("binary_sensor.mexc_holding")
    assert holding is not None
    assert holding.state == "on"


def due_s(coordinator: AccountCoordinator) -> float:
    """Say when the next gathered write is due, by the loop's clock."""
    assert coordinator._timer is not None
    return coordinator._timer.when()


async def test_quiet_changes_are_gathered(
    hass: HomeAssistant, paper: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given changes of figures alone, then they wait for the poll; a change of risk does not.

    The gaps are so long that none is over before the test is, however slow the machine.
    """
    for name, gap_s in (("LOOK_AFTER_S", 100), ("RISK_GAP_S", 500)):
        monkeypatch.setattr(coordinator_module, name, gap_s)
    await trading(paper)
    coordinator = paper.runtime_data.coordinator
    await shown(hass, paper)
    coordinator._async_show()
    await coordinator.async_told()
    writes: list[None] = []
    stop = coordinator.async_add_listener(lambda: writes.append(None))

    for _ in range(20):
        coordinator._async_changed()
    assert coordinator._timer is None
    assert writes == []

    began_s = hass.loop.time()
    await raise_hold(paper, HoldKind.UNRESOLVED_ORDER, WHOLE_BOOK, Release.PERSON)
    assert began_s + 100 <= due_s(coordinator) <= hass.loop.time() + 100
    coordinator._async_look()
    assert due_s(coordinator) == pytest.approx(coordinator._shown_at + 500)
    assert writes == []

    coordinator._shown_at -= 500
    coordinator._async_look()
    assert coordinator._timer is None
    await coordinator.async_told()
    assert writes == [None]
    stop()


async def test_listeners_are_told_in_turns(
    hass: HomeAssistant, paper: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given many who listen, then others have a turn between them; who fails or leaves keeps nobody waiting."""
    coordinator = paper.runtime_data.coordinator
    await coordinator.async_told()
    monkeypatch.setattr(coordinator_module, "TELLING_S", 0)
    told: list[str] = []
    troubles: list[object] = []
    hass.loop.set_exception_handler(lambda _, trouble: troubles.append(type(trouble["exception"])))

    def first() -> None:
        told.append("first")
        hass.loop.call_soon(told.append, "others")
        leave()

    def fail() -> None:
        raise ZeroDivisionError

    stops = [coordinator.async_add_listener(listener) for listener in (first, partial(told.append, "second"), fail)]
    leave = coordinator.async_add_listener(partial(told.append, "left"))
    stops.append(coordinator.async_add_listener(partial(told.append, "last")))
    coordinator._async_show()
    coordinator._async_show()
    assert told == []
    await coordinator.async_told()
    assert told == ["first", "others", "second", "last"]
    assert troubles == [ZeroDivisionError]
    for stop in stops:
        stop()


async def test_prices_reach_the_entities_without_events(
    hass: HomeAssistant, paper: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """Given an account at rest, then its snapshot is taken anew every ten seconds."""
    coordinator = paper.runtime_data.coordinator
    before = coordinator.data.at_ns

    freezer.tick(timedelta(seconds=11))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()

    assert coordinator.data.at_ns > before


@pytest.mark.parametrize("make", [paper_entry, live_entry])
async def test_states_carry_classes_units_and_names(
    hass: HomeAssistant, double: MexcDouble, make: type[MockConfigEntry]
) -> None:
    """Given an account of either kind, then every entity has a translated name that begins with its device's."""
    entry = make(double)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)

    for state in hass.states.async_all():
        assert state.name.startswith(("MEXC ", "Crossover "))
        assert state.name not in {"MEXC ", "Crossover "}
