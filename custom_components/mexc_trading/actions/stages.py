"""A strategy's way from paper to money, and back."""

from typing import Final, cast

import probatio as vol

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..bridge.action_intake import ATTR_STRATEGY
from ..bridge.terms import LIVE
from ..const import DOMAIN
from ..coordinator import MexcConfigEntry
from ..model.ids import StrategyId
from ..sentences import async_tell_missing
from ..stages import async_demote, async_promote
from .calling import ATTR_REASON, REASON, Action, caller_of, entry_of, person_of, strategy_of

_FIELDS: Final[dict[vol.Marker, object]] = {
    vol.Required(ATTR_STRATEGY): cv.string,
    vol.Required(ATTR_REASON): REASON,
}


def stage_actions() -> tuple[Action, ...]:
    """List the actions on stages."""
    return (
        Action(name="promote_strategy", handler=_async_promote, fields=_FIELDS, admin=True, whole_account=True),
        Action(name="demote_strategy", handler=_async_demote, fields=_FIELDS, admin=True, whole_account=True),
    )


async def _async_promote(call: ServiceCall) -> ServiceResponse:
    """Let a strategy trade with money: a person's act, with a reason, and refused with all that is missing."""
    who = await person_of(call)
    entry, strategy = _live_strategy(call)
    lacks = await async_promote(call.hass, entry, strategy, who=who, why=call.data[ATTR_REASON])
    if lacks:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="promotion_refused",
            translation_placeholders={
                "strategy": entry.subentries[strategy].title,
                "missing": await async_tell_missing(call.hass, lacks),
            },
        )
    return _answer(entry, strategy)


async def _async_demote(call: ServiceCall) -> ServiceResponse:
    """Send a strategy back to paper. An automation may: it can only lower risk."""
    entry, strategy = _live_strategy(call)
    await async_demote(call.hass, entry, strategy, who=await caller_of(call), why=call.data[ATTR_REASON])
    return _answer(entry, strategy)


def _live_strategy(call: ServiceCall) -> tuple[MexcConfigEntry, StrategyId]:
    """Find the strategy, in an account that has a live book."""
    entry = entry_of(call)
    strategy = strategy_of(entry, call.data[ATTR_STRATEGY])
    if LIVE not in entry.runtime_data.books:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="book_unknown", translation_placeholders={"book": LIVE}
        )
    return entry, strategy


def _answer(entry: MexcConfigEntry, strategy: StrategyId) -> ServiceResponse:
    terms = entry.runtime_data.books.terms_of(strategy)
    return cast("ServiceResponse", {"strategy": terms.name, "stage": terms.stage, "version": terms.version})
