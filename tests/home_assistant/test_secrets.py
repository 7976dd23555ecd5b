"""No secret shows anywhere: a story with everything that goes wrong, and a look at everything that can be read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
import json
import logging
from pathlib import Path
import time
from typing import Any

import pytest

from custom_components.mexc_trading.bridge.standard_webhooks import sign
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.hold import HoldKind
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from tests.double import MexcDouble

from .conftest import running
from .crowd import let_reads_be_cheap
from .entries import STRATEGY, STRATEGY_ID, WEBHOOK_ID, live_entry, trading, until
from .net import OURS, Canaries, Net
from .phcc import Client, Connect, MockConfigEntry
from .test_webhook import entry_signal

CANARIES = Canaries()
URL = f"/api/webhook/{WEBHOOK_ID}"
ECHO = f"signature {CANARIES.api_secret} of key {CANARIES.api_key} is wrong"
"""What a careless venue might answer."""


@pytest.fixture
async def double(socket_enabled: None) -> AsyncIterator[MexcDouble]:
    """Run the double with keys that are recognised."""
    async with MexcDouble(api_key=CANARIES.api_key, api_secret=CANARIES.api_secret) as running:
        yield running


@pytest.fixture
def net(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    """Listen to everything."""
    let_reads_be_cheap(monkeypatch)
    levels = {name: logging.getLogger(name).level for name in ("", "aiohttp", "asyncio", "homeassistant", OURS)}
    kept = Net(hass)
    kept.listen()
    yield kept
    kept.deaf()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def canary_entry(double: MexcDouble) -> MockConfigEntry:
    """Make a live account all of whose secrets are recognised."""
    alike = live_entry(double)
    strategy = {
        **STRATEGY,
        "secret": CANARIES.webhook_secret,
        "former_secret": CANARIES.webhook_secret,
        "stage": "live",
    }
    return MockConfigEntry(
        domain=DOMAIN,
        data={**alike.data, "install_secret": CANARIES.install_secret, "kill_secrets": 1},
        options=alike.options,
        title=alike.title,
        unique_id="uid:12345678",
        subentries_data=[
            ConfigSubentryDataWithId(
                data=strategy, subentry_id=STRATEGY_ID, subentry_type="strategy", title="S", unique_id="s"
            )
        ],
    )


async def act(hass: HomeAssistant, net: Net, name: str, fields: dict[str, Any]) -> None:
    """Call an action; keep its answer, or how it failed."""
    try:
        answer = await hass.services.async_call(
            DOMAIN, name, fields, blocking=True, return_response=True, context=Context()
        )
        net.note("action answers", json.dumps(answer, default=repr))
    except HomeAssistantError as error:
        net.failure(error)


async def send(client: Client, net: Net, body: object, *, secret: str = CANARIES.webhook_secret, name: str) -> None:
    """Send a webhook signed with a secret; keep the answer."""
    text = json.dumps(body).encode()
    at = int(time.time())
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secret, name, at, text),
    }
    response = await client.post(URL, data=text, headers=headers)
    net.note("webhook answers", f"{response.status} {dict(response.headers)} {await response.text()}")


async def trade(hass: HomeAssistant, client: Client, net: Net, double: MexcDouble, entry: MockConfigEntry) -> None:
    """Buy and sell, by webhook and by action; be denied, be refused."""
    await send(client, net, entry_signal(), name="msg_1")
    await until(entry, lambda model: len(model.positions) == 1 and not model.orders)
    await send(client, net, entry_signal(), name="msg_2")
    await send(client, net, {"signal_id": "s-2", "secret": CANARIES.webhook_secret}, name="msg_3")
    await send(client, net, entry_signal(), secret="whsec_bm90LXRoZS1yaWdodC1zZWNyZXQtb2YtMzItYnk=", name="msg_4")
    order = {"symbol": "BTCUSDT", "side": "buy", "notional": 100}
    await act(hass, net, "place_order", order)
    async with asyncio.timeout(60):
        await double.requests.wait_for("POST", "/api/v3/order", 2)
    await act(hass, net, "place_order", order | {"notional": 5000})
    await act(hass, net, "preview_order", order)
    for name in ("get_positions", "get_orders", "reconcile"):
        await act(hass, net, name, {})


async def go_wrong(hass: HomeAssistant, net: Net, double: MexcDouble, entry: MockConfigEntry) -> None:
    """Let the venue give every kind of bad answer, with the secrets in its words, and be away."""
    order = {"symbol": "BTCUSDT", "side": "buy", "notional": 100}
    echo = json.dumps({"code": 700002, "msg": ECHO})
    faults: tuple[dict[str, Any], ...] = (
        {"action": "refuse", "code": 700002, "path": "/api/v3/order"},
        {"action": "raw", "status": 400, "text": echo, "path": "/api/v3/order"},
        {"action": "raw", "status": 200, "text": ECHO, "path": "/api/v3/order"},
        {"action": "status", "status": 500, "text": ECHO, "path": "/api/v3/order"},
        {"action": "raw", "status": 400, "text": json.dumps({"code": ECHO, "msg": ECHO}), "path": "/api/v3/order"},
    )
    sent = len(double.requests.of("POST", "/api/v3/order"))
    for number, fault in enumerate(faults, 1):
        double.faults.clear()
        double.faults.add(method="POST", **fault)
        await act(hass, net, "place_order", order | {"notional": 100 + number})
        async with asyncio.timeout(60):
            await double.requests.wait_for("POST", "/api/v3/order", sent + number)
    assert all(request.faults for request in double.requests.of("POST", "/api/v3/order")[sent:])
    double.faults.clear()
    double.faults.add(action="raw", status=403, text=f"<html>{ECHO}</html>")
    await act(hass, net, "reconcile", {})
    double.faults.clear()
    double.faults.add(action="reset_before")
    await act(hass, net, "reconcile", {})
    double.faults.clear()
    double.faults.add(action="refuse", code=700001, path="/api/v3/account")
    entry.runtime_data.account.reconcile()
    await until(entry, lambda model: any(hold.kind is HoldKind.CREDENTIALS for hold in model.holds))
    await entry.runtime_data.coordinator.async_refresh()
    double.faults.clear()


async def ask_for_a_key(hass: HomeAssistant, net: Net, double: MexcDouble) -> None:
    """Give a wrong key, then the right one, in the form that asks for it."""
    flow = hass.config_entries.flow.async_progress()[0]
    good = {"api_key": CANARIES.api_key, "api_secret": CANARIES.api_secret}
    for answer in (good | {"api_secret": CANARIES.api_secret[::-1]}, good):
        result = await hass.config_entries.flow.async_configure(flow["flow_id"], answer)
        net.note("forms", json.dumps(result, default=repr))
    await hass.async_block_till_done()


async def test_no_secret_shows_anywhere(  # Fixtures.
    hass: HomeAssistant,
    web: None,
    double: MexcDouble,
    net: Net,
    hass_client_no_auth: Connect,
) -> None:
    """Given secrets that are recognised, when everything happens and everything goes wrong, then none is found.

    Looked at: logs at DEBUG, ours before they are masked; exceptions and reprs; every event and state; action, webhook
    and form answers; repair issues, diagnostics, system health; every file; what the venue got.
    """
    entry = await running(hass, canary_entry(double))
    await trading(entry)
    client = await hass_client_no_auth()

    await trade(hass, client, net, double, entry)
    await net.look(entry)
    await go_wrong(hass, net, double, entry)
    await net.look(entry)
    await ask_for_a_key(hass, net, double)
    await net.look(entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    double.key.secret = "replaced-elsewhere"
    assert not await hass.config_entries.async_setup(entry.entry_id)
    net.note("exceptions", f"{entry.reason} {entry.error_reason_translation_placeholders}")
    net.files(Path(hass.config.path(DOMAIN)))

    assert net.found(CANARIES) == []
    assert double.violations == []
    assert {
        "action answers",
        "diagnostics",
        "events and states",
        "exceptions",
        "file live.db",
        "forms",
        "logs",
        "our own log lines, unmasked",
        "repair issues",
        "reprs",
        "system health",
        "webhook answers",
    } <= {where for where, lines in net.seen.items() if lines}


def _log(hass: HomeAssistant, net: Net) -> None:
    logging.getLogger(f"{OURS}.planted").debug("key %s", CANARIES.api_key)


def _state(hass: HomeAssistant, net: Net) -> None:
    hass.states.async_set("sensor.planted", "1", {"secret": CANARIES.webhook_secret})


def _event(hass: HomeAssistant, net: Net) -> None:
    hass.bus.async_fire("planted", {"secret": CANARIES.api_secret})


def _issue(hass: HomeAssistant, net: Net) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        "planted",
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key="hold",
        translation_placeholders={"why": CANARIES.api_secret},
    )


def _failure(hass: HomeAssistant, net: Net) -> None:
    net.failure(ValueError(f"cannot use {CANARIES.install_secret}"))


@pytest.mark.parametrize("plant", [_log, _state, _event, _issue, _failure])
async def test_a_secret_that_shows_is_found(
    hass: HomeAssistant, paper: MockConfigEntry, net: Net, plant: Callable[[HomeAssistant, Net], None]
) -> None:
    """Given a secret planted in one place, then the net has it: the test above can fail."""
    plant(hass, net)
    await hass.async_block_till_done()
    await net.look(paper)

    assert len({line.partition(":")[0] for line in net.found(CANARIES)}) >= 1


@pytest.fixture
def bare_handlers() -> None:
    """Take away what other tests' accounts have left in front of the log's handlers."""
    for handler in logging.root.handlers:
        handler.filters.clear()


async def test_what_libraries_log_is_masked(
    hass: HomeAssistant, bare_handlers: None, live: MockConfigEntry, net: Net
) -> None:
    """Given a library that logs a strategy's secret, then the log has asterisks; once the account is closed, not."""
    strategy = next(iter(live.subentries.values()))
    secret = strategy.data["secret"]
    logging.getLogger("aiohttp.planted").warning("got %s", secret)
    assert "got ***" in net.seen["logs"][-1]

    assert await hass.config_entries.async_unload(live.entry_id)
    logging.getLogger("aiohttp.planted").warning("got %s", secret)
    assert secret in net.seen["logs"][-1]


def test_a_secret_is_written_as_asterisks() -> None:
    """Given a secret in a list, then whoever prints the list sees asterisks."""
    assert repr([Secret(CANARIES.api_key)]) == "[***]"
