"""More ways to stop: a signed request, one strategy alone, selling everything; and the drill that proves it works."""

from datetime import UTC, datetime, timedelta
import json
import sqlite3
import time

from aiohttp import ClientResponse
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.mexc_trading.bridge.kill_webhook import kill_webhook_secret
from custom_components.mexc_trading.bridge.open_account import SYSTEM_CLOCK
from custom_components.mexc_trading.bridge.rate import TokenBucket
from custom_components.mexc_trading.bridge.standard_webhooks import sign
from custom_components.mexc_trading.bridge.terms import PAPER
from custom_components.mexc_trading.entry_terms import account_folder
from custom_components.mexc_trading.model.hold import HoldKind, TradingMode
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.double import MexcDouble

from .acting import BUY, Fields, call
from .entries import STRATEGY, STRATEGY_ID, trading, until
from .phcc import Client, Connect, MockConfigEntry, MockUser

STRATEGY_SWITCH = "switch.crossover_kill_switch"


async def post(client: Client, door: Fields, body: bytes, *, secret: str | None = None) -> ClientResponse:
    """Send a signed request to the kill switch."""
    at = int(time.time())
    signed = {
        "webhook-id": "msg_stop",
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secret or door["secret"], "msg_stop", at, body),
    }
    return await client.post("/api/webhook/" + door["url"].rpartition("/")[2], data=body, headers=signed)


async def test_a_signed_request_engages_it(
    hass: HomeAssistant,
    live: MockConfigEntry,
    hass_client_no_auth: Connect,
    hass_admin_user: MockUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given address and secret, which only a person learns, then a signed request stops entries, and no other does."""
    await trading(live)
    client = await hass_client_no_auth()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "get_kill_webhook", {})
    assert caught.value.translation_key == "release_needs_person"
    person = Context(user_id=hass_admin_user.id)
    assert (await call(hass, "get_kill_webhook", {}, person))["secret_made"] is False
    door = await call(hass, "make_kill_secret", {}, person)
    assert door["former_valid_until"] is None

    refused = await post(client, door, b"", secret="whsec_" + "A" * 44)
    assert (refused.status, live.runtime_data.account.read_model().kill_switch) == (401, False)
    engaged = await post(client, door, b"")

    assert (engaged.status, await engaged.json()) == (200, {"kill_switch": True})
    model = await until(live, lambda model: bool(model.holds))
    assert [(hold.kind, hold.why) for hold in model.holds] == [(HoldKind.KILL_SWITCH, "webhook: message msg_stop")]
    assert (account_folder(hass, live) / "KILL").exists()
    assert (await post(client, door, b"x" * 9000)).status == 413
    monkeypatch.setattr(TokenBucket, "take", lambda _: 7)
    later = await post(client, door, b"")
    assert (later.status, later.headers["Retry-After"]) == (429, "7")


async def test_its_address_outlives_a_reload(
    hass: HomeAssistant, live: MockConfigEntry, hass_client_no_auth: Connect, hass_admin_user: MockUser
) -> None:
    """Given an account that is opened anew, then the same request works, and its secret is not told again."""
    client = await hass_client_no_auth()
    person = Context(user_id=hass_admin_user.id)
    door = await call(hass, "make_kill_secret", {}, person)
    assert await hass.config_entries.async_reload(live.entry_id)

    assert await call(hass, "get_kill_webhook", {}, person) == {"url": door["url"], "secret_made": True}
    assert (await post(client, door, b"")).status == 200
    await until(live, lambda model: model.kill_switch)


async def test_before_a_secret_is_made_nobody_can(
    hass: HomeAssistant, live: MockConfigEntry, hass_client_no_auth: Connect, hass_admin_user: MockUser
) -> None:
    """Given an account whose owner made no secret, then no request is believed; only a person makes one."""
    client = await hass_client_no_auth()
    door = await call(hass, "get_kill_webhook", {}, Context(user_id=hass_admin_user.id))
    install_secret = bytes.fromhex(live.data["install_secret"])

    for number in range(2):
        refused = await post(client, door, b"", secret=kill_webhook_secret(install_secret, number))
        assert refused.status == 401
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "make_kill_secret", {})
    assert caught.value.translation_key == "release_needs_person"


@pytest.fixture
def frozen(freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch) -> FrozenDateTimeFactory:
    """Freeze time, for the clock that counts what passes as well."""
    monkeypatch.setattr(SYSTEM_CLOCK, "_passed_ns", time.time_ns)
    monkeypatch.setattr(SYSTEM_CLOCK, "_base_ns", 0)
    return freezer


async def test_its_secret_is_replaced_without_a_gap(
    hass: HomeAssistant,
    live: MockConfigEntry,
    hass_client_no_auth: Connect,
    hass_admin_user: MockUser,
    frozen: FrozenDateTimeFactory,
) -> None:
    """Given a new secret, then it works at once and the former one for a day; a second one ends the first at once."""
    client = await hass_client_no_auth()
    person = Context(user_id=hass_admin_user.id)
    doors = [await call(hass, "make_kill_secret", {}, person) for _ in range(3)]
    await hass.async_block_till_done()

    async def answers() -> list[int]:
        return [(await post(client, door, b"")).status for door in doors]

    assert len({door["secret"] for door in doors}) == 3
    assert datetime.fromisoformat(doors[2]["former_valid_until"]) - datetime.now(UTC) > timedelta(hours=23)
    assert await answers() == [401, 200, 200]
    frozen.tick(timedelta(days=1))
    assert await answers() == [401, 401, 200]
    assert await hass.config_entries.async_reload(live.entry_id)
    assert await answers() == [401, 401, 200]


async def turn(hass: HomeAssistant, how: str, context: Context | None = None) -> None:
    """Turn the strategy's switch."""
    await hass.services.async_call(
        "switch", f"turn_{how}", {"entity_id": STRATEGY_SWITCH}, blocking=True, context=context
    )
    await hass.async_block_till_done()


def shown(hass: HomeAssistant) -> str:
    """Say what the strategy's switch shows."""
    state = hass.states.get(STRATEGY_SWITCH)
    assert state is not None
    return state.state


async def test_one_strategy_is_stopped_alone(
    hass: HomeAssistant, paper: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given a strategy's own switch, then its entries stop, its exits and others go on; only a person lets go."""
    await trading(paper)
    own = {"strategy": "Crossover"}
    await call(hass, "place_order", BUY | own)
    await until(paper, lambda model: len(model.positions) == 1)
    assert shown(hass) == "off"

    await turn(hass, "on")

    assert shown(hass) == "on"
    assert not paper.runtime_data.account.read_model().kill_switch
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "place_order", BUY | own)
    assert caught.value.translation_key == "holds"
    assert (await call(hass, "place_order", BUY | {"symbol": "ETHUSDT"}))["verdict"] == "allow"
    sold = await call(hass, "place_order", {"symbol": "BTCUSDT", "side": "sell"} | own)
    assert sold["verdict"] == "allow"
    with pytest.raises(ServiceValidationError) as caught:
        await turn(hass, "off")
    assert caught.value.translation_key == "release_needs_person"
    assert await hass.config_entries.async_reload(paper.entry_id)
    await hass.async_block_till_done()
    assert shown(hass) == "on"

    await turn(hass, "off", Context(user_id=hass_admin_user.id))

    assert shown(hass) == "off"
    await trading(paper)
    assert (await call(hass, "place_order", BUY | own))["verdict"] == "allow"


async def test_only_a_person_freezes_exits_too(
    hass: HomeAssistant, paper: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given a frozen account, then neither an entry nor an exit is allowed, until the same person lets go."""
    person, why = Context(user_id=hass_admin_user.id), {"reason": "prices are absurd"}
    sell = {"symbol": "BTCUSDT", "side": "sell"}
    await trading(paper)
    await call(hass, "place_order", BUY)
    await until(paper, lambda model: len(model.positions) == 1)
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "freeze_trading", why)
    assert caught.value.translation_key == "release_needs_person"

    assert await call(hass, "freeze_trading", why, person) == {"hold_id": "freeze", "frozen": True}

    await until(paper, lambda model: model.mode is TradingMode.HALTED)
    for wish in (BUY, sell):
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, "place_order", wish)
        assert caught.value.translation_key == "holds"
    assert await hass.config_entries.async_reload(paper.entry_id)
    assert paper.runtime_data.account.read_model().mode is TradingMode.HALTED
    await call(hass, "release_hold", why | {"hold_id": "freeze"}, person)
    await trading(paper)
    assert (await call(hass, "place_order", sell))["verdict"] == "allow"


async def test_a_switch_that_is_not_taken_in_says_so(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a book whose engine has stopped, then the strategy's switch fails instead of looking engaged."""
    await trading(paper)
    paper.runtime_data.account._book.fail("planted by a test")

    with pytest.raises(HomeAssistantError) as caught:
        await turn(hass, "on")

    assert caught.value.translation_key == "busy"
    assert shown(hass) == "off"


async def test_a_new_strategy_has_its_switch_at_once(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a running account, when a strategy is added, then its switch is there; when it is removed, it is gone."""
    data = {**STRATEGY, "name": "Breakout", "webhook_id": "fake-other-id"}
    added = ConfigSubentry(data=data, subentry_type="strategy", title="Breakout", unique_id="breakout")  # type: ignore[arg-type]

    hass.config_entries.async_add_subentry(paper, added)
    await hass.async_block_till_done()
    assert hass.states.get("switch.breakout_kill_switch") is not None
    hass.config_entries.async_remove_subentry(paper, STRATEGY_ID)
    await hass.async_block_till_done()

    assert hass.states.get(STRATEGY_SWITCH) is None
    assert hass.states.get("switch.breakout_kill_switch") is not None


async def test_engaging_it_can_sell_everything(
    hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given an account whose kill switch sells, then what is held is gone at the venue too, after one touch."""
    await trading(live)
    await call(hass, "place_order", BUY)
    await until(live, lambda model: len(model.positions) == 1)
    hass.config_entries.async_update_entry(live, options={**live.options, "kill_action": "flatten"})
    await hass.async_block_till_done()

    await call(hass, "engage_kill_switch", {})

    model = await until(live, lambda model: not model.positions and len(model.holds) == 2)
    assert {hold.kind for hold in model.holds} == {HoldKind.KILL_SWITCH, HoldKind.FLATTEN}
    assert [order.side.value for order in double.venue.orders] == ["BUY", "SELL"]


async def test_a_drill_says_how_long_everything_took(
    hass: HomeAssistant, paper: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given a paper book, then a drill buys, stops, cancels and sells, tells the times, and leaves it as it was."""
    await trading(paper)
    person = Context(user_id=hass_admin_user.id)
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "run_kill_drill", {})
    assert caught.value.translation_key == "release_needs_person"

    found = await call(hass, "run_kill_drill", {}, person)

    assert (found["book"], found["orders"], found["positions"]) == ("paper", 1, 1)
    assert 0 <= found["time_to_hold_ms"] <= found["time_to_cancel_ms"] <= found["time_to_flat_ms"] < 30_000
    model = await until(paper, lambda model: model.mode is TradingMode.ACTIVE)
    assert (model.positions, model.orders, model.kill_switch) == ((), (), False)
    assert not (account_folder(hass, paper) / "KILL").exists()
    await hass.config_entries.async_unload(paper.entry_id)
    with sqlite3.connect(account_folder(hass, paper) / "paper.db") as journal:
        bodies = [json.loads(row[0]) for row in journal.execute("SELECT body FROM records WHERE kind LIKE 'hold_%'")]
    journal.close()
    assert any(f"{hass_admin_user.name}: drill" in json.dumps(body) for body in bodies)
    assert any("drill: hold " in json.dumps(body) for body in bodies)


async def test_a_stopped_book_cannot_drill(
    hass: HomeAssistant, paper: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given an engaged switch, then a drill would prove nothing, and its release would undo what a person did."""
    await trading(paper)
    await call(hass, "engage_kill_switch", {})

    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "run_kill_drill", {}, Context(user_id=hass_admin_user.id))

    assert caught.value.translation_key == "drill_stopped_already"
    assert paper.runtime_data.account.read_model().kill_switch


async def test_a_drill_beside_a_live_book_leaves_it_alone(
    hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given a live account, then the drill takes place on the paper book beside it, and nothing reaches the venue."""
    await trading(live)
    await until(live, lambda model: model.mode is TradingMode.ACTIVE and model.connected, PAPER)
    paper = live.runtime_data.books[PAPER]
    before = live.runtime_data.account.read_model().holds

    found = await call(hass, "run_kill_drill", {}, Context(user_id=hass_admin_user.id))

    assert found["time_to_flat_ms"] is not None
    assert live.runtime_data.account.read_model().holds == before == ()
    assert double.requests.of("POST", "/api/v3/order") == []
    assert paper.read_model().mode is TradingMode.ACTIVE
