"""The server's side of a signature: which key, which time, which bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
import hashlib
import hmac
import re
from typing import Final
from urllib.parse import unquote_plus

from .decimals import whole
from .errors import Refusal

RECV_WINDOW_DEFAULT_MS: Final = 5000
RECV_WINDOW_MAX_MS: Final = 60_000
AHEAD_MAX_MS: Final = 1000
ALL_TRADING_SCOPES: Final = (
    "SPOT_ACCOUNT_READ",
    "SPOT_ACCOUNT_WRITE",
    "SPOT_DEAL_READ",
    "SPOT_DEAL_WRITE",
)
_LOWER_ESCAPE = re.compile(r"%(?:[a-f][0-9A-Fa-f]|[0-9A-F][a-f])")


@dataclass(slots=True, kw_only=True)
class ApiKey:
    """The one key that the double knows; every field may be changed by a test.

    ``remaining_validity`` is in days; -999 is unlimited, 0 expired.
    """

    access: str
    secret: str = field(repr=False)
    scopes: Sequence[str] = ALL_TRADING_SCOPES
    ip_white_list: Sequence[str] = ()
    remaining_validity: int = 82
    status: str = "VALID"
    note: str = "double"
    create_time: str = "2026-10-01T08:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedText:
    """What arrived: raw query, raw body, headers that matter, peer address."""

    query: str
    body: str
    access: str | None
    peer: str


def parameters(text: str) -> dict[str, str]:
    """Split ``a=1&b=2`` and undo percent-escapes; the first of a name wins."""
    found: dict[str, str] = {}
    for piece in text.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            found.setdefault(unquote_plus(name), unquote_plus(value))
    return found


def without_signature(text: str) -> str:
    """Take the ``signature`` parameter out of a raw parameter string."""
    return "&".join(p for p in text.split("&") if not p.startswith("signature="))


def expected(secret: str, query: str, body: str) -> str:
    """Compute the signature over the raw query directly followed by the body."""
    text = without_signature(query) + without_signature(body)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def verify(key: ApiKey, sent: SignedText, now_ms: int, scope: str) -> None:
    """Check key, time, signature, address and permission; raise Refusal on no.

    The order of the checks is ours; the codes are the documented ones.
    """
    if not sent.access:
        raise Refusal(400, "api key required")
    if sent.access != key.access or key.status != "VALID" or key.remaining_validity == 0:
        raise Refusal(10072)
    given = parameters(sent.body) | parameters(sent.query)
    if not given.get("signature"):
        raise Refusal(700004, "signature")
    _check_time(given, now_ms)
    raw = f"{sent.query}{sent.body}"
    wanted = expected(key.secret, sent.query, sent.body)
    # The venue encodes again before it signs: lower-case escapes and a plus never match.
    recoded = "+" in raw or _LOWER_ESCAPE.search(raw) is not None
    if recoded or not hmac.compare_digest(wanted.encode(), given["signature"].encode()):
        raise Refusal(700002)
    if key.ip_white_list and sent.peer not in key.ip_white_list:
        raise Refusal(700006, sent.peer)
    if scope and scope not in key.scopes:
        raise Refusal(700007)


def _check_time(given: dict[str, str], now_ms: int) -> None:
    """Check ``timestamp`` against the window, both in milliseconds."""
    if not given.get("timestamp"):
        raise Refusal(700004, "timestamp")
    stamp, window = whole(given["timestamp"]), whole(given.get("recvWindow", str(RECV_WINDOW_DEFAULT_MS)))
    if stamp is None or window is None:
        raise Refusal(700008, "timestamp or recvWindow")
    if window > RECV_WINDOW_MAX_MS:
        raise Refusal(700005)
    if not (stamp < now_ms + AHEAD_MAX_MS and now_ms - stamp <= window):
        raise Refusal(700003)
