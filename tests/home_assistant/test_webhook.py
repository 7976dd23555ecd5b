"""Signals over HTTP: who is believed, what is answered, and what happens at the venue."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
import json
import time
from typing import Any

from aiohttp import ClientResponse
import pytest
from standardwebhooks.webhooks import Webhook

from custom_components.mexc_trading.bridge.standard_webhooks import sign
from custom_components.mexc_trading.engine.answers import Busy
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from homeassistant.util.aiohttp import MockRequest
from tests.double import MexcDouble

from .entries import SECRET, STRATEGY_ID, WEBHOOK_ID, trading, until
from .phcc import Client, Connect, MockConfigEntry

type Document = dict[str, Any]

URL = f"/api/webhook/{WEBHOOK_ID}"


@pytest.fixture
async def client(hass: HomeAssistant, live: MockConfigEntry, hass_client_no_auth: Connect) -> Client:
    """Give a sender's HTTP client once the live account may trade."""
    await trading(live)
    return await hass_client_no_auth()


def entry_signal(**changes: Any) -> Document:  # noqa: ANN401  # Fields of any kind.
    """Write a small entry."""
    return {
        "schema_version": 1,
        "signal_id": "s-1",
        "issued_at": datetime.now(UTC).isoformat(),
        "symbol": "BTCUSDT",
        "action": "enter",
        "side": "buy",
        "size": {"notional": "100"},
        **changes,
    }


async def post(
    client: Client, body: bytes | Document, *, secret: str = SECRET, message_id: str = "msg_1", **headers: str
) -> ClientResponse:
    """Send a body signed."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = int(time.time())
    signed = {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secret, message_id, at, text),
    }
    return await client.post(URL, data=text, headers=signed | headers)


async def test_a_signed_signal_becomes_an_order_and_a_position(
    client: Client, double: MexcDouble, live: MockConfigEntry
) -> None:
    """Given a live account, when a signed entry comes in, then the double gets one order and the fill is booked."""
    response = await post(client, entry_signal())

    assert response.status == 200
    answer = await response.json()
    assert (answer["verdict"], answer["duplicate"], answer["symbol"]) == ("allow", False, "BTCUSDT")
    assert {rule["rule"] for rule in answer["rules"]} >= {"symbol_allowed", "max_notional_per_order", "holds"}
    await until(live, lambda model: len(model.positions) == 1)
    (request,) = double.requests.of("POST", "/api/v3/order")
    assert request.query["newClientOrderId"] == answer["order_id"]


async def test_a_repeated_signal_gets_the_stored_decision(client: Client, double: MexcDouble) -> None:
    """Given a signal that was decided, when it comes again under another message id, then nothing is sent again."""
    signal = entry_signal()
    first = await (await post(client, signal)).json()
    await double.requests.wait_for("POST", "/api/v3/order")

    response = await post(client, signal, message_id="msg_2")

    assert response.status == 200
    assert await response.json() == first | {"duplicate": True}
    assert len(double.requests.of("POST", "/api/v3/order")) == 1


async def test_the_same_id_for_another_wish_is_a_conflict(client: Client, double: MexcDouble) -> None:
    """Given a decided signal, when its id comes with another size, then it is refused and nothing is sent."""
    signal = entry_signal()
    first = await (await post(client, signal)).json()
    await double.requests.wait_for("POST", "/api/v3/order")

    response = await post(client, signal | {"size": {"notional": "101"}})

    assert response.status == 409
    assert await response.json() == {"error": "idempotency_conflict", "decision_id": first["decision_id"]}
    assert len(double.requests.of("POST", "/api/v3/order")) == 1


async def test_a_denied_signal_is_decided_too(client: Client, double: MexcDouble) -> None:
    """Given too large an entry, then the answer is 200 with the rule, limit and value, and nothing is sent."""
    response = await post(client, entry_signal(size={"notional": "5000"}))

    assert response.status == 200
    answer = await response.json()
    assert (answer["verdict"], answer["order_id"]) == ("deny", None)
    (denial,) = [rule for rule in answer["rules"] if rule["finding"] == "deny"]
    assert (denial["rule"], denial["limit"], denial["unit"]) == ("max_notional_per_order", "1000", "USDT")
    assert double.requests.of("POST", "/api/v3/order") == []


async def test_the_reference_client_is_served(client: Client) -> None:
    """Given the unmodified reference client of the standard, then its signal is decided."""
    body = json.dumps(entry_signal())
    now = datetime.now(UTC)
    signature = Webhook(SECRET).sign("msg_1", now, body)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }

    response = await client.post(URL, data=body, headers=headers)

    assert response.status == 200


async def test_an_unbelieved_request_is_refused_whatever_it_says(client: Client, double: MexcDouble) -> None:
    """Given requests that are unsigned, signed by another, or changed on the way, then all get the same 401."""
    other = "whsec_" + "A" * 43 + "="
    body = json.dumps(entry_signal()).encode()
    answers = [
        await client.post(URL, data=body),
        await post(client, body, secret=other),
        await post(client, body, **{"webhook-id": "msg_2"}),
        await post(client, b"{", secret=other),
    ]

    assert [response.status for response in answers] == [401] * 4
    assert {await response.text() for response in answers} == {'{"error": "unauthorized"}'}
    assert double.requests.of("POST", "/api/v3/order") == []


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        (b"{", 400, {"error": "json_invalid"}),
        (b'{"a": NaN}', 400, {"error": "json_not_finite"}),
        (b"[]", 422, {"error": "signal_value_type", "path": "$"}),
        (
            b'{"schema_version": 2}',
            422,
            {"error": "schema_version_unsupported", "path": "$.schema_version", "version": "2", "supported": "1"},
        ),
        (b"x" * 8193, 413, {"error": "body_too_large"}),
    ],
)
async def test_what_is_no_signal_is_named(client: Client, body: bytes, status: int, answer: Document) -> None:
    """Given a signed body that is no signal, then the code and the place say so."""
    response = await post(client, body)

    assert response.status == status
    assert await response.json() == answer


async def test_a_body_of_unknown_length_is_capped_while_reading(client: Client) -> None:
    """Given an endless body without a length, then it is refused at the bound."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1024

    response = await client.post(URL, data=endless())

    assert response.status == 413


async def test_a_slow_body_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a sender that begins a body and says no more, then it is told so after the time for bodies."""
    monkeypatch.setattr("custom_components.mexc_trading.bridge.webhook.BODY_WAIT_S", 0.05)
    never = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield b"{"
        await never.wait()

    sending = asyncio.create_task(client.post(URL, data=stuck()))
    response = await sending

    assert response.status == 408
    never.set()


async def test_compressed_bodies_are_not_opened(client: Client) -> None:
    """Given a compressed body, then it is refused unread."""
    response = await post(client, b"{}", **{"Content-Encoding": "gzip"})

    assert response.status == 415


async def test_signals_through_the_cloud_are_served(hass: HomeAssistant, client: Client) -> None:
    """Given a request that Home Assistant's cloud hands over instead of a socket, then it is served the same way."""
    body = json.dumps(entry_signal()).encode()
    at = int(time.time())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": sign(SECRET, "msg_1", at, body),
    }
    request = MockRequest(content=body, mock_source="cloud", method="POST", headers=headers)

    response = await webhook.async_handle_webhook(hass, WEBHOOK_ID, request)

    assert response.status == 200


async def test_only_post_is_answered(client: Client, double: MexcDouble) -> None:
    """Given a signed signal by PUT, then Home Assistant refuses the method."""
    response = await client.put(URL, data=json.dumps(entry_signal()))

    assert response.status == 405


async def test_a_strategy_has_its_rate(
    hass: HomeAssistant, client: Client, live: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a strategy that may send three signals at once, when it sends a fourth, then it is told when to come."""
    monkeypatch.setattr("custom_components.mexc_trading.bridge.webhook.BURST", 3)
    monkeypatch.setattr("custom_components.mexc_trading.bridge.webhook.PER_S", 1)
    await hass.config_entries.async_reload(live.entry_id)

    codes = [(await post(client, b"{")).status for _ in range(3)]
    refused = await post(client, b"{")

    assert codes == [400, 400, 400]
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "1"


async def test_a_strategy_that_used_up_its_rate_may_still_leave(
    hass: HomeAssistant, client: Client, live: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a strategy with a position that floods with entries, then its exit is decided, up to a rate of its own."""
    monkeypatch.setattr("custom_components.mexc_trading.bridge.webhook.BURST", 3)
    monkeypatch.setattr("custom_components.mexc_trading.bridge.webhook.EXIT_BURST", 3)
    await hass.config_entries.async_reload(live.entry_id)
    await trading(live)
    assert (await post(client, entry_signal())).status == 200
    await until(live, lambda model: len(model.positions) == 1)

    async def used_up(body: bytes) -> bool:
        """Send the same until it is refused for its rate."""
        return any([(await post(client, body)).status == 429 for _ in range(50)])

    assert await used_up(b"{}")
    way_out = entry_signal(signal_id="s-2", action="exit", side="sell", size={"quantity": "0.0001"})
    assert (await post(client, way_out)).status == 200
    assert await used_up(b'{"action": "exit"}')


async def test_a_door_where_too_many_wait_says_when_to_come_again(
    client: Client, double: MexcDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a door that is full, then a request is refused unread, whatever it says."""
    monkeypatch.setattr("custom_components.mexc_trading.bridge.turns.AT_ONCE", 0)
    monkeypatch.setattr("custom_components.mexc_trading.bridge.turns.WAITING_MAX", 0)

    response = await post(client, entry_signal())

    assert response.status == 503
    assert response.headers["Retry-After"] == "2"
    assert await response.json() == {"error": "busy", "cause": "intake_full"}
    assert double.requests.of("POST", "/api/v3/order") == []


async def test_many_headers_do_not_hide_a_signature_and_too_long_ones_are_refused(client: Client) -> None:
    """Given a flood of headers, then a signed signal among them is decided, and one header beyond bounds is refused."""
    flood = {f"x-flood-{number}": "y" * 100 for number in range(60)}

    taken = await post(client, entry_signal(), **flood)
    refused = await post(client, entry_signal(), **{"x-flood": "y" * 65536})

    assert (taken.status, refused.status) == (200, 400)


async def test_a_stopping_account_says_when_to_come_again(client: Client, live: MockConfigEntry) -> None:
    """Given an account that is stopping, then a signal is not taken in, and the sender learns when to try again."""
    await live.runtime_data.account.stop_entries()

    response = await post(client, entry_signal())

    assert response.status == 503
    assert response.headers["Retry-After"] == "60"
    assert await response.json() == {"error": "busy", "cause": "stopping"}


async def test_a_bug_is_no_success(client: Client, live: MockConfigEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an exception behind the door, then the sender gets 500 and not Home Assistant's 200."""

    async def broken(*args: object) -> Busy:
        raise RuntimeError

    monkeypatch.setattr(live.runtime_data.account, "submit", broken)

    response = await post(client, entry_signal())

    assert response.status == 500


async def test_a_removed_strategy_has_no_door(hass: HomeAssistant, client: Client, live: MockConfigEntry) -> None:
    """Given a strategy that was removed, then its signals are no longer decided, and the engine goes on."""
    runtime = live.runtime_data
    (strategy,) = live.subentries

    hass.config_entries.async_remove_subentry(live, strategy)
    await hass.async_block_till_done()

    response = await post(client, entry_signal())
    assert await response.text() == ""
    assert live.runtime_data is runtime


async def test_an_exit_passes_while_the_kill_switch_is_on(
    client: Client, double: MexcDouble, live: MockConfigEntry
) -> None:
    """Given a position and an engaged kill switch, then an entry is denied and an exit is sent."""
    await post(client, entry_signal())
    await until(live, lambda model: len(model.positions) == 1)
    await live.runtime_data.account.engage_kill_switch(who="test", reason="drill")

    denied = await (await post(client, entry_signal(signal_id="s-2"))).json()
    way_out = entry_signal(signal_id="s-3", action="exit", side="sell", size={"quantity": "0.0005"})
    passed = await (await post(client, way_out)).json()

    assert [rule["value"] for rule in denied["rules"] if rule["finding"] == "deny"] == ["kill_switch"]
    assert passed["verdict"] in {"allow", "clamp"}
    await double.requests.wait_for("POST", "/api/v3/order", 2)


async def test_a_signed_empty_body_is_a_sign_of_life(client: Client, live: MockConfigEntry) -> None:
    """Given a sender that has nothing to say, then it is heard and nothing is decided; unsigned it is refused."""
    heard = live.runtime_data.account.monitor._heard_ns

    assert (await client.post(URL, data=b"")).status == 401
    assert heard == {}
    assert (await post(client, b"")).status == 204

    assert list(heard) == [STRATEGY_ID]
    assert live.runtime_data.account.read_model().last_decision is None
