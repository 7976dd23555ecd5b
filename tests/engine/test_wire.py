"""The whole way over real sockets, with a venue that misbehaves: one order, found or refused, never two."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.hold import HoldKind
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.orders.states import OrderState
from custom_components.mexc_trading.risk.limits import Limits
from tests.double import MexcDouble

from .market import S
from .wire import SetClock, Wire, open_wire

ORDER = "/api/v3/order"


@pytest.fixture
async def double(socket_enabled: None) -> AsyncIterator[MexcDouble]:
    """Run the double."""
    async with MexcDouble() as running:
        yield running


@pytest.fixture
async def wire(double: MexcDouble, tmp_path: Path) -> AsyncIterator[Wire]:
    """Run an account at it."""
    async with open_wire(double, tmp_path / "entry") as running:
        await running.ready()
        yield running


async def test_in_and_out_again(wire: Wire) -> None:
    """Bought, owned, sold; the user's own coins stay."""
    before = wire.double.venue.balances["BTC"].free
    order_id = await wire.send(wire.enter())
    await wire.until(lambda: wire.owned() > 0)
    assert wire.record(order_id).state is OrderState.FILLED
    await wire.send(wire.leave())
    await wire.until(lambda: wire.owned() == 0)
    assert wire.double.venue.balances["BTC"].free == before
    assert wire.double.violations == []
    assert wire.posts() == 2


@pytest.mark.parametrize("action", ["drop_answer", "reset_after", "cut_answer", "truncate", "empty", "huge"])
async def test_a_lost_answer_is_one_order_found_by_look_up(wire: Wire, action: str) -> None:
    """Accepted and dropped: whatever became of the answer, the order is found and no second one is sent."""
    wire.double.faults.add(action=action, method="POST", path=ORDER, times=1)
    order_id = await wire.send(wire.enter())
    await wire.until(lambda: wire.owned() > 0)
    assert wire.record(order_id).state is OrderState.FILLED
    assert [order.client_order_id for order in wire.double.venue.orders] == [order_id]
    assert wire.posts() == 1
    assert wire.double.faults.fired


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("processed", [True, False])
async def test_an_error_of_the_server_may_or_may_not_be_an_order(wire: Wire, status: int, *, processed: bool) -> None:
    """Found if it was taken; otherwise never placed, once nothing can be taken any more."""
    wire.double.faults.add(action="status", status=status, processed=processed, method="POST", path=ORDER, times=1)
    order_id = await wire.send(wire.enter())
    await wire.until(lambda: wire.record(order_id).unanswered_ns > 0)
    if not processed:
        await wire.pass_time(17)
    wanted = OrderState.FILLED if processed else OrderState.NEVER_PLACED
    await wire.until(lambda: wire.record(order_id).state is wanted)
    assert len(wire.double.requests.of("POST", ORDER)) == 1
    assert len(wire.double.venue.orders) == processed


async def test_a_refusal_is_certain_and_is_not_looked_up(wire: Wire) -> None:
    """Not enough money."""
    wire.double.faults.add(action="refuse", code=30004, method="POST", path=ORDER, times=1)
    order_id = await wire.send(wire.enter())
    await wire.until(lambda: wire.record(order_id).state is OrderState.REJECTED)
    assert wire.double.venue.orders == []
    assert not any("origClientOrderId" in request.query for request in wire.double.requests.of("GET", ORDER))


async def test_a_throttled_create_is_looked_up_before_anything_else(wire: Wire) -> None:
    """It may have been taken all the same."""
    wire.double.faults.add(action="throttle", status=429, processed=True, method="POST", path=ORDER, times=1)
    order_id = await wire.send(wire.enter())
    await wire.until(lambda: wire.owned() > 0)
    assert wire.record(order_id).state is OrderState.FILLED
    assert wire.posts() == 1


async def test_an_order_that_the_venue_does_not_show_yet_is_waited_for(wire: Wire) -> None:
    """Accepted, and then denied for a few reads."""
    wire.double.settings.order_visibility_reads = 3
    wire.double.settings.trades_lag_s = 0.4
    order_id = await wire.send(wire.enter())
    await wire.until(lambda: wire.owned() > 0)
    assert wire.record(order_id).state is OrderState.FILLED
    assert wire.account.read_model().holds == ()


async def test_a_connection_that_is_refused_is_tried_again_with_the_same_id(wire: Wire) -> None:
    """Nothing left, so the entry may be sent once more."""
    await wire.send(wire.enter("first"))
    await wire.until(lambda: wire.owned() > 0)
    await wire.double.partition.start("refuse", 0.3)
    order_id = await wire.send(wire.leave())
    await wire.until(lambda: wire.owned() == 0)
    assert wire.record(order_id).sends > 1
    assert [order.client_order_id for order in wire.double.venue.orders].count(order_id) == 1


async def test_an_order_cancelled_while_it_fills_ends_as_what_it_was(wire: Wire) -> None:
    """Part filled, then cancelled: the part is owned."""
    order_id = await wire.send(wire.enter(rest=True))
    await wire.until(lambda: wire.record(order_id).seen)
    wire.double.venue.fill(wire.double.venue.orders[0], "0.0004")
    assert await wire.account.cancel(order_id, who="me")
    await wire.until(lambda: wire.record(order_id).state is OrderState.CANCELED)
    await wire.until(lambda: wire.owned() > 0)
    assert wire.owned() == Decimal("0.0004")


async def test_a_cancel_whose_answer_is_lost_is_looked_up(wire: Wire) -> None:
    """It did its work."""
    order_id = await wire.send(wire.enter(rest=True))
    await wire.until(lambda: wire.record(order_id).seen)
    wire.double.faults.add(action="drop_answer", method="DELETE", path=ORDER, times=1)
    await wire.account.cancel(order_id, who="me")
    await wire.until(lambda: wire.record(order_id).state is OrderState.CANCELED)


async def test_a_restart_between_intent_and_answer_finds_the_order(double: MexcDouble, tmp_path: Path) -> None:
    """The process that sent it is gone; the next one looks it up before any entry passes."""
    clock = SetClock()
    async with open_wire(double, tmp_path / "entry", clock) as wire:
        await wire.ready()
        double.faults.add(action="delay_after", seconds=1, method="POST", path=ORDER, times=1)
        order_id = await wire.send(wire.enter())
        await wire.until(lambda: len(double.venue.orders) == 1 or wire.book.faulted)
        wire.account._book._worker._under_way.clear()
    async with open_wire(double, tmp_path / "entry", clock) as wire:
        assert wire.account.read_model().holds
        await wire.ready()
        assert wire.record(order_id).state is OrderState.FILLED
        assert wire.owned() == Decimal("0.001")
        answer = await wire.account.submit(wire.enter("next"), "digest")
        assert getattr(answer, "order_id", None)
        await wire.until(lambda: len(double.venue.orders) == 2)


async def test_the_kill_switch_cancels_entries_and_lets_exits_pass(wire: Wire) -> None:
    """It holds after a release of nothing else, and a file beside the journal says so."""
    await wire.send(wire.enter("first"))
    await wire.until(lambda: wire.owned() > 0)
    resting = await wire.send(wire.enter("rest", rest=True))
    await wire.until(lambda: wire.record(resting).seen)
    await wire.account.engage_kill_switch(who="drill", reason="test")
    await wire.until(lambda: wire.record(resting).state is OrderState.CANCELED)
    assert (wire.account.terms.folder / "KILL").exists()
    denied = await wire.account.submit(wire.enter("denied"), "digest")
    assert not denied.decision.allowed  # type: ignore[union-attr]
    await wire.send(wire.leave())
    await wire.until(lambda: wire.owned() == 0)
    (hold,) = wire.account.read_model().holds
    assert hold.kind is HoldKind.KILL_SWITCH
    assert await wire.account.release_hold(hold.hold_id, who="user", reason="drill over")
    assert not (wire.account.terms.folder / "KILL").exists()
    await wire.send(wire.enter("again"))


async def test_an_entry_takes_no_more_than_its_share_of_what_stands_at_the_ask(wire: Wire) -> None:
    """A hundredth of 0.05 BTC is too little for 0.001, a tenth is enough; the venue tells with every price."""
    limits = wire.account.terms.limits
    await wire.send(wire.enter("held, so that its price is looked at"))
    await wire.until(lambda: wire.owned() > 0)
    wire.double.settings.level_quote = Decimal(4_500)
    await wire.account.set_limits(replace(limits, max_depth_percent=Decimal(1)))
    wire.account.reconcile()
    await wire.until(
        lambda: abs(wire.book.state.marks[Symbol("BTCUSDT")].ask_quantity - Decimal("0.05")) < Decimal("0.0001")
    )

    denied = await wire.account.submit(wire.enter("large"), "digest")
    assert [denial.rule for denial in denied.decision.denials] == [RuleName.DEPTH]  # type: ignore[union-attr]

    await wire.account.set_limits(replace(limits, max_depth_percent=Decimal(10)))
    await wire.send(wire.enter("the same"))


async def test_a_market_entry_is_taken_whatever_the_collar(wire: Wire) -> None:
    """The bare default is far wider than the venue's band; the venue would refuse it with 30010."""
    await wire.account.set_limits(Limits(symbols=frozenset({Symbol("BTCUSDT")})))
    await wire.send(wire.enter())
    await wire.until(lambda: wire.owned() == Decimal("0.001"))


async def test_an_answer_that_nobody_waits_for_any_more_is_evidence(wire: Wire) -> None:
    """Given a submit whose task is gone, when its answer comes all the same, then the order is known by it at once."""
    gone = 0
    wire.double.faults.add(action="delay_after", seconds=3, method="POST", path=ORDER, times=1)
    for path in (ORDER, "/api/v3/openOrders"):
        wire.double.faults.add(action="drop_answer", method="GET", path=path, until_s=30)
    order_id = await wire.send(wire.enter(rest=True))
    await wire.double.requests.wait_for("POST", ORDER)
    for task in wire.book._worker.submitting:
        gone += task.cancel()
    assert gone == 1
    await wire.until(lambda: wire.record(order_id).state is OrderState.UNKNOWN)
    await wire.until(lambda: wire.record(order_id).state is OrderState.OPEN)
    assert wire.record(order_id).venue_order_id == wire.double.venue.orders[0].order_id
    assert not wire.record(order_id).seen


async def test_a_second_start_asks_for_no_terms(double: MexcDouble, tmp_path: Path) -> None:
    """Given terms that were read today, when the account starts again, then it trades by them."""
    for asked in (1, 1):
        async with open_wire(double, tmp_path / "entry") as wire:
            await wire.ready()
            assert wire.book.state.instruments
            assert len(double.requests.of("GET", "/api/v3/exchangeInfo")) == asked
            assert len(double.requests.of("GET", "/api/v3/tradeFee")) == asked


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_ban_that_an_order_runs_into_is_a_hold_that_ends_with_it(wire: Wire, method: str) -> None:
    """Given a 418 in answer to a create or a cancel, then entries are held, nothing is asked, and it ends by itself."""
    resting = await wire.send(wire.enter("rests", rest=True))
    await wire.until(lambda: wire.record(resting).seen)
    wire.double.faults.add(action="throttle", status=418, retry_after=2, method=method, path=ORDER, times=1)
    if method == "POST":
        await wire.send(wire.enter())
    else:
        await wire.account.cancel(resting, who="me")
    await wire.until(lambda: wire.book.state.has_hold(HoldKind.VENUE_BAN))
    asked = len(wire.double.requests)
    at_s = wire.double.requests[-1].at_s
    await wire.until(lambda: not wire.book.state.has_hold(HoldKind.VENUE_BAN))
    assert wire.double.requests[asked].at_s - at_s >= 2
    assert wire.double.violations == []


@pytest.mark.parametrize("ahead_ns", [86_400 * S, -86_400 * S])
async def test_by_a_clock_that_is_off_not_even_the_first_day_begins(
    double: MexcDouble, tmp_path: Path, ahead_ns: int
) -> None:
    """Given a start a day off, that is known before the engine does anything, and requests are right all the same."""
    clock = SetClock(ahead_ns)
    async with open_wire(double, tmp_path / "entry", clock) as wire:
        await wire.until(lambda: not wire.book.state.has_hold(HoldKind.RECONCILING))
        assert wire.book.state.has_hold(HoldKind.CLOCK_SKEW)
        assert wire.book.state.day is None
    assert double.violations == []
