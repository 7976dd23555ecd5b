"""Money that moved without a trade of ours: a person is asked, and a deposit is neither profit nor loss."""

import asyncio
from decimal import Decimal
import time

import pytest

from custom_components.mexc_trading import cash_question
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.engine import on_compare
from custom_components.mexc_trading.engine.compare_inputs import CompareIn
from custom_components.mexc_trading.model.ids import Asset
from custom_components.mexc_trading.orders.reconcile import VenueBook
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.double import MexcDouble

from .acting import BUY, call
from .entries import trading, until
from .phcc import Connect, MockConfigEntry
from .test_notices import drifts, settled
from .test_repairs import answer, ask, issues, opened

FLOW = {"choice": "flow"}
"""The answer that it was a deposit or withdrawal."""


@pytest.fixture
async def moved(
    hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    """Give a live account from which somebody withdrew 250 USDT, and asks at once."""
    monkeypatch.setattr(cash_question, "SETTLED_S", 0)
    await trading(live)
    double.venue.deposit("USDT", "-250")
    await live.runtime_data.account.reconciled()
    await live.runtime_data.coordinator.async_refresh()
    return live


def question(entry: MockConfigEntry) -> str:
    """Name the account's question."""
    return f"money_moved_{entry.entry_id}_live"


async def test_a_withdrawal_is_booked_as_capital(
    hass: HomeAssistant, moved: MockConfigEntry, hass_client: Connect
) -> None:
    """Given cash that left, then the amount is shown and asked about, and booked once, without a loss."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, question(moved))
    assert issue is not None
    assert (issue.translation_placeholders or {})["amount"] == "\N{MINUS SIGN}250.00 USDT"
    sensor = hass.states.get("sensor.mexc_reconciliation")
    assert sensor is not None
    assert (sensor.state, sensor.attributes["findings"][0]["kind"]) == ("1", "cash_drift")

    end = await ask(hass, hass_client, question(moved), [FLOW])

    assert end["type"] == "create_entry"
    await moved.runtime_data.coordinator.async_refresh()
    model = moved.runtime_data.account.read_model()
    assert (model.equity, model.daily_pnl) == (Decimal(9750), Decimal(0))
    assert question(moved) not in issues(hass)
    assert cash_question.amount_of(model) is None


async def test_what_is_no_flow_is_not_booked(hass: HomeAssistant, moved: MockConfigEntry, hass_client: Connect) -> None:
    """Given a person who did not move money, then nothing is booked and the question stays."""
    end = await ask(hass, hass_client, question(moved), [{"choice": "other"}])

    assert (end["type"], end["reason"]) == ("abort", "not_a_flow")
    assert moved.runtime_data.account.read_model().equity == 10000
    assert question(moved) in issues(hass)
    assert await hass.config_entries.async_unload(moved.entry_id)
    assert issues(hass) == set()


async def test_two_windows_book_it_once(hass: HomeAssistant, moved: MockConfigEntry, hass_client: Connect) -> None:
    """Given the question open in two windows, when both answer, then the second is told that it was answered."""
    first, second = [await opened(hass, hass_client, question(moved)) for _ in range(2)]

    ends = await asyncio.gather(*(answer(hass_client, window, FLOW) for window in (first, second)))

    assert sorted((end["type"], end.get("reason") or "") for end in ends) == [
        ("abort", "already_answered"),
        ("create_entry", ""),
    ]
    assert moved.runtime_data.account.read_model().equity == 9750


async def test_what_moved_since_is_asked_about_again(
    hass: HomeAssistant, double: MexcDouble, moved: MockConfigEntry, hass_client: Connect
) -> None:
    """Given more that left while the form was open, then the amount that was not shown is not booked."""
    window = await opened(hass, hass_client, question(moved))
    assert window["description_placeholders"]["amount"] == "\N{MINUS SIGN}250.00 USDT"
    double.venue.deposit("USDT", "-100")
    await moved.runtime_data.account.reconciled()

    end = await answer(hass_client, window, FLOW)

    assert (end["type"], end["reason"]) == ("abort", "amount_changed")
    assert moved.runtime_data.account.read_model().equity == 10_000
    again = await opened(hass, hass_client, question(moved))
    assert again["description_placeholders"]["amount"] == "\N{MINUS SIGN}350.00 USDT"
    assert (await answer(hass_client, again, FLOW))["type"] == "create_entry"
    assert moved.runtime_data.account.read_model().equity == 9650


async def test_nobody_is_asked_about_a_moment(hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry) -> None:
    """Given balances that may only lag behind, then nobody is asked until the difference has lasted."""
    await trading(live)
    double.venue.deposit("USDT", "100")
    await live.runtime_data.account.reconciled()
    await live.runtime_data.coordinator.async_refresh()

    assert question(live) not in issues(hass)


async def test_missing_coins_are_gone_and_the_rest_is_sold(
    hass: HomeAssistant, paper: MockConfigEntry, hass_client: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given half of the coins gone, when the person says to sell what is left, then the position is closed."""
    monkeypatch.setattr(on_compare, "CONFIRMED_AFTER_NS", 0)
    await trading(paper)
    await call(hass, "place_order", BUY)
    model = await until(paper, lambda model: len(model.positions) == 1 and not model.orders)
    half = model.positions[0].quantity / 2
    seen = VenueBook(open_orders=None, history=(), lookups={}, trades=(), balances={Asset("BTC"): half})
    for _ in range(2):
        await paper.runtime_data.account._book.ask(CompareIn(venues=seen, started_ns=time.time_ns(), whole=False))
    await until(paper, drifts)

    assert (await settled(hass, paper, hass_client, "flatten"))["type"] == "create_entry"

    await until(paper, lambda model: not model.positions and not drifts(model))
