"""When "the venue has no such order" may be believed (design section 5, fact sheet 5.4)."""

from typing import Final

from .record import OrderRecord

RECV_WINDOW_MS: Final = 5_000
"""The venue refuses a request older than this: the fence after which no copy in flight can be accepted."""

SKEW_MS: Final = 1_000
"""How far a request's timestamp may lie ahead of the venue's clock; it moves the fence by as much."""

BEYOND_FENCE_MS: Final = 10_000
"""A fresh order may be invisible for a short time; absence counts only this long after the fence."""

_NS_PER_MS: Final = 1_000_000


def believable_from_ns(record: OrderRecord) -> int:
    """Give the time (ns) from which a search that finds nothing anywhere proves that nothing was placed."""
    return record.sent_ns + (RECV_WINDOW_MS + SKEW_MS + BEYOND_FENCE_MS) * _NS_PER_MS


def proven_absent(record: OrderRecord, *, searched_ns: int) -> bool:
    """Whether a search that began at ``searched_ns`` and found nothing in any place proves absence."""
    return searched_ns >= believable_from_ns(record)
