"""Whether a wait is over, by a clock that may have been set in between."""


def passed(since_ns: int, wait_ns: int, now_ns: int) -> bool:
    """Whether a wait is over.

    A moment that lies in the future is from before the clock was set back. It ends the wait too, or nothing would
    happen until the clock has caught up.
    """
    return not 0 <= now_ns - since_ns < wait_ns
