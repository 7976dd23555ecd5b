"""The steps that ask where a live account's key is kept, and try the key that is found there."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..bridge.credentials.source import KeyPair, Source, SourceTrouble
from ..const import CONF_API_KEY, CONF_API_SECRET, CONF_CREDENTIALS
from ..entry_keys import async_read_reference
from .account_form import KEY_FIELDS, key_pair
from .credential_forms import read_reference, source_schema
from .reading import Concern
from .telling import async_filled

type Answers = dict[str, Any]  # What Home Assistant hands to a step.


class CredentialSteps(ConfigFlow):
    """One step per source. What becomes of a key that works is the flow's own matter."""

    @abstractmethod
    async def async_keep(self, pair: KeyPair, stored: Mapping[str, Any]) -> ConfigFlowResult | Concern:
        """Try a key; if it is good, finish the flow with what is to be stored."""

    async def async_step_credential_source(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask where the key is kept."""
        options = ["credentials", *(source.value for source in Source if source is not Source.STORAGE)]
        return self.async_show_menu(step_id="credential_source", menu_options=options)

    async def async_step_credentials(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for the key itself, to keep it in Home Assistant's storage."""
        concern: Concern | None = None
        if user_input is not None:
            texts = key_pair(user_input)
            outcome = await self.async_keep_texts(texts)
            if not isinstance(outcome, Concern):
                return outcome
            concern = outcome
        return self.async_show_form(
            step_id="credentials",
            data_schema=KEY_FIELDS,
            errors={"base": concern.key} if concern else {},
            description_placeholders=await async_filled(self.hass, concern),
        )

    async def async_keep_texts(self, texts: Mapping[str, str]) -> ConfigFlowResult | Concern:
        """Try a key that was typed."""
        pair = typed_pair(texts)
        return pair if isinstance(pair, Concern) else await self.async_keep(pair, texts)

    async def async_step_environment(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for the names of variables."""
        return await self._async_step_source(Source.ENVIRONMENT, user_input)

    async def async_step_file(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for the paths of files."""
        return await self._async_step_source(Source.FILE, user_input)

    async def async_step_vault(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for a secret in HashiCorp Vault."""
        return await self._async_step_source(Source.VAULT, user_input)

    async def async_step_onepassword(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for an item in 1Password."""
        return await self._async_step_source(Source.ONEPASSWORD, user_input)

    async def async_step_aws(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for a secret in AWS Secrets Manager."""
        return await self._async_step_source(Source.AWS, user_input)

    async def _async_step_source(self, source: Source, user_input: Answers | None) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        placeholders = await async_filled(self.hass, None)
        if user_input is not None:
            stored, errors = read_reference(source, user_input)
            if not errors:
                outcome = await self.async_keep_reference(stored)
                if not isinstance(outcome, Concern):
                    return outcome
                errors = {"base": outcome.key}
                placeholders = await async_filled(self.hass, outcome)
        return self.async_show_form(
            step_id=source.value,
            data_schema=source_schema(source, user_input or {}),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_keep_reference(self, stored: Mapping[str, str]) -> ConfigFlowResult | Concern:
        """Read the key that a reference names, and try it."""
        pair = await async_read_reference(self.hass, async_get_clientsession(self.hass), stored)
        if isinstance(pair, SourceTrouble):
            return Concern(key=pair.key, placeholders={"subject": pair.subject})
        return await self.async_keep(pair, {CONF_CREDENTIALS: dict(stored)})


def typed_pair(texts: Mapping[str, str]) -> KeyPair | Concern:
    """Take a pair that was typed; a field left empty is no key."""
    if not (texts[CONF_API_KEY] and texts[CONF_API_SECRET]):
        return Concern(key="invalid_auth")
    return KeyPair.of(texts[CONF_API_KEY], texts[CONF_API_SECRET])
