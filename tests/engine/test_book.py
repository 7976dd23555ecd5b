"""The single writer with its real tasks and journal: what is durable, what is released, what survives trouble."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Busy, Conflict, Decided, Done
from custom_components.mexc_trading.engine.inputs import Priority
from custom_components.mexc_trading.engine.mailbox import PLACES
from custom_components.mexc_trading.engine.records import canonical
from custom_components.mexc_trading.engine.state import CLOSED_KEPT, DECISIONS_KEPT
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from custom_components.mexc_trading.model.ids import OrderId
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.orders.states import OrderState

from .desk import Desk, HandClock, open_desk, refolded
from .market import BTC, S, entry, fill, leave, quote
from .media import StubbornMedium, WatchedGate
from .venue import Fate, ScriptedVenue

KILL = inp.RaiseIn(kind=HoldKind.KILL_SWITCH, scope=WHOLE_BOOK, why="drill", release=Release.PERSON)


async def test_a_signal_becomes_an_order_a_fill_and_a_position(tmp_path: Path) -> None:
    """The whole way, and the same book after a restart."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        order_id = await desk.send(entry())
        assert desk.record(order_id).state is OrderState.FILLED
        assert desk.book.state.ledger.owned(BTC) == 1
        assert desk.book.state.active_orders == ()
        again = refolded(desk.book.journal)
        assert (again.orders, again.ledger, again.holds, again.day) == (
            desk.book.state.orders,
            desk.book.state.ledger,
            desk.book.state.holds,
            desk.book.state.day,
        )


async def test_the_intent_is_on_disk_before_the_order_leaves(tmp_path: Path) -> None:
    """When the venue hears of it, another reader of the file sees that it is being sent."""
    seen: list[OrderState] = []
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()

        def look(call: str) -> None:
            if call == "submit":
                seen.extend(record.state for record in refolded(desk.book.journal).active_orders)

        desk.venue.before = look
        await desk.send(entry())
    assert seen == [OrderState.SENDING]


async def test_a_repeated_signal_gets_the_stored_decision_and_another_body_a_conflict(tmp_path: Path) -> None:
    """One order, whatever is repeated, also within one batch and after a restart."""
    path, clock = tmp_path / "live.db", HandClock()
    venue = ScriptedVenue(clock)
    async with open_desk(path, clock=clock, venue=venue) as desk:
        await desk.ready()
        first, second, third = await asyncio.gather(
            desk.ask(entry()), desk.ask(entry()), desk.ask(entry(), digest="another")
        )
        assert isinstance(first, Decided)
        assert isinstance(second, Decided)
        assert isinstance(third, Conflict)
        assert (first.duplicate, second.duplicate) == (False, True)
        assert first.decision == second.decision == third.decision
        assert first.order_id == second.order_id
        await desk.rest()
    async with open_desk(path, clock=clock, venue=venue) as desk:
        again = await desk.ask(entry())
        assert isinstance(again, Decided)
        assert (again.duplicate, again.decision, again.order_id) == (True, first.decision, first.order_id)
    assert len(venue.orders) == 1


async def test_ten_signals_at_once_against_a_limit_of_one_position_give_one(tmp_path: Path) -> None:
    """Checking and reserving is one step."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        limits = desk.book.state.limits
        limits = type(limits)(symbols=limits.symbols, max_notional_per_order=None, max_open_positions=1)
        await desk.book.ask(inp.LimitsIn(limits=limits))
        symbols = ["BTCUSDT", "ETHUSDT"] * 5
        answers = await asyncio.gather(
            *(desk.ask(entry(f"s{n}", symbol=symbol)) for n, symbol in enumerate(symbols))  # type: ignore[arg-type]
        )
        await desk.rest()
        allowed = {a.decision.symbol for a in answers if isinstance(a, Decided) and a.decision.allowed}
        assert allowed == {"BTCUSDT"}


async def test_a_kill_switch_between_decision_and_socket_keeps_the_entry_back(tmp_path: Path) -> None:
    """The flag is looked at last; the exit goes on."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        await desk.send(entry("first"))
        desk.book.entries_stopped = True
        order_id = await desk.send(entry("second"))
        assert desk.record(order_id).state is OrderState.EXPIRED
        out = await desk.send(leave())
        assert desk.record(out).state is OrderState.FILLED
        assert len(desk.venue.orders) == 2


async def _passes_the_gate(desk: Desk) -> None:
    """Let nothing happen."""


async def _is_killed(desk: Desk) -> None:
    """Engage the kill switch."""
    await desk.book.ask(KILL)


async def _runs_out(desk: Desk) -> None:
    """Let the signal grow too old."""
    desk.clock.time_ns += 31 * S


async def _is_cancelled(desk: Desk) -> None:
    """Take the wish back."""
    (record,) = desk.book.state.active_orders
    await desk.book.ask(inp.CancelIn(order_id=record.order.order_id, who="person"))


@pytest.mark.parametrize(
    ("event", "orders"), [(_passes_the_gate, 1), (_is_killed, 0), (_runs_out, 0), (_is_cancelled, 0)]
)
async def test_an_entry_that_waits_at_the_gate_leaves_only_if_it_is_still_wanted(
    tmp_path: Path, event: Callable[[Desk], Awaitable[None]], orders: int
) -> None:
    """Given an entry that has to wait, when it is stopped, too old or taken back meanwhile, then it does not leave."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        desk.venue.door = asyncio.Event()
        answer = await desk.ask(entry())
        assert isinstance(answer, Decided)
        assert answer.order_id is not None
        await event(desk)
        desk.venue.door.set()
        await desk.rest()
        assert len(desk.venue.orders) == orders
        assert (desk.record(answer.order_id).state is OrderState.EXPIRED) is not bool(orders)


async def test_an_exit_that_waits_at_the_gate_does_not_leave_once_trading_is_frozen(tmp_path: Path) -> None:
    """Given an exit that has to wait, when a person freezes trading meanwhile, nothing is sold."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        await desk.send(entry())
        desk.venue.door = asyncio.Event()
        answer = await desk.ask(leave())
        assert isinstance(answer, Decided)
        assert answer.order_id is not None
        freeze = inp.RaiseIn(kind=HoldKind.FREEZE, scope=WHOLE_BOOK, why="person", release=Release.PERSON)
        await desk.book.ask(freeze)
        desk.venue.door.set()
        await desk.rest()
        assert len(desk.venue.orders) == 1
        assert desk.record(answer.order_id).state is OrderState.EXPIRED


async def test_a_kill_switch_cancels_what_is_on_its_way_as_soon_as_it_is_acknowledged(tmp_path: Path) -> None:
    """The entry had left when the switch was engaged."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        desk.venue.gate = asyncio.Event()
        answer = await desk.ask(entry(price="90"))
        assert isinstance(answer, Decided)
        await desk.book.ask(KILL)
        desk.venue.gate.set()
        await desk.rest()
        assert [order.status for order in desk.venue.orders] == [VenueStatus.CANCELED]
        assert answer.order_id is not None
        assert desk.record(answer.order_id).state is OrderState.CANCELED


async def test_accepted_and_dropped_is_one_order_found_by_look_up(tmp_path: Path) -> None:
    """The answer is lost, the order is not, and no second one is sent."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        desk.venue.fates.append(Fate.TAKEN_SILENTLY)
        order_id = await desk.send(entry())
        assert desk.record(order_id).state is OrderState.UNKNOWN
        await desk.wait(0.5)
        assert desk.record(order_id).state is OrderState.FILLED
        assert desk.book.state.ledger.owned(BTC) == 1
        assert len(desk.venue.orders) == 1


async def test_a_hint_makes_an_order_be_looked_up_at_once(tmp_path: Path) -> None:
    """Whatever it said; one about an unknown order, or to a book that stands still, does nothing."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        order_id = await desk.send(entry(price="90"))
        desk.venue.trade(desk.venue.of(order_id)[0].venue_order_id, Decimal(1), Decimal(90))
        desk.book.look(order_id)
        desk.book.look(OrderId("nobody's"))
        await desk.rest()
        assert desk.record(order_id).state is OrderState.FILLED
        assert desk.book.state.ledger.owned(BTC) == 1
        finds = desk.venue.calls.count("find")
        desk.book.fail("test")
        desk.book.look(order_id)
        assert desk.venue.calls.count("find") == finds


async def test_lost_on_the_way_is_never_placed_after_the_fence_and_never_sent_again(tmp_path: Path) -> None:
    """An entry: all places deny it, and that is that."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        desk.venue.fates.append(Fate.LOST)
        order_id = await desk.send(entry())
        for _ in range(16):
            assert desk.record(order_id).state is OrderState.UNKNOWN
            await desk.wait(1)
        assert desk.record(order_id).state is OrderState.NEVER_PLACED
        assert desk.venue.calls.count("submit") == 1


async def test_a_fresh_order_that_the_venue_does_not_show_yet_is_not_taken_for_absent(tmp_path: Path) -> None:
    """Every look in the first seconds denies it."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        desk.venue.hidden = 4
        order_id = await desk.send(entry())
        for _ in range(10):
            await desk.wait(1)
        assert desk.record(order_id).state is OrderState.FILLED
        assert desk.book.state.holds == {}


async def test_a_bug_behind_the_port_leaves_an_order_in_doubt_and_stops_entries(tmp_path: Path) -> None:
    """It must not pass for an answer."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        desk.venue.fates.append(Fate.BROKEN)
        order_id = await desk.send(entry())
        assert desk.record(order_id).state is OrderState.UNKNOWN
        assert desk.book.state.has_hold(HoldKind.ENGINE_FAULT)


async def test_a_bug_in_a_read_stops_entries_too(tmp_path: Path) -> None:
    """There is no order in doubt, but nothing behind the port can be trusted."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        await desk.send(entry())

        def break_down(call: str) -> None:
            if call == "quotes":
                raise RuntimeError(call)

        desk.venue.before = break_down
        desk.clock.time_ns += 3 * S
        desk.book.tell(inp.TickIn())
        await desk.rest()
        assert desk.book.state.has_hold(HoldKind.ENGINE_FAULT)


async def test_a_bug_in_the_engine_stops_the_book_and_tells_everybody(tmp_path: Path) -> None:
    """Whoever waits is answered; nothing is taken in any more; the state is what is on disk."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        before = desk.book.state
        broken = inp.SubmitIn(order_id=OrderId("no such order"), outcome=None)  # type: ignore[arg-type]
        desk.book.tell(broken)
        answer = await desk.ask(entry())
        assert isinstance(answer, Busy)
        assert desk.book.faulted
        assert desk.book.entries_stopped
        assert desk.book.state is before
        assert await desk.ask(entry("next")) == Busy(cause="engine_fault", retry_after_s=60)
        desk.book.tell(inp.TickIn())
        assert len(desk.book._mailbox) == 0


async def test_more_news_than_there_is_place_for_stops_the_book(tmp_path: Path) -> None:
    """The engine asked for all of it itself, so this is a bug and not load."""
    async with open_desk(tmp_path / "live.db") as desk:
        for _ in range(PLACES[Priority.VENUE] + 1):
            desk.book.tell(inp.FillsIn(symbol=BTC, fills=()))
        assert desk.book.faulted


async def test_ticks_and_prices_do_not_pile_up(tmp_path: Path) -> None:
    """One of each waits; the latest prices are known at once."""
    async with open_desk(tmp_path / "live.db") as desk:
        for number in range(1000):
            desk.book.tell(inp.TickIn())
            desk.book.price((quote(BTC, bid=str(number), ask=str(number + 1)),))
        assert len(desk.book._mailbox) == 2
        assert desk.book.state.marks[BTC].bid == 999


async def test_a_full_mailbox_refuses_entries_and_keeps_places_for_exits_and_control(tmp_path: Path) -> None:
    """Nothing is dropped silently."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        asked = [asyncio.ensure_future(desk.ask(entry(f"s{n}"))) for n in range(PLACES[Priority.ENTRY] + 10)]
        await asyncio.sleep(0)
        out = asyncio.ensure_future(desk.ask(leave()))
        kill = asyncio.ensure_future(desk.book.ask(KILL))
        answers = await asyncio.gather(*asked)
        busy = [answer for answer in answers if isinstance(answer, Busy)]
        assert {answer.cause for answer in busy} == {"mailbox_full"}
        assert 0 < len(busy) <= 10
        assert isinstance(await out, Decided)
        assert isinstance(await kill, Done)


async def test_listeners_hear_after_the_sync_and_before_those_who_asked(tmp_path: Path) -> None:
    """And a listener that fails is its own business."""
    heard: list[str] = []
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        asyncio.get_running_loop().set_exception_handler(lambda *_: heard.append("failed"))
        stop = desk.book.listen(lambda events: heard.extend(type(event).__name__ for event in events))
        forget = desk.book.listen(_fail)
        await desk.ask(entry(quantity="900000"))
        assert heard == ["SignalDecided", "failed"]
        stop()
        forget()
        await desk.ask(entry("next"))
        assert len(heard) == 2
        assert not desk.book.faulted


def _fail(_: object) -> None:
    raise RuntimeError("a listener's own trouble")


class TestJournalThatRefuses:
    """The disk is full, read-only or failing; for a while."""

    async def test_no_order_leaves_and_whoever_asks_is_told(self, tmp_path: Path) -> None:
        """The state stays what is on disk; the same signal is new again afterwards."""
        storage = StubbornMedium()
        async with open_desk(tmp_path / "live.db", storage=storage) as desk:
            await desk.ready()
            before = desk.book.state
            storage.refuse("COMMIT")
            assert await desk.ask(entry()) == Busy(cause="journal", retry_after_s=2)
            assert desk.book.state is before
            assert not desk.healthy()
            assert desk.venue.orders == []
            storage.heal()
            answer = await desk.ask(entry())
            assert isinstance(answer, Decided)
            assert not answer.duplicate
            assert desk.healthy()
            await desk.rest()
            assert len(desk.venue.orders) == 1
            gaps = [record.kind for record in desk.book.journal.records() if record.kind == "journal_gap"]
            assert gaps == ["journal_gap"]

    async def test_it_is_tried_again_though_nobody_asks(self, tmp_path: Path) -> None:
        """Once a second."""
        storage = StubbornMedium()
        async with open_desk(tmp_path / "live.db", storage=storage) as desk:
            await desk.ready()
            storage.refuse("COMMIT")
            await desk.ask(entry())
            storage.heal()
            await desk.wait(0.9)
            assert not desk.healthy()
            await desk.wait(0.2)
            assert desk.healthy()

    async def test_it_is_tried_again_though_the_clock_was_set_back(self, tmp_path: Path) -> None:
        """And not only once the clock has caught up."""
        storage = StubbornMedium()
        async with open_desk(tmp_path / "live.db", storage=storage) as desk:
            await desk.ready()
            storage.refuse("COMMIT")
            await desk.ask(entry())
            storage.heal()
            await desk.wait(-3600)
            assert desk.healthy()

    async def test_cancels_go_out_and_the_hold_is_kept_for_later(self, tmp_path: Path) -> None:
        """The kill switch needs no database to take hold."""
        storage = StubbornMedium()
        async with open_desk(tmp_path / "live.db", storage=storage) as desk:
            await desk.ready()
            order_id = await desk.send(entry(price="90"))
            storage.refuse("COMMIT")
            assert isinstance(await desk.book.ask(KILL), Busy)
            await desk.rest()
            assert desk.venue.of(order_id)[0].status is VenueStatus.CANCELED
            storage.heal()
            await desk.wait(1)
            await desk.wait(1)
            assert desk.book.state.has_hold(HoldKind.KILL_SWITCH)
            assert refolded(desk.book.journal).has_hold(HoldKind.KILL_SWITCH)
            assert desk.record(order_id).state is OrderState.CANCELED

    async def test_an_entry_that_waits_for_its_turn_does_not_leave(self, tmp_path: Path) -> None:
        """Its intent is on disk, but nothing that follows would be."""
        storage = StubbornMedium()
        async with open_desk(tmp_path / "live.db", storage=storage) as desk:
            await desk.ready()
            answer = await desk.ask(entry())
            assert isinstance(answer, Decided)
            await desk.rest()
            storage.refuse("COMMIT")
            await desk.ask(entry("second"))
            order = desk.record(answer.order_id or OrderId("")).order
            assert desk.book._stopped(order)

    async def test_an_answer_of_the_venue_that_could_not_be_kept_is_asked_for_again(self, tmp_path: Path) -> None:
        """The acknowledgement is lost with the batch; the order is looked up."""
        storage = StubbornMedium()
        async with open_desk(tmp_path / "live.db", storage=storage) as desk:
            await desk.ready()
            desk.venue.gate = asyncio.Event()
            answer = await desk.ask(entry())
            assert isinstance(answer, Decided)
            assert answer.order_id is not None
            storage.refuse("COMMIT")
            desk.venue.gate.set()
            await desk.rest()
            assert desk.record(answer.order_id).state is OrderState.SENDING
            storage.heal()
            for _ in range(4):
                await desk.wait(1)
            assert desk.record(answer.order_id).state is OrderState.FILLED
            assert desk.book.state.ledger.owned(BTC) == 1
            assert len(desk.venue.orders) == 1

    async def test_leaves_positions_orders_and_memory_as_they_were(self, tmp_path: Path) -> None:
        """Trades that could not be kept are not owned yet."""
        storage = StubbornMedium()
        async with open_desk(tmp_path / "live.db", storage=storage) as desk:
            await desk.ready()
            order_id = await desk.send(entry(price="90"))
            before = canonical([desk.book.state.ledger.positions, desk.book.state.orders, desk.book.state.decisions])
            storage.refuse("COMMIT")
            desk.book.tell(inp.FillsIn(symbol=BTC, fills=(fill(order_id, "1", quantity="0.2", price="90"),)))
            assert isinstance(await desk.ask(entry("next")), Busy)
            state = desk.book.state
            assert canonical([state.ledger.positions, state.orders, state.decisions]) == before
            assert len(state.seen) == len(refolded(desk.book.journal).seen)

    async def test_that_cannot_be_read_refuses_only_what_needs_it(self, tmp_path: Path) -> None:
        """A key that memory has forgotten is not decided again on a guess."""
        storage = StubbornMedium()
        async with open_desk(tmp_path / "live.db", storage=storage) as desk:
            await desk.ready()
            await desk.ask(entry("old", quantity="900000"))
            for number in range(DECISIONS_KEPT):
                await desk.ask(entry(f"s{number}", quantity="900000"))
            storage.refuse("SELECT")
            assert await desk.ask(entry("old", quantity="900000")) == Busy(cause="journal", retry_after_s=2)
            assert isinstance(await desk.ask(entry("new", quantity="900000")), Decided)


class TestMemory:
    """What is forgotten is still known."""

    async def test_a_forgotten_decision_is_read_again(self, tmp_path: Path) -> None:
        """The same answer as ever, and a conflict for another body."""
        async with open_desk(tmp_path / "live.db") as desk:
            await desk.ready()
            first = await desk.ask(entry("old", quantity="900000"))
            assert isinstance(first, Decided)
            for number in range(DECISIONS_KEPT):
                await desk.ask(entry(f"s{number}", quantity="900000"))
            assert first.decision.decision_id not in desk.book.state.decisions
            assert len(desk.book.state.decisions) == len(desk.book.state.decided) == DECISIONS_KEPT
            again = await desk.ask(entry("old", quantity="900000"))
            assert again == Decided(decision=first.decision, order_id=None, duplicate=True)
            assert isinstance(await desk.ask(entry("old"), digest="other"), Conflict)
            item = inp.SignalIn(signal=entry("old"), digest="")
            assert await desk.book.preview(item) == first.decision

    async def test_late_news_about_a_forgotten_order_finds_it(self, tmp_path: Path) -> None:
        """A trade that comes months later is booked, once, though the order had left memory."""
        async with open_desk(tmp_path / "live.db") as desk:
            await desk.ready()
            old = await desk.send(entry("old", price="90"))
            await desk.book.ask(inp.CancelIn(order_id=old, who="person"))
            await desk.rest()
            for number in range(CLOSED_KEPT):
                desk.venue.fates.append(Fate.REFUSED)
                await desk.ask(entry(f"s{number}", at_ns=desk.clock.time_ns))
            await desk.rest()
            assert old not in desk.book.state.orders
            assert len(desk.book.state.orders) == CLOSED_KEPT
            late = inp.FillsIn(symbol=BTC, fills=(fill(old, "late", quantity="0.2"),))
            desk.book.tell(late)
            await desk.rest()
            desk.book.tell(late)
            await desk.rest()
            assert desk.book.state.ledger.owned(BTC) == fill(old, "late", quantity="0.2").quantity
            assert desk.record(old).state is OrderState.CANCELED
            again = refolded(desk.book.journal)
            assert (again.orders, again.ledger) == (desk.book.state.orders, desk.book.state.ledger)
            answer = await desk.book.ask(inp.CancelIn(order_id=old, who="person"))
            assert isinstance(answer, Done)


async def test_preview_is_what_the_decision_would_be(tmp_path: Path) -> None:
    """The same gate at the same moment; nothing is journaled."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        head = desk.book.journal.head
        previewed = await desk.book.preview(inp.SignalIn(signal=entry(), digest=""))
        assert desk.book.journal.head == head
        answer = await desk.ask(entry())
        assert isinstance(answer, Decided)
        assert previewed == answer.decision
        assert await desk.book.preview(inp.SignalIn(signal=entry(), digest="")) == answer.decision


async def test_a_stop_ends_every_call_and_the_next_start_finds_what_was_sent(tmp_path: Path) -> None:
    """A call in mid-air is ended; the order it carried is looked up at the next start."""
    path, clock = tmp_path / "live.db", HandClock()
    venue = ScriptedVenue(clock)
    async with open_desk(path, clock=clock, venue=venue) as desk:
        await desk.ready()
        venue.gate = asyncio.Event()
        answer = await desk.ask(entry())
        assert isinstance(answer, Decided)
        waiting = asyncio.ensure_future(desk.ask(entry("never taken")))
        await asyncio.sleep(0)
    assert isinstance(await waiting, Busy | Decided)
    venue.gate = None
    async with open_desk(path, clock=clock, venue=venue) as desk:
        assert answer.order_id is not None
        for _ in range(20):
            await desk.wait(1)
        assert desk.record(answer.order_id).state is OrderState.NEVER_PLACED


async def test_a_batch_that_is_being_written_when_the_book_stops_is_not_torn(tmp_path: Path) -> None:
    """What is on disk is in the state, whoever asked is answered, and the end of the run stands behind it."""
    storage, clock = WatchedGate(), HandClock()
    async with open_desk(tmp_path / "live.db", storage=storage, clock=clock) as desk:
        await desk.ready()
        storage.gate.clear()
        asking = asyncio.ensure_future(desk.ask(entry()))
        assert await asyncio.to_thread(storage.waiting.wait, 10)
        desk.task.cancel()
        await asyncio.sleep(0)
        storage.gate.set()
        await asyncio.gather(desk.task, return_exceptions=True)
        assert desk.task.cancelled()
        answer = await asking
        assert isinstance(answer, Decided)
        assert answer.decision.decision_id in desk.book.state.decisions
        assert refolded(desk.book.journal).seq == desk.book.state.seq == desk.book.head.seq
        await desk.book.stop()
        await desk.book.finish("test")
        assert [*desk.book.journal.records()][-1].kind == "run_stopped"
        assert desk.book.head == desk.book.journal.head


async def test_whoever_asks_while_the_book_stops_is_answered(tmp_path: Path) -> None:
    """Nobody waits for ever."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        waiting = [asyncio.ensure_future(desk.ask(entry(f"s{n}"))) for n in range(200)]
        await asyncio.sleep(0)
    answers = await asyncio.gather(*waiting)
    assert all(isinstance(answer, Busy | Decided) for answer in answers)


async def test_time_passes_by_itself(tmp_path: Path) -> None:
    """The tick task tells the book of the time until it is cancelled."""
    async with open_desk(tmp_path / "live.db") as desk:
        task = asyncio.create_task(desk.book.tick())
        heard = asyncio.Event()
        desk.book.listen(lambda _: heard.set())
        async with asyncio.timeout(60):
            await heard.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_settling_waits_for_orders_under_way_but_not_for_ever(tmp_path: Path) -> None:
    """A stop gives them a moment."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        await desk.book.settle(0)
        desk.venue.gate = asyncio.Event()
        await desk.ask(entry())
        await desk.book.settle(0.01)
        assert desk.venue.orders == []
        asyncio.get_running_loop().call_soon(desk.venue.gate.set)
        await desk.book.settle(5)
        assert len(desk.venue.orders) == 1
        await desk.rest()
