"""Standard Webhooks signatures: who sent this, unchanged, and when.

A sender signs ``id.timestamp.body`` with HMAC-SHA256 and sends ``webhook-id``, ``webhook-timestamp`` (seconds) and
``webhook-signature`` (``v1,<base64>``, several separated by spaces while a secret is being replaced). Specification:
Standard Webhooks, version 1.
"""

from base64 import b64decode, b64encode
import binascii
from collections.abc import Mapping, Sequence
from enum import StrEnum
import hmac
import re
import secrets
from typing import Final, NamedTuple

from ..model.mac import mac

HEADER_ID: Final = "webhook-id"
HEADER_TIMESTAMP: Final = "webhook-timestamp"
HEADER_SIGNATURE: Final = "webhook-signature"

TOLERANCE_S: Final = 300
"""How far the sender's timestamp may be from our clock, both ways (design section 11)."""

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # What all secrets begin with.
_SECRET_BYTES: Final = 32
_SECRET_BYTES_MIN: Final = 24
_SECRET_BYTES_MAX: Final = 64
"""The specification's bounds for a secret's length."""

_ID_CHARS_MAX: Final = 256
_SIGNATURES_MAX: Final = 8
"""More than any replacement of secrets needs; bounds the work that a stranger can cause."""

_ID: Final = re.compile(r"[!-~]+")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")


class Unverified(StrEnum):
    """Why a request is not believed. For our log; the sender learns only that it was refused."""

    HEADERS = "headers"
    TIMESTAMP = "timestamp"
    SIGNATURE = "signature"


class Verified(NamedTuple):
    """A believed request's message id."""

    message_id: str


class BadSecret(ValueError):
    """A text that is no ``whsec_`` secret."""


def generate_secret() -> str:
    """Make a new secret: 32 random bytes as ``whsec_`` and base64."""
    return SECRET_PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Decode a secret to its key bytes. Raises :class:`BadSecret`, without the secret in its text."""
    try:
        key = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not _SECRET_BYTES_MIN <= len(key) <= _SECRET_BYTES_MAX:
        raise BadSecret
    return key


def sign(secret: str, message_id: str, timestamp_s: int, body: bytes) -> str:
    """Sign a message as a sender does; gives the value of ``webhook-signature``."""
    return f"v1,{_signature(key_of(secret), message_id, str(timestamp_s), body)}"


def verify(
    headers: Mapping[str, str], body: bytes, *, secrets_valid: Sequence[str], now_s: int
) -> Verified | Unverified:
    """Check a request against every secret that is valid now.

    ``headers`` are looked up by lower-case name; aiohttp's know no case. Every signature is compared with every secret,
    all in constant time, so that the time taken tells nothing about which of them was close.
    """
    message_id = headers.get(HEADER_ID, "")
    timestamp = headers.get(HEADER_TIMESTAMP, "")
    signatures = headers.get(HEADER_SIGNATURE, "").split(" ", _SIGNATURES_MAX)[:_SIGNATURES_MAX]
    if len(message_id) > _ID_CHARS_MAX or not _ID.fullmatch(message_id) or not _TIMESTAMP.fullmatch(timestamp):
        return Unverified.HEADERS
    if abs(now_s - int(timestamp)) > TOLERANCE_S:
        return Unverified.TIMESTAMP
    believed = False
    for secret in secrets_valid:
        expected = _signature(key_of(secret), message_id, timestamp, body).encode()
        for signature in signatures:
            version, _, told = signature.partition(",")
            matches = hmac.compare_digest(expected, told.encode(errors="surrogatepass"))
            believed |= matches and version == "v1"
    return Verified(message_id) if believed else Unverified.SIGNATURE


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return b64encode(mac(key, signed)).decode()
