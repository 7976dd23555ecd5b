"""Tokens for senders that cannot sign: a long text in the body. Weaker than a signature, and so held tighter.

Whoever reads one message can write others, and a message can be changed on the way. What a sender of this kind may do
at most stands in :mod:`..risk.unsigned`.
"""

from collections.abc import Sequence
import hmac
import secrets
from typing import Final

from ..orders.identity import Document

FIELD: Final = "token"
"""The member of the body that holds the token. It is taken out before anything else is read."""

_PREFIX: Final = "mxtok_"
_TOKEN_BYTES: Final = 32


def generate_token() -> str:
    """Make a new token: 32 random bytes as text."""
    return _PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)


def is_token(secret: str) -> bool:
    """Tell a token from a secret to sign with."""
    return secret.startswith(_PREFIX)


def take_token(document: Document, tokens_valid: Sequence[str]) -> Document | None:
    """Give the document without its token; None if it has none that is valid. Compared in constant time."""
    if not isinstance(document, dict):
        return None
    given = document.get(FIELD)
    text = given.encode("utf-8", "surrogatepass") if isinstance(given, str) else b""
    believed = False
    for token in tokens_valid:
        believed |= hmac.compare_digest(token.encode(), text)
    return {name: value for name, value in document.items() if name != FIELD} if believed else None
