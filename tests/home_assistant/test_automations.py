"""Triggers and blueprints in real automations: they start when they should, and their buttons do what they say."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.entry_terms import limits_of
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
from tests.double import MexcDouble
from tests.waiting import PATIENCE_S

from .acting import BUY, call
from .entries import trading, until
from .holds import raise_hold
from .phcc import MockConfigEntry, async_fire_time_changed

BLUEPRINTS = Path(__file__).parents[2] / "blueprints" / "automation" / DOMAIN
PHONE_DOMAIN, PHONE_NAME = "notify", "mobile_app_phone"
PHONE = f"{PHONE_DOMAIN}.{PHONE_NAME}"


@pytest.fixture
async def ready(live: MockConfigEntry) -> MockConfigEntry:
    """Give a live account that may trade."""
    await trading(live)
    return live


class Phone:
    """Receives notifications, and has buttons to press."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Be there as an action, as the app's is."""
        self.calls: list[ServiceCall] = []
        self._hass = hass
        self._rang = asyncio.Event()
        hass.services.async_register(PHONE_DOMAIN, PHONE_NAME, self._receive)

    async def _receive(self, call: ServiceCall) -> None:
        self.calls.append(call)
        self._rang.set()

    async def rings(self) -> ServiceCall:
        """Wait for a notification."""
        async with asyncio.timeout(PATIENCE_S):
            await self._rang.wait()
        self._rang.clear()
        return self.calls[-1]

    def forget(self) -> None:
        """Be as one that never rang."""
        self.calls.clear()
        self._rang.clear()

    def press(self, button: int) -> None:
        """Press a button of the last notification, as the app tells it."""
        action = self.calls[-1].data["data"]["actions"][button]["action"]
        self._hass.bus.async_fire("mobile_app_notification_action", {"action": action})


@pytest.fixture
def phone(hass: HomeAssistant) -> Phone:
    """Give a phone that receives."""
    return Phone(hass)


def entity(hass: HomeAssistant, entry: MockConfigEntry, platform: str, key: str) -> str:
    """Name an account's entity."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{entry.entry_id}_{key}")
    assert found is not None
    return found


async def automation(hass: HomeAssistant, config: dict[str, Any]) -> None:
    """Set one automation up."""
    assert await async_setup_component(hass, "automation", {"automation": [{"alias": "tested", **config}]})
    await hass.async_block_till_done()
    (state,) = hass.states.async_all("automation")
    assert state.state == "on", state


async def blueprint(hass: HomeAssistant, name: str, **inputs: object) -> None:
    """Set an automation up from one of our blueprints."""
    folder = Path(hass.config.path("blueprints", "automation", DOMAIN))
    shutil.copytree(BLUEPRINTS, folder)
    await automation(hass, {"use_blueprint": {"path": f"{DOMAIN}/{name}.yaml", "input": inputs}})


async def at_rest(hass: HomeAssistant, phone: Phone, holding: str) -> None:
    """Wait until nothing holds entries, and forget the calls until then.

    An account that may trade again shows it a moment later. A hold raised until then is no change of what is shown.
    """
    calm = asyncio.Event()

    @callback
    def look(_: Event[EventStateChangedData] | None = None) -> None:
        if hass.states.is_state(holding, "off"):
            calm.set()

    stop = async_track_state_change_event(hass, holding, look)
    look()
    async with asyncio.timeout(PATIENCE_S):
        await calm.wait()
    stop()
    await hass.async_block_till_done()
    phone.forget()


async def approval_above(hass: HomeAssistant, entry: MockConfigEntry, amount: str) -> None:
    """Have a person asked above an amount."""
    limits = limits_of({**entry.options, "approval_above": amount})
    await entry.runtime_data.account.set_limits(limits)


@pytest.mark.parametrize("trigger", ["approval_requested", "entry_denied", "order_filled"])
async def test_news_start_automations(hass: HomeAssistant, ready: MockConfigEntry, phone: Phone, trigger: str) -> None:
    """Given an automation for one kind of news of an account, then that kind starts it once, and no other does."""
    streams = [entity(hass, ready, "event", stream) for stream in ("orders", "risk")]
    await automation(
        hass,
        {
            "mode": "parallel",
            "triggers": [{"trigger": f"{DOMAIN}.{trigger}", "target": {"entity_id": streams}}],
            "actions": [{"action": PHONE, "data": {"message": "{{ trigger.to_state.attributes.event_type }}"}}],
        },
    )
    wanted = {"approval_requested": "approval_needed", "entry_denied": "denied", "order_filled": "filled"}[trigger]
    await call(hass, "place_order", BUY)
    await until(ready, lambda model: len(model.positions) == 1)
    await approval_above(hass, ready, "20")
    await call(hass, "place_order", BUY | {"symbol": "ETHUSDT"})
    with pytest.raises(ServiceValidationError):
        await call(hass, "place_order", BUY | {"symbol": "DOGEUSDT"})
    sent = await phone.rings()
    await hass.async_block_till_done()

    assert [one.data["message"] for one in phone.calls] == [wanted]
    assert sent is phone.calls[0]


async def test_a_hold_starts_an_automation_once(hass: HomeAssistant, ready: MockConfigEntry, phone: Phone) -> None:
    """Given an automation for stopped entries, then the first hold starts it and a second one does not."""
    holding = entity(hass, ready, "binary_sensor", "holding")
    await automation(
        hass,
        {
            "triggers": [{"trigger": f"{DOMAIN}.entries_stopped", "target": {"entity_id": holding}}],
            "actions": [{"action": PHONE, "data": {"message": "stopped"}}],
        },
    )
    await at_rest(hass, phone, holding)
    await raise_hold(ready, HoldKind.PRICE_AGE, WHOLE_BOOK, Release.AUTOMATIC)
    await phone.rings()
    await raise_hold(ready, HoldKind.CLOCK_SKEW, WHOLE_BOOK, Release.AUTOMATIC)
    await until(ready, lambda model: len(model.holds) > 1)
    await hass.async_block_till_done()

    assert len(phone.calls) == 1


async def test_a_state_becomes_an_order_and_another_leaves(
    hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry
) -> None:
    """Given the blueprint for signals, when the entity turns on, then the strategy enters, once per change."""
    inputs = {"signal_entity": "input_boolean.cross", "account": ready.entry_id, "strategy": "Crossover"}
    await blueprint(hass, "signal_from_state", **inputs, notional=100)
    hass.states.async_set("input_boolean.cross", "off")
    hass.states.async_set("input_boolean.cross", "on")
    await until(ready, lambda model: len(model.positions) == 1)
    hass.states.async_set("input_boolean.cross", "on", {"noise": 1})
    await hass.async_block_till_done()

    (request,) = double.requests.of("POST", "/api/v3/order")
    assert request.query["symbol"] == "BTCUSDT"


async def test_the_stop_button_of_a_notification_stops(
    hass: HomeAssistant, ready: MockConfigEntry, phone: Phone
) -> None:
    """Given the blueprint for holds, when its button is pressed, then that account's kill switch is engaged."""
    holding = entity(hass, ready, "binary_sensor", "holding")
    await blueprint(hass, "notify_on_hold", holding=holding, account=ready.entry_id, notify_action=PHONE)
    await at_rest(hass, phone, holding)
    await raise_hold(ready, HoldKind.PRICE_AGE, WHOLE_BOOK, Release.AUTOMATIC)
    sent = await phone.rings()
    assert "planted by a test" in sent.data["message"]
    assert not ready.runtime_data.account.read_model().kill_switch

    phone.press(0)

    await until(ready, lambda model: model.kill_switch)


@pytest.mark.parametrize(("button", "placed"), [(0, 1), (1, 0)])
async def test_the_buttons_of_a_question_answer_it(
    hass: HomeAssistant, ready: MockConfigEntry, phone: Phone, button: int, placed: int
) -> None:
    """Given the blueprint for approvals, then yes places the order that was asked about, and no does not."""
    risk = entity(hass, ready, "event", "risk")
    await blueprint(hass, "approve_on_phone", risk=risk, account=ready.entry_id, notify_action=PHONE)
    await approval_above(hass, ready, "20")
    response = await call(hass, "place_order", BUY)
    assert response["verdict"] == "needs_approval"
    asked = (await phone.rings()).data
    assert asked["title"] == "MEXC"
    assert asked["message"].startswith("Buy 0.00")
    assert "BTCUSDT waits for approval: size without asking " in asked["message"]

    phone.press(button)
    await hass.async_block_till_done()
    await until(ready, lambda model: len(model.positions) == placed)

    book = ready.runtime_data.account._book
    assert len(book.state.orders) == placed


async def test_the_report_comes_once_a_day(
    hass: HomeAssistant, ready: MockConfigEntry, phone: Phone, freezer: FrozenDateTimeFactory
) -> None:
    """Given the blueprint for reports, then at its time one message tells equity and result."""
    names = ("equity", "daily_pnl", "open_positions", "trading_mode")
    entities = {name: entity(hass, ready, "sensor", name) for name in names}
    await hass.config.async_set_time_zone("UTC")
    await blueprint(hass, "daily_report", **entities, notify_action=PHONE, at="21:00:00")
    tomorrow = datetime.now(UTC).replace(hour=21, minute=0, second=0, microsecond=0) + timedelta(days=1)
    freezer.move_to(tomorrow)
    async_fire_time_changed(hass, tomorrow)
    sent = await phone.rings()
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.tested"}, blocking=True)

    assert "USDT" in sent.data["message"]
    assert "unknown" not in sent.data["message"]
