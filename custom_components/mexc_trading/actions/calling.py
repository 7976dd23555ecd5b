"""What all actions share: how one is described, whose account a call is for, and who calls."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final, cast

import probatio as vol

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service

from ..bridge.account import Account
from ..bridge.action_intake import ATTR_STRATEGY
from ..bridge.persons import AUTOMATION, async_person
from ..bridge.terms import LIVE, PAPER
from ..const import CONF_NAME, DOMAIN
from ..coordinator import MexcConfigEntry
from ..engine.answers import Busy
from ..entry_terms import strategy_subentries
from ..model.ids import PERSON, StrategyId
from ..reasons import tell_reason
from ..wording import wording

ATTR_BOOK: Final = "book"
ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"
ATTR_REASON: Final = "reason"

ACCOUNT: Final[dict[vol.Marker, object]] = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
"""The field with which every action says which account it is for."""

BOOK: Final[dict[vol.Marker, object]] = {vol.Optional(ATTR_BOOK): vol.In([LIVE, PAPER])}
"""The field with which an action says which of the account's books it is for."""


def _writable(text: str) -> str:
    """Replace halves of characters, which a template can make and no file takes."""
    return text.encode(errors="replace").decode()


REASON: Final = vol.All(cv.string, _writable, str.strip, vol.Length(min=1, max=256))
"""A few words for the journal."""

type Handler = Callable[[ServiceCall], Coroutine[object, object, ServiceResponse]]
type Fields = dict[vol.Marker, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One row: what the action takes, and for whom it is. ``admin``: it can move money or undo a stop."""

    name: str
    handler: Handler
    fields: Fields
    admin: bool
    whole_account: bool = False
    """Whether it is about all of an account's books."""

    response: SupportsResponse = SupportsResponse.OPTIONAL


def entry_of(call: ServiceCall) -> MexcConfigEntry:
    """Find the account that a call is for; without a name the only one there is."""
    entry = service.async_get_config_entry(call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID))
    return cast("MexcConfigEntry", entry)


def account_of(call: ServiceCall) -> Account:
    """Give the book that a call is for: the one it names, that of the strategy's stage, or the account's own."""
    entry = entry_of(call)
    books = entry.runtime_data.books
    wanted = call.data.get(ATTR_BOOK)
    if wanted is None:
        return books.of(strategy_of(entry, call.data.get(ATTR_STRATEGY)))
    if wanted not in books:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="book_unknown", translation_placeholders={"book": wanted}
        )
    return books[wanted]


def books_of(call: ServiceCall) -> tuple[Account, ...]:
    """Give the books in which a call looks for what it names by an id: the one it names, or every one."""
    if ATTR_BOOK in call.data:
        return (account_of(call),)
    return tuple(entry_of(call).runtime_data.books.values())


def strategy_of(entry: MexcConfigEntry, wanted: str | None) -> StrategyId:
    """Find the strategy that a call names, by name or id; without one the call is a person's own."""
    if wanted is None:
        return PERSON
    for subentry in strategy_subentries(entry):
        if wanted in (subentry.subentry_id, subentry.data[CONF_NAME]):
            return StrategyId(subentry.subentry_id)
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="strategy_unknown", translation_placeholders={"strategy": wanted}
    )


async def caller_of(call: ServiceCall) -> str:
    """Name who calls, for the journal: a user, or an automation."""
    return await async_person(call.hass, call.context) or AUTOMATION


async def person_of(call: ServiceCall) -> str:
    """Name the user who calls, for what only a person may do; raises where it is none."""
    who = await async_person(call.hass, call.context)
    if who is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="release_needs_person")
    return who


def busy(hass: HomeAssistant, answer: Busy) -> HomeAssistantError:
    """Put into words that nothing was taken in."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="busy",
        translation_placeholders={"cause": tell_reason(wording(hass), answer.cause)},
    )
