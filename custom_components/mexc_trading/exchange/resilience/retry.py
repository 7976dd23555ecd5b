"""Trying again: reads and cancels only, transient failures only, at most 4 tries within 10 seconds, with full jitter.

A create is never given to this module.
"""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from ...model.outcome import Ambiguous, NotSent, Throttled
from .classify import Reply
from .gate import Held

TRIES_MAX: Final = 4
TOTAL_S_MAX: Final = 10.0
WAIT_S_FIRST: Final = 0.25
WAIT_S_MAX: Final = 4.0

type Result = Reply | Held
"""What came of a call, or that it was not let out."""

type Attempt = Callable[[float], Awaitable[Result]]
"""One try, told by when it must end, in the event loop's time."""


def is_transient(result: Result) -> bool:
    """Tell whether the same question may be answered in a moment. The gate has waited already, and a ban is long."""
    match result:
        case NotSent():
            return True
        case Ambiguous(trace=trace):
            return trace is None or trace.status is None or _is_passing(trace.status, trace.code)
        case Throttled(banned=banned):
            return not banned
        case _:
            return False


def _is_passing(status: int, code: int | None) -> bool:
    """Tell whether an unusable answer may be usable next time: the server's fault, or a success that was garbled."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or (code is None and status < HTTPStatus.MULTIPLE_CHOICES)


async def persistently(attempt: Attempt, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> Result:
    """Try until there is an answer that will not change; give the last result.

    When the last try did not get out but a former one did, the former counts: "not sent" is said only of all of them.
    All tries and waits together end within 10 s. A caller in more of a hurry wraps this in ``asyncio.timeout``.
    """
    ends_s = asyncio.get_running_loop().time() + TOTAL_S_MAX
    sent: list[Result] = []

    async def once() -> Result:
        result = await attempt(ends_s)
        if not isinstance(result, NotSent | Held):
            sent.append(result)
        return result

    tries = AsyncRetrying(
        retry=retry_if_result(is_transient),
        stop=stop_after_attempt(TRIES_MAX) | stop_before_delay(TOTAL_S_MAX),
        wait=wait_random_exponential(multiplier=WAIT_S_FIRST, max=WAIT_S_MAX),
        sleep=sleep,
        retry_error_callback=_last,
    )
    result: Result = await tries(once)
    return sent[-1] if sent else result


def _last(state: RetryCallState) -> Result:
    """Give what the last try gave."""
    if state.outcome is None:
        raise RuntimeError("a retry without a try")
    result: Result = state.outcome.result()
    return result
