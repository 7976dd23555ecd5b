"""Fault rules: what may go wrong, when, and how a schedule is read from JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
import random
from typing import Final, NamedTuple

from .decimals import Json


class Action(NamedTuple):
    """One line of the table of actions: its options with defaults, and its meaning."""

    options: Mapping[str, Json]
    meaning: str


# Options named ``processed`` tell whether the venue does what was asked before the fault shows.
ACTIONS: Final[Mapping[str, Action]] = {
    "drop_answer": Action({}, "The request is processed; the connection closes without an answer."),
    "reset_before": Action({}, "The connection is reset; the request is not processed."),
    "reset_after": Action({}, "The request is processed; the connection is reset."),
    "cut_answer": Action({"share": 0.5}, "The request is processed; the connection is reset in mid-answer."),
    "delay_before": Action({"seconds": 1.0}, "The request waits on the way; it may be too old when it is processed."),
    "delay_after": Action({"seconds": 1.0}, "The request is processed; the answer comes late."),
    "slow_body": Action({"seconds": 1.0, "pieces": 10}, "The request is processed; the body trickles."),
    "throttle": Action(
        {"status": 429, "retry_after": None, "processed": False},
        "429 or 418, with Retry-After in seconds when given.",
    ),
    "status": Action(
        {"status": 500, "text": None, "processed": False},
        "An HTTP status, usually 5xx; the body is text or a code like the venue's.",
    ),
    "refuse": Action({"code": 30016, "processed": False}, "A refusal with any code."),
    "firewall": Action({"status": 403, "processed": False}, "An HTML page; status 403 or 200."),
    "redirect": Action({"location": "/elsewhere", "processed": False}, "302 to another place."),
    "raw": Action(
        {"status": 200, "text": "", "content_type": "application/json", "processed": True},
        "Any text as the body.",
    ),
    "empty": Action({"processed": True}, "200 with an empty body."),
    "huge": Action({"bytes": 20_000_000, "processed": True}, "200 with valid JSON of that size."),
    "wrong_type": Action({"processed": True}, "200 with a list for an object, an object for a list."),
    "truncate": Action({"share": 0.5}, "The request is processed; the JSON ends too early."),
    "replace": Action({"fields": {}}, "Sets fields in the answer, or in every row of it; null stays null."),
    "remove": Action({"fields": []}, "Takes fields out of the answer, or out of every row."),
    "unknown_status": Action({"status": "PENDING_REVIEW"}, "Orders in the answer have a status nobody documented."),
    "duplicate_rows": Action({}, "Every row of a list answer comes twice."),
    "reorder_rows": Action({}, "The rows of a list answer come shuffled."),
    "drop_rows": Action({"count": 1}, "The first rows of a list answer are missing."),
    "clock_skew": Action({"ms": 5000}, "The venue's clock is off by this from now on."),
    "partition": Action(
        {"mode": "refuse", "seconds": 1.0, "processed": False},
        "Nobody gets through for a time: connections refused, or black_hole (accepted, silent).",
    ),
    "stream_drop": Action({}, "A push is not sent."),
    "stream_duplicate": Action({}, "A push is sent twice."),
    "stream_reorder": Action({}, "A push is sent after the next one."),
    "stream_delay": Action({"seconds": 1.0}, "A push is sent late; later ones overtake it."),
    "stream_close": Action({}, "The connection is closed instead of a push."),
    "stream_garbage": Action({}, "Bytes that are no message are sent instead of a push."),
    "stream_status": Action({"status": 9}, "A push of an order has a status number nobody documented."),
    "stream_refuse": Action({}, "A subscription is refused, with code 0 as always."),
}
REFUSE: Final = "stream_refuse"
_MATCHERS: Final = frozenset(
    {"action", "name", "method", "path", "query", "channel", "nth", "every", "times"}
    | {"probability", "after_s", "until_s"}
)


class BadScheduleError(ValueError):
    """A schedule says something that is not in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, checked. Empty matchers match everything.

    ``nth`` and ``every`` count the requests that match by method, path, query
    (or pushes by channel) and time; ``times`` bounds how often the rule fires.
    """

    action: str
    name: str
    options: Mapping[str, Json]
    method: str | None = None
    path: str | None = None
    query: Mapping[str, str]
    channel: str | None = None
    nth: Sequence[int] = ()
    every: int | None = None
    times: int | None = None
    probability: float | None = None
    after_s: float = 0.0
    until_s: float | None = None

    @property
    def for_streams(self) -> bool:
        """Whether the rule is about pushes, not requests."""
        return self.action.startswith("stream_")

    def number(self, option: str) -> float:
        """Give an option that is a number."""
        value = self.options[option]
        if isinstance(value, bool) or not isinstance(value, int | float):
            msg = f"{self.name}: {option} is a number"
            raise BadScheduleError(msg)
        return float(value)

    def flag(self, option: str) -> bool:
        """Give an option that is true or false."""
        return self.options.get(option) is True

    def text(self, option: str) -> str:
        """Give an option as text."""
        return str(self.options[option])


def read_rule(given: Mapping[str, Json], number: int) -> Rule:
    """Check one rule of a schedule; raises BadScheduleError with the reason."""
    name = str(given.get("action"))
    if name not in ACTIONS:
        msg = f"rule {number}: no action {name!r}"
        raise BadScheduleError(msg)
    action = ACTIONS[name]
    unknown = set(given) - _MATCHERS - set(action.options)
    if unknown:
        msg = f"rule {number} ({name}): unknown {sorted(unknown)}"
        raise BadScheduleError(msg)
    options = {key: given.get(key, default) for key, default in action.options.items()}
    for key, default in action.options.items():
        if isinstance(default, int | float) and not isinstance(options[key], int | float):
            msg = f"rule {number} ({name}): {key} is a number"
            raise BadScheduleError(msg)
    nth, query = given.get("nth", []), given.get("query") or {}
    numbers = nth if isinstance(nth, list | tuple) else [nth]
    if not isinstance(query, Mapping) or not all(isinstance(n, int) for n in numbers):
        msg = f"rule {number} ({name}): query is an object, nth a number or a list"
        raise BadScheduleError(msg)
    return Rule(
        action=name,
        name=str(given.get("name") or f"{number}:{name}"),
        options=options,
        method=_text(given, "method"),
        path=_text(given, "path"),
        query={str(key): str(value) for key, value in query.items()},
        channel=_text(given, "channel"),
        nth=[n for n in numbers if isinstance(n, int)],
        every=_whole(given, "every"),
        times=_whole(given, "times"),
        probability=_real(given, "probability"),
        after_s=_real(given, "after_s") or 0.0,
        until_s=_real(given, "until_s"),
    )


def _text(given: Mapping[str, Json], key: str) -> str | None:
    """Read an optional text."""
    value = given.get(key)
    return None if value is None else str(value)


def _real(given: Mapping[str, Json], key: str) -> float | None:
    """Read an optional number."""
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{key} is a number"
        raise BadScheduleError(msg)
    return float(value)


def _whole(given: Mapping[str, Json], key: str) -> int | None:
    """Read an optional whole number of at least one."""
    value = _real(given, key)
    if value is None:
        return None
    if value < 1 or value != int(value):
        msg = f"{key} is a whole number from 1"
        raise BadScheduleError(msg)
    return int(value)


class ActiveRule:
    """A rule at work: its counters and its own seeded dice."""

    def __init__(self, rule: Rule, seed: int, since_s: float) -> None:
        """Start counting now."""
        self.rule = rule
        self.seen = 0
        self.fired = 0
        self.dice = random.Random(seed)
        self._since_s = since_s

    def wants_request(self, method: str, path: str, query: Mapping[str, str], now_s: float) -> bool:
        """Count a request if it matches, and tell whether the rule fires."""
        rule = self.rule
        if rule.for_streams or rule.method not in {None, method}:
            return False
        if rule.path is not None and not fnmatchcase(path, rule.path):
            return False
        if any(query.get(key) != value for key, value in rule.query.items()):
            return False
        return self._fires(now_s)

    def wants_push(self, channel: str, now_s: float) -> bool:
        """Count a push if it matches, and tell whether the rule fires."""
        return self.rule.action != REFUSE and self._wants_channel(channel, now_s)

    def wants_subscription(self, channel: str, now_s: float) -> bool:
        """Count a subscription if it matches, and tell whether it is refused."""
        return self.rule.action == REFUSE and self._wants_channel(channel, now_s)

    def _wants_channel(self, channel: str, now_s: float) -> bool:
        """Match by channel, then by time, number and dice."""
        rule = self.rule
        if not rule.for_streams:
            return False
        if rule.channel is not None and not fnmatchcase(channel, rule.channel):
            return False
        return self._fires(now_s)

    def _fires(self, now_s: float) -> bool:
        """Count, then decide by time, number and dice."""
        rule, age_s = self.rule, now_s - self._since_s
        if age_s < rule.after_s or (rule.until_s is not None and age_s >= rule.until_s):
            return False
        self.seen += 1
        if rule.times is not None and self.fired >= rule.times:
            return False
        if rule.nth and self.seen not in rule.nth:
            return False
        if rule.every is not None and self.seen % rule.every:
            return False
        if rule.probability is not None and self.dice.random() >= rule.probability:
            return False
        self.fired += 1
        return True
