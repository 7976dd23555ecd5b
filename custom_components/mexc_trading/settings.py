"""Putting an account's settings in force: when it opens, and whenever a person has changed them."""

from collections.abc import Sequence
from datetime import UTC, tzinfo
import logging

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from .bridge.opening import JournalUnwritable
from .bridge.quiet_logs import async_mask_in_logs
from .bridge.terms import PAPER
from .const import CONF_DAY_ZONE, CONF_WEBHOOK_ID, DAY_ZONE_DEFAULT, DOMAIN
from .coordinator import Applied, MexcConfigEntry
from .entity import book_device
from .entry_terms import (
    CONNECTION_KEYS,
    entry_secrets,
    limits_of,
    paper_terms_of,
    rule_plans_of,
    strategies_of,
    strategy_subentries,
    webhook_secrets,
)
from .model.ids import StrategyId

_LOGGER = logging.getLogger(__name__)


async def async_zone(entry: MexcConfigEntry) -> tzinfo:
    """Read the zone of the trading day, off the event loop."""
    return await dt_util.async_get_time_zone(_day_zone(entry)) or UTC


def _day_zone(entry: MexcConfigEntry) -> str:
    return str(entry.options.get(CONF_DAY_ZONE, DAY_ZONE_DEFAULT))


async def async_apply(hass: HomeAssistant, entry: MexcConfigEntry) -> None:
    """Put changed settings in force. Only another address, key or time zone opens the account anew."""
    runtime = entry.runtime_data
    wanted = settings_of(entry)
    if wanted.connection != runtime.applied.connection:
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    try:
        if wanted.limits != runtime.applied.limits:
            await runtime.books.set_limits(wanted.limits)
            runtime.applied.limits = wanted.limits
        if wanted.strategies != runtime.applied.strategies:
            await runtime.books.set_strategies(wanted.strategies)
            runtime.applied.strategies = wanted.strategies
    except JournalUnwritable:
        # The former settings stay in force: a limit that is not in the journal was never set. Entries stand still
        # anyway while the journal cannot be written, and opening the account anew tries again until it can.
        _LOGGER.warning("Settings of %s could not be journaled; opening the account anew", entry.title)
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    runtime.books[PAPER].behave(wanted.paper)
    runtime.conditions.async_sync(wanted.conditions)
    async_sync_strategies(hass, entry)


def settings_of(entry: MexcConfigEntry) -> Applied:
    """Read what ought to be in force."""
    return Applied(
        connection=(*(entry.data.get(key) for key in CONNECTION_KEYS), _day_zone(entry)),
        limits=limits_of(entry.options),
        paper=paper_terms_of(entry.options),
        strategies=strategies_of(entry),
    )


@callback
def async_sync_strategies(hass: HomeAssistant, entry: MexcConfigEntry) -> None:
    """Give each strategy its device and its door, or its candles; those of removed ones go."""
    _sync_devices(hass, entry)
    runtime = entry.runtime_data
    doors = {
        subentry.data[CONF_WEBHOOK_ID]: (StrategyId(subentry.subentry_id), subentry.title)
        for subentry in strategy_subentries(entry)
        if CONF_WEBHOOK_ID in subentry.data
    }

    def secrets_valid(strategy: StrategyId, now_s: int) -> Sequence[str]:
        return webhook_secrets(entry.subentries[strategy].data, now_s)

    runtime.webhooks.async_sync(doors, secrets_valid)
    runtime.rules.sync(rule_plans_of(entry))
    runtime.unmask()
    runtime.unmask = async_mask_in_logs(hass, entry_secrets(entry))


def _sync_devices(hass: HomeAssistant, entry: MexcConfigEntry) -> None:
    """Show strategies, and the paper book beside a live one, as devices that belong to the account's."""
    devices = dr.async_get(hass)
    account_device = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, entry.entry_id)}, name=entry.title
    )
    for book in entry.runtime_data.coordinators.values():
        if book is not entry.runtime_data.coordinator:
            beside = devices.async_get_or_create(config_entry_id=entry.entry_id, **book_device(book))
            devices.async_update_device(beside.id, via_device_id=account_device.id)
    for subentry in strategy_subentries(entry):
        devices.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            entry_type=dr.DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, subentry.subentry_id)},
            manufacturer="MEXC",
            name=subentry.title,
            via_device_id=account_device.id,
        )
