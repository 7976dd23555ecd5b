"""A new start for a paper book."""

from decimal import Decimal
from typing import Final, cast

import probatio as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..bridge.opening import JournalUnwritable
from ..bridge.terms import PAPER
from ..const import DOMAIN
from ..model.hold import HoldKind
from ..model.money import ZERO, NotAnAmount, amount, plain
from .calling import ATTR_REASON, REASON, Action, Fields, entry_of, person_of

ATTR_BALANCE: Final = "balance"


def _positive(value: object) -> Decimal:
    """Read quote units above zero from what was written."""
    try:
        units = amount(str(value))
    except NotAnAmount as error:
        raise vol.Invalid("not an amount") from error
    if units <= ZERO:
        raise vol.Invalid("not above zero")
    return units


def paper_actions() -> tuple[Action, ...]:
    """List the actions on paper books."""
    fields: Fields = {vol.Required(ATTR_BALANCE): _positive, vol.Required(ATTR_REASON): REASON}
    return (Action(name="reset_paper", handler=_async_reset, fields=fields, admin=True, whole_account=True),)


async def _async_reset(call: ServiceCall) -> ServiceResponse:
    """Put the paper book away and begin a new one: a person's act, with a reason. The account is opened anew for it."""
    who = await person_of(call)
    entry = entry_of(call)
    account = entry.runtime_data.books[PAPER]
    if any(hold.kind is HoldKind.KILL_SWITCH for hold in account.read_model().holds):
        # A new book would not know of it, and nothing but a person lets go of a kill switch.
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="reset_while_stopped")
    balance = call.data[ATTR_BALANCE]
    try:
        former = await account.begin_anew(balance, who=who, why=call.data[ATTR_REASON])
    except JournalUnwritable as unwritable:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="journal_unwritable") from unwritable
    await call.hass.config_entries.async_reload(entry.entry_id)
    done = entry.state is ConfigEntryState.LOADED
    return cast("ServiceResponse", {"balance": plain(balance), "former": former, "done": done})
