"""Opening and closing accounts as Home Assistant loads, unloads and removes their config entries."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.loader import async_get_loaded_integration
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
from .bridge.terms import LIVE
from .bridge.venues import AccountRefused, AccountUnreachable
from .bridge.webhook import StrategyWebhooks
from .bridge.witnesses import StoredWitnesses
from .const import DOMAIN
from .coordinator import AccountCoordinator, MexcConfigEntry, MexcRuntime
from .entity import book_id
from .entry_keys import async_read_key
from .entry_terms import account_terms, kill_secrets, strategies_of
from .issues import async_drop_account_issues, async_show_account_issues
from .journal.lock import Locked
from .reasons import tell_reason
from .services import async_register_actions
from .settings import async_apply, async_sync_strategies, async_zone, settings_of
from .stages import Demotion
from .wording import async_wording

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
            replace(account_terms(hass, entry, pair), zone=await async_zone(entry)),
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
        applied=settings_of(entry),
    )
    entry.async_on_unload(conditions.async_close)
    entry.async_on_unload(KillDoor(books.home, entry.title, partial(kill_secrets, entry)).async_open(hass))
    conditions.async_sync(settings_of(entry).conditions)
    entry.async_on_unload(async_follow_home(hass, books.values()))
    for coordinator in coordinators.values():
        entry.async_on_unload(coordinator.async_follow())
    entry.async_on_unload(webhooks.async_close_all)
    entry.async_on_unload(rules.close)
    async_sync_strategies(hass, entry)
    entry.async_on_unload(partial(_unmask, entry))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(lambda: async_drop_account_issues(hass, entry.entry_id))
    for coordinator in coordinators.values():
        entry.async_on_unload(coordinator.async_add_listener(lambda: async_show_account_issues(hass, entry)))
    async_show_account_issues(hass, entry)
    entry.async_on_unload(
        hass.async_add_shutdown_job(HassJob(partial(_async_close, entry), f"{DOMAIN} close", cancel_on_shutdown=False))
    )
    entry.async_on_unload(entry.add_update_listener(async_apply))
    for coordinator in coordinators.values():
        _weigh_recorded(hass, entry, coordinator)
    if LIVE in books:
        demotion = Demotion(hass, entry)
        entry.async_on_unload(demotion.async_follow())
        entry.async_create_background_task(hass, demotion.run(), f"{DOMAIN} demotion")


@callback
def _unmask(entry: MexcConfigEntry) -> None:
    """Mask the strategies' present secrets no longer."""
    entry.runtime_data.unmask()


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
    async_drop_account_issues(hass, entry.entry_id)
