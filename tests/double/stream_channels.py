"""Names of the stream channels: which exist, and what they are about."""

from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Final

from .candles import INTERVALS

ORDERS: Final = "spot@private.orders.v3.api.pb"
DEALS: Final = "spot@private.deals.v3.api.pb"
ACCOUNT: Final = "spot@private.account.v3.api.pb"
PRIVATE: Final = frozenset({ORDERS, DEALS, ACCOUNT})
# Stream names of intervals (fact sheet 3.3) to REST names; Hour8 has none and is left out.
STREAM_INTERVALS: Final = {
    "Min1": "1m",
    "Min5": "5m",
    "Min15": "15m",
    "Min30": "30m",
    "Min60": "60m",
    "Hour4": "4h",
    "Day1": "1d",
    "Week1": "1W",
    "Month1": "1M",
}


class Topic(StrEnum):
    """What a public channel carries."""

    BOOK = "book"
    BOOK_BATCH = "book_batch"
    DEPTH = "depth"
    DEALS = "deals"
    CANDLE = "candle"


_PATTERNS: Final = {
    Topic.BOOK: re.compile(r"spot@public\.aggre\.bookTicker\.v3\.api\.pb@(?:10|100)ms@(?P<symbol>\w+)"),
    Topic.BOOK_BATCH: re.compile(r"spot@public\.bookTicker\.batch\.v3\.api\.pb@(?P<symbol>\w+)"),
    Topic.DEPTH: re.compile(r"spot@public\.limit\.depth\.v3\.api\.pb@(?P<symbol>\w+)@(?P<detail>5|10|20)"),
    Topic.DEALS: re.compile(r"spot@public\.aggre\.deals\.v3\.api\.pb@(?:10|100)ms@(?P<symbol>\w+)"),
    Topic.CANDLE: re.compile(r"spot@public\.kline\.v3\.api\.pb@(?P<symbol>\w+)@(?P<detail>\w+)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicChannel:
    """A public channel; ``detail`` is the interval (REST name) or the number of levels."""

    name: str
    topic: Topic
    symbol: str
    detail: str = ""


def public_channel(name: str) -> PublicChannel | None:
    """Understand the name of a public channel; None for one that does not exist here."""
    for topic, pattern in _PATTERNS.items():
        found = pattern.fullmatch(name)
        if found is None:
            continue
        detail = found.groupdict().get("detail", "")
        if topic is Topic.CANDLE:
            detail = STREAM_INTERVALS.get(detail, "")
            if detail not in INTERVALS:
                return None
        return PublicChannel(name=name, topic=topic, symbol=found["symbol"], detail=detail)
    return None
