"""An account opens, shows itself and closes."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .entries import MockConfigEntry, state_of


async def test_a_paper_account_opens_and_closes(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a paper account, when it is loaded and unloaded, then it runs and stops cleanly."""
    assert state_of(hass, paper) is ConfigEntryState.LOADED

    assert await hass.config_entries.async_unload(paper.entry_id)

    assert state_of(hass, paper) is ConfigEntryState.NOT_LOADED
