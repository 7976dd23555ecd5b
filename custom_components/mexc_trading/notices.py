"""Repair issues that go by themselves once their trouble is gone: the key, the clock, the journal, the disk."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .bridge.read_model import ReadModel
from .const import DOMAIN
from .exchange.mexc.key import AGE_DAYS_MAX, VALIDITY_DAYS_MIN, KeyConcern
from .model.hold import HoldKind
from .reasons import tell_reason
from .wording import wording

type Details = Mapping[str, str]
"""What the text is filled in with."""


WHY: Final = "why"
"""The detail that is a reason, and is told in words."""


class Notice(NamedTuple):
    """One row: the issue's key, how bad it is, and its details while the trouble is there (None: it is not)."""

    key: str
    severity: ir.IssueSeverity
    details_fn: Callable[[ReadModel], Details | None]


def _concern(concern: KeyConcern, **details: str) -> Callable[[ReadModel], Details | None]:
    """Look for one concern about the key."""
    return lambda model: details if concern in model.gauges.key_concerns else None


def _hold(kind: HoldKind) -> Callable[[ReadModel], Details | None]:
    """Look for a hold, and say why it is there."""
    return lambda model: next(({WHY: hold.why} for hold in model.holds if hold.kind is kind), None)


NOTICES: Final = (
    Notice("key_unfit", ir.IssueSeverity.ERROR, _hold(HoldKind.KEY_UNFIT)),
    Notice("key_old", ir.IssueSeverity.WARNING, _concern(KeyConcern.OLD, days=str(AGE_DAYS_MAX))),
    Notice(
        "key_expires_soon",
        ir.IssueSeverity.WARNING,
        _concern(KeyConcern.EXPIRES_SOON, days=str(VALIDITY_DAYS_MIN)),
    ),
    Notice("key_not_bound", ir.IssueSeverity.WARNING, _concern(KeyConcern.NO_ADDRESS_LIST)),
    Notice("clock_skew", ir.IssueSeverity.ERROR, _hold(HoldKind.CLOCK_SKEW)),
    Notice("disk_nearly_full", ir.IssueSeverity.ERROR, _hold(HoldKind.DISK_NEARLY_FULL)),
    Notice("journal_trouble", ir.IssueSeverity.ERROR, lambda model: None if model.journal_healthy else {}),
)


@callback
def async_show_notices(hass: HomeAssistant, book_id: str, account: str, model: ReadModel) -> None:
    """Make the issues of one book equal to its troubles."""
    present = ir.async_get(hass).issues
    for notice in NOTICES:
        issue_id = f"{notice.key}_{book_id}"
        details = notice.details_fn(model)
        if details is None:
            if (DOMAIN, issue_id) in present:
                ir.async_delete_issue(hass, DOMAIN, issue_id)
        elif (DOMAIN, issue_id) not in present:
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                severity=notice.severity,
                translation_key=notice.key,
                translation_placeholders={"account": account, **_told(hass, details)},
            )


@callback
def _told(hass: HomeAssistant, details: Details) -> Details:
    """Write the reason among the details in words."""
    return {**details, WHY: tell_reason(wording(hass), details[WHY])} if WHY in details else details


@callback
def async_drop_notices(hass: HomeAssistant, entry_id: str) -> None:
    """Take every notice of an account away, whichever of its books it is about."""
    prefixes = tuple(f"{notice.key}_{entry_id}" for notice in NOTICES)
    for domain, issue_id in tuple(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(prefixes):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
