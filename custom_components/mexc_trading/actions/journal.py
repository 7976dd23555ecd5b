"""Asking the journal: the story of one id, whether all of it still holds together, and rows for accounting."""

from typing import Final, cast

import probatio as vol

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..bridge.bookkeeping import Unanswered, UnknownId
from ..const import DOMAIN
from ..reasons import tell_reason
from ..wording import wording
from .calling import Action, books_of

ATTR_FORMAT: Final = "format"
ATTR_FROM: Final = "from_day"
ATTR_ID: Final = "id"
ATTR_TO: Final = "to_day"


def journal_actions() -> tuple[Action, ...]:
    """List the actions on journals. They change nothing; what reads much runs as a process of its own."""
    only = SupportsResponse.ONLY
    identity = vol.All(cv.string, str.strip, vol.Length(min=1, max=512))
    return (
        Action(
            name="get_incident",
            handler=_async_incident,
            fields={vol.Required(ATTR_ID): identity},
            admin=False,
            response=only,
        ),
        Action(name="verify_journal", handler=_async_verify, fields={}, admin=False, response=only),
        Action(
            name="export_journal",
            handler=_async_export,
            fields={
                vol.Optional(ATTR_FORMAT, default="csv"): vol.In(["csv", "json"]),
                vol.Optional(ATTR_FROM): cv.date,
                vol.Optional(ATTR_TO): cv.date,
            },
            admin=True,
        ),
    )


async def _async_incident(call: ServiceCall) -> ServiceResponse:
    """Tell the story of an id, from the book that knows it."""
    for account in books_of(call):
        try:
            story = await account.bookkeeping.incident(call.data[ATTR_ID])
        except UnknownId:
            continue
        except Unanswered as unanswered:
            raise _unanswered(call.hass, unanswered) from unanswered
        return cast("ServiceResponse", {"book": account.terms.mode, **story})
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="id_unknown", translation_placeholders={"id": call.data[ATTR_ID]}
    )


async def _async_verify(call: ServiceCall) -> ServiceResponse:
    """Recompute the chain of each book on a copy, and compare it with the heads that were seen outside."""
    reports = []
    for account in books_of(call):
        try:
            report = await account.verified()
        except Unanswered as unanswered:
            raise _unanswered(call.hass, unanswered) from unanswered
        reports.append({"book": account.terms.mode, **{key: report[key] for key in report if key != "paths"}})
    return cast("ServiceResponse", {"valid": all(report["valid"] for report in reports), "journals": reports})


async def _async_export(call: ServiceCall) -> ServiceResponse:
    """Write orders, fills, episodes and days of each book into the account's folder."""
    first, last = (str(call.data[key]) if key in call.data else None for key in (ATTR_FROM, ATTR_TO))
    files: dict[str, int] = {}
    folder = ""
    for account in books_of(call):
        try:
            path, counts = await account.bookkeeping.export(form=call.data[ATTR_FORMAT], first=first, last=last)
        except Unanswered as unanswered:
            raise _unanswered(call.hass, unanswered) from unanswered
        folder, files = str(path), files | counts
    return cast("ServiceResponse", {"folder": folder, "rows": files})


def _unanswered(hass: HomeAssistant, unanswered: Unanswered) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="journal_unanswered",
        translation_placeholders={"cause": tell_reason(wording(hass), str(unanswered))},
    )
