"""MEXC Trading: signals become orders on MEXC, and those that should be refused are refused.

This module imports nothing of Home Assistant. The packages below it (model, engine, risk, orders, portfolio,
journal, exchange) also run in a plain interpreter: backtests in their own process, the journal's tools, most
tests. Importing any of them imports this module first. What Home Assistant looks for here are real functions
which load ``lifecycle`` through Home Assistant's own importer, off the event loop.
"""

from typing import TYPE_CHECKING, Protocol, cast

from .const import DOMAIN

if TYPE_CHECKING:
    from homeassistant.config_entries import ConfigEntry
    from homeassistant.core import HomeAssistant
    from homeassistant.helpers.typing import ConfigType

    from .coordinator import MexcConfigEntry


class _Lifecycle(Protocol):
    """The functions of the module ``lifecycle``."""

    async def async_setup_domain(self, hass: HomeAssistant) -> bool:
        """Register actions and schema."""
        ...

    async def async_setup_account(self, hass: HomeAssistant, entry: MexcConfigEntry) -> bool:
        """Open an account."""
        ...

    async def async_unload_account(self, hass: HomeAssistant, entry: MexcConfigEntry) -> bool:
        """Close an account."""
        ...

    async def async_remove_account(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Forget an account."""
        ...


def _config_entries_only(config: ConfigType) -> ConfigType:
    """Refuse a ``mexc_trading:`` block in YAML the way Home Assistant does it: with a repair issue."""
    # Imported here for the reason given at the top; Home Assistant has this module in memory already.
    from homeassistant.helpers import config_validation as cv  # noqa: PLC0415

    return cast("ConfigType", cv.config_entry_only_config_schema(DOMAIN)(config))


CONFIG_SCHEMA = _config_entries_only


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what exists without an account: actions and the signal schema."""
    del config
    return await (await _lifecycle(hass)).async_setup_domain(hass)


async def async_setup_entry(hass: HomeAssistant, entry: MexcConfigEntry) -> bool:
    """Open one account."""
    return await (await _lifecycle(hass)).async_setup_account(hass, entry)


async def async_unload_entry(hass: HomeAssistant, entry: MexcConfigEntry) -> bool:
    """Close one account; its journal and its kill switch stay on disk."""
    return await (await _lifecycle(hass)).async_unload_account(hass, entry)


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget what Home Assistant keeps about an account. Journals are evidence and are kept."""
    await (await _lifecycle(hass)).async_remove_account(hass, entry)


async def _lifecycle(hass: HomeAssistant) -> _Lifecycle:
    """Load ``lifecycle`` in Home Assistant's import executor; a plain import would read files on the event loop."""
    from homeassistant.helpers.importlib import async_import_module  # noqa: PLC0415

    return cast("_Lifecycle", await async_import_module(hass, f"{__name__}.lifecycle"))
