"""Reasons in words: what the engine, the exchange's client and we ourselves write as why, told in a person's language.

The journal keeps reasons as they were written, in English. Each phrase that is ours has a row here; what a person
wrote has none, and stays as it is.
"""

import re
from typing import Final, NamedTuple

from .const import QUOTE_DEFAULT
from .wording import Wording


class Phrase(NamedTuple):
    """One row: the phrase as it is written, and the name of its translation under ``common.reasons``."""

    key: str
    pattern: re.Pattern[str]


def _phrase(key: str, written: str) -> Phrase:
    """Make a row: ``<value>`` in the phrase is something that differs, without spaces; ``<rest>`` goes to the end."""
    pattern = re.sub(r"<(\w+)>", r"(?P<\1>\\S+)", re.escape(written))
    return Phrase(key, re.compile(pattern.replace("(?P<rest>\\S+)", "(?P<rest>.+)")))


PHRASES: Final = tuple(
    _phrase(key, written)
    for key, written in (
        # Health: a measurement past its threshold.
        ("of_limit", "<value> of <limit> <unit>"),
        ("past_limit", "<value> <unit>, limit <limit>"),
        ("inputs_refused", "<value> inputs refused, limit <limit>"),
        ("mib_free", "<value> MiB free, limit <limit>"),
        ("silent", "silent for <value> s, limit <limit>"),
        ("home_not_running", "Home Assistant is not running"),
        ("database", "Home Assistant's database takes nothing"),
        ("other_quantities", "the venue has other quantities"),
        # Orders and coins.
        ("entries_allowed", "<value> entries, <limit> allowed"),
        ("coins_missing", "<value> <asset> ours, <limit> at the venue"),
        ("oversold", "<order>: more sold than the book owns"),
        ("overfilled", "<order>: <value> traded of <limit>"),
        ("not_in_journal", "<order>: not in the journal"),
        ("two_orders", "<order>: two orders at the venue, <first> and <second>"),
        ("status_unknown", "<order>: a status that is not known"),
        ("gone", "<order>: acknowledged, and not known to the venue any more"),
        ("exit_not_placed", "<order>: an exit that could not be placed in <value> attempts"),
        ("stuck", "<order>: <state> for <value> s"),
        ("impossible_step", "<order>: <state> + <step>"),
        ("open_after_end", "<order>: <state>, but open at the venue"),
        ("coins_gone", "coins of <symbol> gone"),
        ("deposit_or_withdrawal", "deposit or withdrawal, said <who>"),
        # The journal.
        ("journal_altered", "the journal does not end where the last run left it"),
        ("journal_quarantined", "the journal was broken and has been set aside"),
        ("journal_behind", "the journal ends before a head that was seen elsewhere: a restored backup, or a cut end"),
        ("journal_contradicted", "the journal does not pass through a head that was seen elsewhere"),
        (
            "journal_unlike_recorder",
            "the journal does not pass through record <value> as Home Assistant's recorder saw it",
        ),
        ("journal_verification", "verification: <kind> at record <value>, <limit> findings"),
        # The exchange.
        ("http_unreadable", "http <value> unreadable: <rest>"),
        ("http_without_code", "http <value> without a code"),
        ("http", "http <value>"),
        ("refused", "refused: <refusal>"),
        ("malformed", "malformed answer: <rest>"),
        ("malformed", "malformed acknowledgement: <rest>"),
        ("malformed", "the answer is about another order"),
        ("malformed", "cut short or too large"),
        ("code", "code <value>: <rest>"),
        ("malformed", "code <value> makes no sense for a new order"),
        ("too_much", "more history than is read at once"),
        ("too_much", "more rows in one second than a page holds"),
        ("too_much", "more candles than are read at once"),
        ("too_much", "more open orders than one answer holds"),
        ("message", "message <rest>"),
        ("fault", "fault:<rest>"),
        ("drill", "drill"),
        ("action", "action"),
        ("not_in_account", "<symbol>: unknown to this account"),
        ("mailbox_full", "intake_full"),
        *(
            (written.lower().replace(" ", "_"), written)
            for written in (
                "administrator",
                "automation",
                "banned",
                "breaker_open",
                "deadline",
                "emergency stop",
                "engine",
                "engine_fault",
                "file",
                "healthy again",
                "journal",
                "kill file found",
                "mailbox_full",
                "next trading day",
                "no answer",
                "no candles",
                "no_market_data",
                "not compared yet",
                "rate_budget",
                "reads agree again",
                "recall",
                "start",
                "switch",
                "stopping",
                "the engine takes nothing now",
                "the key is fit again",
                "throttled",
                "unknown_symbol",
                "webhook",
            )
        ),
        *(
            ("no_connection", written)
            for written in (
                "ClientConnectorError",
                "ClientConnectorDNSError",
                "ClientOSError",
                "ConnectionRefusedError",
                "ConnectionResetError",
                "ServerDisconnectedError",
                "SessionClosed",
            )
        ),
        *(
            ("no_answer_in_time", written)
            for written in ("timeout", "TimeoutError", "ServerTimeoutError", "SocketTimeoutError")
        ),
        *(("no_connection_in_time", written) for written in ("ConnectionTimeoutError",)),
    )
)

FIELDS: Final = frozenset({"symbol", "side", "type", "price", "quantity"})
"""What an acknowledgement can differ in."""

_FIGURES: Final = ("value", "limit")
_WORDS: Final = {"state": "order_state", "refusal": "refusal"}
"""Placeholders that are keys of ours, and where their words stand."""

_HOLD_ID: Final = re.compile(r"(?P<kind>[a-z_]+)(:\w+)?")
_REFUSAL: Final = re.compile(r"(?P<refusal>[a-z_]+):(?P<code>-?\d+)")


def tell_reason(wording: Wording, written: str) -> str:
    """Tell a reason, or several that are written with semicolons between them."""
    return "; ".join(_one(wording, part) for part in written.split("; "))


def _one(wording: Wording, written: str) -> str:
    """Tell one reason: a phrase of ours, concerns about a key, a difference, a hold, "who: why", or as it is."""
    for phrase in PHRASES:
        if found := phrase.pattern.fullmatch(written):
            return wording.text(f"reasons.{phrase.key}", **_filled(wording, found.groupdict()))
    known = wording.words("key_concern", written)
    if known != written:
        return known
    hold = _HOLD_ID.fullmatch(written)
    if hold is not None and (held := wording.word("hold", hold["kind"])) != hold["kind"]:
        return held
    first, colon, rest = written.partition(": ")
    if colon and rest in FIELDS:
        return wording.text("reasons.differs", order=first, field=wording.word("order_field", rest))
    if (refusal := _REFUSAL.fullmatch(written)) is not None:
        return wording.text("reasons.rejected", **_filled(wording, refusal.groupdict()))
    return f"{_one(wording, first)}: {_one(wording, rest)}" if colon else written


def _filled(wording: Wording, found: dict[str, str]) -> dict[str, str]:
    """Write what a phrase was filled in with: figures as figures, keys as words, names as they are."""
    unit = found.get("unit", "")
    filled = dict(found)
    for name in _FIGURES:
        if name in found:
            filled[name] = wording.figure(found[name], unit if unit == QUOTE_DEFAULT else "%" if unit == "%" else "")
    for name, group in _WORDS.items():
        if name in found:
            filled[name] = wording.word(group, found[name])
    if "who" in found:
        filled["who"] = _one(wording, found["who"])
    return filled
