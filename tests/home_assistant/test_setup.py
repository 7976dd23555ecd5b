"""An account opens, shows itself and closes."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant


async def test_a_paper_account_opens_and_closes(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a paper account, when it is loaded and unloaded, then it runs and stops cleanly."""
    assert paper.state is ConfigEntryState.LOADED

    assert await hass.config_entries.async_unload(paper.entry_id)

    assert paper.state is ConfigEntryState.NOT_LOADED
