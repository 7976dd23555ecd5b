"""The actions: what they do, for whom, and what they say when something is in the way."""

from datetime import UTC, datetime
import math

import pytest

from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.engine.answers import Done
from custom_components.mexc_trading.entry_terms import account_folder
from custom_components.mexc_trading.model.hold import HoldKind, Release, Scope, ScopeKind
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
from tests.double import MexcDouble

from .acting import BUY, ENTER, Fields, call
from .entries import STRATEGY_ID, bare_entry, trading, until
from .holds import raise_hold
from .phcc import MockConfigEntry, MockUser


@pytest.fixture
async def ready(live: MockConfigEntry) -> MockConfigEntry:
    """Give a live account that may trade."""
    await trading(live)
    return live


async def test_an_order_is_placed_in_a_persons_words(
    hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry
) -> None:
    """Given a live account, when a buy is asked for, then the response tells decision and order, and it is filled."""
    response = await call(hass, "place_order", BUY | {"reason": "by hand"})

    assert (response["verdict"], response["duplicate"], response["side"]) == ("allow", False, "buy")
    await until(ready, lambda model: len(model.positions) == 1)
    (request,) = double.requests.of("POST", "/api/v3/order")
    assert request.query["newClientOrderId"] == response["order_id"]


async def test_a_sell_closes_what_was_bought(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given a position, when a sell without size is asked for, then the whole position leaves."""
    await call(hass, "place_order", BUY)
    await until(ready, lambda model: len(model.positions) == 1)

    response = await call(hass, "place_order", {"symbol": "BTCUSDT", "side": "sell"})

    assert (response["action"], response["side"]) == ("exit", "sell")
    await until(ready, lambda model: not model.positions)


async def test_the_same_call_of_the_same_run_is_one_wish(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given an automation run that repeats a call, then the second gets the first's decision; another run trades."""
    run = Context()
    first = await call(hass, "place_order", BUY, run)

    second = await call(hass, "place_order", BUY, run)
    other_wish = await call(hass, "place_order", BUY | {"notional": 101}, run)
    other_run = await call(hass, "place_order", BUY, Context())

    assert second == first | {"duplicate": True}
    assert len({first["decision_id"], other_wish["decision_id"], other_run["decision_id"]}) == 3
    assert [other_wish["duplicate"], other_run["duplicate"]] == [False, False]


async def test_a_repeated_id_keeps_its_wish(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given a call with its own id, when it comes again later, then it is a duplicate; with another size a conflict."""
    first = await call(hass, "submit_signal", ENTER | {"signal_id": "mine"})

    second = await call(hass, "submit_signal", ENTER | {"signal_id": "mine"})
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "submit_signal", ENTER | {"signal_id": "mine", "size": {"notional": "7"}})

    assert (second["decision_id"], second["duplicate"]) == (first["decision_id"], True)
    assert caught.value.translation_key == "idempotency_conflict"


async def test_a_signal_of_a_strategy_is_bound_by_it(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given a strategy for BTCUSDT, when a call in its name enters ETHUSDT, then it is denied; by hand it passes."""
    fields = ENTER | {"symbol": "ETHUSDT"}

    for name in ("Crossover", STRATEGY_ID):
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, "submit_signal", fields | {"strategy": name})
        assert caught.value.translation_key == "symbol_allowed"
    assert (await call(hass, "submit_signal", fields))["verdict"] == "allow"
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "submit_signal", fields | {"strategy": "Nobody"})
    assert caught.value.translation_key == "strategy_unknown"


async def test_a_denial_names_rule_limit_and_value(
    hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry
) -> None:
    """Given too large an order, then the error names what refused it, and nothing is sent."""
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "place_order", BUY | {"notional": 5000})

    assert caught.value.translation_key == "max_notional_per_order"
    placeholders = caught.value.translation_placeholders
    assert placeholders is not None
    assert (placeholders["limit"], placeholders["unit"]) == ("1,000.00", "USDT")
    assert float(placeholders["value"].replace(",", "")) == pytest.approx(5000, rel=0.02)
    assert str(caught.value).startswith("Denied (largest order): Entry BTCUSDT. The order is worth 4,9")
    assert double.requests.of("POST", "/api/v3/order") == []


@pytest.mark.parametrize(
    ("fields", "key", "path"),
    [
        ({"symbol": "btcusdt"}, "signal_value_format", "$.symbol"),
        ({"action": "enter", "size": {"notional": -1}}, "signal_value_invalid", "$.size.notional"),
        ({"size": {"notional": math.inf}}, "json_not_finite", "$"),
        (
            {"protect": {"take_profit": [{"percent": 1.5, "share": 2}]}},
            "signal_shares_above_one",
            "$.protect.take_profit",
        ),
        ({"issued_at": "2099-01-01T00:00:00Z"}, "signal_from_future", "$.issued_at"),
        ({"schema_version": 2}, "schema_version_unsupported", "$.schema_version"),
        ({"order": {"type": "market", "price": {1, 2}}}, "signal_field_not_allowed", "$.order.price"),
    ],
)
async def test_what_is_no_signal_is_named(
    hass: HomeAssistant, ready: MockConfigEntry, fields: Fields, key: str, path: str
) -> None:
    """Given a call that the schema refuses, then the error says where and why."""
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "submit_signal", ENTER | fields)

    assert caught.value.translation_key == key
    assert (caught.value.translation_placeholders or {})["path"] == path


async def test_times_of_yaml_are_read(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given a time that YAML made a datetime without zone, then it is UTC, and so the signal is too old."""
    for moment in (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1), "2026-01-01T00:00:00Z"):  # noqa: DTZ001
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, "submit_signal", ENTER | {"issued_at": moment})
        assert caught.value.translation_key == "signal_age"


async def test_a_preview_has_no_consequence(hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry) -> None:
    """Given a preview of an order with a stop, then every rule is told, also a denial, and nothing is journaled."""
    before = ready.runtime_data.account.read_model().journal_head

    allowed = await call(hass, "preview_order", BUY | {"type": "limit", "price": 90000, "stop_loss_percent": 2})
    denied = await call(hass, "preview_order", BUY | {"notional": 5000})

    assert (allowed["verdict"], denied["verdict"]) == ("allow", "deny")
    assert len(denied["rules"]) == len(allowed["rules"]) > 5
    assert ready.runtime_data.account.read_model().journal_head == before
    assert double.requests.of("POST", "/api/v3/order") == []


async def test_a_working_order_is_canceled(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given a working limit order, when it is canceled, then it leaves; an unknown one is named."""
    placed = await call(hass, "place_order", BUY | {"type": "limit", "price": 89500})
    await until(ready, lambda model: any(order.state == "open" for order in model.orders))

    response = await call(hass, "cancel_order", {"order_id": placed["order_id"]})

    assert response == {"order_id": placed["order_id"], "cancel_requested": True}
    await until(ready, lambda model: not model.orders)
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "cancel_order", {"order_id": "haln0suchorder"})
    assert caught.value.translation_key == "order_unknown"


async def test_busy_is_no_denial(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given an account that is stopping, then the error says that nothing was taken in."""
    await ready.runtime_data.account.stop_entries()

    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "place_order", BUY)

    assert (type(caught.value), caught.value.translation_key) == (HomeAssistantError, "busy")


async def test_an_answer_that_is_none_is_a_bug(
    hass: HomeAssistant, ready: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an account that answers a signal with something else, then that is not taken for a decision."""

    async def wrong(*args: object) -> Done:
        return Done()

    monkeypatch.setattr(Account, "submit", wrong)

    with pytest.raises(TypeError):
        await call(hass, "place_order", BUY)


async def test_money_moves_for_administrators_only(
    hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    """Given a user without rights, then orders and releases are refused; looking ahead and stopping are not."""
    context = Context(user_id=hass_read_only_user.id)
    for name, fields in (
        ("place_order", BUY),
        ("submit_signal", ENTER),
        ("cancel_order", {"order_id": "x"}),
        ("release_hold", {"hold_id": "kill_switch", "reason": "x"}),
    ):
        with pytest.raises(Unauthorized):
            await call(hass, name, fields, context)

    assert (await call(hass, "preview_order", BUY, context))["verdict"] == "allow"
    await call(hass, "engage_kill_switch", {}, context)

    assert ready.runtime_data.account.read_model().kill_switch
    assert double.requests.of("POST", "/api/v3/order") == []


async def test_one_call_stops_every_account(hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry) -> None:
    """Given a running account and one that is not, when all are stopped, then both are, the second when it starts."""
    resting = bare_entry(double, "Resting")
    resting.add_to_hass(hass)

    response = await call(hass, "engage_kill_switch", {"reason": "drill"})

    assert {account["name"] for account in response["accounts"]} == {"MEXC", "Resting"}
    assert ready.runtime_data.account.read_model().kill_switch
    assert (account_folder(hass, resting) / "KILL").read_text(encoding="utf-8") == "automation: drill\n"
    assert await hass.config_entries.async_setup(resting.entry_id)
    await until(resting, lambda model: model.kill_switch)


async def test_one_account_is_stopped_alone(hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry) -> None:
    """Given two running accounts, when one is named, then the other goes on; an unknown one is an error."""
    other = bare_entry(double, "Other")
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)

    await call(hass, "engage_kill_switch", {"config_entry_id": other.entry_id})

    assert other.runtime_data.account.read_model().kill_switch
    assert not ready.runtime_data.account.read_model().kill_switch
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "engage_kill_switch", {"config_entry_id": "nobody"})
    assert caught.value.translation_key == "no_account"
    with pytest.raises(ServiceValidationError):
        await call(hass, "place_order", BUY)


async def test_a_hold_is_released_by_a_person_with_a_reason(
    hass: HomeAssistant, ready: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given a hold that a person releases, then an automation cannot, and a person can, once."""
    scope = Scope(kind=ScopeKind.SYMBOL, name="BTCUSDT")
    await raise_hold(ready, HoldKind.ILLEGAL_TRANSITION, scope, Release.PERSON)
    fields = {"hold_id": "illegal_transition:BTCUSDT", "reason": " looked at it "}
    person = Context(user_id=hass_admin_user.id)
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "release_hold", fields)
    assert caught.value.translation_key == "release_needs_person"

    response = await call(hass, "release_hold", fields, person)

    assert response == {"hold_id": "illegal_transition:BTCUSDT", "released": True}
    assert ready.runtime_data.account.read_model().holds == ()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "release_hold", fields, person)
    assert caught.value.translation_key == "hold_not_released"


async def test_actions_are_there_without_an_account(hass: HomeAssistant) -> None:
    """Given no account, then the actions exist and say that there is none."""
    assert await async_setup_component(hass, DOMAIN, {})

    for name, fields in (("place_order", BUY), ("engage_kill_switch", {})):
        with pytest.raises(ServiceValidationError):
            await call(hass, name, fields)
