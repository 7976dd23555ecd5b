"""Opening, re-tuning and closing accounts as Home Assistant loads, updates and unloads their config entries."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import partial
import logging
from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.loader import async_get_loaded_integration
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .bridge.backtests import Backtests
from .bridge.books import Books, open_books
from .bridge.candle_store import CandleStore
from .bridge.conditions import HomeConditions
from .bridge.credentials.source import SourceTrouble
from .bridge.home import async_follow_home
from .bridge.intake import Intake
from .bridge.kill_webhook import KillDoor
from .bridge.live_rules import LiveRules
from .bridge.opening import JournalUnwritable
from .bridge.quiet_logs import async_mask_in_logs
from .bridge.recorded_heads import async_weigh_recorded
from .bridge.stages import Stages
from .bridge.terms import LIVE, PAPER
from .bridge.venues import AccountRefused, AccountUnreachable
from .bridge.webhook import StrategyWebhooks
from .bridge.witnesses import StoredWitnesses
from .cash_question import async_ask_about_cash, async_drop_question
from .const import CONF_DAY_ZONE, CONF_WEBHOOK_ID, DAY_ZONE_DEFAULT, DOMAIN
from .coordinator import AccountCoordinator, Applied, MexcConfigEntry, MexcRuntime
from .entity import book_device, book_id, book_name
from .entry_keys import async_read_key
from .entry_terms import (
    CONNECTION_KEYS,
    account_terms,
    entry_secrets,
    kill_secrets,
    limits_of,
    paper_terms_of,
    rule_plans_of,
    strategies_of,
    strategy_subentries,
    webhook_secrets,
)
from .journal.lock import Locked
from .model.hold import HoldKind
from .model.ids import StrategyId
from .notices import async_drop_notices, async_show_notices
from .reasons import tell_reason
from .repairs import async_drop_issues, async_show_issues
from .services import async_register_actions
from .stages import Demotion
from .wording import async_wording

_LOGGER = logging.getLogger(__name__)

PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
)

INTAKE: Final[HassKey[Intake]] = HassKey(f"{DOMAIN}_intake")


async def async_setup_domain(hass: HomeAssistant) -> bool:
    """Compile the signal schema off the event loop and register the actions."""
    intake = hass.data[INTAKE] = await hass.async_add_executor_job(Intake)
    async_register_actions(hass, intake)
    return True


async def async_setup_account(hass: HomeAssistant, entry: MexcConfigEntry) -> bool:
    """Open an account's books and show them."""
    books = await _async_open(hass, entry)
    try:
        await books.set_strategies(strategies_of(entry))
        await _async_show(hass, entry, books)
    except JournalUnwritable as unwritable:
        await books.close()
        raise ConfigEntryNotReady(translation_domain=DOMAIN, translation_key="journal_unwritable") from unwritable
    except BaseException:
        await books.close()
        raise
    return True


async def _async_open(hass: HomeAssistant, entry: MexcConfigEntry) -> Books:
    """Open the account; what is in the way becomes Home Assistant's word for it."""
    pair = await async_read_key(hass, entry)
    if isinstance(pair, SourceTrouble):
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=pair.key,
            translation_placeholders={"subject": pair.subject},
        )
    if pair is not None:
        entry.async_on_unload(async_mask_in_logs(hass, (pair.api_key, pair.api_secret)))
    try:
        return await open_books(
            replace(account_terms(hass, entry, pair), zone=await _async_zone(entry)),
            session=async_get_clientsession(hass),
            spawn=lambda work, name: entry.async_create_background_task(hass, work, name),
            version=str(async_get_loaded_integration(hass, DOMAIN).version),
            witnesses=StoredWitnesses(hass, entry.entry_id),
        )
    except AccountUnreachable as away:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="account_unreachable",
            translation_placeholders={"cause": tell_reason(await async_wording(hass), away.cause)},
        ) from away
    except AccountRefused as refused:
        raise ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key=refused.concern) from refused
    except Locked as locked:
        raise ConfigEntryNotReady(translation_domain=DOMAIN, translation_key="journal_locked") from locked
    except JournalUnwritable as unwritable:
        raise ConfigEntryNotReady(translation_domain=DOMAIN, translation_key="journal_unwritable") from unwritable


async def _async_zone(entry: MexcConfigEntry) -> tzinfo:
    """Read the zone of the trading day, off the event loop."""
    return await dt_util.async_get_time_zone(_day_zone(entry)) or UTC


def _day_zone(entry: MexcConfigEntry) -> str:
    return str(entry.options.get(CONF_DAY_ZONE, DAY_ZONE_DEFAULT))


async def _async_show(hass: HomeAssistant, entry: MexcConfigEntry, books: Books) -> None:
    """Give the account its entities, devices, doors and issues. Each stands beside what undoes it."""
    coordinators = {name: AccountCoordinator(hass, entry, account) for name, account in books.items()}
    webhooks = StrategyWebhooks(hass, books, hass.data[INTAKE])
    conditions = HomeConditions(hass, books.values())
    store = CandleStore(folder := Path(hass.config.path(DOMAIN)))
    rules = LiveRules(books, store, lambda work, name: entry.async_create_background_task(hass, work, name))
    entry.runtime_data = MexcRuntime(
        books=books,
        coordinators=coordinators,
        webhooks=webhooks,
        conditions=conditions,
        stages=Stages(books),
        rules=rules,
        backtests=Backtests(books, store, folder),
        applied=_wanted(entry),
    )
    entry.async_on_unload(conditions.async_close)
    entry.async_on_unload(KillDoor(books.home, entry.title, partial(kill_secrets, entry)).async_open(hass))
    conditions.async_sync(_wanted(entry).conditions)
    entry.async_on_unload(async_follow_home(hass, books.values()))
    for coordinator in coordinators.values():
        entry.async_on_unload(coordinator.async_follow())
    entry.async_on_unload(webhooks.async_close_all)
    entry.async_on_unload(rules.close)
    _sync_strategies(hass, entry)
    entry.async_on_unload(partial(_unmask, entry))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(lambda: _drop_issues(hass, entry.entry_id))
    for coordinator in coordinators.values():
        entry.async_on_unload(coordinator.async_add_listener(lambda: _show_issues(hass, entry)))
    _show_issues(hass, entry)
    entry.async_on_unload(
        hass.async_add_shutdown_job(HassJob(partial(_async_close, entry), f"{DOMAIN} close", cancel_on_shutdown=False))
    )
    entry.async_on_unload(entry.add_update_listener(_async_apply))
    for coordinator in coordinators.values():
        _weigh_recorded(hass, entry, coordinator)
    if LIVE in books:
        demotion = Demotion(hass, entry)
        entry.async_on_unload(demotion.async_follow())
        entry.async_create_background_task(hass, demotion.run(), f"{DOMAIN} demotion")


@callback
def _weigh_recorded(hass: HomeAssistant, entry: MexcConfigEntry, coordinator: AccountCoordinator) -> None:
    """Have a book's journal compared with what the recorder saw of it. Nothing waits for that."""
    sensor = f"{book_id(coordinator)}_journal_head"
    entity_id = er.async_get(hass).async_get_entity_id(Platform.SENSOR, DOMAIN, sensor)
    if entity_id is not None:
        weighing = async_weigh_recorded(hass, coordinator.account.care, entity_id)
        entry.async_create_background_task(hass, weighing, f"{DOMAIN} recorded heads")


async def async_unload_account(hass: HomeAssistant, entry: MexcConfigEntry) -> bool:
    """Take the entities away, then stop the engine."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await _async_close(entry)
    return unloaded


async def _async_close(entry: MexcConfigEntry) -> None:
    """Let no rule want anything more, then close the books."""
    entry.runtime_data.rules.close()
    await entry.runtime_data.books.close()


async def async_remove_account(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Drop the account's repair issues. Its folder stays: journals are evidence, and the kill switch must survive."""
    _drop_issues(hass, entry.entry_id)


async def _async_apply(hass: HomeAssistant, entry: MexcConfigEntry) -> None:
    """Put changed settings in force. Only another address, key or time zone opens the account anew."""
    runtime = entry.runtime_data
    wanted = _wanted(entry)
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
    _sync_strategies(hass, entry)


def _wanted(entry: MexcConfigEntry) -> Applied:
    return Applied(
        connection=(
            *(entry.data.get(key) for key in CONNECTION_KEYS),
            entry.options.get(CONF_DAY_ZONE, DAY_ZONE_DEFAULT),
        ),
        limits=limits_of(entry.options),
        paper=paper_terms_of(entry.options),
        strategies=strategies_of(entry),
    )


@callback
def _sync_strategies(hass: HomeAssistant, entry: MexcConfigEntry) -> None:
    """Give each strategy its device and its door, or its candles; those of removed ones go."""
    devices = dr.async_get(hass)
    account_device = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, entry.entry_id)}, name=entry.title
    )
    runtime = entry.runtime_data
    for book in runtime.coordinators.values():
        if book is not runtime.coordinator:
            beside = devices.async_get_or_create(config_entry_id=entry.entry_id, **book_device(book))
            devices.async_update_device(beside.id, via_device_id=account_device.id)
    wanted: dict[str, tuple[StrategyId, str]] = {}
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
        if CONF_WEBHOOK_ID in subentry.data:
            wanted[subentry.data[CONF_WEBHOOK_ID]] = (StrategyId(subentry.subentry_id), subentry.title)

    def secrets_valid(strategy: StrategyId, now_s: int) -> Sequence[str]:
        return webhook_secrets(entry.subentries[strategy].data, now_s)

    runtime.webhooks.async_sync(wanted, secrets_valid)
    runtime.rules.sync(rule_plans_of(entry))
    runtime.unmask()
    runtime.unmask = async_mask_in_logs(hass, entry_secrets(entry))


@callback
def _unmask(entry: MexcConfigEntry) -> None:
    """Mask the strategies' present secrets no longer."""
    entry.runtime_data.unmask()


@callback
def _show_issues(hass: HomeAssistant, entry: MexcConfigEntry) -> None:
    runtime = entry.runtime_data
    coordinators = runtime.coordinators
    async_show_issues(hass, entry.entry_id, entry.title, {name: book.data.holds for name, book in coordinators.items()})
    for coordinator in coordinators.values():
        async_show_notices(hass, book_id(coordinator), book_name(coordinator), coordinator.data)
        book = coordinator.account.terms.mode
        async_ask_about_cash(hass, entry.entry_id, book, book_name(coordinator), coordinator.data)
    refused = any(hold.kind is HoldKind.CREDENTIALS for hold in runtime.coordinator.data.holds)
    if refused and not runtime.key_refused:
        entry.async_start_reauth(hass)
    runtime.key_refused = refused


@callback
def _drop_issues(hass: HomeAssistant, entry_id: str) -> None:
    async_drop_issues(hass, entry_id)
    async_drop_notices(hass, entry_id)
    async_drop_question(hass, entry_id)
