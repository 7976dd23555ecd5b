"""Adding, mending and changing an account: every way through the forms, against the double."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.flows.address_form import read_addresses
from custom_components.mexc_trading.flows.limits_form import starting_limits
from custom_components.mexc_trading.flows.venue_check import fingerprint
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import TRANSLATION_FLATTEN_CACHE
from tests.double import MexcDouble

from .entries import LIMITS, live_entry, paper_entry, state_of
from .phcc import MockConfigEntry

type Answers = dict[str, Any]
type Breakage = Callable[[MexcDouble], object]

LIVE_PERMISSIONS = ("SPOT_ACCOUNT_READ", "SPOT_DEAL_READ", "SPOT_DEAL_WRITE")


def answers(double: MexcDouble, **changes: Any) -> Answers:  # noqa: ANN401  # Answers of any kind are the point.
    """Fill the first form in."""
    return {
        "name": "Main",
        "mode": "paper",
        "limits": dict(LIMITS),
        "advanced": {"rest_url": double.rest_url, "stream_url": double.stream_url, "paper_balance": 10000},
        **changes,
    }


def keys(double: MexcDouble) -> Answers:
    """Fill the key form in, with the spaces that copying adds."""
    return {"api_key": f" {double.api_key} ", "api_secret": f"{double.api_secret}\n"}


async def start(hass: HomeAssistant, given: Answers) -> Mapping[str, Any]:
    """Open the first form and send it; a live account's key will be typed."""
    return await choose(hass, await start_live(hass, given), "credentials")


async def start_live(hass: HomeAssistant, given: Answers) -> Mapping[str, Any]:
    """Open the first form and send it; for a live account the menu of sources comes next."""
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (form["type"], form["step_id"], form["errors"]) == (FlowResultType.FORM, "user", {})
    return await send(hass, form, given)


async def choose(hass: HomeAssistant, step: Mapping[str, Any], option: str) -> Mapping[str, Any]:
    """Take an option if the step is a menu."""
    return await send(hass, step, {"next_step_id": option}) if step["type"] is FlowResultType.MENU else step


async def send(hass: HomeAssistant, form: Mapping[str, Any], given: Answers) -> Mapping[str, Any]:
    """Send a form of a flow."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], given)
    await hass.async_block_till_done()
    return cast("Mapping[str, Any]", result)


async def test_a_paper_account_is_added(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a venue that answers, when the form is filled in, then a paper account runs with exact limits."""
    result = await start(hass, answers(double, limits={**LIMITS, "max_daily_loss": 0.1, "symbols": ["btcusdt "]}))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.title == "Main"
    assert entry.unique_id == "paper:main"
    assert entry.state is ConfigEntryState.LOADED
    assert len(bytes.fromhex(entry.data["install_secret"])) == 32
    assert {key: value for key, value in entry.data.items() if key != "install_secret"} == {
        "mode": "paper",
        "rest_url": double.rest_url,
        "stream_url": double.stream_url,
        "paper_balance": "10000",
    }
    assert entry.options == {**starting_limits(), **LIMITS, "max_daily_loss": "0.1", "symbols": ["BTCUSDT"]}


async def test_limits_may_be_left_open(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given the optional limits left empty, then the account has none of them."""
    left_open = {"max_notional_per_order", "max_open_positions", "max_daily_loss"}
    limits = {name: value for name, value in LIMITS.items() if name not in left_open}

    result = await start(hass, answers(double, limits=limits))

    rest = {name: value for name, value in starting_limits().items() if name not in left_open}
    assert result["result"].options == {**rest, **limits}


async def test_a_live_account_is_added(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a key that reads and trades, when it is entered, then a live account runs under the account's number."""
    double.key.scopes = LIVE_PERMISSIONS
    form = await start(hass, answers(double, mode="live"))
    assert (form["type"], form["step_id"], form["errors"]) == (FlowResultType.FORM, "credentials", {})

    result = await send(hass, form, keys(double))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.unique_id == "uid:12345678"
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.data["api_key"], entry.data["api_secret"]) == (double.api_key, double.api_secret)
    assert double.requests.of("POST", "/api/v3/order") == []


async def test_an_account_without_a_readable_number_is_known_by_its_key(
    hass: HomeAssistant, double: MexcDouble
) -> None:
    """Given a venue that does not tell the account's number, then the key's fingerprint stands in, not the key."""
    double.faults.add(action="status", path="/api/v3/uid")
    form = await start(hass, answers(double, mode="live"))

    result = await send(hass, form, keys(double))

    assert result["result"].unique_id == f"key:{fingerprint(Secret(double.api_key))}"
    assert double.api_key not in result["result"].unique_id


@pytest.mark.parametrize(
    ("given", "place", "error"),
    [
        ({"name": "  "}, "name", "name_empty"),
        ({"limits": {**LIMITS, "symbols": []}}, "limits", "symbols_empty"),
        ({"limits": {**LIMITS, "symbols": ["BTC-USDT"]}}, "limits", "symbol_format"),
        ({"limits": {**LIMITS, "symbols": [f"A{n}USDT" for n in range(201)]}}, "limits", "symbols_many"),
        ({"limits": {**LIMITS, "symbols": ["BTCUSDT", "NOPEUSDT"]}}, "limits", "symbol_unknown"),
        ({"limits": {**LIMITS, "symbols": ["ETHUSDC"]}}, "limits", "symbol_other_quote"),
        ({"limits": {**LIMITS, "max_daily_loss": 0}}, "limits", "amount_too_small"),
        ({"limits": {**LIMITS, "max_daily_loss": -5}}, "limits", "amount_too_small"),
        ({"limits": {**LIMITS, "max_daily_loss": "nan"}}, "limits", "amount_format"),
        ({"limits": {**LIMITS, "max_daily_loss": "1e300"}}, "limits", "amount_format"),
        ({"limits": {**LIMITS, "max_open_positions": 1.5}}, "limits", "amount_not_whole"),
        ({"advanced": {"rest_url": "http://api.mexc.com"}}, "advanced", "address_not_encrypted"),
        ({"advanced": {"rest_url": "http://192.168.1.2:8080"}}, "advanced", "address_not_encrypted"),
        ({"advanced": {"rest_url": "ftp://api.mexc.com"}}, "advanced", "address_format"),
        ({"advanced": {"rest_url": "api.mexc.com"}}, "advanced", "address_format"),
        ({"advanced": {"rest_url": "https://"}}, "advanced", "address_format"),
        ({"advanced": {"rest_url": "https://[::1"}}, "advanced", "address_format"),
        ({"advanced": {"rest_url": "https://user:word@api.mexc.com"}}, "advanced", "address_format"),
        ({"advanced": {"rest_url": "https://api.mexc.com?a=b"}}, "advanced", "address_format"),
        ({"advanced": {"stream_url": "ws://stream.mexc.com"}}, "advanced", "address_not_encrypted"),
        ({"advanced": {"stream_url": "https://stream.mexc.com"}}, "advanced", "address_format"),
        ({"advanced": {"paper_balance": 0}}, "advanced", "amount_not_positive"),
    ],
)
async def test_a_wrong_answer_is_shown_and_can_be_mended(
    hass: HomeAssistant, double: MexcDouble, given: Answers, place: str, error: str
) -> None:
    """Given one wrong answer, then the form comes back with the error at its place, and the right answer passes."""
    right = answers(double)
    wrong = right | given
    if "advanced" in given:
        wrong["advanced"] = right["advanced"] | given["advanced"]

    form = await start(hass, wrong)

    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {place: error}
    mended = await send(hass, form, right)
    assert mended["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_plain_addresses_on_this_machine_are_taken(host: str) -> None:
    """Given unencrypted addresses on the loopback, then they are taken, without the slash at the end."""
    given = {"rest_url": f"http://{host}:9/", "stream_url": f"ws://{host}:9/ws"}

    assert read_addresses(given) == {"rest_url": f"http://{host}:9", "stream_url": f"ws://{host}:9/ws"}


async def test_an_unreachable_venue_is_shown_and_can_be_retried(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a venue that breaks connections, then the form says so; once it answers, the account is added."""
    double.faults.add(action="reset_before")
    form = await start(hass, answers(double))
    assert form["errors"] == {"base": "cannot_connect"}
    double.faults.clear()

    result = await send(hass, form, answers(double))

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_first_form_loads_its_words(
    hass: HomeAssistant, double: MexcDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a home that never loaded texts of ours, then the first refusal of the exchange is told all the same."""
    cache = hass.data[TRANSLATION_FLATTEN_CACHE]
    monkeypatch.setattr(cache, "cache_data", type(cache.cache_data)({}, {}))
    double.faults.add(action="reset_before")

    form = await start(hass, answers(double))

    assert form["errors"] == {"base": "cannot_connect"}
    assert form["description_placeholders"]["cause"] == "no connection"


async def test_a_market_that_lists_nothing_is_no_market(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a venue that tells the time but not its symbols, then the account is not added yet."""
    double.faults.add(action="reset_before", path="/api/v3/exchangeInfo")

    form = await start(hass, answers(double))

    assert form["errors"] == {"base": "cannot_connect"}


def scopes(*names: str) -> Breakage:
    """Give the key exactly these permissions."""

    def change(double: MexcDouble) -> None:
        double.key.scopes = names

    return change


def fault(path: str, **parts: Any) -> Breakage:  # noqa: ANN401  # A fault's options are of any kind.
    """Break one endpoint."""

    def change(double: MexcDouble) -> None:
        double.faults.add(path=path, **parts)

    return change


def bound_elsewhere(double: MexcDouble) -> None:
    """Bind the key to another address."""
    double.key.ip_white_list = ("203.0.113.7",)


KEY_TROUBLE = [
    (fault("/api/v3/time", action="reset_before"), "cannot_connect"),
    (fault("/api/v3/account", action="reset_before"), "cannot_connect"),
    (fault("/api/v3/apiKeyInfo", action="reset_before"), "cannot_connect"),
    (fault("/api/v3/account", action="refuse", code=700001), "invalid_auth"),
    (fault("/api/v3/account", action="refuse", code=700003), "clock"),
    (fault("/api/v3/account", action="refuse", code=30016), "cannot_connect"),
    (fault("/api/v3/apiKeyInfo", action="refuse", code=700007), "permissions_unreadable"),
    (fault("/api/v3/apiKeyInfo", action="remove", fields=["permissions"]), "permissions_unreadable"),
    (fault("/api/v3/apiKeyInfo", action="replace", fields={"status": "FROZEN"}), "invalid_auth"),
    (scopes("SPOT_DEAL_READ", "SPOT_DEAL_WRITE"), "key_cannot_read"),
    (scopes("SPOT_ACCOUNT_READ", "SPOT_DEAL_WRITE"), "key_cannot_read"),
    (scopes("SPOT_ACCOUNT_READ", "SPOT_DEAL_READ"), "key_cannot_trade"),
    (scopes(*LIVE_PERMISSIONS, "SPOT_WITHDRAW_WRITE"), "key_can_withdraw"),
    (scopes(*LIVE_PERMISSIONS, "SPOT_TRANSFER_WRITE"), "key_can_withdraw"),
    (bound_elsewhere, "ip_not_allowed"),
]


@pytest.mark.parametrize(("breakage", "error"), KEY_TROUBLE)
async def test_an_unfit_key_is_named_and_can_be_replaced(
    hass: HomeAssistant, double: MexcDouble, breakage: Breakage, error: str
) -> None:
    """Given a key or venue that will not do, then the form says why; when it will do, the account is added."""
    form = await start(hass, answers(double, mode="live"))
    breakage(double)

    form = await send(hass, form, keys(double))

    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {"base": error}
    assert hass.config_entries.async_entries(DOMAIN) == []
    double.faults.clear()
    double.key.scopes = LIVE_PERMISSIONS
    double.key.ip_white_list = ()
    result = await send(hass, form, keys(double))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("pair", "error"),
    [
        ({"api_key": "mx0-another-fake-key"}, "invalid_auth"),
        ({"api_secret": "another-fake-secret"}, "wrong_signature"),
    ],
)
async def test_a_mistyped_key_is_told_from_a_mistyped_secret(
    hass: HomeAssistant, double: MexcDouble, pair: Answers, error: str
) -> None:
    """Given a mistyped half of the pair, then the form says which."""
    form = await start(hass, answers(double, mode="live"))

    form = await send(hass, form, keys(double) | pair)

    assert form["errors"] == {"base": error}


@pytest.mark.parametrize("half", ["api_key", "api_secret"])
async def test_half_a_key_is_no_key(hass: HomeAssistant, double: MexcDouble, half: str) -> None:
    """Given a field that holds spaces only, then nothing is asked of the venue, and the form says so."""
    form = await start(hass, answers(double, mode="live"))
    asked = len(double.requests)

    form = await send(hass, form, keys(double) | {half: "  "})

    assert form["errors"] == {"base": "invalid_auth"}
    assert len(double.requests) == asked


async def test_one_account_is_added_once(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given an account that is there, when its key is entered again, then it is not added twice."""
    live_entry(double, unique_id="uid:12345678").add_to_hass(hass)
    form = await start(hass, answers(double, mode="live"))

    result = await send(hass, form, keys(double))

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_paper_accounts_have_their_own_names(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a paper account, when another of its name is added, then another name is asked for."""
    paper_entry(double, unique_id="paper:main").add_to_hass(hass)

    form = await start(hass, answers(double))

    assert form["errors"] == {"name": "name_taken"}
    result = await send(hass, form, answers(double, name="Second"))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def ask_again(hass: HomeAssistant, entry: MockConfigEntry, how: str) -> Mapping[str, Any]:
    """Open a form for an entry that is there."""
    flow = entry.start_reauth_flow if how == "reauth" else entry.start_reconfigure_flow
    return await choose(hass, cast("Mapping[str, Any]", await flow(hass)), "reconfigure_live")


async def test_a_refused_key_is_replaced(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given an account whose key the venue refuses, when a new one is entered, then the account runs with it alone."""
    entry = live_entry(double, unique_id="uid:12345678")
    double.key.access, double.key.secret = "mx0-fresh-fake-key", "fresh-fake-secret"
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, entry) is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress()
    form = await send(hass, flow, {"api_key": "mx0-wrong-fake-key", "api_secret": "wrong"})
    assert (form["step_id"], form["errors"]) == ("reauth_confirm", {"base": "invalid_auth"})

    result = await send(hass, form, keys(double))

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    assert state_of(hass, entry) is ConfigEntryState.LOADED
    assert (entry.data["api_key"], entry.data["api_secret"]) == ("mx0-fresh-fake-key", "fresh-fake-secret")


@pytest.mark.parametrize("how", ["reauth", "reconfigure"])
async def test_another_account_is_not_taken_for_this_one(hass: HomeAssistant, double: MexcDouble, how: str) -> None:
    """Given an account, when a key of another account is entered, then nothing changes."""
    entry = live_entry(double, unique_id="uid:999")
    entry.add_to_hass(hass)
    before = dict(entry.data)
    form = await ask_again(hass, entry, how)
    addresses = {"rest_url": double.rest_url, "stream_url": double.stream_url} if how == "reconfigure" else {}

    result = await send(hass, form, keys(double) | addresses)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "other_account")
    assert dict(entry.data) == before


@pytest.mark.parametrize(
    ("before", "number_readable", "after"),
    [
        ("uid:12345678", True, "uid:12345678"),
        ("uid:12345678", False, "uid:12345678"),
        ("key:of-the-former-key", True, "uid:12345678"),
        ("key:of-the-former-key", False, "key:of-the-new-key"),
    ],
)
async def test_the_best_known_identity_is_kept(
    hass: HomeAssistant, double: MexcDouble, before: str, number_readable: bool, after: str
) -> None:
    """Given an account known by number or key, when its key is replaced, then it is known as well as it can be."""
    entry = live_entry(double, unique_id=before)
    entry.add_to_hass(hass)
    if not number_readable:
        double.faults.add(action="status", path="/api/v3/uid")
    form = await ask_again(hass, entry, "reauth")

    result = await send(hass, form, keys(double))

    assert result["reason"] == "reauth_successful"
    expected = f"key:{fingerprint(Secret(double.api_key))}" if after == "key:of-the-new-key" else after
    assert entry.unique_id == expected


async def test_a_key_known_under_another_entry_is_not_taken_twice(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given two entries known by their keys, when one gets the other's account, then it is refused."""
    live_entry(double, unique_id="uid:12345678", title="First").add_to_hass(hass)
    second = live_entry(double, unique_id="key:second", title="Second")
    second.add_to_hass(hass)
    form = await ask_again(hass, second, "reauth")

    result = await send(hass, form, keys(double))

    assert result["reason"] == "already_configured"


async def test_a_running_account_moves_to_a_new_key(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a running live account, when its key is replaced by reconfiguring, then it runs with the new one."""
    entry = live_entry(double, unique_id="uid:12345678")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    first = entry.runtime_data.account
    form = await ask_again(hass, entry, "reconfigure")
    assert form["step_id"] == "reconfigure_live"
    double.key.access, double.key.secret = "mx0-fresh-fake-key", "fresh-fake-secret"
    addresses = {"rest_url": double.rest_url, "stream_url": double.stream_url}

    result = await send(hass, form, keys(double) | addresses)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert state_of(hass, entry) is ConfigEntryState.LOADED
    assert entry.runtime_data.account is not first
    assert entry.data["api_key"] == "mx0-fresh-fake-key"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"rest_url": "http://api.mexc.com"}, "address_not_encrypted"),
        ({"api_key": "mx0-only-the-key"}, "key_incomplete"),
        ({"rest_url": "http://127.0.0.1:9"}, "key_needed_for_address"),
        ({"rest_url": "http://127.0.0.1:9", "api_key": "mx0-fake", "api_secret": "fake"}, "cannot_connect"),
    ],
)
async def test_a_stored_secret_signs_for_no_other_address(
    hass: HomeAssistant, double: MexcDouble, given: Answers, error: str
) -> None:
    """Given a wrong change, then the form says so, no signed call leaves, and nothing is saved until it is right."""
    entry = live_entry(double, unique_id="uid:12345678")
    entry.add_to_hass(hass)
    right = {"rest_url": double.rest_url, "stream_url": double.stream_url}
    form = await ask_again(hass, entry, "reconfigure")

    form = await send(hass, form, right | given)

    assert form["errors"] == {"base": error}
    assert len(double.requests) == 0
    assert entry.data["rest_url"] == double.rest_url
    result = await send(hass, form, right)
    assert result["reason"] == "reconfigure_successful"


async def test_a_paper_account_moves_to_another_address(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a paper account at an address where nothing answers, when the address is mended, then it runs."""
    entry = paper_entry(double)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, data=entry.data | {"rest_url": "http://127.0.0.1:9"})
    await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(hass, entry) is ConfigEntryState.SETUP_RETRY
    form = await ask_again(hass, entry, "reconfigure")
    assert form["step_id"] == "reconfigure"
    addresses = {"rest_url": "http://127.0.0.1:9", "stream_url": double.stream_url}
    form = await send(hass, form, addresses)
    assert form["errors"] == {"base": "cannot_connect"}

    result = await send(hass, form, addresses | {"rest_url": double.rest_url})

    assert result["reason"] == "reconfigure_successful"
    assert state_of(hass, entry) is ConfigEntryState.LOADED
