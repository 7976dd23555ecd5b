"""Calling the actions as Home Assistant does."""

from typing import Any, cast

from custom_components.mexc_trading.const import DOMAIN
from homeassistant.core import Context, HomeAssistant

type Fields = dict[str, Any]

BUY: Fields = {"symbol": "BTCUSDT", "side": "buy", "notional": 100}
ENTER: Fields = {"symbol": "BTCUSDT", "action": "enter", "side": "buy", "size": {"notional": 100.5}}


async def call(hass: HomeAssistant, name: str, fields: Fields, context: Context | None = None) -> Fields:
    """Call an action and give its response."""
    response = await hass.services.async_call(
        DOMAIN, name, fields, blocking=True, return_response=True, context=context or Context()
    )
    return cast("Fields", response)
