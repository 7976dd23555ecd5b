"""Adding an account, replacing its key, changing its addresses.

A paper account needs the venue's public data only. A live account's key is tried with signed read-only calls before
anything is saved; one that can withdraw or transfer is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import secrets
from typing import Any, Final, override

import probatio as vol

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import slugify

from .const import (
    CONF_API_KEY,
    CONF_API_SECRET,
    CONF_INSTALL_SECRET,
    CONF_MODE,
    CONF_NAME,
    CONF_PAPER_BALANCE,
    CONF_REST_URL,
    CONF_SYMBOLS,
    DOMAIN,
    MODE_LIVE,
    MODE_PAPER,
    PAPER_BALANCE_DEFAULT,
    SECTION_ADVANCED,
    SECTION_LIMITS,
    SUBENTRY_STRATEGY,
)
from .exchange.secret import Secret
from .flows.address_form import address_fields, read_addresses
from .flows.limit_fields import Stored, quote_number
from .flows.limits_form import first_schema, read_first, starting_limits, symbols_in
from .flows.options import LimitsOptionsFlow
from .flows.reading import BadField, positive_text
from .flows.strategy import StrategySubentryFlow
from .flows.venue_check import Concern, KeyHolder, check_key, check_symbols

_INSTALL_SECRET_BYTES: Final = 32
_PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_KEY_FIELDS: Final = vol.Schema({vol.Required(CONF_API_KEY): _PASSWORD, vol.Required(CONF_API_SECRET): _PASSWORD})
_NO_PLACEHOLDERS: Final = {"symbols": "", "quote": "", "cause": ""}
"""Texts of errors name these; a form without that error still has to give them."""

type Answers = dict[str, Any]  # What Home Assistant hands to a step.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """The first step's answers, read and checked."""

    name: str
    live: bool
    entry: Mapping[str, str]
    limits: Mapping[str, Stored]


class MexcConfigFlow(ConfigFlow, domain=DOMAIN):
    """The steps for an account."""

    VERSION = 1
    MINOR_VERSION = 1

    _draft: _Draft

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
            draft, errors = _read_draft(user_input)
            if draft is not None:
                concern = await self._async_settle_draft(draft)
                if concern is None:
                    return await self._async_after_draft(draft)
                errors = {_place_of(concern): concern.key}
                placeholders |= concern.placeholders
        return self.async_show_form(
            step_id="user",
            data_schema=_user_schema(user_input or {}),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_settle_draft(self, draft: _Draft) -> Concern | None:
        """Check what can be checked without a key."""
        if not draft.live:
            await self.async_set_unique_id(f"{MODE_PAPER}:{slugify(draft.name)}", raise_on_progress=False)
            if self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, self.unique_id or ""):
                return Concern(key="name_taken")
        return await check_symbols(
            async_get_clientsession(self.hass), draft.entry[CONF_REST_URL], symbols_in(draft.limits)
        )

    async def _async_after_draft(self, draft: _Draft) -> ConfigFlowResult:
        self._draft = draft
        return await self.async_step_credentials() if draft.live else self._create({})

    async def async_step_credentials(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for a live account's key and try it."""
        errors: dict[str, str] = {}
        placeholders = dict(_NO_PLACEHOLDERS)
        if user_input is not None:
            pair = _key_pair(user_input)
            holder = await self._async_try_key(self._draft.entry[CONF_REST_URL], pair)
            if isinstance(holder, KeyHolder):
                await self.async_set_unique_id(holder.unique_id, raise_on_progress=False)
                self._abort_if_unique_id_configured(reload_on_update=False)
                return self._create(pair)
            errors["base"] = holder.key
            placeholders |= holder.placeholders
        return self.async_show_form(
            step_id="credentials", data_schema=_KEY_FIELDS, errors=errors, description_placeholders=placeholders
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
            pair = _key_pair(user_input)
            holder = await self._async_try_key(entry.data[CONF_REST_URL], pair)
            if isinstance(holder, KeyHolder):
                return await self._async_replace(entry, holder, pair)
            errors["base"] = holder.key
            placeholders |= holder.placeholders
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_KEY_FIELDS,
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
            changes, errors = _read_changes(entry, user_input)
            if not errors:
                outcome = await self._async_check_changes(entry, changes)
                if not isinstance(outcome, Concern):
                    return await self._async_replace(entry, outcome, changes)
                errors = {"base": outcome.key}
                placeholders |= outcome.placeholders
        return self.async_show_form(
            step_id="reconfigure_live" if live else "reconfigure",
            data_schema=_reconfigure_schema(entry, user_input or {}, live=live),
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


def _user_schema(answers: Mapping[str, Any]) -> vol.Schema:
    advanced = answers.get(SECTION_ADVANCED, {})
    return vol.Schema(
        {
            vol.Required(CONF_NAME, default=answers.get(CONF_NAME, "MEXC")): TextSelector(),
            vol.Required(CONF_MODE, default=answers.get(CONF_MODE, MODE_PAPER)): SelectSelector(
                SelectSelectorConfig(
                    options=[MODE_PAPER, MODE_LIVE], translation_key="mode", mode=SelectSelectorMode.LIST
                )
            ),
            vol.Required(SECTION_LIMITS): section(first_schema(answers.get(SECTION_LIMITS, starting_limits()))),
            vol.Required(SECTION_ADVANCED): section(
                vol.Schema(
                    {
                        **address_fields(advanced),
                        vol.Required(
                            CONF_PAPER_BALANCE, default=advanced.get(CONF_PAPER_BALANCE, PAPER_BALANCE_DEFAULT)
                        ): quote_number(),
                    }
                ),
                {"collapsed": True},
            ),
        }
    )


def _reconfigure_schema(entry: ConfigEntry, answers: Mapping[str, Any], *, live: bool) -> vol.Schema:
    fields: dict[vol.Marker, TextSelector] = {}
    if live:
        fields |= {vol.Optional(CONF_API_KEY): _PASSWORD, vol.Optional(CONF_API_SECRET): _PASSWORD}
    return vol.Schema({**fields, **address_fields({**entry.data, **answers})})


def _read_draft(answers: Mapping[str, Any]) -> tuple[_Draft | None, dict[str, str]]:
    """Read the first step. Errors inside a folded section are shown at the section."""
    errors: dict[str, str] = {}
    name = answers[CONF_NAME].strip()
    if not name:
        errors[CONF_NAME] = "name_empty"
    limits, wrong = read_first(answers[SECTION_LIMITS])
    if wrong:
        errors[SECTION_LIMITS] = next(iter(wrong.values()))
    advanced = answers[SECTION_ADVANCED]
    entry: dict[str, str] = {CONF_MODE: answers[CONF_MODE]}
    try:
        entry |= read_addresses(advanced)
        entry[CONF_PAPER_BALANCE] = positive_text(advanced[CONF_PAPER_BALANCE])
    except BadField as bad:
        errors[SECTION_ADVANCED] = bad.key
    if errors:
        return None, errors
    return _Draft(name=name, live=entry[CONF_MODE] == MODE_LIVE, entry=entry, limits=limits), {}


def _read_changes(entry: ConfigEntry, answers: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Read the reconfigure form: what changes, or errors.

    The stored secret never signs for a new address: whoever changes where requests go proves to know the key.
    """
    try:
        changes = read_addresses(answers)
    except BadField as bad:
        return {}, {"base": bad.key}
    pair = _key_pair(answers)
    given = [text for text in pair.values() if text]
    if len(given) == 1:
        return {}, {"base": "key_incomplete"}
    if given:
        return changes | pair, {}
    if entry.data[CONF_MODE] == MODE_LIVE and changes[CONF_REST_URL] != entry.data[CONF_REST_URL]:
        return {}, {"base": "key_needed_for_address"}
    return changes, {}


def _key_pair(answers: Mapping[str, Any]) -> dict[str, str]:
    """Take key and secret without the spaces that copying adds."""
    return {key: str(answers.get(key, "")).strip() for key in (CONF_API_KEY, CONF_API_SECRET)}


def _place_of(concern: Concern) -> str:
    """Say at which part of the first form a concern is shown."""
    return {"name_taken": CONF_NAME, "symbol_unknown": SECTION_LIMITS, "symbol_other_quote": SECTION_LIMITS}.get(
        concern.key, "base"
    )
