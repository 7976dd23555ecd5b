"""System health: what a person looks at first when orders stand still."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration, async_check_can_reach_url
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import CONF_REST_URL, DOMAIN, REST_URL_DEFAULT


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the page."""
    register.async_register_info(_async_health)


async def _async_health(hass: HomeAssistant) -> dict[str, Any]:
    entries = hass.config_entries.async_entries(DOMAIN)
    loaded = [entry for entry in entries if entry.state is ConfigEntryState.LOADED]
    models = [entry.runtime_data.coordinator.data for entry in loaded]
    rest_url = next((entry.data[CONF_REST_URL] for entry in entries), REST_URL_DEFAULT)
    return {
        "can_reach_server": async_check_can_reach_url(hass, f"{rest_url}/api/v3/ping"),
        "accounts": len(entries),
        "accounts_running": len(loaded),
        "accounts_holding": sum(bool(model.holds) for model in models),
        "journals_healthy": all(model.journal_healthy for model in models),
    }
