"""Many wishes in the same moment: Home Assistant runs actions and requests side by side, the book decides in a row."""

import asyncio
from collections import Counter

import pytest

from homeassistant.core import HomeAssistant
from tests.double import MexcDouble

from .conftest import running
from .crowd import Crowd, crowd_entry, let_reads_be_cheap
from .entries import trading, until
from .phcc import Connect

SYMBOLS = ("BTCUSDT", "ETHUSDT", "MXUSDT", "SOLUSDT")


async def test_a_hundred_actions_and_webhooks_against_three_positions_are_three(
    hass: HomeAssistant,
    web: None,
    double: MexcDouble,
    hass_client_no_auth: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given room for three symbols, and for one entry in each, then of a hundred wishes exactly three are bought.

    Twenty-five wishes for each of four symbols, half of them by action. Each of the others is told the rule, and no
    other order reaches the venue.
    """
    let_reads_be_cheap(monkeypatch)
    limits = {"symbols": list(SYMBOLS), "max_open_positions": 3, "max_symbol_exposure": "150"}
    entry = await running(hass, crowd_entry(double, limits))
    await trading(entry)
    crowd = Crowd(hass, await hass_client_no_auth())

    told = await asyncio.gather(*(crowd.enter(symbol, "100") for symbol in SYMBOLS * 25))

    assert Counter((one.verdict, one.rule) for one in told) == {
        ("allow", ""): 3,
        ("deny", "max_open_positions"): 25,
        ("deny", "max_symbol_exposure"): 3 * 24,
    }
    model = await until(entry, lambda model: len(model.positions) == 3)
    orders = double.requests.of("POST", "/api/v3/order")
    assert sorted(order.query["symbol"] for order in orders) == sorted(held.symbol for held in model.positions)
    assert len(double.venue.orders) == 3
