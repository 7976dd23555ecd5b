"""The actions that guard an account: approve, cancel, close, flatten, compare, and what they show."""

import asyncio
from typing import Any

import pytest

from custom_components.mexc_trading.model.hold import HoldKind, TradingMode
from custom_components.mexc_trading.model.money import plain
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from tests.double import MexcDouble

from .acting import BUY, Fields, call
from .entries import trading, until
from .phcc import MockConfigEntry, MockUser

RESTING: Fields = BUY | {"type": "limit", "price": 89500}
"""A buy below the market, inside the collar."""


@pytest.fixture
async def ready(live: MockConfigEntry) -> MockConfigEntry:
    """Give a live account that may trade."""
    await trading(live)
    return live


async def set_limits(hass: HomeAssistant, entry: MockConfigEntry, **limits: Any) -> None:  # noqa: ANN401
    """Change limits as the options form does."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, **limits})
    await hass.async_block_till_done()


async def asked(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Make an entry that waits for a person; give its decision."""
    await set_limits(hass, entry, approval_above="50")
    response = await call(hass, "place_order", BUY)
    assert (response["verdict"], response["order_id"]) == ("needs_approval", None)
    return str(response["decision_id"])


async def test_a_yes_sends_the_order(hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry) -> None:
    """Given an entry above the user's size, then it is listed as waiting, and a yes sends it, once."""
    decision_id = await asked(hass, ready)
    await hass.async_block_till_done()
    event = hass.states.get("event.mexc_risk")
    assert event is not None
    assert (event.attributes["event_type"], event.attributes["decision_id"]) == ("approval_needed", decision_id)
    assert (event.attributes["limit"], event.attributes["unit"]) == ("50", "USDT")
    assert double.requests.of("POST", "/api/v3/order") == []
    waiting = (await call(hass, "get_orders", {}))["waiting_for_approval"]
    assert [question["decision_id"] for question in waiting] == [decision_id]

    response = await call(hass, "approve", {"decision_id": decision_id})

    assert response["verdict"] == "allow"
    await until(ready, lambda model: len(model.positions) == 1)
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "approve", {"decision_id": decision_id})
    assert caught.value.translation_key == "question_unknown"
    assert len(double.requests.of("POST", "/api/v3/order")) == 1


async def test_a_no_sends_nothing(hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry) -> None:
    """Given an entry that waits, when the answer is no, then nothing is sent and the question is gone."""
    decision_id = await asked(hass, ready)

    response = await call(hass, "approve", {"decision_id": decision_id, "approved": False})

    assert response == {"decision_id": decision_id, "approved": False}
    assert (await call(hass, "get_orders", {}))["waiting_for_approval"] == []
    assert double.requests.of("POST", "/api/v3/order") == []


async def test_a_yes_lifts_no_limit(hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry) -> None:
    """Given an entry that waits and a limit that was lowered meanwhile, then a yes is denied with rule and limit."""
    decision_id = await asked(hass, ready)
    await set_limits(hass, ready, max_notional_per_order="60")

    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "approve", {"decision_id": decision_id})

    assert caught.value.translation_key == "max_notional_per_order"
    assert (caught.value.translation_placeholders or {})["limit"] == "60.00"
    assert double.requests.of("POST", "/api/v3/order") == []


async def test_a_preview_says_that_a_person_is_asked(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given the same limits, then the preview of an entry is the decision that it then gets, rule for rule."""
    await set_limits(hass, ready, approval_above="50")

    preview = await call(hass, "preview_order", BUY)
    decided = await call(hass, "place_order", BUY)

    assert preview["verdict"] == decided["verdict"] == "needs_approval"
    assert [rule["finding"] for rule in preview["rules"]] == [rule["finding"] for rule in decided["rules"]]


async def test_all_orders_are_cancelled(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given two resting entries, when those of one symbol and then all are cancelled, then none is left."""
    first = await call(hass, "place_order", RESTING)
    second = await call(hass, "place_order", RESTING | {"symbol": "ETHUSDT", "price": 2985})
    listed = await until(ready, lambda model: {order.state for order in model.orders} == {"open"})
    assert {row["order_id"] for row in (await call(hass, "get_orders", {}))["orders"]} == {
        order.order_id for order in listed.orders
    }

    some = await call(hass, "cancel_all", {"symbol": "ETHUSDT"})
    await until(ready, lambda model: len(model.orders) == 1)
    rest = await call(hass, "cancel_all", {})

    assert (some["order_ids"], rest["order_ids"]) == ([second["order_id"]], [first["order_id"]])
    await until(ready, lambda model: not model.orders)


async def test_a_position_is_shown_and_closed(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    """Given a position with a stop, then it is listed with its stop, and one call closes it; there is no other."""
    await call(hass, "place_order", BUY | {"stop_loss_percent": 2})
    model = await until(ready, lambda model: len(model.positions) == 1)
    (row,) = (await call(hass, "get_positions", {}))["positions"]
    held = model.positions[0]
    assert (row["symbol"], row["quantity"], row["exiting"]) == ("BTCUSDT", plain(held.quantity), None)
    assert row["stop_price"] == plain(held.average_price * 98 / 100)

    response = await call(hass, "close_position", {"symbol": "BTCUSDT"})

    assert response == {"symbol": "BTCUSDT", "closing": True}
    await until(ready, lambda model: not model.positions)
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "close_position", {"symbol": "BTCUSDT"})
    assert caught.value.translation_key == "position_unknown"


async def test_everything_is_sold(hass: HomeAssistant, ready: MockConfigEntry, hass_admin_user: MockUser) -> None:
    """Given a position and a resting entry, when flattened, then both are gone and a person lets entries pass again."""
    await call(hass, "place_order", BUY)
    await call(hass, "place_order", RESTING | {"symbol": "ETHUSDT", "price": 2985})
    await until(ready, lambda model: len(model.positions) == 1 and len(model.orders) == 1)

    response = await call(hass, "flatten", {"reason": "holiday"})

    assert response == {"flattening": True, "symbols": ["BTCUSDT"]}
    model = await until(ready, lambda model: not model.positions and not model.orders)
    assert [(hold.kind, hold.why) for hold in model.holds] == [(HoldKind.FLATTEN, "automation: holiday")]
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "place_order", BUY)
    assert caught.value.translation_key == "holds"
    person = Context(user_id=hass_admin_user.id)
    await call(hass, "release_hold", {"hold_id": "flatten", "reason": "back again"}, person)
    await until(ready, lambda model: model.mode is TradingMode.ACTIVE)


async def test_a_comparison_names_every_difference(
    hass: HomeAssistant, double: MexcDouble, ready: MockConfigEntry
) -> None:
    """Given cash that somebody took away, then the action reads anew and names it."""
    double.venue.deposit("USDT", "-250")

    report = await call(hass, "reconcile", {})

    (finding,) = report["findings"]
    assert (finding["kind"], finding["subject"], finding["ours"]) == ("cash_drift", "USDT", "10000")


async def test_a_comparison_without_an_answer_is_none(
    hass: HomeAssistant, double: MexcDouble, paper: MockConfigEntry
) -> None:
    """Given a venue that is away, then the action says so instead of giving an older report."""
    await trading(paper)
    double.faults.add(action="reset_before")

    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "reconcile", {})

    assert caught.value.translation_key == "account_unreachable"


@pytest.mark.parametrize(
    ("name", "fields"),
    [("approve", {"decision_id": "x"}), ("close_position", {"symbol": "BTCUSDT"}), ("flatten", {})],
)
async def test_a_book_that_takes_nothing_says_so(
    hass: HomeAssistant, ready: MockConfigEntry, name: str, fields: Fields
) -> None:
    """Given a book whose engine has stopped, then the call fails with the cause instead of looking done."""
    if name == "approve":
        fields = {"decision_id": await asked(hass, ready)}
    ready.runtime_data.account._book.fail("planted by a test")
    await asyncio.sleep(0)

    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, name, fields)

    assert caught.value.translation_key == "busy"


async def test_money_moves_for_administrators_only(
    hass: HomeAssistant, ready: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    """Given a user without rights, then what moves money is refused, and looking is not."""
    context = Context(user_id=hass_read_only_user.id)
    for name, fields in (
        ("approve", {"decision_id": "x"}),
        ("cancel_all", {}),
        ("close_position", {"symbol": "BTCUSDT"}),
        ("flatten", {}),
    ):
        with pytest.raises(Unauthorized):
            await call(hass, name, fields, context)
    for name in ("get_orders", "get_positions", "reconcile"):
        await call(hass, name, {}, context)
