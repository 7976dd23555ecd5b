"""Home Assistant's backup: the journals stay whole in it. Trading goes on meanwhile; only the log of a journal grows.

Nothing waits here for a disk or a reader, and nothing that goes wrong with one journal keeps the house from its backup.
"""

import asyncio

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .bridge.bookkeeping import Bookkeeping
from .const import DOMAIN


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Fold the journals' logs, then leave the main files alone until the copy is made."""
    await asyncio.gather(*(bookkeeping.begin_backup() for bookkeeping in _journals(hass)))


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let the journals go back to normal."""
    await asyncio.gather(*(bookkeeping.end_backup() for bookkeeping in _journals(hass)))


def _journals(hass: HomeAssistant) -> list[Bookkeeping]:
    """List the journals of all running accounts."""
    entries = hass.config_entries.async_entries(DOMAIN)
    loaded = [entry for entry in entries if entry.state is ConfigEntryState.LOADED]
    return [account.bookkeeping for entry in loaded for account in entry.runtime_data.books.values()]
