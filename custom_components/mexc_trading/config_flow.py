"""Adding an account, replacing its key, changing its addresses.

A paper account needs the venue's public data only. A live account's key is tried with signed read-only calls before
anything is saved; one that can withdraw or transfer is refused.
"""

from collections.abc import Mapping
import secrets
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import slugify

from .const import (
    CONF_API_KEY,
    CONF_API_SECRET,
    CONF_INSTALL_SECRET,
    CONF_MODE,
    CONF_REST_URL,
    CONF_SYMBOLS,
    DOMAIN,
    MODE_LIVE,
    MODE_PAPER,
    SUBENTRY_STRATEGY,
)
from .exchange.secret import Secret
from .flows.account_form import (
    KEY_FIELDS,
    Draft,
    key_pair,
    place_of,
    read_changes,
    read_draft,
    reconfigure_schema,
    user_schema,
)
from .flows.limits_form import symbols_in
from .flows.options import LimitsOptionsFlow
from .flows.strategy import StrategySubentryFlow
from .flows.venue_check import Concern, KeyHolder, check_key, check_symbols

_INSTALL_SECRET_BYTES: Final = 32
_NO_PLACEHOLDERS: Final = {"symbols": "", "quote": "", "cause": ""}
"""Texts of errors name these; a form without that error still has to give them."""

type Answers = dict[str, Any]  # What Home Assistant hands to a step.


class MexcConfigFlow(ConfigFlow, domain=DOMAIN):
    """The steps for an account."""

    VERSION = 1
    MINOR_VERSION = 1

    _draft: Draft

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Give the form for the limits."""
        return LimitsOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """Say that an account has strategies."""
        return {SUBENTRY_STRATEGY: StrategySubentryFlow}

    @override
    async def async_step_user(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for name, mode, limits and, folded away, addresses."""
        errors: dict[str, str] = {}
        placeholders = dict(_NO_PLACEHOLDERS)
        if user_input is not None:
            draft, errors = read_draft(user_input)
            if draft is not None:
                concern = await self._async_settle_draft(draft)
                if concern is None:
                    return await self._async_after_draft(draft)
                errors = {place_of(concern): concern.key}
                placeholders |= concern.placeholders
        return self.async_show_form(
            step_id="user",
            data_schema=user_schema(user_input or {}),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_settle_draft(self, draft: Draft) -> Concern | None:
        """Check what can be checked without a key."""
        if not draft.live:
            await self.async_set_unique_id(f"{MODE_PAPER}:{slugify(draft.name)}", raise_on_progress=False)
            if self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, self.unique_id or ""):
                return Concern(key="name_taken")
        return await check_symbols(
            async_get_clientsession(self.hass), draft.entry[CONF_REST_URL], symbols_in(draft.limits)
        )

    async def _async_after_draft(self, draft: Draft) -> ConfigFlowResult:
        self._draft = draft
        return await self.async_step_credentials() if draft.live else self._create({})

    async def async_step_credentials(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for a live account's key and try it."""
        errors: dict[str, str] = {}
        placeholders = dict(_NO_PLACEHOLDERS)
        if user_input is not None:
            pair = key_pair(user_input)
            holder = await self._async_try_key(self._draft.entry[CONF_REST_URL], pair)
            if isinstance(holder, KeyHolder):
                await self.async_set_unique_id(holder.unique_id, raise_on_progress=False)
                self._abort_if_unique_id_configured(reload_on_update=False)
                return self._create(pair)
            errors["base"] = holder.key
            placeholders |= holder.placeholders
        return self.async_show_form(
            step_id="credentials", data_schema=KEY_FIELDS, errors=errors, description_placeholders=placeholders
        )

    def _create(self, pair: Mapping[str, str]) -> ConfigFlowResult:
        return self.async_create_entry(
            title=self._draft.name,
            data={
                **self._draft.entry,
                **pair,
                CONF_INSTALL_SECRET: secrets.token_hex(_INSTALL_SECRET_BYTES),
            },
            options=dict(self._draft.limits),
        )

    async def async_step_reauth(self, entry_data: Mapping[str, object]) -> ConfigFlowResult:
        """Start over with the key after the venue refused it."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for the new key."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        placeholders = dict(_NO_PLACEHOLDERS)
        if user_input is not None:
            pair = key_pair(user_input)
            holder = await self._async_try_key(entry.data[CONF_REST_URL], pair)
            if isinstance(holder, KeyHolder):
                return await self._async_replace(entry, holder, pair)
            errors["base"] = holder.key
            placeholders |= holder.placeholders
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=KEY_FIELDS,
            errors=errors,
            description_placeholders={**placeholders, "name": entry.title},
        )

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Change addresses and, for a live account, replace the key."""
        entry = self._get_reconfigure_entry()
        live = entry.data[CONF_MODE] == MODE_LIVE
        errors: dict[str, str] = {}
        placeholders = dict(_NO_PLACEHOLDERS)
        if user_input is not None:
            changes, errors = read_changes(entry, user_input)
            if not errors:
                outcome = await self._async_check_changes(entry, changes)
                if not isinstance(outcome, Concern):
                    return await self._async_replace(entry, outcome, changes)
                errors = {"base": outcome.key}
                placeholders |= outcome.placeholders
        return self.async_show_form(
            step_id="reconfigure_live" if live else "reconfigure",
            data_schema=reconfigure_schema(entry, user_input or {}, live=live),
            errors=errors,
            description_placeholders={**placeholders, "name": entry.title},
        )

    async def async_step_reconfigure_live(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Take the answers of a live account's form, whose texts differ."""
        return await self.async_step_reconfigure(user_input)

    async def _async_check_changes(self, entry: ConfigEntry, changes: Mapping[str, str]) -> KeyHolder | Concern | None:
        """Try the new addresses, with the key that will be used there. None: a paper account, all well."""
        if entry.data[CONF_MODE] == MODE_LIVE:
            both = {key: entry.data[key] for key in (CONF_API_KEY, CONF_API_SECRET)}
            return await self._async_try_key(changes[CONF_REST_URL], both | dict(changes))
        return await check_symbols(
            async_get_clientsession(self.hass), changes[CONF_REST_URL], entry.options[CONF_SYMBOLS]
        )

    async def _async_try_key(self, rest_url: str, pair: Mapping[str, str]) -> KeyHolder | Concern:
        return await check_key(
            async_get_clientsession(self.hass), rest_url, Secret(pair[CONF_API_KEY]), Secret(pair[CONF_API_SECRET])
        )

    async def _async_replace(
        self, entry: ConfigEntry, holder: KeyHolder | None, changes: Mapping[str, str]
    ) -> ConfigFlowResult:
        """Save the changes, unless the key belongs to another account; the former key is forgotten.

        A running account is reloaded by its update listener, which sees the change; one that is not running has none.
        """
        unique_id = entry.unique_id
        if holder is not None and holder.unique_id != unique_id:
            if holder.is_account and (unique_id or "").startswith("uid:"):
                return self.async_abort(reason="other_account")
            if self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, holder.unique_id):
                return self.async_abort(reason="already_configured")
            # The entry was known by its key alone; or the account's number is not readable with the new key.
            unique_id = holder.unique_id if holder.is_account or (unique_id or "").startswith("key:") else unique_id
        running = entry.state is ConfigEntryState.LOADED
        result = self.async_update_and_abort(entry, unique_id=unique_id, data_updates=dict(changes))
        if not running:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result
