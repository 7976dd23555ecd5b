"""Identity of signals, decisions and orders (design section 4).

No price, size, configuration or time is part of an identity: a retry after any of them changed must not become a
new trade. Client order ids are repeatable after a crash, recognisable as ours, and not guessable.
"""

from base64 import b32encode
from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
import json
from typing import Final

from ..model.ids import BookName, DecisionId, OrderId, SignalKey
from ..model.mac import mac
from ..model.money import plain
from ..model.order import Leg

IDENTITY_VERSION: Final = 1
"""Part of every decision hash; raising it makes every old signal a new wish, so it never changes lightly."""

_MARK: Final = "ha"
_BOOK_LETTERS: Final[Mapping[str, str]] = {"live": "l", "paper": "p"}
_LEG_LETTERS: Final[Mapping[Leg, str]] = {Leg.ENTRY: "e", Leg.STOP: "s", Leg.TARGET1: "t", Leg.CLOSE: "c"}
_BASE32: Final = frozenset("abcdefghijklmnopqrstuvwxyz234567")
_DIGEST_CHARS: Final = 24
_DECISION_ID_CHARS: Final = 26

ORDER_ID_LENGTH: Final = len(_MARK) + 1 + _DIGEST_CHARS + 1
"""28 characters; the venue takes up to 32 (fact sheet 1.6)."""

type Document = str | int | Decimal | bool | None | Sequence[Document] | Mapping[str, Document]
"""A parsed JSON document whose numbers are integers or decimals."""


def canonical_json(document: Document) -> str:
    """Write a document in its one canonical form: sorted keys, no spaces, every number as a canonical decimal text."""
    return json.dumps(_canonical(document), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _canonical(document: Document) -> object:
    match document:
        case bool() | None | str():
            return document
        case int():
            return str(document)
        case Decimal():
            return plain(document)
        case Mapping():
            return {key: _canonical(value) for key, value in document.items()}
        case _:
            return [_canonical(value) for value in document]


def body_digest(document: Document) -> str:
    """Digest a signal's body: 64 hex characters. The same key with another digest is a conflict, not a duplicate."""
    return sha256(canonical_json(document).encode()).hexdigest()


def decision_hash(key: SignalKey, leg: Leg) -> str:
    """Hash (version, signal key, leg) to 64 hex characters."""
    parts = (str(IDENTITY_VERSION), key.book, key.strategy, key.signal_id, leg.value)
    framed = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return sha256(framed).hexdigest()


def decision_id(hash_hex: str) -> DecisionId:
    """Give the printable prefix of a decision hash: 26 characters of lower-case base32, 130 bits."""
    return DecisionId(_base32(bytes.fromhex(hash_hex))[:_DECISION_ID_CHARS])


def order_id(*, install_secret: bytes, book: BookName, hash_hex: str, leg: Leg, attempt: int) -> OrderId:
    """Derive a client order id: mark, book letter, 24 base32 characters of an HMAC, leg letter.

    ``attempt`` rises only after proof that the former one never reached the venue's book.
    """
    message = bytes.fromhex(hash_hex) + attempt.to_bytes(4)
    digest = _base32(mac(install_secret, message))[:_DIGEST_CHARS]
    return OrderId(f"{_MARK}{_BOOK_LETTERS[book]}{digest}{_LEG_LETTERS[leg]}")


def is_ours(text: str | None, book: BookName) -> bool:
    """Whether a client order id on the venue bears the mark of this book's orders."""
    if text is None or len(text) != ORDER_ID_LENGTH:
        return False
    head, digest, leg = text[: -_DIGEST_CHARS - 1], text[-_DIGEST_CHARS - 1 : -1], text[-1]
    return head == _MARK + _BOOK_LETTERS[book] and set(digest) <= _BASE32 and leg in _LEG_LETTERS.values()


def leg_of_order(name: OrderId) -> Leg:
    """Tell an order's leg from its id; only for ids that are ours."""
    return next(leg for leg, letter in _LEG_LETTERS.items() if name.endswith(letter))


def _base32(raw: bytes) -> str:
    """Write bytes in base32. What pads them stands at the end, which nobody here takes."""
    return b32encode(raw).decode().lower()
