"""A live account whose key is kept elsewhere: each source, each trouble, rotation, and what Home Assistant stores."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer
import pytest

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.double import MexcDouble
from tests.secret_stores.connect import TOKEN as CONNECT_TOKEN, ConnectStore
from tests.secret_stores.vault import TOKEN as VAULT_TOKEN, VaultStore

from .entries import live_entry, state_of
from .phcc import MockConfigEntry
from .test_config_flow import LIVE_PERMISSIONS, answers, choose, send, start_live

VAULT_ID, ITEM_ID = "a" * 26, "b" * 26
NAMES = {"key_field": "api_key", "secret_field": "api_secret"}


@dataclass
class Place:
    """Where a key is kept: how the form is filled in, and how the key there is changed."""

    source: str
    form: dict[str, str]
    keep: Any
    """Called with key and secret: they are there from now on."""


@pytest.fixture
async def vault(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[VaultStore]:
    """Run a Vault whose token is in the usual variable."""
    monkeypatch.setenv("VAULT_TOKEN", VAULT_TOKEN)
    async with VaultStore() as store:
        yield store


@pytest.fixture
async def connect(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ConnectStore]:
    """Run a Connect server with one vault, whose token is in the usual variable."""
    monkeypatch.setenv("OP_CONNECT_TOKEN", CONNECT_TOKEN)
    async with ConnectStore() as store:
        store.add_vault(VAULT_ID, "Home")
        yield store


@pytest.fixture
def aws(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run the emulator of Amazon's services, with credentials that are visibly fake."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "fake-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "fake-key")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Prepare one source, empty."""
    match request.param:
        case "environment":
            return _environment(monkeypatch)
        case "file":
            return _files(tmp_path)
        case "vault":
            store: VaultStore = request.getfixturevalue("vault")
            form = {"url": store.url, "mount": "secret", "path": "trading/mexc", **NAMES}
            return Place("vault", form, lambda key, secret: store.write("trading/mexc", api_key=key, api_secret=secret))
        case "onepassword":
            return _item(request.getfixturevalue("connect"))
        case "aws":
            return _secret(request.getfixturevalue("aws"))
    raise AssertionError(request.param)


def _environment(monkeypatch: pytest.MonkeyPatch) -> Place:
    def keep(key: str, secret: str) -> None:
        monkeypatch.setenv("FAKE_KEY", key)
        monkeypatch.setenv("FAKE_SECRET", secret)

    return Place("environment", {"key_variable": "FAKE_KEY", "secret_variable": "FAKE_SECRET"}, keep)


def _files(folder: Path) -> Place:
    paths = {"key_file": str(folder / "key"), "secret_file": str(folder / "secret")}

    def keep(key: str, secret: str) -> None:
        (folder / "key").write_text(f"{key}\n")
        (folder / "secret").write_text(f"{secret}\n")

    return Place("file", paths, keep)


def _item(store: ConnectStore) -> Place:
    form = {"url": store.url, "vault": "Home", "item": "MEXC", **NAMES}
    return Place(
        "onepassword",
        form,
        lambda key, secret: store.add_item(VAULT_ID, ITEM_ID, "MEXC", api_key=key, api_secret=secret),
    )


def _secret(endpoint: str) -> Place:
    client = boto3.client("secretsmanager", region_name="eu-central-1", endpoint_url=endpoint)

    def keep(key: str, secret: str) -> None:
        text = json.dumps({"api_key": key, "api_secret": secret})
        if client.list_secrets()["SecretList"]:
            client.put_secret_value(SecretId="mexc", SecretString=text)
        else:
            client.create_secret(Name="mexc", SecretString=text)

    form = {"secret_id": "mexc", "region": "eu-central-1", **NAMES, "endpoint_url": endpoint}
    return Place("aws", form, keep)


ALL = pytest.mark.parametrize("place", ["environment", "file", "vault", "onepassword", "aws"], indirect=True)


async def menu(hass: HomeAssistant, double: MexcDouble, option: str) -> Mapping[str, Any]:
    """Begin a live account and choose where its key is kept."""
    double.key.scopes = LIVE_PERMISSIONS
    return await choose(hass, await start_live(hass, answers(double, mode="live")), option)


@ALL
async def test_a_key_kept_elsewhere_is_used_and_not_stored(
    hass: HomeAssistant, double: MexcDouble, place: Place
) -> None:
    """Given a key at a source, when its reference is entered, then the account trades; only the reference is stored."""
    form = await menu(hass, double, place.source)
    assert (form["type"], form["step_id"], form["errors"]) == (FlowResultType.FORM, place.source, {})
    form = await send(hass, form, place.form)
    assert form["errors"]["base"] in {"source_missing", "source_denied"}
    assert form["description_placeholders"]["subject"]
    await asyncio.to_thread(place.keep, double.api_key, double.api_secret)

    result = await send(hass, form, place.form)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["credentials"] == {"source": place.source, **place.form}
    stored = json.dumps({**entry.data})
    assert double.api_key not in stored
    assert double.api_secret not in stored


@ALL
async def test_a_rotated_key_is_read_again(hass: HomeAssistant, double: MexcDouble, place: Place) -> None:
    """Given a key that the venue no longer takes, when a new one lies at the source, then one click reads it."""
    await asyncio.to_thread(place.keep, double.api_key, double.api_secret)
    form = await menu(hass, double, place.source)
    entry = (await send(hass, form, place.form))["result"]
    double.key.access, double.key.secret = "mx0-fresh-fake-key", "fresh-fake-secret"
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, entry) is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_source"
    form = await send(hass, flow, {})
    assert form["errors"] == {"base": "invalid_auth"}
    await asyncio.to_thread(place.keep, "mx0-fresh-fake-key", "fresh-fake-secret")

    result = await send(hass, form, {})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    assert state_of(hass, entry) is ConfigEntryState.LOADED


def vault_entry(double: MexcDouble, vault: VaultStore) -> MockConfigEntry:
    """Make a live account whose key is in Vault."""
    entry = live_entry(double, unique_id="uid:12345678")
    data = {key: value for key, value in entry.data.items() if key not in {"api_key", "api_secret"}}
    reference = {"source": "vault", "url": vault.url, "mount": "secret", "path": "mexc", **NAMES}
    return MockConfigEntry(
        domain=entry.domain,
        data={**data, "credentials": reference},
        options=dict(entry.options),
        unique_id=entry.unique_id,
        title="MEXC",
    )


async def test_a_source_that_is_away_stops_new_starts_only(
    hass: HomeAssistant, double: MexcDouble, vault: VaultStore
) -> None:
    """Given a running account, when its source goes away, then it goes on; a new start waits until it is back."""
    double.key.scopes = LIVE_PERMISSIONS
    vault.write("mexc", api_key=double.api_key, api_secret=double.api_secret)
    entry = vault_entry(double, vault)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    vault.sealed = True
    account = entry.runtime_data.account
    account.reconcile()
    await hass.async_block_till_done()
    assert account.read_model().connected

    await hass.config_entries.async_reload(entry.entry_id)
    assert state_of(hass, entry) is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "source_away"
    vault.sealed = False
    await hass.config_entries.async_reload(entry.entry_id)

    assert state_of(hass, entry) is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({"url": "http://vault.example"}, {"url": "address_not_encrypted"}),
        ({"url": "vault"}, {"url": "address_format"}),
        ({"mount": " "}, {"mount": "reference_empty"}),
        ({"token_file": "token"}, {"token_file": "path_format"}),
        ({"token_file": "/nowhere/token"}, {"base": "source_missing"}),
        ({"path": "other"}, {"base": "source_missing"}),
        ({"key_field": "other"}, {"base": "source_missing"}),
        ({"namespace": "team"}, {"base": "source_denied"}),
        ({"url": "http://127.0.0.1:9"}, {"base": "source_away"}),
    ],
)
async def test_a_wrong_reference_is_named_and_can_be_mended(
    hass: HomeAssistant, double: MexcDouble, vault: VaultStore, form: dict[str, str], errors: dict[str, str]
) -> None:
    """Given one wrong field, then the form says which or what is in the way, keeps the rest, and can be mended."""
    vault.write("mexc", api_key=double.api_key, api_secret=double.api_secret)
    right = {"url": vault.url, "mount": "secret", "path": "mexc", **NAMES}
    step = await menu(hass, double, "vault")

    step = await send(hass, step, right | form)

    assert step["errors"] == errors
    assert (await send(hass, step, right))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_token_follows_no_redirect(hass: HomeAssistant, double: MexcDouble, vault: VaultStore) -> None:
    """Given a standby node that points elsewhere, then the token does not go there."""
    async with VaultStore() as other:
        vault.standby_of = other.url
        step = await menu(hass, double, "vault")

        step = await send(hass, step, {"url": vault.url, "mount": "secret", "path": "mexc", **NAMES})

        assert step["errors"] == {"base": "source_away"}
        assert other.seen == []


async def test_a_deleted_secret_is_missing(hass: HomeAssistant, double: MexcDouble, vault: VaultStore) -> None:
    """Given a secret whose newest version was deleted, then there is no key."""
    vault.write("mexc", api_key=double.api_key, api_secret=double.api_secret)
    vault.delete("mexc")
    step = await menu(hass, double, "vault")

    step = await send(hass, step, {"url": vault.url, "mount": "secret", "path": "mexc", **NAMES})

    assert step["errors"] == {"base": "source_missing"}


@pytest.mark.parametrize(("vault_name", "item"), [(VAULT_ID, ITEM_ID), ("Home", ITEM_ID), (VAULT_ID, "MEXC")])
async def test_items_are_found_by_id_or_name(
    hass: HomeAssistant, double: MexcDouble, connect: ConnectStore, vault_name: str, item: str
) -> None:
    """Given vault and item by id or by name, then the key is found either way."""
    connect.add_item(VAULT_ID, ITEM_ID, "MEXC", api_key=double.api_key, api_secret=double.api_secret)
    step = await menu(hass, double, "onepassword")

    result = await send(hass, step, {"url": connect.url, "vault": vault_name, "item": item, **NAMES})

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_two_items_of_one_name_are_none(hass: HomeAssistant, double: MexcDouble, connect: ConnectStore) -> None:
    """Given two items of one title, then nobody guesses which was meant."""
    for item_id in (ITEM_ID, "c" * 26):
        connect.add_item(VAULT_ID, item_id, "MEXC", api_key=double.api_key, api_secret=double.api_secret)
    step = await menu(hass, double, "onepassword")

    step = await send(hass, step, {"url": connect.url, "vault": "Home", "item": "MEXC", **NAMES})

    assert step["errors"] == {"base": "source_missing"}


async def test_a_running_account_moves_its_key_elsewhere(
    hass: HomeAssistant, double: MexcDouble, vault: VaultStore
) -> None:
    """Given a key in the storage, when it is moved to a source and back, then each former place is forgotten."""
    double.key.scopes = LIVE_PERMISSIONS
    vault.write("mexc", api_key=double.api_key, api_secret=double.api_secret)
    entry = live_entry(double, unique_id="uid:12345678")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    step: Mapping[str, Any] = await entry.start_reconfigure_flow(hass)
    assert step["menu_options"] == ["reconfigure_live", "credential_source"]
    step = await choose(hass, await choose(hass, step, "credential_source"), "vault")
    form = {"url": vault.url, "mount": "secret", "path": "mexc", **NAMES}
    assert (await send(hass, step, form))["reason"] == "reconfigure_successful"
    assert "api_key" not in entry.data
    assert "api_secret" not in entry.data
    assert state_of(hass, entry) is ConfigEntryState.LOADED

    step = await choose(hass, await entry.start_reconfigure_flow(hass), "credentials")
    key = {"api_key": double.api_key, "api_secret": double.api_secret}
    assert (await send(hass, step, key))["reason"] == "reconfigure_successful"

    assert "credentials" not in entry.data
    assert entry.data["api_key"] == double.api_key
    assert state_of(hass, entry) is ConfigEntryState.LOADED
