"""Stopping an account, looking whether its books agree with the venue's, and letting it go on."""

import asyncio
from typing import Final, cast

import probatio as vol

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..bridge.drill import NoDrill
from ..bridge.kill_file import KillFile
from ..bridge.terms import PAPER
from ..bridge.view_text import finding_rows, hold_row, moment
from ..const import DOMAIN
from ..coordinator import MexcConfigEntry
from ..engine.answers import Busy
from ..entry_terms import account_folder
from ..model.hold import HoldKind
from ..model.ids import HoldId
from ..model.outcome import Unavailable
from ..reasons import tell_reason
from ..wording import wording
from .calling import ATTR_CONFIG_ENTRY_ID, ATTR_REASON, REASON, Action, account_of, busy, caller_of, entry_of, person_of

ATTR_HOLD_ID: Final = "hold_id"


def hold_actions() -> tuple[Action, ...]:
    """List the actions on holds."""
    return (
        Action(
            name="engage_kill_switch",
            handler=_async_engage,
            fields={vol.Optional(ATTR_REASON, default="action"): REASON},
            admin=False,
            whole_account=True,
        ),
        Action(
            name="freeze_trading",
            handler=_async_freeze,
            fields={vol.Required(ATTR_REASON): REASON},
            admin=True,
        ),
        Action(
            name="release_hold",
            handler=_async_release,
            fields={vol.Required(ATTR_HOLD_ID): cv.string, vol.Required(ATTR_REASON): REASON},
            admin=True,
        ),
        Action(name="reconcile", handler=_async_reconcile, fields={}, admin=False),
        Action(name="run_kill_drill", handler=_async_drill, fields={}, admin=True, whole_account=True),
    )


async def _async_engage(call: ServiceCall) -> ServiceResponse:
    """Stop one account or all of them, all at once; those that are not running will start stopped."""
    hass = call.hass
    who = await caller_of(call)
    wanted = call.data.get(ATTR_CONFIG_ENTRY_ID)
    entries = [entry for entry in hass.config_entries.async_entries(DOMAIN) if wanted in (None, entry.entry_id)]
    if not entries:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_account")
    stopped = await asyncio.gather(*(_stop(hass, entry, who=who, reason=call.data[ATTR_REASON]) for entry in entries))
    if not all(stopped):
        names = ", ".join(entry.title for entry, done in zip(entries, stopped, strict=True) if not done)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="accounts_not_stopped",
            translation_placeholders={"accounts": names},
        )
    return {"accounts": [{"config_entry_id": entry.entry_id, "name": entry.title} for entry in entries]}


async def _stop(hass: HomeAssistant, entry: ConfigEntry, *, who: str, reason: str) -> bool:
    """Stop an account. False: it is not running, and nothing could be left for its next start; others go on."""
    if entry.state is ConfigEntryState.LOADED:
        await cast("MexcConfigEntry", entry).runtime_data.account.engage_kill_switch(who=who, reason=reason)
        return True
    kill_file = KillFile(account_folder(hass, entry))
    try:
        await hass.async_add_executor_job(kill_file.write, f"{who}: {reason}")
    except OSError:
        return False
    return True


async def _async_freeze(call: ServiceCall) -> ServiceResponse:
    """Stop exits too. A person's act alone: what watches over a position does nothing any more."""
    who = await person_of(call)
    answer = await account_of(call).guard.freeze(who=who, reason=call.data[ATTR_REASON])
    if isinstance(answer, Busy):
        raise busy(call.hass, answer)
    return {"hold_id": HoldKind.FREEZE.value, "frozen": True}


async def _async_release(call: ServiceCall) -> ServiceResponse:
    """End a hold that a person releases. Automations cannot: software only ever raises holds."""
    who = await person_of(call)
    hold_id = call.data[ATTR_HOLD_ID]
    if not await account_of(call).release_hold(HoldId(hold_id), who=who, reason=call.data[ATTR_REASON]):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="hold_not_released",
            translation_placeholders={"hold_id": hold_id},
        )
    return {"hold_id": hold_id, "released": True}


async def _async_reconcile(call: ServiceCall) -> ServiceResponse:
    """Read everything from the venue, and say what its books and ours disagree about."""
    account = account_of(call)
    report = await account.reconciled()
    if isinstance(report, Unavailable):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="account_unreachable",
            translation_placeholders={"cause": tell_reason(wording(call.hass), report.cause)},
        )
    return cast(
        "ServiceResponse",
        {
            "compared_at": moment(report.at_ns),
            "findings": finding_rows(report),
            "holds": [hold_row(hold) for hold in account.read_model().holds],
        },
    )


async def _async_drill(call: ServiceCall) -> ServiceResponse:
    """Drill the kill switch on the account's paper book, for a person: its holds are released afterwards."""
    who = await person_of(call)
    drill = await entry_of(call).runtime_data.books[PAPER].guard.drill(who=who)
    if isinstance(drill, NoDrill):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=drill.key)
    return {
        "book": PAPER,
        "orders": drill.orders,
        "positions": drill.positions,
        "time_to_hold_ms": drill.hold_ms,
        "time_to_cancel_ms": drill.cancel_ms,
        "time_to_flat_ms": drill.flat_ms,
    }
