"""Holds that a person releases appear as repairs, and are released there with a reason."""

from http import HTTPStatus
from typing import Any

import pytest

from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release, Scope, ScopeKind
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .entries import trading
from .holds import raise_hold
from .phcc import Connect, MockConfigEntry

type Answer = dict[str, Any]

SYMBOL = Scope(kind=ScopeKind.SYMBOL, name="BTCUSDT")


@pytest.fixture
async def issue_id(hass: HomeAssistant, paper: MockConfigEntry) -> str:
    """Raise a hold that a person releases and give its issue."""
    await trading(paper)
    await raise_hold(paper, HoldKind.ILLEGAL_TRANSITION, SYMBOL, Release.PERSON)
    await paper.runtime_data.coordinator.async_refresh()
    return f"hold_{paper.entry_id}_paper_illegal_transition:BTCUSDT"


def issues(hass: HomeAssistant) -> set[str]:
    """Give the integration's issues."""
    return {issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN}


async def ask(hass: HomeAssistant, client: Connect, issue: str, answers: list[Answer]) -> Answer:
    """Open the fix flow of an issue and send answers; give the last step."""
    step = await opened(hass, client, issue)
    for said in answers:
        step = await answer(client, step, said)
    return step


async def opened(hass: HomeAssistant, client: Connect, issue: str) -> Answer:
    """Open the fix flow of an issue, as a window does; give its first step."""
    assert await async_setup_component(hass, "repairs", {})
    http = await client()
    shown = await http.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})
    assert shown.status == HTTPStatus.OK
    step: Answer = await shown.json()
    return step


async def answer(client: Connect, step: Answer, said: Answer) -> Answer:
    """Send an answer to a step of a fix flow; give the next step."""
    http = await client()
    sent = await http.post(f"/api/repairs/issues/fix/{step['flow_id']}", json=said)
    following: Answer = await sent.json()
    return following


async def test_a_hold_for_a_person_is_an_issue(hass: HomeAssistant, paper: MockConfigEntry, issue_id: str) -> None:
    """Given a hold that a person releases, then there is one issue with its place and cause; others make none."""
    await raise_hold(paper, HoldKind.VENUE_UNREACHABLE, WHOLE_BOOK, Release.AUTOMATIC)
    await paper.runtime_data.account.engage_kill_switch(who="test", reason="drill")
    await paper.runtime_data.coordinator.async_refresh()

    assert issues(hass) == {issue_id}
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.is_fixable
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["kind"] == "an order did what none should"
    assert issue.translation_placeholders["scope"] == "BTCUSDT"
    assert issue.translation_placeholders["account"] == "MEXC"


async def test_a_freeze_does_not_promise_exits(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given frozen trading, then its issue has a text of its own: that of other holds says that exits go on."""
    await trading(paper)
    await raise_hold(paper, HoldKind.FREEZE, WHOLE_BOOK, Release.PERSON)
    await paper.runtime_data.coordinator.async_refresh()

    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"hold_{paper.entry_id}_paper_freeze")
    assert issue is not None
    assert issue.translation_key == "freeze"


async def test_it_is_released_with_a_reason(
    hass: HomeAssistant, paper: MockConfigEntry, issue_id: str, hass_client: Connect
) -> None:
    """Given an issue, when a reason is given, then the hold is gone and the issue with it; without, it asks again."""
    step = await ask(hass, hass_client, issue_id, [{"reason": "  "}])
    assert (step["step_id"], step["errors"]) == ("release", {"reason": "reason_empty"})
    assert step["description_placeholders"]["scope"] == "BTCUSDT"

    done = await ask(hass, hass_client, issue_id, [{"reason": "checked the order"}])

    assert done["type"] == "create_entry"
    assert paper.runtime_data.account.read_model().holds == ()
    await paper.runtime_data.coordinator.async_refresh()
    assert issues(hass) == set()


async def test_an_issue_goes_with_its_hold(
    hass: HomeAssistant, paper: MockConfigEntry, issue_id: str, hass_client: Connect
) -> None:
    """Given a hold that was released elsewhere, then its issue goes, and a form that is open says so."""
    account = paper.runtime_data.account
    step = await ask(hass, hass_client, issue_id, [])
    (hold,) = account.read_model().holds
    assert await account.release_hold(hold.hold_id, who="somebody", reason="elsewhere")

    http = await hass_client()
    answer = await (await http.post(f"/api/repairs/issues/fix/{step['flow_id']}", json={"reason": "late"})).json()

    assert (answer["type"], answer["reason"]) == ("abort", "hold_gone")
    await paper.runtime_data.coordinator.async_refresh()
    assert issues(hass) == set()


async def test_a_closed_account_has_no_issues(
    hass: HomeAssistant, paper: MockConfigEntry, issue_id: str, hass_client: Connect
) -> None:
    """Given an issue whose form is open, when the account is closed, then the form says so, and the issue is gone."""
    step = await ask(hass, hass_client, issue_id, [])
    assert await hass.config_entries.async_unload(paper.entry_id)
    assert issues(hass) == set()

    http = await hass_client()
    answer = await (await http.post(f"/api/repairs/issues/fix/{step['flow_id']}", json={"reason": "late"})).json()

    assert (answer["type"], answer["reason"]) == ("abort", "account_not_loaded")
