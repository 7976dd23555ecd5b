"""Adding a strategy: a name, its symbols, and the address and secret by which its signals come in.

The secret is shown once, when it is made. Replacing it leaves the former one valid for a day, so that the sender
can be changed without losing a signal.
"""

from collections.abc import Mapping
import time
from typing import Any

import probatio as vol

from homeassistant.components import webhook
from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.network import NoURLAvailableError
from homeassistant.helpers.selector import BooleanSelector

from ..bridge.standard_webhooks import generate_secret
from ..bridge.tokens import generate_token, is_token
from ..const import (
    CONF_FORMER_SECRET,
    CONF_FORMER_UNTIL,
    CONF_ROTATE_SECRET,
    CONF_SECRET,
    CONF_SYMBOLS,
    CONF_UNSIGNED,
    CONF_WEBHOOK_ID,
    SECRET_OVERLAP_S,
)
from .named_strategy import Answers, NamedStrategyFlow, common_fields
from .reading import Concern
from .signing_example import signing_example, token_example
from .strategy_fields import own_fields


class StrategySubentryFlow(NamedStrategyFlow):
    """The steps for a strategy whose signals come from outside."""

    async def async_step_user(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask for name, symbols, and what the strategy has of its own."""
        wrong: dict[str, Concern] = {}
        if user_input is not None:
            wrong = self.read_common(user_input)
            if not wrong:
                secret = generate_token() if user_input[CONF_UNSIGNED] else generate_secret()
                self.changes |= {CONF_WEBHOOK_ID: webhook.async_generate_id(), CONF_SECRET: secret}
                return await (self.async_step_token() if is_token(secret) else self.async_step_webhook())
        return await self._async_form("user", user_input or {}, wrong)

    async def async_step_webhook(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Show where signals go and how they are signed, once."""
        if user_input is not None:
            return self.create()
        return self._show_secret("webhook", self.changes[CONF_WEBHOOK_ID])

    async def async_step_token(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Show where signals go and which token they carry, once."""
        if user_input is not None:
            return await self.async_step_webhook(user_input)
        return self._show_secret("token", self.changes[CONF_WEBHOOK_ID])

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Change what the strategy may do, and replace the secret if wished."""
        subentry = self._get_reconfigure_subentry()
        wrong: dict[str, Concern] = {}
        if user_input is not None:
            wrong = self.read_common(user_input)
            if not wrong and user_input[CONF_ROTATE_SECRET]:
                former = subentry.data[CONF_SECRET]
                self.changes |= {
                    CONF_SECRET: generate_token() if is_token(former) else generate_secret(),
                    CONF_FORMER_SECRET: former,
                    CONF_FORMER_UNTIL: int(time.time()) + SECRET_OVERLAP_S,
                }
                return await self.async_step_rotated()
            if not wrong:
                return self.save()
        return await self._async_form("reconfigure", subentry.data if user_input is None else user_input, wrong)

    async def async_step_rotated(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Show the new secret, once."""
        if user_input is not None:
            return self.save()
        return self._show_secret("rotated", self._get_reconfigure_subentry().data[CONF_WEBHOOK_ID])

    async def _async_form(
        self, step_id: str, current: Mapping[str, Any], wrong: Mapping[str, Concern]
    ) -> SubentryFlowResult:
        errors, placeholders = await self.async_told(wrong)
        fields: dict[vol.Marker, object] = {
            **common_fields(current),
            **own_fields(current, errors),
        }
        if step_id == "reconfigure":
            fields[vol.Required(CONF_ROTATE_SECRET, default=False)] = BooleanSelector()
        else:
            fields[vol.Required(CONF_UNSIGNED, default=current.get(CONF_UNSIGNED, False))] = BooleanSelector()
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema(fields),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _show_secret(self, step_id: str, webhook_id: str) -> SubentryFlowResult:
        try:
            url = webhook.async_generate_url(self.hass, webhook_id)
        except NoURLAvailableError:
            url = webhook.async_generate_path(webhook_id)
        secret = self.changes[CONF_SECRET]
        symbols = self.changes[CONF_SYMBOLS] or self._get_entry().options[CONF_SYMBOLS]
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema({}),
            description_placeholders={
                "name": self.name,
                "url": url,
                "secret": secret,
                "example": (token_example if is_token(secret) else signing_example)(
                    url=url, secret=secret, symbol=symbols[0]
                ),
            },
        )
