"""Questions to the venue before anything is saved: whether it is there, knows the symbols, and what the key may do.

All calls only read. What is found is a value: a :class:`.reading.Concern` names the translated text of what is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from aiohttp import ClientSession

from ..bridge.clock import SystemClock
from ..bridge.venues import key_refusal
from ..const import QUOTE_DEFAULT
from ..exchange.mexc.market import MexcMarket
from ..exchange.mexc.spot import MexcSpot
from ..exchange.secret import Secret
from ..model.ids import Symbol
from ..model.outcome import Unavailable
from .reading import Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHolder:
    """Whose key it is. ``unique_id`` is the account's number at the venue, or, unreadable, the key's fingerprint."""

    unique_id: str

    @property
    def is_account(self) -> bool:
        """Whether the account itself is known, and not only the key."""
        return self.unique_id.startswith(_ACCOUNT_PREFIX)


_ACCOUNT_PREFIX: Final = "uid:"
_KEY_PREFIX: Final = "key:"
_FINGERPRINT_CHARS: Final = 32
"""128 bits of SHA-256: enough to tell keys apart, and no way back to one."""

_CONCERN_BY_CODE: Final = {
    400: "invalid_auth",
    402: "invalid_auth",
    406: "ip_not_allowed",
    602: "wrong_signature",
    10072: "invalid_auth",
    10073: "clock",
    700001: "invalid_auth",
    700002: "wrong_signature",
    700003: "clock",
    700006: "ip_not_allowed",
    700007: "key_cannot_read",
}
"""The venue's codes that a person can do something about (fact sheet 5.2); any other failure is ``cannot_connect``."""


async def check_symbols(session: ClientSession, rest_url: str, symbols: Iterable[str]) -> Concern | None:
    """Ask the public market whether it is there and trades these symbols in the book's quote currency."""
    market = MexcMarket.public(session=session, rest_url=rest_url, clock=SystemClock())
    if isinstance(offset := await market.clock_offset(), Unavailable):
        return _concern(offset)
    wanted = [Symbol(symbol) for symbol in symbols]
    instruments = await market.instruments(wanted)
    if isinstance(instruments, Unavailable):
        return _concern(instruments)
    if unknown := sorted(set(wanted) - {instrument.symbol for instrument in instruments}):
        return Concern(key="symbol_unknown", placeholders={"symbols": ", ".join(unknown)})
    if foreign := sorted(instrument.symbol for instrument in instruments if instrument.quote != QUOTE_DEFAULT):
        return Concern(key="symbol_other_quote", placeholders={"symbols": ", ".join(foreign), "quote": QUOTE_DEFAULT})
    return None


async def check_key(session: ClientSession, rest_url: str, api_key: Secret, api_secret: Secret) -> KeyHolder | Concern:
    """Sign read-only calls with the key: it must be valid, read and trade, and must not move coins elsewhere."""
    spot = MexcSpot(session=session, rest_url=rest_url, api_key=api_key, api_secret=api_secret, clock=SystemClock())
    if isinstance(offset := await spot.clock_offset(), Unavailable):
        return _concern(offset)
    if isinstance(balances := await spot.balances(), Unavailable):
        return _concern(balances)
    if isinstance(terms := await spot.key_terms(), Unavailable):
        concern = _concern(terms)
        return concern if concern.key == "cannot_connect" else Concern(key="permissions_unreadable")
    if refusal := key_refusal(terms, now_ns=SystemClock().now_ns()):
        return Concern(key=refusal)
    uid = await spot.account_uid()
    if isinstance(uid, Unavailable):
        return KeyHolder(unique_id=_KEY_PREFIX + fingerprint(api_key))
    return KeyHolder(unique_id=_ACCOUNT_PREFIX + uid)


def fingerprint(api_key: Secret) -> str:
    """Name a key without showing it: the first 32 hex characters of its SHA-256."""
    return sha256(api_key.reveal().encode()).hexdigest()[:_FINGERPRINT_CHARS]


def _concern(failure: Unavailable) -> Concern:
    key = _CONCERN_BY_CODE.get(failure.code, "cannot_connect") if failure.code is not None else "cannot_connect"
    return Concern(key=key, placeholders={"cause": failure.cause})
