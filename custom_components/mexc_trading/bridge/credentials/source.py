"""The words of credential sources: which there are, what they give, and what can be in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from ...exchange.secret import Secret


class Source(StrEnum):
    """Where a key is kept. All but the first keep it outside of Home Assistant, which stores the reference alone."""

    STORAGE = "storage"
    ENVIRONMENT = "environment"
    FILE = "file"
    VAULT = "vault"
    ONEPASSWORD = "onepassword"  # A name, not a password.
    AWS = "aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """An API key and its secret, both of some length."""

    api_key: Secret
    api_secret: Secret

    @classmethod
    def of(cls, api_key: str, api_secret: str) -> Self:
        """Wrap two texts."""
        return cls(api_key=Secret(api_key), api_secret=Secret(api_secret))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTrouble:
    """Why there is no key. ``key`` names the translated text, ``subject`` what it is about; never a secret's text."""

    key: str
    subject: str


def away(subject: str) -> SourceTrouble:
    """Say that the source does not answer, or not usably."""
    return SourceTrouble(key="source_away", subject=subject)


def denied(subject: str) -> SourceTrouble:
    """Say that the source does not let us in."""
    return SourceTrouble(key="source_denied", subject=subject)


def missing(subject: str) -> SourceTrouble:
    """Say that the source has nothing at the place that the reference names."""
    return SourceTrouble(key="source_missing", subject=subject)


def pair_of(fields: Mapping[str, object], api_key: str, api_secret: str) -> KeyPair | SourceTrouble:
    """Take the pair out of what a source gave, by the names of its fields."""
    texts: list[str] = []
    for name in (api_key, api_secret):
        text = fields.get(name)
        if not isinstance(text, str) or not text.strip():
            return missing(name)
        texts.append(text.strip())
    return KeyPair.of(*texts)
