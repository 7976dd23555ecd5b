"""The actions: signals by hand or from automations, a look ahead, a cancellation, the stop and the release.

Registered once, without regard to accounts. An action that can move money is for administrators when a person calls
it; automations pass, and the risk engine is the gate for both.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

import probatio as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service

from .bridge.action_intake import (
    ATTR_STRATEGY,
    ORDER_FIELDS,
    SIGNAL_FIELDS,
    order_document,
    settle,
    signal_document,
)
from .bridge.answer_text import decided_document, decision_document
from .bridge.intake import Intake, Malformed, Taken
from .bridge.kill_file import KillFile
from .bridge.persons import AUTOMATION, async_person
from .const import CONF_NAME, DOMAIN, SUBENTRY_STRATEGY
from .coordinator import MexcConfigEntry
from .engine.answers import Busy, Conflict, Decided
from .entry_terms import account_folder
from .model.decision import Verdict
from .model.ids import PERSON, HoldId, OrderId, StrategyId

ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"
ATTR_HOLD_ID: Final = "hold_id"
ATTR_ORDER_ID: Final = "order_id"
ATTR_REASON: Final = "reason"

_ACCOUNT: Final[dict[vol.Marker, object]] = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
_REASON: Final = vol.All(cv.string, str.strip, vol.Length(min=1, max=256))

_NOTHING: Final = "-"
"""Stands in a denial's text for a limit or value that the rule does not have."""

type Handler = Callable[[ServiceCall], Coroutine[object, object, ServiceResponse]]
type Writer = Callable[[Mapping[str, object]], dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    """One row: what the action takes, and for whom it is. ``admin``: it can move money or undo a stop."""

    name: str
    handler: Handler
    fields: dict[vol.Marker, object]
    admin: bool
    response: SupportsResponse = SupportsResponse.OPTIONAL


@callback
def async_register_actions(hass: HomeAssistant, intake: Intake) -> None:
    """Register every action."""
    submit = partial(_async_submit, intake)
    actions = (
        _Action(name="submit_signal", handler=partial(submit, signal_document), fields=SIGNAL_FIELDS, admin=True),
        _Action(name="place_order", handler=partial(submit, order_document), fields=ORDER_FIELDS, admin=True),
        _Action(
            name="preview_order",
            handler=partial(_async_preview, intake),
            fields=ORDER_FIELDS,
            admin=False,
            response=SupportsResponse.ONLY,
        ),
        _Action(
            name="cancel_order", handler=_async_cancel, fields={vol.Required(ATTR_ORDER_ID): cv.string}, admin=True
        ),
        _Action(
            name="engage_kill_switch",
            handler=_async_engage,
            fields={vol.Optional(ATTR_REASON, default="action"): _REASON},
            admin=False,
        ),
        _Action(
            name="release_hold",
            handler=_async_release,
            fields={vol.Required(ATTR_HOLD_ID): cv.string, vol.Required(ATTR_REASON): _REASON},
            admin=True,
        ),
    )
    for action in actions:
        schema = vol.Schema(_ACCOUNT | action.fields)
        if action.admin:
            service.async_register_admin_service(hass, DOMAIN, action.name, action.handler, schema, action.response)
        else:
            hass.services.async_register(DOMAIN, action.name, action.handler, schema, action.response)


def _entry(call: ServiceCall) -> MexcConfigEntry:
    """Find the account that a call is for; without a name the only one there is."""
    entry = service.async_get_config_entry(call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID))
    return cast("MexcConfigEntry", entry)


async def _async_submit(intake: Intake, document_of: Writer, call: ServiceCall) -> ServiceResponse:
    """Put a signal through the gate. A denial raises, naming the rule, its limit and the value."""
    entry = _entry(call)
    taken = _taken(intake, entry, document_of(call.data), call)
    match await entry.runtime_data.account.submit(taken.signal, taken.digest):
        case Decided() as decided:
            _raise_if_denied(decided)
            return cast("ServiceResponse", decided_document(decided))
        case Conflict(decision=decision):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="idempotency_conflict",
                translation_placeholders={"decision_id": decision.decision_id},
            )
        case Busy(cause=cause):
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="busy", translation_placeholders={"cause": cause}
            )
        case other:
            raise TypeError(f"a signal is not answered with {type(other).__name__}")


async def _async_preview(intake: Intake, call: ServiceCall) -> ServiceResponse:
    """Say what would be decided now, with every rule, and do nothing."""
    entry = _entry(call)
    taken = _taken(intake, entry, order_document(call.data), call)
    return cast("ServiceResponse", decision_document(await entry.runtime_data.account.preview(taken.signal)))


def _taken(intake: Intake, entry: MexcConfigEntry, document: dict[str, object], call: ServiceCall) -> Taken:
    """Read a call's document as a signal; what is wrong with it raises with its place."""
    taken = settle(
        intake,
        document,
        context_id=call.context.id,
        book=entry.runtime_data.account.terms.mode,
        strategy=_strategy(entry, call.data.get(ATTR_STRATEGY)),
    )
    if isinstance(taken, Malformed):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=taken.key,
            translation_placeholders={"path": taken.path, **taken.placeholders},
        )
    return taken


def _strategy(entry: MexcConfigEntry, wanted: str | None) -> StrategyId:
    """Find the strategy that a call names, by name or id; without one the call is a person's own."""
    if wanted is None:
        return PERSON
    for subentry in entry.get_subentries_of_type(SUBENTRY_STRATEGY):
        if wanted in (subentry.subentry_id, subentry.data[CONF_NAME]):
            return StrategyId(subentry.subentry_id)
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="strategy_unknown", translation_placeholders={"strategy": wanted}
    )


def _raise_if_denied(decided: Decided) -> None:
    decision = decided.decision
    if decision.verdict is not Verdict.DENY:
        return
    first = decision.denials[0]
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=first.rule.value,
        translation_placeholders={
            "action": decision.action.value,
            "symbol": decision.symbol,
            "rule": first.rule.value,
            "limit": first.limit or _NOTHING,
            "value": first.value or _NOTHING,
            "unit": first.unit,
            "decision_id": decision.decision_id,
        },
    )


async def _async_cancel(call: ServiceCall) -> ServiceResponse:
    """Ask for an order's cancellation; the ``orders`` event tells the outcome."""
    order_id = call.data[ATTR_ORDER_ID]
    if not await _entry(call).runtime_data.account.cancel(OrderId(order_id)):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="order_unknown",
            translation_placeholders={"order_id": order_id},
        )
    return {"order_id": order_id, "cancel_requested": True}


async def _async_engage(call: ServiceCall) -> ServiceResponse:
    """Stop one account or all of them; those that are not running will start stopped."""
    hass = call.hass
    who = await async_person(hass, call.context) or AUTOMATION
    reason = call.data[ATTR_REASON]
    wanted = call.data.get(ATTR_CONFIG_ENTRY_ID)
    entries = [entry for entry in hass.config_entries.async_entries(DOMAIN) if wanted in (None, entry.entry_id)]
    if not entries:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_account")
    for entry in entries:
        if entry.state is ConfigEntryState.LOADED:
            await cast("MexcConfigEntry", entry).runtime_data.account.engage_kill_switch(who=who, reason=reason)
        else:
            kill_file = KillFile(account_folder(hass, entry))
            await hass.async_add_executor_job(kill_file.write, f"{who}: {reason}")
    return {"accounts": [{"config_entry_id": entry.entry_id, "name": entry.title} for entry in entries]}


async def _async_release(call: ServiceCall) -> ServiceResponse:
    """End a hold that a person releases. Automations cannot: software only ever raises holds."""
    who = await async_person(call.hass, call.context)
    if who is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="release_needs_person")
    hold_id = call.data[ATTR_HOLD_ID]
    account = _entry(call).runtime_data.account
    if not await account.release_hold(HoldId(hold_id), who=who, reason=call.data[ATTR_REASON]):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="hold_not_released",
            translation_placeholders={"hold_id": hold_id},
        )
    return {"hold_id": hold_id, "released": True}
