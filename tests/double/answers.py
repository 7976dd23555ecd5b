"""Answers before they are sent, and what the fault actions make of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
import json
from typing import Final

from .decimals import Json
from .errors import Refusal
from .fault_rules import ActiveRule, Rule

JSON_TYPE: Final = "application/json"
_WALL: Final = (
    "<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>"
    "<p>You don't have permission to access this resource.</p></body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer as bytes with its status and type."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


def encode(value: Json) -> bytes:
    """Write JSON without spaces."""
    return json.dumps(value, separators=(",", ":")).encode()


def success(value: Json) -> Answer:
    """Answer 200 with JSON."""
    return Answer(body=encode(value))


def refusal(no: Refusal) -> Answer:
    """Answer a refusal with its status and code."""
    return Answer(status=no.status, body=encode(no.body()))


def _throttle(rule: Rule) -> Answer:
    """Make a 429 or 418."""
    status, after = int(rule.number("status")), rule.options["retry_after"]
    headers = {} if after is None else {"Retry-After": str(after)}
    body = encode({"code": 429, "msg": "Too Many Requests"})
    return Answer(status=status, body=body, headers=headers)


def _status(rule: Rule) -> Answer:
    """Make an answer with any status."""
    status, text = int(rule.number("status")), rule.options["text"]
    if text is None:
        return Answer(status=status, body=encode({"code": status, "msg": "Service not available."}))
    return Answer(status=status, body=str(text).encode(), content_type="text/plain")


def _refuse(rule: Rule) -> Answer:
    """Make a refusal."""
    return refusal(Refusal(int(rule.number("code"))))


def _firewall(rule: Rule) -> Answer:
    """Make the page of a web firewall."""
    status = int(rule.number("status"))
    return Answer(status=status, body=_WALL.encode(), content_type="text/html")


def _redirect(rule: Rule) -> Answer:
    """Send the client elsewhere."""
    return Answer(status=302, headers={"Location": rule.text("location")})


def _raw(rule: Rule) -> Answer:
    """Send any text; lone surrogates pass as their own bytes."""
    body = rule.text("text").encode("utf-8", "surrogatepass")
    status = int(rule.number("status"))
    return Answer(status=status, body=body, content_type=rule.text("content_type"))


def _empty(_rule: Rule) -> Answer:
    """Send nothing with 200."""
    return Answer()


def _huge(rule: Rule) -> Answer:
    """Send a lot of valid JSON."""
    filler = b"x" * max(0, int(rule.number("bytes")) - len(b'{"pad":""}'))
    return Answer(body=b'{"pad":"' + filler + b'"}')


# Actions that answer instead of the venue.
INSTEAD: Final[Mapping[str, Callable[[Rule], Answer]]] = {
    "throttle": _throttle,
    "status": _status,
    "refuse": _refuse,
    "firewall": _firewall,
    "redirect": _redirect,
    "raw": _raw,
    "empty": _empty,
    "huge": _huge,
}


def _rows(value: Json, change: Callable[[dict[str, Json]], Json]) -> Json:
    """Change an object, or every object of a list."""
    if isinstance(value, dict):
        return change(value)
    if isinstance(value, list):
        return [_rows(row, change) for row in value]
    return value


def _wrong_type(value: Json, _active: ActiveRule) -> Json:
    """Turn an object into a list and anything else into an object."""
    return [value] if isinstance(value, dict) else {"rows": value}


def _replace(value: Json, active: ActiveRule) -> Json:
    """Set fields."""
    fields = active.rule.options["fields"]
    new = dict(fields) if isinstance(fields, Mapping) else {}
    return _rows(value, lambda row: row | new)


def _remove(value: Json, active: ActiveRule) -> Json:
    """Take fields out."""
    fields = active.rule.options["fields"]
    gone = list(fields) if isinstance(fields, Sequence) else []
    return _rows(value, lambda row: {key: row[key] for key in row if key not in gone})


def _unknown_status(value: Json, active: ActiveRule) -> Json:
    """Set a status that is not documented, where there is a status."""
    name = active.rule.text("status")
    return _rows(value, lambda row: row | {"status": name} if "status" in row else row)


def _duplicate_rows(value: Json, _active: ActiveRule) -> Json:
    """Repeat every row."""
    return [row for row in value for _ in range(2)] if isinstance(value, list) else value


def _reorder_rows(value: Json, active: ActiveRule) -> Json:
    """Shuffle the rows."""
    if not isinstance(value, list):
        return value
    return active.dice.sample(value, len(value))


def _drop_rows(value: Json, active: ActiveRule) -> Json:
    """Leave out the first rows."""
    return value[int(active.rule.number("count")) :] if isinstance(value, list) else value


# Actions that change what the venue answered, if that was a success.
CHANGES: Final[Mapping[str, Callable[[Json, ActiveRule], Json]]] = {
    "wrong_type": _wrong_type,
    "replace": _replace,
    "remove": _remove,
    "unknown_status": _unknown_status,
    "duplicate_rows": _duplicate_rows,
    "reorder_rows": _reorder_rows,
    "drop_rows": _drop_rows,
}


def changed(answer: Answer, active: ActiveRule) -> Answer:
    """Apply an action that changes an answer; one that another fault has left without JSON stays as it is."""
    action = active.rule.action
    if action == "truncate":
        length = int(len(answer.body) * active.rule.number("share"))
        return replace(answer, body=answer.body[:length])
    if action in CHANGES and answer.status == 200:
        try:
            value: Json = json.loads(answer.body)
        except ValueError:
            return answer
        return replace(answer, body=encode(CHANGES[action](value, active)))
    return answer
