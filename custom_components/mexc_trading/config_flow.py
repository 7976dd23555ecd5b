"""Adding an account, replacing its key, changing its addresses.

A paper account needs the venue's public data only. A live account's key is tried with signed read-only calls before
anything is saved; one that can withdraw or transfer is refused.
"""

from collections.abc import Mapping
import secrets
from typing import Any, Final, override

import probatio as vol

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import slugify

from .bridge.credentials.source import KeyPair, Source
from .const import (
    CONF_API_KEY,
    CONF_API_SECRET,
    CONF_CREDENTIALS,
    CONF_INSTALL_SECRET,
    CONF_MODE,
    CONF_REST_URL,
    CONF_SYMBOLS,
    DOMAIN,
    MODE_LIVE,
    MODE_PAPER,
    SUBENTRY_RULE_STRATEGY,
    SUBENTRY_STRATEGY,
)
from .entry_keys import source_of
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
from .flows.credential_steps import Answers, CredentialSteps
from .flows.limits_form import symbols_in
from .flows.options import LimitsOptionsFlow
from .flows.reading import Concern
from .flows.rule_strategy import RuleStrategySubentryFlow
from .flows.strategy import StrategySubentryFlow
from .flows.telling import async_filled, async_told
from .flows.venue_check import KeyHolder, check_key, check_symbols

_INSTALL_SECRET_BYTES: Final = 32


class MexcConfigFlow(CredentialSteps, domain=DOMAIN):
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
        """Say that an account has strategies: senders of signals, and rules that are worked out here."""
        return {SUBENTRY_STRATEGY: StrategySubentryFlow, SUBENTRY_RULE_STRATEGY: RuleStrategySubentryFlow}

    @override
    async def async_step_user(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for name, mode, limits and, folded away, addresses."""
        wrong: dict[str, Concern] = {}
        if user_input is not None:
            draft, wrong = read_draft(user_input)
            if draft is not None:
                concern = await self._async_settle_draft(draft)
                if concern is None:
                    return await self._async_after_draft(draft)
                wrong = {place_of(concern): concern}
        errors, placeholders = await async_told(self.hass, "config", wrong)
        return self.async_show_form(
            step_id="user",
            data_schema=user_schema(user_input or {}, errors),
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
        return await self.async_step_credential_source() if draft.live else self._create({})

    @override
    async def async_keep(self, pair: KeyPair, stored: Mapping[str, Any]) -> ConfigFlowResult | Concern:
        """Try a key; then create the entry, or replace what an entry stores of its key."""
        if self.source != SOURCE_USER:
            entry = self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()
            holder = await self._async_try_key(entry.data[CONF_REST_URL], pair)
            return holder if isinstance(holder, Concern) else await self._async_replace(entry, holder, stored)
        holder = await self._async_try_key(self._draft.entry[CONF_REST_URL], pair)
        if isinstance(holder, Concern):
            return holder
        await self.async_set_unique_id(holder.unique_id, raise_on_progress=False)
        self._abort_if_unique_id_configured(reload_on_update=False)
        return self._create(stored)

    def _create(self, stored: Mapping[str, Any]) -> ConfigFlowResult:
        return self.async_create_entry(
            title=self._draft.name,
            data={
                **self._draft.entry,
                **stored,
                CONF_INSTALL_SECRET: secrets.token_hex(_INSTALL_SECRET_BYTES),
            },
            options=dict(self._draft.limits),
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start over with the key after the venue refused it."""
        if source_of(entry_data) is Source.STORAGE:
            return await self.async_step_reauth_confirm()
        return await self.async_step_reauth_source()

    async def async_step_reauth_confirm(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for the new key."""
        outcome = await self.async_keep_texts(key_pair(user_input)) if user_input is not None else None
        return await self._async_answer("reauth_confirm", KEY_FIELDS, outcome)

    async def async_step_reauth_source(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Read the key anew from where it is kept, once somebody has put the new one there."""
        stored = self._get_reauth_entry().data[CONF_CREDENTIALS]
        outcome = await self.async_keep_reference(stored) if user_input is not None else None
        return await self._async_answer("reauth_source", vol.Schema({}), outcome)

    async def _async_answer(
        self, step_id: str, schema: vol.Schema, outcome: ConfigFlowResult | Concern | None
    ) -> ConfigFlowResult:
        """Give a reauthentication's outcome, or its form with what is wrong."""
        if outcome is not None and not isinstance(outcome, Concern):
            return outcome
        said = await async_filled(self.hass, outcome)
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            errors={"base": outcome.key} if outcome else {},
            description_placeholders={**said, "name": self._get_reauth_entry().title},
        )

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask what to change. A key that is kept elsewhere is replaced there; here only its place can change."""
        entry = self._get_reconfigure_entry()
        if entry.data[CONF_MODE] != MODE_LIVE:
            return await self._async_step_changes("reconfigure", user_input)
        if source_of(entry.data) is not Source.STORAGE:
            return await self.async_step_credential_source()
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["reconfigure_live", "credential_source"],
            description_placeholders={"name": entry.title},
        )

    async def async_step_reconfigure_live(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Replace a live account's key, or change its addresses."""
        return await self._async_step_changes("reconfigure_live", user_input)

    async def _async_step_changes(self, step_id: str, user_input: Answers | None) -> ConfigFlowResult:
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        placeholders = await async_filled(self.hass, None)
        if user_input is not None:
            changes, errors = read_changes(entry, user_input)
            if not errors:
                outcome = await self._async_check_changes(entry, changes)
                if not isinstance(outcome, Concern):
                    return await self._async_replace(entry, outcome, changes)
                errors = {"base": outcome.key}
                placeholders = await async_filled(self.hass, outcome)
        return self.async_show_form(
            step_id=step_id,
            data_schema=reconfigure_schema(entry, user_input or {}, live=entry.data[CONF_MODE] == MODE_LIVE),
            errors=errors,
            description_placeholders={**placeholders, "name": entry.title},
        )

    async def _async_check_changes(self, entry: ConfigEntry, changes: Mapping[str, str]) -> KeyHolder | Concern | None:
        """Try the new addresses, with the key that will be used there. None: a paper account, all well."""
        if entry.data[CONF_MODE] == MODE_LIVE:
            pair = KeyPair.of(*(changes.get(key, entry.data[key]) for key in (CONF_API_KEY, CONF_API_SECRET)))
            return await self._async_try_key(changes[CONF_REST_URL], pair)
        return await check_symbols(
            async_get_clientsession(self.hass), changes[CONF_REST_URL], entry.options[CONF_SYMBOLS]
        )

    async def _async_try_key(self, rest_url: str, pair: KeyPair) -> KeyHolder | Concern:
        return await check_key(async_get_clientsession(self.hass), rest_url, pair.api_key, pair.api_secret)

    async def _async_replace(
        self, entry: ConfigEntry, holder: KeyHolder | None, changes: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Save the changes, unless the key belongs to another account; the former key or its place is forgotten.

        A running account is reloaded by its update listener if that sees a change. One that is not running has no
        listener, and a new key at the same place is no change to see.
        """
        unique_id = entry.unique_id
        if holder is not None and holder.unique_id != unique_id:
            if holder.is_account and (unique_id or "").startswith("uid:"):
                return self.async_abort(reason="other_account")
            if self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, holder.unique_id):
                return self.async_abort(reason="already_configured")
            # The entry was known by its key alone; or the account's number is not readable with the new key.
            unique_id = holder.unique_id if holder.is_account or (unique_id or "").startswith("key:") else unique_id
        renewed = bool({CONF_API_KEY, CONF_CREDENTIALS} & changes.keys())
        former = {CONF_API_KEY, CONF_API_SECRET, CONF_CREDENTIALS} if renewed else set()
        kept = {key: value for key, value in entry.data.items() if key not in former}
        seen = entry.state is ConfigEntryState.LOADED and {**kept, **changes} != entry.data
        # Named, the reason is told in our own words, which say what became of the key.
        reason = "reauth_successful" if self.source == SOURCE_REAUTH else "reconfigure_successful"
        result = self.async_update_and_abort(entry, unique_id=unique_id, data={**kept, **changes}, reason=reason)
        if not seen:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result
