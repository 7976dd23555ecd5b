"""Keeps an account's secrets out of Home Assistant's logs, whoever writes there: us, a library, or Home Assistant."""

from collections.abc import Iterable
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..exchange.redaction import Redaction
from ..exchange.secret import Secret

_REDACTION: Final[HassKey[Redaction]] = HassKey("mexc_trading_redaction")


@callback
def async_mask_in_logs(hass: HomeAssistant, secrets: Iterable[Secret]) -> CALLBACK_TYPE:
    """Mask these secrets in every log until the returned function is called.

    The one filter stays in front of the handlers; it lets everything pass while there is nothing to mask.
    """
    redaction = hass.data.setdefault(_REDACTION, Redaction())
    redaction.attach(logging.root.handlers)
    forgets = [redaction.register(secret) for secret in secrets]

    @callback
    def forget() -> None:
        for each in forgets:
            each()

    return forget
