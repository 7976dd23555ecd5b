"""What an observation means, as tables. Total: what no row lists is ambiguous.

The meaning is decided by HTTP status, venue code and the moment of failure; never by a message's text.
``docs/classification.md`` is generated from these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final, NamedTuple

from ...model.outcome import Ambiguous, NotSent, RefusalClass, Rejected, Throttled, Trace
from ..payload import Json, Unreadable
from .observation import Answered, Failed, Observation, When


class CodeClass(StrEnum):
    """What a venue code says about the request it answers."""

    REQUEST = "request"
    CONFIGURATION = "configuration"
    MARKET = "market"
    FUNDS = "funds"
    TIME = "time"
    MAINTENANCE = "maintenance"
    NOT_FOUND = "not_found"
    RATE = "rate"
    """Too many requests. Believed to be refused, and still looked up after a create."""

    UNKNOWN = "unknown"
    """The venue says itself that it does not know, or the code belongs to an endpoint we never call."""


class CodeRow(NamedTuple):
    """One venue code: its class, and its meaning in our words."""

    meaning: str
    kind: CodeClass


UNLISTED: Final = CodeRow("not listed", CodeClass.UNKNOWN)
"""What a code means that no table has."""

type CodeTable = Mapping[int, CodeRow]


class HttpRule(StrEnum):
    """What a range of HTTP statuses says."""

    BY_CODE = "by_code"
    BY_CODE_ELSE_THROTTLED = "by_code_else_throttled"
    THROTTLED = "throttled"
    BANNED = "banned"
    AMBIGUOUS = "ambiguous"


class HttpRow(NamedTuple):
    """Statuses from ``first`` to ``last``, both included."""

    first: int
    last: int
    rule: HttpRule
    meaning: str


HTTP_TABLE: Final = (
    HttpRow(200, 299, HttpRule.BY_CODE, "success, or a business error inside the body"),
    HttpRow(300, 399, HttpRule.AMBIGUOUS, "a redirect; it is not followed"),
    HttpRow(
        403, 403, HttpRule.BY_CODE_ELSE_THROTTLED, "with a code: the code; without: the web firewall (often frequency)"
    ),
    HttpRow(418, 418, HttpRule.BANNED, "banned after 429 was ignored"),
    HttpRow(429, 429, HttpRule.THROTTLED, "too many requests"),
    HttpRow(400, 499, HttpRule.BY_CODE, "business error with a code"),
    HttpRow(500, 599, HttpRule.AMBIGUOUS, "the venue's documentation: execution state unknown, whatever the body says"),
)
"""First row that fits. A status in no row is ambiguous."""

SUCCESS_CODES: Final = frozenset({0, 200})

_REFUSALS: Final = {
    CodeClass.REQUEST: RefusalClass.REQUEST,
    CodeClass.CONFIGURATION: RefusalClass.CONFIGURATION,
    CodeClass.MARKET: RefusalClass.MARKET,
    CodeClass.FUNDS: RefusalClass.FUNDS,
    CodeClass.TIME: RefusalClass.TIME,
    CodeClass.MAINTENANCE: RefusalClass.MAINTENANCE,
    CodeClass.NOT_FOUND: RefusalClass.NOT_FOUND,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A successful answer with a body that is JSON. Its shape is still to be checked."""

    payload: Json
    trace: Trace


type Reply = Readable | Rejected | NotSent | Throttled | Ambiguous


def http_rule(status: int) -> HttpRule:
    """Find what an HTTP status says."""
    for row in HTTP_TABLE:
        if row.first <= status <= row.last:
            return row.rule
    return HttpRule.AMBIGUOUS


def venue_code(payload: Json | Unreadable) -> int | None:
    """Take the venue's code out of a body: a whole number, or one written as text. None: there is none."""
    code = payload.get("code") if isinstance(payload, dict) else None
    if isinstance(code, str) and len(code) <= len("-2147483648") and code.removeprefix("-").isdecimal():
        return int(code) if code.isascii() else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def classify(
    observation: Observation, payload: Json | Unreadable, *, codes: CodeTable, message: str, trace: Trace
) -> Reply:
    """Say what an observation means for the request that caused it.

    ``payload`` is the answer's body as JSON (:class:`Unreadable` when there is none), ``message`` the venue's text made
    safe to keep; it is passed on and never looked at.
    """
    match observation:
        case Failed(when=When.BEFORE, cause=cause):
            return NotSent(cause=cause, trace=trace)
        case Failed(cause=cause):
            return Ambiguous(cause=cause, trace=trace)
        case Answered():
            return _by_status(observation, payload, codes=codes, message=message, trace=trace)


def _by_status(answer: Answered, payload: Json | Unreadable, *, codes: CodeTable, message: str, trace: Trace) -> Reply:
    """Say what an answer means, as far as its status decides."""
    rule = http_rule(answer.status)
    uncoded = venue_code(payload) is None
    if rule is HttpRule.BANNED:
        return Throttled(retry_after_s=answer.retry_after_s, banned=True, trace=trace)
    if rule is HttpRule.THROTTLED or (rule is HttpRule.BY_CODE_ELSE_THROTTLED and uncoded):
        return Throttled(retry_after_s=answer.retry_after_s, banned=False, trace=trace)
    if rule is HttpRule.AMBIGUOUS:
        return Ambiguous(cause=f"http {answer.status}", trace=trace)
    return _by_code(answer, payload, codes=codes, message=message, trace=trace)


def _by_code(answer: Answered, payload: Json | Unreadable, *, codes: CodeTable, message: str, trace: Trace) -> Reply:
    """Say what a body means whose status leaves the word to it."""
    if isinstance(payload, Unreadable):
        return Ambiguous(cause=f"http {answer.status} unreadable: {payload.cause}", trace=trace)
    code = venue_code(payload)
    if code is None or code in SUCCESS_CODES:
        coded = isinstance(payload, dict) and payload.get("code") is not None and code is None
        if answer.status >= HTTPStatus.BAD_REQUEST or coded:
            return Ambiguous(cause=f"http {answer.status} without a code", trace=trace)
        return Readable(payload=payload, trace=trace)
    row = codes.get(code, UNLISTED)
    if row.kind is CodeClass.RATE:
        return Throttled(retry_after_s=answer.retry_after_s, banned=False, trace=trace)
    if row.kind is CodeClass.UNKNOWN:
        return Ambiguous(cause=f"code {code}: {row.meaning}", trace=trace)
    return Rejected(code=code, refusal=_REFUSALS[row.kind], message=message, trace=trace)
