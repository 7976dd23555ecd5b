"""What an API key may do: ``apiKeyInfo``, the only evidence there is (fact sheet 7)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..payload import Json
from .shape import Fields, printable, unwrapped

_UNLIMITED_DAYS: Final = -999


class KeyStatus(StrEnum):
    """The venue's word for a key's state."""

    VALID = "VALID"
    DELETE = "DELETE"
    FROZEN = "FROZEN"
    UNRECOGNISED = "UNRECOGNISED"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """A key's terms. ``permissions`` None: the list is missing or unreadable, which counts as "can do anything".

    ``remaining_days`` None: unlimited if ``unlimited``, else not stated. ``created_at`` is as written: RFC 3339 or ms.
    """

    permissions: frozenset[str] | None
    ip_addresses: tuple[str, ...]
    remaining_days: int | None
    unlimited: bool
    status: KeyStatus
    created_at: str


def key_terms(payload: Json) -> KeyTerms:
    """Read ``apiKeyInfo``, bare or wrapped. Only the envelope can be malformed; unreadable fields are told as such."""
    fields = Fields(unwrapped(payload), "apiKeyInfo")
    days = fields.raw("remainingValidity")
    days = int(days) if isinstance(days, str) and days.removeprefix("-").isdecimal() and days.isascii() else days
    days = days if isinstance(days, int) and not isinstance(days, bool) else None
    status = fields.raw("status")
    created = fields.raw("createTime")
    return KeyTerms(
        permissions=_permissions(fields.raw("permissions")),
        ip_addresses=_words(fields.raw("ipWhiteList")) or (),
        remaining_days=None if days == _UNLIMITED_DAYS else days,
        unlimited=days == _UNLIMITED_DAYS,
        status=KeyStatus(status) if isinstance(status, str) and status in set(KeyStatus) else KeyStatus.UNRECOGNISED,
        created_at=printable(str(created)) if isinstance(created, (str, int)) else "",
    )


def _permissions(value: Json) -> frozenset[str] | None:
    """Read the list of scopes; an empty one is as good as none."""
    words = _words(value)
    return frozenset(word.upper() for word in words) if words else None


def _words(value: Json) -> tuple[str, ...] | None:
    """Read words from a comma-separated text or a list; None if it is neither."""
    if isinstance(value, str):
        parts = value.split(",")
    elif isinstance(value, list) and all(isinstance(part, str) for part in value):
        parts = [part for part in value if isinstance(part, str)]
    else:
        return None
    return tuple(printable(part.strip()) for part in parts if part.strip())
