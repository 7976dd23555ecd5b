"""One guarded GET to a secret store: no redirects, a bound on time and size, and a value for every failure."""

from collections.abc import Mapping
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from ...exchange.payload import Json, Unreadable, read_json
from .source import SourceTrouble, away, denied, missing

TIMEOUT_S: Final = 10
BODY_MAX: Final = 65_536
"""Bytes of an answer; an item with two fields has about one thousand."""

_OK: Final = 200
_DENIED: Final = frozenset({400, 401, 403})
_MISSING: Final = 404


async def get_json(
    session: ClientSession, url: str, headers: Mapping[str, str], *, query: Mapping[str, str] | None = None
) -> Json | SourceTrouble:
    """Ask once. A redirect is no answer: the token is for the named server and for no other."""
    try:
        async with session.get(
            url,
            params=query,
            headers=headers,
            allow_redirects=False,
            timeout=ClientTimeout(total=TIMEOUT_S),
        ) as response:
            if response.status in _DENIED:
                return denied(url)
            if response.status == _MISSING:
                return missing(url)
            if response.status != _OK:
                return away(f"{url} ({response.status})")
            body = await response.content.read(BODY_MAX + 1)
            while len(body) <= BODY_MAX and (more := await response.content.read(BODY_MAX + 1 - len(body))):
                body += more
    except (ClientError, TimeoutError, OSError, ValueError) as error:
        return away(f"{url} ({type(error).__name__})")
    value = read_json(body) if len(body) <= BODY_MAX else Unreadable(cause="size")
    return away(f"{url} ({value.cause})") if isinstance(value, Unreadable) else value
