"""What an API key may do: ``apiKeyInfo``, the only evidence there is (fact sheet 7)."""

from dataclasses import dataclass
from datetime import datetime
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


AGE_DAYS_MAX: Final = 30
VALIDITY_DAYS_MIN: Final = 14
"""Design section 12: an older key, or one that ends sooner, is worth a word to its owner."""

_TRADE: Final = "SPOT_DEAL_WRITE"
_READS: Final = frozenset({"SPOT_ACCOUNT_READ", "SPOT_DEAL_READ"})
_MS_PER_DAY: Final = 24 * 3600 * 1000


class KeyConcern(StrEnum):
    """What is wrong with a key, or worth knowing."""

    PERMISSIONS_UNREADABLE = "permissions_unreadable"
    CAN_WITHDRAW = "can_withdraw"
    CAN_TRANSFER = "can_transfer"
    CANNOT_TRADE = "cannot_trade"
    CANNOT_READ = "cannot_read"
    NOT_VALID = "not_valid"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires_soon"
    OLD = "old"
    NO_ADDRESS_LIST = "no_address_list"

    @property
    def forbids_trading(self) -> bool:
        """Whether live trading with such a key is refused; the others are notices."""
        return self not in _NOTICES


_NOTICES: Final = frozenset({KeyConcern.EXPIRES_SOON, KeyConcern.OLD, KeyConcern.NO_ADDRESS_LIST})


def judge_key(terms: KeyTerms, *, now_ms: int) -> tuple[KeyConcern, ...]:
    """Say what is wrong with a key. What cannot be read counts as permitted, never as absent."""
    return (*_judge_scopes(terms.permissions), *_judge_life(terms, now_ms))


def _judge_scopes(scopes: frozenset[str] | None) -> tuple[KeyConcern, ...]:
    """Judge what a key may do. A scope that moves coins counts unless it says that it only reads."""
    if scopes is None:
        return (KeyConcern.PERMISSIONS_UNREADABLE,)
    writes = [scope for scope in scopes if not scope.endswith("_READ")]
    found = {
        KeyConcern.CAN_WITHDRAW: any("WITHDRAW" in scope for scope in writes),
        KeyConcern.CAN_TRANSFER: any("TRANSFER" in scope for scope in writes),
        KeyConcern.CANNOT_TRADE: _TRADE not in scopes,
        KeyConcern.CANNOT_READ: not scopes >= _READS,
    }
    return tuple(concern for concern, holds in found.items() if holds)


def _judge_life(terms: KeyTerms, now_ms: int) -> tuple[KeyConcern, ...]:
    """Judge how long a key will live, how old it is, and from where it can be used."""
    days = terms.remaining_days
    created_ms = _created_ms(terms.created_at)
    found = {
        KeyConcern.NOT_VALID: terms.status is not KeyStatus.VALID,
        KeyConcern.EXPIRED: days is not None and days <= 0,
        KeyConcern.EXPIRES_SOON: days is not None and 0 < days < VALIDITY_DAYS_MIN,
        KeyConcern.OLD: created_ms is not None and now_ms - created_ms > AGE_DAYS_MAX * _MS_PER_DAY,
        KeyConcern.NO_ADDRESS_LIST: not terms.ip_addresses,
    }
    return tuple(concern for concern, holds in found.items() if holds)


def _created_ms(text: str) -> int | None:
    """Read when a key was made, in ms; None if it is not told in a form that we know."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        created = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round(created.timestamp() * 1000) if created.tzinfo else None
