"""The kill switch thrown in the middle of a flood: what is journaled holds, from that moment on.

Only the order of things is asserted here. Times are measured by ``scripts/bench kill``.
"""

import asyncio
import time
from typing import NamedTuple

import pytest

from custom_components.mexc_trading.bridge.kill_switch import KILL_SWITCH
from custom_components.mexc_trading.const import DOMAIN
from homeassistant.core import HomeAssistant
from tests.double import MexcDouble

from .conftest import running
from .crowd import Crowd, Told, crowd_entry, let_reads_be_cheap
from .entries import trading, until
from .phcc import Connect

SECONDS = 2
PER_S = 200
EXIT_EVERY = 50
"""Entries between two exits: four exits a second."""


class Flood(NamedTuple):
    """What everybody was told."""

    entries: list[Told]
    exits: list[Told]


async def flood(hass: HomeAssistant, crowd: Crowd) -> Flood:
    """Send entries at a steady pace and exits among them, and throw the switch in their middle."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as group:
        entries, exits = [], []
        for number in range(SECONDS * PER_S):
            await asyncio.sleep(began + number / PER_S - loop.time())
            entries.append(group.create_task(crowd.enter("BTCUSDT", "10")))
            if number % EXIT_EVERY == 0:
                exits.append(group.create_task(crowd.leave("BTCUSDT", "0.0002")))
            if number == SECONDS * PER_S // 2:
                group.create_task(hass.services.async_call(DOMAIN, "engage_kill_switch", blocking=True))
    return Flood([task.result() for task in entries], [task.result() for task in exits])


async def test_no_entry_is_accepted_after_the_hold_is_journaled(
    hass: HomeAssistant,
    web: None,
    double: MexcDouble,
    hass_client_no_auth: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given 200 wishes a second, when the switch is thrown, then no entry reaches the venue, and every exit does.

    Many entries wait for the venue's rate in that moment: they do not leave any more. Later wishes are denied by the
    hold.
    """
    let_reads_be_cheap(monkeypatch)
    limits = {"symbols": ["BTCUSDT"], "max_notional_per_order": "5000"}
    entry = await running(hass, crowd_entry(double, limits))
    await trading(entry)
    crowd = Crowd(hass, await hass_client_no_auth())
    await crowd.enter("BTCUSDT", "900")
    await until(entry, lambda model: len(model.positions) == 1)

    told = await flood(hass, crowd)
    model = await until(entry, lambda model: not model.orders)

    (since_ns,) = [hold.since_ns for hold in model.holds if hold.hold_id == KILL_SWITCH]
    since_s = time.monotonic() - (time.time_ns() - since_ns) / 1e9
    at_venue = [(order.query["side"], order.at_s > since_s) for order in double.requests.of("POST", "/api/v3/order")]
    assert ("BUY", True) not in at_venue
    assert at_venue.count(("BUY", False)) >= 3
    assert at_venue.count(("SELL", True)) >= 3
    assert at_venue.count(("SELL", True)) + at_venue.count(("SELL", False)) == len(told.exits)
    assert all(exit_told.verdict == "allow" for exit_told in told.exits)
    assert {one.rule for one in told.entries if one.verdict == "deny"} == {"holds"}
    assert at_venue.count(("BUY", False)) < sum(one.verdict == "allow" for one in told.entries)
