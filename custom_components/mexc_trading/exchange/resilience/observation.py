"""What was seen on the wire: an answer, or when it failed. Classification starts from here."""

from dataclasses import dataclass
from enum import StrEnum


class When(StrEnum):
    """When a call failed, as seen from the request's first byte."""

    BEFORE = "before"
    """Certainly nothing of the request was written."""

    AFTER = "after"
    """Something may have been written; the venue may have acted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An HTTP answer. ``whole`` is False when the body broke off or was larger than allowed; it is empty then."""

    status: int
    retry_after_s: int | None
    body: bytes
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No answer. ``cause`` names the kind of failure and never contains a URL or a message from outside."""

    when: When
    cause: str


type Observation = Answered | Failed
