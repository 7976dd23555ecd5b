"""What is tried again, how often, and what is said in the end."""

import asyncio

import pytest

from custom_components.mexc_trading.exchange.resilience import retry
from custom_components.mexc_trading.exchange.resilience.classify import Readable
from custom_components.mexc_trading.exchange.resilience.gate import Held
from custom_components.mexc_trading.exchange.resilience.retry import TRIES_MAX, Result, is_transient, persistently
from custom_components.mexc_trading.model.outcome import Ambiguous, NotSent, RefusalClass, Rejected, Throttled, Trace


def _trace(status: int | None, code: int | None = None) -> Trace:
    return Trace(method="GET", path="/", query="", status=status, code=code, sent_at_ns=0, ended_at_ns=0)


GOOD = Readable(payload=None, trace=_trace(200))
LOST = Ambiguous(cause="lost", trace=_trace(None))
NOT_SENT = NotSent(cause="refused", trace=_trace(None))
HELD = Held(cause="rate_budget", wait_s=1)
REFUSED = Rejected(code=-2011, refusal=RefusalClass.NOT_FOUND, message="")


@pytest.mark.parametrize(
    ("result", "transient"),
    [
        (GOOD, False),
        (REFUSED, False),
        (HELD, False),
        (NOT_SENT, True),
        (LOST, True),
        (Ambiguous(cause="http 502", trace=_trace(502)), True),
        (Ambiguous(cause="http 503 with a code", trace=_trace(503, 30004)), True),
        (Ambiguous(cause="garbled success", trace=_trace(200)), True),
        (Ambiguous(cause="unlisted code", trace=_trace(200, 987654)), False),
        (Ambiguous(cause="http 404", trace=_trace(404)), False),
        (Ambiguous(cause="redirect", trace=_trace(302)), False),
        (Throttled(retry_after_s=1, banned=False), True),
        (Throttled(retry_after_s=1, banned=True), False),
    ],
    ids=str,
)
def test_what_may_pass(result: Result, transient: bool) -> None:
    """Only what another try can change."""
    assert is_transient(result) is transient


@pytest.mark.parametrize(
    ("results", "said", "tries"),
    [
        ([GOOD], GOOD, 1),
        ([LOST, GOOD], GOOD, 2),
        ([LOST, LOST, LOST, GOOD], GOOD, 4),
        ([LOST] * 9, LOST, TRIES_MAX),
        ([NOT_SENT] * 9, NOT_SENT, TRIES_MAX),
        ([LOST, REFUSED], REFUSED, 2),
        ([LOST, NOT_SENT, NOT_SENT, NOT_SENT], LOST, TRIES_MAX),
        ([NOT_SENT, LOST, HELD], LOST, 3),
        ([NOT_SENT, HELD], HELD, 2),
        ([HELD], HELD, 1),
    ],
    ids=str,
)
async def test_tries_and_the_last_word(results: list[Result], said: Result, tries: int) -> None:
    """At most four tries, and "not sent" only when that is true of all of them."""
    made = 0
    slept: list[float] = []

    async def attempt(ends_s: float) -> Result:
        nonlocal made
        made += 1
        assert 9 < ends_s - asyncio.get_running_loop().time() <= 10
        return results[made - 1]

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    assert await persistently(attempt, sleep=sleep) == said
    assert made == tries
    assert len(slept) == tries - 1


async def test_waits_grow_and_are_random(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full jitter: anything from nothing to a bound that doubles."""
    monkeypatch.setattr(retry, "WAIT_S_FIRST", 0.25)
    slept: list[float] = []

    async def attempt(_: float) -> Result:
        return LOST

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    for _ in range(40):
        await persistently(attempt, sleep=sleep)
    for number, bound in enumerate((0.25, 0.5, 1.0)):
        waits = slept[number::3]
        assert 0 <= min(waits) < bound / 3
        assert bound * 2 / 3 < max(waits) <= bound


async def test_a_callers_deadline_ends_it() -> None:
    """A caller in a hurry cancels, and nothing goes on behind its back."""
    made = 0

    async def attempt(_: float) -> Result:
        nonlocal made
        made += 1
        await asyncio.Event().wait()
        return LOST

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await persistently(attempt)
    assert made == 1
