"""Signing of spot requests (fact sheet 2.1): one string is built, signed and sent, byte for byte."""

from collections.abc import Iterable
from urllib.parse import quote

from ...model.mac import mac
from ..secret import Secret


def query_string(params: Iterable[tuple[str, str]]) -> str:
    """Write parameters as a query: RFC 3986 percent-encoding, upper-case hex, a space as ``%20``."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in params)


def signature(secret: Secret, text: str) -> str:
    """Sign a text: lower-case hex HMAC-SHA256."""
    return mac(secret.reveal().encode(), text.encode()).hex()


def signed(secret: Secret, query: str) -> str:
    """Append the signature of a query to it."""
    return f"{query}&signature={signature(secret, query)}"
