"""When "the venue has no such order" may be believed (design section 5, fact sheet 5.4)."""

from typing import Final

from ..model.money import ZERO
from .record import OrderRecord
from .states import OrderState

RECV_WINDOW_MS: Final = 5_000
"""The venue refuses a request older than this: the fence after which no copy in flight can be accepted."""

SKEW_MS: Final = 1_000
"""How far a request's timestamp may lie ahead of the venue's clock; it moves the fence by as much."""

BEYOND_FENCE_MS: Final = 10_000
"""A fresh order may be invisible for a short time; absence counts only this long after the fence."""

ABSENT: Final = "absent"
"""What a place says that was asked, answered, and knows nothing of the order."""

_NS_PER_MS: Final = 1_000_000


def believable_from_ns(record: OrderRecord) -> int:
    """Give the time (ns) from which a search that finds nothing anywhere proves that nothing was placed.

    Counted from when we learned that no answer would come, not from when the order was released: a request may have
    waited for its turn, and is stamped only when it leaves.
    """
    last_possible_stamp_ns = record.unanswered_ns or record.sent_ns
    return last_possible_stamp_ns + (RECV_WINDOW_MS + SKEW_MS + BEYOND_FENCE_MS) * _NS_PER_MS


def proven_absent(record: OrderRecord, *, said: tuple[str, ...], searched_ns: int, now_ns: int) -> bool:
    """Whether a search that began at ``searched_ns`` proves that the order was never placed.

    Every place has to deny it, and nothing of it may have been executed. A search from the future began before the
    clock was set back, and nobody knows how long ago.
    """
    if record.state is not OrderState.UNKNOWN or record.executed > ZERO:
        return False
    return absent_everywhere(said) and believable_from_ns(record) <= searched_ns <= now_ns


def absent_everywhere(said: tuple[str, ...]) -> bool:
    """Whether every place was reached and knows nothing. Silence of one is no answer."""
    return bool(said) and all(answer == ABSENT for answer in said)
