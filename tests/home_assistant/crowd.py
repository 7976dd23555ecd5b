"""Many senders at once, through both doors of a live account: signed webhooks and actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import itertools
import json
import time
from typing import Any, Final

import pytest

from custom_components.mexc_trading.bridge.standard_webhooks import sign
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.exchange.resilience import budget
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.double import MexcDouble

from .entries import LIMITS, SECRET, live_entry
from .phcc import Client, MockConfigEntry

DOORS: Final = tuple(f"fake-webhook-{number}" for number in range(5))
"""One strategy each: a strategy alone may send a hundred at once."""


def let_reads_be_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a boot read several symbols without the pauses that the venue's weights ask for: 40 for each."""
    monkeypatch.setattr(budget, "WEIGHT_PER_10_S", 10_000)


def crowd_entry(double: MexcDouble, limits: Mapping[str, Any]) -> MockConfigEntry:
    """Make a live account with a strategy for each door, all of whose symbols any of them may trade."""
    alike = live_entry(double)
    strategies = [
        ConfigSubentryDataWithId(
            data={"name": door, "symbols": [], "webhook_id": door, "secret": SECRET, "stage": "live"},
            subentry_id=f"01KAHSTRATEGYFAKE{number:09}",
            subentry_type="strategy",
            title=door,
            unique_id=door,
        )
        for number, door in enumerate(DOORS)
    ]
    return MockConfigEntry(
        domain=DOMAIN,
        data=alike.data,
        options={**LIMITS, **limits},
        title=alike.title,
        unique_id=alike.unique_id,
        subentries_data=strategies,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a sender was told: the verdict, and for a denial the rule that is named first."""

    verdict: str
    rule: str = ""


class Crowd:
    """Everybody who sends. Every wish has an id of its own."""

    def __init__(self, hass: HomeAssistant, client: Client) -> None:
        """Send to this Home Assistant."""
        self._hass = hass
        self._client = client
        self._numbers = itertools.count()

    async def enter(self, symbol: str, notional: str) -> Told:
        """Wish for an entry, through one door after the other."""
        number = next(self._numbers)
        wish = {"symbol": symbol, "action": "enter", "side": "buy", "size": {"notional": notional}}
        if number % 2:
            return await self.act(wish | {"signal_id": f"action-{number}"})
        return await self.post(DOORS[number // 2 % len(DOORS)], wish | {"signal_id": f"webhook-{number}"})

    async def leave(self, symbol: str, quantity: str) -> Told:
        """Wish for an exit by action."""
        number = next(self._numbers)
        return await self.act(
            {"symbol": symbol, "action": "exit", "size": {"quantity": quantity}, "signal_id": f"exit-{number}"}
        )

    async def act(self, fields: dict[str, Any]) -> Told:
        """Call the action; a denial is an error that names its rule."""
        try:
            answer = await self._hass.services.async_call(
                DOMAIN, "submit_signal", fields, blocking=True, return_response=True, context=Context()
            )
        except ServiceValidationError as denied:
            return Told(verdict="deny", rule=str(denied.translation_key))
        except HomeAssistantError as refused:
            return Told(verdict=str(refused.translation_key))
        return Told(verdict=str((answer or {})["verdict"]))

    async def post(self, door: str, fields: dict[str, Any]) -> Told:
        """Send a signed webhook."""
        document = {"schema_version": 1, "issued_at": datetime.now(UTC).isoformat(), **fields}
        body, at, message_id = json.dumps(document).encode(), int(time.time()), f"msg_{fields['signal_id']}"
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": sign(SECRET, message_id, at, body),
        }
        async with self._client.post(f"/api/webhook/{door}", data=body, headers=headers) as response:
            answer = await response.json()
            if response.status != 200:
                return Told(verdict=str(response.status))
            denials = [rule["rule"] for rule in answer["rules"] if rule["finding"] == "deny"]
            return Told(verdict=answer["verdict"], rule=denials[0] if denials else "")
