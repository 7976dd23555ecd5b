"""A config entry's key: from Home Assistant's storage, or read anew from where the entry says that it is kept."""

from collections.abc import Mapping
from typing import Any

from aiohttp import ClientSession

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.requirements import RequirementsNotFound, async_process_requirements

from .bridge.credentials.aws import REQUIREMENT
from .bridge.credentials.reading import read_pair, reference_of
from .bridge.credentials.source import KeyPair, Source, SourceTrouble
from .const import CONF_API_KEY, CONF_API_SECRET, CONF_CREDENTIALS, DOMAIN


def source_of(entry_data: Mapping[str, Any]) -> Source:
    """Say where a live account's key is kept."""
    stored = entry_data.get(CONF_CREDENTIALS)
    return Source(stored["source"]) if stored else Source.STORAGE


async def async_read_key(hass: HomeAssistant, entry: ConfigEntry) -> KeyPair | SourceTrouble | None:
    """Read an account's key. None: a paper account, which has none."""
    if CONF_CREDENTIALS in entry.data:
        return await async_read_reference(hass, async_get_clientsession(hass), entry.data[CONF_CREDENTIALS])
    if CONF_API_KEY not in entry.data:
        return None
    return KeyPair.of(entry.data[CONF_API_KEY], entry.data[CONF_API_SECRET])


async def async_read_reference(
    hass: HomeAssistant, session: ClientSession, stored: Mapping[str, str]
) -> KeyPair | SourceTrouble:
    """Read the key that a stored reference names, after getting the source's client if it needs one."""
    if stored["source"] == Source.AWS:
        try:
            await async_process_requirements(hass, f"{DOMAIN}.aws", [REQUIREMENT], is_built_in=False)
        except RequirementsNotFound:
            return SourceTrouble(key="source_client_missing", subject=REQUIREMENT)
    return await read_pair(reference_of(stored), session)
