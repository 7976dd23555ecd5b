"""Repair issues about the key, the clock, the journal and missing coins: there while the trouble is, gone with it."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from custom_components.mexc_trading.bridge.read_model import ReadModel
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.engine.ports import Unwritable
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release, Scope, ScopeKind, TradingMode
from custom_components.mexc_trading.notices import NOTICES
from custom_components.mexc_trading.repairs import EXPLAINED
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
from tests.double import MexcDouble
from tests.waiting import PATIENCE_S

from .conftest import running
from .entries import live_entry, trading, until
from .holds import raise_hold
from .phcc import Connect, MockConfigEntry

SCOPES = ("SPOT_ACCOUNT_READ", "SPOT_DEAL_READ", "SPOT_DEAL_WRITE")

BUY = {"symbol": "BTCUSDT", "side": "buy", "notional": 100}


@pytest.fixture(autouse=True)
def _fit(double: MexcDouble) -> None:
    """Begin with a key about which there is nothing to say."""
    double.key.scopes = SCOPES
    double.key.ip_white_list = ("127.0.0.1",)
    double.key.remaining_validity = 82
    double.key.create_time = days_ago(1)


def days_ago(days: int) -> str:
    """Write a moment as the venue does."""
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def noticed(hass: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    """Name what is noticed about an account now."""
    found = {issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN}
    return {issue.removesuffix(f"_{entry.entry_id}") for issue in found}


async def shown(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let the coordinator show what the account says now."""
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()


async def looked(entry: MockConfigEntry) -> None:
    """Let the key be looked at, until there is an answer."""
    watch = entry.runtime_data.account.contact._key_watch
    async with asyncio.timeout(PATIENCE_S):
        while not await watch._look():
            pass  # The client itself waits for room in the venue's limits.


@pytest.mark.parametrize(
    ("terms", "wanted"),
    [
        ({}, set()),
        ({"create_time": days_ago(29)}, set()),
        ({"create_time": days_ago(31)}, {"key_old"}),
        ({"remaining_validity": 14}, set()),
        ({"remaining_validity": 13}, {"key_expires_soon"}),
        ({"remaining_validity": -999}, set()),
        ({"ip_white_list": ()}, {"key_not_bound"}),
        (
            {"ip_white_list": (), "create_time": days_ago(400), "remaining_validity": 1},
            {"key_old", "key_not_bound", "key_expires_soon"},
        ),
    ],
)
async def test_a_key_is_looked_at_when_the_account_opens(
    hass: HomeAssistant, double: MexcDouble, terms: dict[str, Any], wanted: set[str]
) -> None:
    """Given a key, then what a person should do about it is noticed, and nothing else; trading goes on."""
    for name, value in terms.items():
        setattr(double.key, name, value)
    entry = await running(hass, live_entry(double))
    await trading(entry)
    await looked(entry)
    await shown(hass, entry)

    assert noticed(hass, entry) == wanted
    assert entry.runtime_data.account.read_model().mode is TradingMode.ACTIVE


async def test_a_notice_goes_with_its_trouble_and_with_its_account(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a key that is bound to an address after all, then the notice goes; a closed account leaves none."""
    double.key.ip_white_list = ()
    double.key.create_time = days_ago(31)
    entry = await running(hass, live_entry(double))
    await looked(entry)
    await shown(hass, entry)
    assert noticed(hass, entry) == {"key_old", "key_not_bound"}
    double.key.ip_white_list = ("127.0.0.1",)
    await looked(entry)
    await shown(hass, entry)
    assert noticed(hass, entry) == {"key_old"}

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert noticed(hass, entry) == set()


async def test_a_key_that_is_given_more_rights_stops_entries(
    hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry
) -> None:
    """Given a running account whose key gets more rights, then entries stop until they are gone; exits go on."""
    await trading(live)
    await hass.services.async_call(DOMAIN, "place_order", BUY, blocking=True)
    await until(live, lambda model: len(model.positions) == 1 and not model.orders)
    double.key.scopes = (*SCOPES, "SPOT_WITHDRAW_WRITE")
    await looked(live)
    model = await until(live, lambda model: model.mode is TradingMode.REDUCE_ONLY)
    await shown(hass, live)

    assert [hold.kind for hold in model.holds] == [HoldKind.KEY_UNFIT]
    assert noticed(hass, live) == {"key_unfit"}
    with pytest.raises(ServiceValidationError, match="the API key must not trade"):
        await hass.services.async_call(DOMAIN, "place_order", BUY, blocking=True)
    await hass.services.async_call(DOMAIN, "submit_signal", {"symbol": "BTCUSDT", "action": "exit"}, blocking=True)
    await until(live, lambda model: not model.positions)

    double.key.scopes = SCOPES
    await looked(live)
    await until(live, lambda model: model.mode is TradingMode.ACTIVE)
    await shown(hass, live)
    assert noticed(hass, live) == set()


async def test_an_unreadable_list_counts_as_can(hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry) -> None:
    """Given a list of rights that cannot be read any more, then entries stop; no answer at all changes nothing."""
    await trading(live)
    double.faults.add(path="/api/v3/apiKeyInfo", action="refuse", code=700007)
    assert not await live.runtime_data.account.contact._key_watch._look()
    assert live.runtime_data.account.read_model().mode is TradingMode.ACTIVE
    double.faults.clear()
    double.faults.add(path="/api/v3/apiKeyInfo", action="remove", fields=["permissions"])
    await looked(live)

    model = await until(live, lambda model: model.mode is TradingMode.REDUCE_ONLY)
    assert model.holds[0].why == "permissions_unreadable"


async def test_the_key_is_only_read(hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry) -> None:
    """Given any number of looks, then the endpoint is only ever asked with GET: its POST form changes the key."""
    await looked(live)
    await looked(live)

    asked = {request.method for request in double.requests if request.path.endswith("/apiKeyInfo")}
    assert asked == {"GET"}


async def test_a_refused_key_is_asked_for_once(hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry) -> None:
    """Given a key that the venue stops accepting, then a person is asked for another one, once."""
    await trading(live)
    double.faults.add(action="refuse", code=700001, path="/api/v3/account")
    live.runtime_data.account.reconcile()
    await until(live, lambda model: any(hold.kind is HoldKind.CREDENTIALS for hold in model.holds))
    await shown(hass, live)
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH]

    hass.config_entries.flow.async_abort(flows[0]["flow_id"])
    await shown(hass, live)
    assert hass.config_entries.flow.async_progress() == []


@pytest.mark.parametrize("kind", [HoldKind.CLOCK_SKEW, HoldKind.DISK_NEARLY_FULL])
async def test_troubles_of_the_machine_are_noticed(hass: HomeAssistant, paper: MockConfigEntry, kind: HoldKind) -> None:
    """Given a hold that ends by itself and that a person can do something about, then it is noticed, not fixable."""
    await trading(paper)
    await raise_hold(paper, kind, WHOLE_BOOK, Release.AUTOMATIC)
    await shown(hass, paper)

    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{kind}_{paper.entry_id}")
    assert issue is not None
    assert not issue.is_fixable
    assert issue.translation_placeholders == {"account": "MEXC", "why": "planted by a test"}


async def test_a_journal_that_cannot_be_written_is_noticed(
    hass: HomeAssistant, paper: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a disk that refuses, then it is noticed, and gone once it works again."""
    await trading(paper)
    book = paper.runtime_data.account._book
    with monkeypatch.context() as broken:

        async def refuse(drafts: object) -> Unwritable:
            return Unwritable(cause="no space left on device")

        broken.setattr(book.journal, "append", refuse)
        await raise_hold(paper, HoldKind.UNRESOLVED_ORDER, WHOLE_BOOK, Release.PERSON)
        await until(paper, lambda model: not model.journal_healthy)
        await shown(hass, paper)
        assert "journal_trouble" in noticed(hass, paper)
    await until(paper, lambda model: model.journal_healthy)
    await shown(hass, paper)

    assert "journal_trouble" not in noticed(hass, paper)


async def settled(hass: HomeAssistant, entry: MockConfigEntry, client: Connect, choice: str) -> dict[str, Any]:
    """Answer the form about missing coins; give its end."""
    await shown(hass, entry)
    issue_id = next(issue for issue in noticed(hass, entry) if "quantity_drift" in issue)
    assert await async_setup_component(hass, "repairs", {})
    http = await client()
    opened = await http.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id})
    assert opened.status == HTTPStatus.OK
    form = await opened.json()
    assert form["step_id"] == "settle"
    answered = await http.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={"choice": choice})
    end: dict[str, Any] = await answered.json()
    return end


def drifts(model: ReadModel) -> bool:
    """Whether a hold says that coins are missing."""
    return any(hold.kind is HoldKind.QUANTITY_DRIFT for hold in model.holds)


async def test_missing_coins_are_taken_off_the_book_by_a_person(
    hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry, hass_client: Connect
) -> None:
    """Given coins that somebody took away, then the form asks who is right, and the book follows without a loss."""
    await trading(live)
    await hass.services.async_call(DOMAIN, "place_order", BUY, blocking=True)
    await until(live, lambda model: len(model.positions) == 1 and not model.orders)
    double.venue.deposit("BTC", -double.venue.balances["BTC"].total)
    account = live.runtime_data.account
    async with asyncio.timeout(60):
        while not drifts(account.read_model()):
            await account.reconciled()

    assert (await settled(hass, live, hass_client, "adopt"))["type"] == "create_entry"

    model = await until(live, lambda model: not drifts(model))
    assert model.positions == ()
    assert model.realized_pnl > -1
    await shown(hass, live)
    assert noticed(hass, live) == set()


async def test_coins_that_are_back_leave_only_the_hold(
    hass: HomeAssistant, paper: MockConfigEntry, hass_client: Connect
) -> None:
    """Given a hold about coins that are not missing any more, then the form releases it.

    The monitor looks once a second, and while it sees the symbol's hold it holds the account as well.
    """
    await trading(paper)
    scope = Scope(kind=ScopeKind.SYMBOL, name="BTCUSDT")
    await raise_hold(paper, HoldKind.QUANTITY_DRIFT, scope, Release.PERSON)
    await until(paper, lambda model: WHOLE_BOOK in {hold.scope for hold in model.holds})

    assert (await settled(hass, paper, hass_client, "ignore"))["type"] == "create_entry"

    assert scope not in {hold.scope for hold in paper.runtime_data.account.read_model().holds}
    await until(paper, lambda model: not model.holds)


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_every_issue_has_its_texts(hass: HomeAssistant, paper: MockConfigEntry, language: str) -> None:
    """Given any issue, then each language has its title, and a description or a form."""
    texts = await async_get_translations(hass, language, "issues", [DOMAIN])
    place = f"component.{DOMAIN}.issues"
    wanted = [f"{place}.{notice.key}.{part}" for notice in NOTICES for part in ("title", "description")]
    wanted += [f"{place}.{kind}.title" for kind in EXPLAINED]
    wanted += [f"{place}.{kind}.fix_flow.step.release.description" for kind in EXPLAINED - {HoldKind.QUANTITY_DRIFT}]

    assert [name for name in wanted if name not in texts] == []
