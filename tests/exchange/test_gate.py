"""Budget, breakers and throttles together: what may leave, when, and what never waits."""

import asyncio

import pytest

from custom_components.mexc_trading.exchange.resilience import budget
from custom_components.mexc_trading.exchange.resilience.breaker import NS_PER_S, BreakerState
from custom_components.mexc_trading.exchange.resilience.budget import (
    ORDER_OPS_PER_S,
    REQUESTS_PER_S,
    WEIGHT_PER_10_S,
    Budget,
    Cost,
)
from custom_components.mexc_trading.exchange.resilience.classify import Readable, Reply
from custom_components.mexc_trading.exchange.resilience.gate import Admission, Gate, Held
from custom_components.mexc_trading.exchange.resilience.lanes import Lane, Purpose
from custom_components.mexc_trading.model.outcome import (
    Ambiguous,
    NotSent,
    RefusalClass,
    Rejected,
    Throttled,
    Trace,
)

from .ticking import Ticking

TRACE = Trace(method="GET", path="/", query="", status=200, code=None, sent_at_ns=0, ended_at_ns=0)
GOOD = Readable(payload=None, trace=TRACE)
LIGHT = Cost(weight=1, order_op=False)
ORDER = Cost(weight=1, order_op=True)


@pytest.fixture
def time() -> Ticking:
    """Give a clock of our own."""
    return Ticking()


@pytest.fixture
def gate(time: Ticking) -> Gate:
    """Give a gate on that clock."""
    return Gate(ticks=time.ticks, sleep=time.sleep)


@pytest.fixture(autouse=True)
def real_quiet(monkeypatch: pytest.MonkeyPatch, hasty: None) -> None:
    """Undo the haste of the other tests: here time is free."""
    monkeypatch.setattr(budget, "QUIET_S", 1)


async def _go(
    gate: Gate, reply: Reply | None = GOOD, *, lane: Lane = Lane.ACCOUNT, purpose: Purpose, cost: Cost = LIGHT
) -> Held | None:
    admission = await gate.enter(lane, purpose, cost)
    if isinstance(admission, Held):
        return admission
    gate.leave(admission, reply)
    return None


@pytest.mark.parametrize(
    ("cost", "purpose", "most"),
    [
        (LIGHT, Purpose.ORDINARY, 14),
        (LIGHT, Purpose.RECONCILIATION, 16),
        (LIGHT, Purpose.SWEEP, 10),
        (LIGHT, Purpose.EXIT, REQUESTS_PER_S),
        (ORDER, Purpose.ORDINARY, 8),
        (ORDER, Purpose.EXIT, ORDER_OPS_PER_S),
        (Cost(weight=30, order_op=False), Purpose.ORDINARY, 7),
        (Cost(weight=30, order_op=False), Purpose.RECONCILIATION, 8),
        (Cost(weight=30, order_op=False), Purpose.SWEEP, 5),
        (Cost(weight=30, order_op=False), Purpose.EXIT, WEIGHT_PER_10_S // 30),
    ],
)
def test_how_many_go_at_once(cost: Cost, purpose: Purpose, most: int) -> None:
    """Each limit, and the shares of it that are kept."""
    counted, sent = Budget(), 0
    while counted.wait_ns(cost, purpose, 0) == 0:
        counted.take(cost, purpose, 0)
        sent += 1
    assert sent == most


def test_a_full_budget_has_room_for_reconciliation_and_more_for_exits() -> None:
    """When ordinary calls have used up theirs, the others still go."""
    counted = Budget()
    while not counted.wait_ns(LIGHT, Purpose.ORDINARY, 0):
        counted.take(LIGHT, Purpose.ORDINARY, 0)
    assert counted.wait_ns(LIGHT, Purpose.RECONCILIATION, 0) == 0
    while not counted.wait_ns(LIGHT, Purpose.RECONCILIATION, 0):
        counted.take(LIGHT, Purpose.RECONCILIATION, 0)
    assert counted.wait_ns(LIGHT, Purpose.EXIT, 0) == 0


def test_sweeps_leave_room_for_entries_and_entries_for_sweeps() -> None:
    """However much is to be read, an entry still goes; however many entries go, something can be read."""
    counted = Budget()
    while not counted.wait_ns(LIGHT, Purpose.SWEEP, 0):
        counted.take(LIGHT, Purpose.SWEEP, 0)
    assert counted.wait_ns(ORDER, Purpose.ORDINARY, 0) == 0
    while not counted.wait_ns(LIGHT, Purpose.ORDINARY, 0):
        counted.take(LIGHT, Purpose.ORDINARY, 0)
    passed = round(1.1 * NS_PER_S)
    while not counted.wait_ns(LIGHT, Purpose.ORDINARY, passed):
        counted.take(LIGHT, Purpose.ORDINARY, passed)
    assert counted.wait_ns(LIGHT, Purpose.SWEEP, passed) == 0


def test_a_call_that_alone_exceeds_its_share_goes_when_nothing_else_does() -> None:
    """A heavy question is not refused for ever."""
    counted = Budget()
    heavy = Cost(weight=WEIGHT_PER_10_S, order_op=False)
    assert counted.wait_ns(heavy, Purpose.ORDINARY, 0) == 0
    counted.take(heavy, Purpose.ORDINARY, 0)
    assert counted.wait_ns(LIGHT, Purpose.ORDINARY, 0) == 11 * NS_PER_S
    assert counted.wait_ns(LIGHT, Purpose.ORDINARY, 11 * NS_PER_S) == 0


async def test_no_window_ever_holds_too_much(gate: Gate, time: Ticking) -> None:
    """Whatever comes: at most 20 requests and 12 order operations a second, and weight 300 in ten seconds."""
    sent: list[tuple[int, Cost]] = []
    for number in range(400):
        cost = (LIGHT, ORDER, Cost(weight=10, order_op=False))[number % 3]
        purpose = tuple(Purpose)[number % 4]
        if await _go(gate, purpose=purpose, cost=cost) is None:
            sent.append((time.now_ns, cost))
        else:
            time.pass_s(0.3)
    assert len(sent) > 100
    for start_ns, _ in sent:
        second = [cost for at_ns, cost in sent if start_ns <= at_ns < start_ns + NS_PER_S]
        assert len(second) <= REQUESTS_PER_S
        assert sum(cost.order_op for cost in second) <= ORDER_OPS_PER_S
        ten = [cost for at_ns, cost in sent if start_ns <= at_ns < start_ns + 10 * NS_PER_S]
        assert sum(cost.weight for cost in ten) <= WEIGHT_PER_10_S


async def test_a_call_waits_a_little_and_not_long(gate: Gate, time: Ticking) -> None:
    """Room within its patience is waited for; otherwise the call is held, with the time to come again."""
    for _ in range(14):
        assert await _go(gate, purpose=Purpose.ORDINARY) is None
    time.pass_s(0.5)
    assert await _go(gate, purpose=Purpose.ORDINARY) is None
    assert time.slept == [pytest.approx(0.6)]

    heavy = Cost(weight=200, order_op=False)
    assert await _go(gate, purpose=Purpose.ORDINARY, cost=heavy) == Held(cause="rate_budget", wait_s=10)
    await gate.room(Purpose.ORDINARY, heavy, 5)
    assert await _go(gate, purpose=Purpose.ORDINARY, cost=heavy) is not None
    await gate.room(Purpose.ORDINARY, heavy, 15)
    assert await _go(gate, purpose=Purpose.ORDINARY, cost=heavy) is None


async def test_an_open_breaker_holds_its_lane_only(gate: Gate) -> None:
    """Failures of entries stop entries; exits, reads and the market go on."""
    for _ in range(3):
        assert await _go(gate, Ambiguous(cause="x"), lane=Lane.ENTRIES, purpose=Purpose.ORDINARY) is None
    assert gate.states()[Lane.ENTRIES] is BreakerState.OPEN
    assert await _go(gate, lane=Lane.ENTRIES, purpose=Purpose.ORDINARY) == Held(cause="breaker_open", wait_s=5)
    for lane in (Lane.EXITS, Lane.ACCOUNT, Lane.MARKET):
        assert await _go(gate, lane=lane, purpose=Purpose.EXIT) is None


async def test_exits_go_through_any_breaker(gate: Gate, time: Ticking) -> None:
    """However many exits fail, the next one leaves at once."""
    for _ in range(50):
        assert await _go(gate, Ambiguous(cause="x"), lane=Lane.EXITS, purpose=Purpose.EXIT, cost=ORDER) is None
        time.pass_s(0.1)
    assert gate.states()[Lane.EXITS] is not BreakerState.CLOSED
    assert time.slept == []


async def test_refusals_and_throttles_open_nothing(gate: Gate, time: Ticking) -> None:
    """A venue that answers is there."""
    refused = Rejected(code=30004, refusal=RefusalClass.FUNDS, message="")
    for _ in range(20):
        await _go(gate, refused, lane=Lane.ENTRIES, purpose=Purpose.ORDINARY)
        await _go(gate, None, lane=Lane.ENTRIES, purpose=Purpose.ORDINARY)
        time.pass_s(1)
    await _go(gate, Throttled(retry_after_s=None, banned=False), lane=Lane.ENTRIES, purpose=Purpose.ORDINARY)
    assert gate.states()[Lane.ENTRIES] is BreakerState.CLOSED


async def test_an_unreachable_venue_opens(gate: Gate) -> None:
    """Connections that fail count as much as answers that do not come."""
    for _ in range(5):
        await _go(gate, NotSent(cause="x"), lane=Lane.MARKET, purpose=Purpose.ORDINARY)
    assert gate.states()[Lane.MARKET] is BreakerState.OPEN


async def test_retry_after_is_heeded_and_delays_an_exit_two_seconds_at_most(gate: Gate, time: Ticking) -> None:
    """Ordinary calls keep away as long as they were told to; an exit goes soon."""
    await _go(gate, Throttled(retry_after_s=30, banned=False), purpose=Purpose.ORDINARY)
    assert await _go(gate, purpose=Purpose.RECONCILIATION) == Held(cause="rate_budget", wait_s=30)
    assert await _go(gate, purpose=Purpose.EXIT, cost=ORDER) is None
    assert time.slept == [2.0]
    time.pass_s(28)
    assert await _go(gate, purpose=Purpose.ORDINARY) is None


async def test_throttles_without_a_time_double(gate: Gate, time: Ticking) -> None:
    """1, 2, 4 … 60 seconds, and from 1 again after an answer."""
    throttled = Throttled(retry_after_s=None, banned=False)
    waits = []
    for _ in range(8):
        time.pass_s(100)
        await _go(gate, throttled, purpose=Purpose.ORDINARY)
        waits.append(gate.budget.quiet_ns(time.now_ns) // NS_PER_S)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    time.pass_s(100)
    await _go(gate, GOOD, purpose=Purpose.ORDINARY)
    await _go(gate, throttled, purpose=Purpose.ORDINARY)
    assert gate.budget.quiet_ns(time.now_ns) == NS_PER_S


@pytest.mark.parametrize(("retry_after_s", "wait_s"), [(None, 120), (600, 600)])
async def test_a_ban_holds_everything(gate: Gate, time: Ticking, retry_after_s: int | None, wait_s: int) -> None:
    """What is sent during a ban prolongs it, so nothing is, not even an exit; and it is told as a ban."""
    await _go(gate, Throttled(retry_after_s=retry_after_s, banned=True), purpose=Purpose.ORDINARY)
    for purpose in Purpose:
        assert await _go(gate, purpose=purpose) == Held(cause="banned", wait_s=wait_s, banned=True)
    time.pass_s(wait_s)
    assert await _go(gate, purpose=Purpose.ORDINARY) is None


async def test_concurrent_callers_share_one_budget(time: Ticking) -> None:
    """Callers that wait for the same room do not all take it."""
    gate = Gate(ticks=time.ticks, sleep=time.sleep)
    results = await asyncio.gather(*(gate.enter(Lane.ACCOUNT, Purpose.ORDINARY, LIGHT) for _ in range(28)))
    assert all(isinstance(result, Admission) for result in results)
    assert time.slept == [1.1]
    assert gate.budget.requests_last_minute(time.now_ns) == 28
    assert gate.budget.weight_used(time.now_ns) == 28


async def test_an_entry_waits_a_bounded_moment_for_room(gate: Gate, time: Ticking) -> None:
    """A burst is let out over some seconds; what would wait longer is told so. Exits wait for none of it."""
    for _ in range(24):
        assert await _go(gate, lane=Lane.ENTRIES, purpose=Purpose.ORDINARY, cost=ORDER) is None
    assert time.slept == [pytest.approx(1.1)] * 2
    gate.budget.take(Cost(weight=180, order_op=False), Purpose.RECONCILIATION, time.now_ns)
    held = await _go(gate, lane=Lane.ENTRIES, purpose=Purpose.ORDINARY, cost=Cost(weight=10, order_op=True))
    assert isinstance(held, Held)
    assert held.cause == "rate_budget"
    assert len(time.slept) == 2
    assert await _go(gate, lane=Lane.EXITS, purpose=Purpose.EXIT, cost=ORDER) is None
