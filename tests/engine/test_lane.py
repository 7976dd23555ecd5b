"""While the journal cannot be written, exits go on: kept in a plain file first, moved into the journal later."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import override

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Busy, Decided, Done
from custom_components.mexc_trading.engine.ports import Draft, Unwritable
from custom_components.mexc_trading.journal.lane import EmergencyLane
from custom_components.mexc_trading.journal.storage import DISK
from custom_components.mexc_trading.model.hold import HoldKind, Release, Scope, ScopeKind
from custom_components.mexc_trading.model.ids import OrderId
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.orders.states import OrderState
from tests.journal.media import FAULTS, Medium

from .desk import Desk, HandClock, open_desk, refolded
from .market import BTC, entry, leave
from .media import StubbornMedium
from .venue import ScriptedVenue


def lane_at(path: Path) -> EmergencyLane:
    """Give a lane that is ready."""
    lane = EmergencyLane(path, DISK)
    assert lane.prepare() is None
    return lane


async def owning(desk: Desk, quantity: str = "1") -> None:
    """Buy."""
    await desk.ready()
    await desk.send(entry("bought", quantity=quantity))


async def exited(desk: Desk, name: str = "out", quantity: str | None = None) -> OrderId:
    """Send an exit that must be taken."""
    answer = await desk.ask(leave(name, quantity=quantity, at_ns=desk.clock.time_ns))
    assert isinstance(answer, Decided), answer
    assert answer.order_id is not None
    return answer.order_id


async def test_an_exit_goes_on_and_is_in_the_journal_afterwards(tmp_path: Path) -> None:
    """Kept in the file before it leaves, once in the journal when that works again, and the file is empty."""
    path, storage = tmp_path / "live.db", StubbornMedium()
    lane = lane_at(path)
    async with open_desk(path, storage=storage, lane=lane) as desk:
        await owning(desk)
        storage.refuse("COMMIT")
        kept: list[int] = []
        desk.venue.before = lambda call: kept.append(len(lane.pending())) if call == "submit" else None
        order_id = await exited(desk)
        await desk.rest()
        assert kept == [3]
        assert len(desk.venue.of(order_id)) == 1
        assert not desk.healthy()
        storage.heal()
        for _ in range(5):
            await desk.wait(1)
        assert desk.healthy()
        assert lane.pending() == ()
        assert desk.record(order_id).state is OrderState.FILLED
        assert desk.book.state.ledger.owned(BTC) == 0
        again = refolded(desk.book.journal)
        assert (again.orders, again.ledger, again.seq) == (
            desk.book.state.orders,
            desk.book.state.ledger,
            desk.book.head.seq,
        )


async def test_entries_do_not_and_a_second_exit_of_the_same_symbol_waits(tmp_path: Path) -> None:
    """One exit per episode: the lane is no second journal."""
    path, storage = tmp_path / "live.db", StubbornMedium()
    async with open_desk(path, storage=storage, lane=lane_at(path)) as desk:
        await owning(desk)
        storage.refuse("COMMIT")
        assert isinstance(await desk.ask(entry("no")), Busy)
        await exited(desk, "first", "0.4")
        assert await desk.ask(leave("second", quantity="0.4")) == Busy(cause="journal", retry_after_s=2)
        await desk.rest()
        assert sum(order.side is Side.SELL for order in desk.venue.orders) == 1
        storage.heal()
        await desk.wait(1)
        await desk.wait(1)
        await exited(desk, "second", "0.4")
        await desk.rest()
        assert sum(order.side is Side.SELL for order in desk.venue.orders) == 2


async def test_the_same_exit_again_gets_its_decision(tmp_path: Path) -> None:
    """Known from memory though the journal does not have it yet."""
    path, storage = tmp_path / "live.db", StubbornMedium()
    async with open_desk(path, storage=storage, lane=lane_at(path)) as desk:
        await owning(desk)
        storage.refuse("COMMIT")
        first = await desk.ask(leave())
        again = await desk.ask(leave())
        assert isinstance(first, Decided)
        assert isinstance(again, Decided)
        assert (again.duplicate, again.order_id) == (True, first.order_id)
        await desk.rest()
        assert len(desk.venue.orders) == 2


async def test_an_exit_that_cannot_be_kept_anywhere_does_not_leave(tmp_path: Path) -> None:
    """After a restart nobody would know of it, and it could be sent twice."""
    path, storage = tmp_path / "live.db", StubbornMedium()
    lane = lane_at(path)
    async with open_desk(path, storage=storage, lane=lane) as desk:
        await owning(desk)
        before = desk.book.state
        storage.refuse("COMMIT")
        (tmp_path / "live.lane").unlink()
        assert isinstance(await desk.ask(leave()), Busy)
        assert desk.book.state is before
        assert len(desk.venue.orders) == 1
        assert len(before.seen) == len(refolded(desk.book.journal).seen)


class Littering(Medium):
    """While it is sick it writes what it says it did not, and puts nothing in place."""

    sick = False

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        if self.sick and call == "replace":
            raise FAULTS[0].at(call)
        yield
        if self.sick:
            raise FAULTS[0].at(call)


@pytest.mark.parametrize("tidied_at_once", [True, False])
async def test_an_exit_that_was_refused_does_not_happen_at_the_next_boot(
    tmp_path: Path, *, tidied_at_once: bool
) -> None:
    """Given a lane that keeps what it refused, then that is gone before it can sell something else, days later."""
    path, storage, clock, file = tmp_path / "live.db", StubbornMedium(), HandClock(), Littering()
    venue, lane = ScriptedVenue(clock), EmergencyLane(path, file)
    assert lane.prepare() is None
    async with open_desk(path, storage=storage, lane=lane, clock=clock, venue=venue) as desk:
        await owning(desk)
        storage.refuse("COMMIT")
        file.sick = True
        assert isinstance(await desk.ask(leave()), Busy)
        assert len(lane.pending()) == 3
        if tidied_at_once:
            file.sick = False
            storage.heal()
            await desk.wait(1)
            await desk.wait(1)
            assert lane.pending() == ()
        else:
            assert isinstance(await desk.ask(leave("other")), Busy)
            assert len(lane.pending()) == 3
    if tidied_at_once:
        storage.heal()
        async with open_desk(path, lane=lane, clock=clock, venue=venue) as desk:
            await desk.wait(1)
            assert desk.book.state.ledger.owned(BTC) == 1
    assert sum(order.side is Side.SELL for order in venue.orders) == 0


@pytest.mark.parametrize("moved", [False, True])
async def test_a_restart_moves_what_is_in_the_lane_exactly_once(tmp_path: Path, *, moved: bool) -> None:
    """Also when the process died after the journal had it and before the file was emptied."""
    path, storage, clock = tmp_path / "live.db", StubbornMedium(), HandClock()
    venue = ScriptedVenue(clock)
    lane = lane_at(path)
    async with open_desk(path, storage=storage, lane=lane, clock=clock, venue=venue) as desk:
        await owning(desk)
        storage.refuse("COMMIT")
        order_id = await exited(desk)
        await desk.rest()
        left = lane.pending()
        if moved:
            storage.heal()
            await desk.wait(1)
            await desk.wait(1)
    if moved:
        assert lane.pending() == ()
        assert lane.keep(left) is None
    async with open_desk(path, lane=lane, clock=clock, venue=venue) as desk:
        for _ in range(4):
            await desk.wait(1)
        assert desk.record(order_id).state is OrderState.FILLED
        assert desk.book.state.ledger.owned(BTC) == 0
        kinds = [record.kind for record in desk.book.journal.records() if record.key == order_id]
        assert kinds.count("order_planned") == 1
    assert len(venue.of(order_id)) == 1


async def test_holds_of_an_exit_in_the_lane_are_not_lost_with_the_rest_of_its_batch(tmp_path: Path) -> None:
    """What shared the batch is told to come again."""
    path, storage = tmp_path / "live.db", StubbornMedium()
    async with open_desk(path, storage=storage, lane=lane_at(path)) as desk:
        await owning(desk)
        storage.refuse("COMMIT")
        desk.book.tell(inp.TickIn())
        out = desk.ask(leave())
        assert isinstance(await out, Decided)


async def test_a_hold_that_could_not_be_kept_stops_what_heals_the_journal(tmp_path: Path) -> None:
    """Given a strategy that was stopped while the disk was full, then no entry of it leaves when there is room again.

    The first batch that the journal takes may bring an entry: it was decided before the hold was in the journal.
    """
    path, storage = tmp_path / "live.db", StubbornMedium()
    scope = Scope(kind=ScopeKind.STRATEGY, name=entry("in").strategy)
    stop = inp.RaiseIn(kind=HoldKind.KILL_SWITCH, scope=scope, why="test", release=Release.PERSON)
    async with open_desk(path, storage=storage, lane=lane_at(path)) as desk:
        await desk.ready()
        storage.refuse("COMMIT")
        assert await desk.book.ask(stop) == Busy(cause="journal", retry_after_s=2)
        storage.heal()

        await desk.ask(entry("in"))
        await desk.rest()

        assert desk.healthy()
        assert desk.venue.orders == []
        (hold,) = desk.book.state.holds.values()
        assert (hold.kind, hold.scope) == (HoldKind.KILL_SWITCH, scope)

        released = inp.ReleaseIn(hold_id=hold.hold_id, who="person", reason="test")
        assert await desk.book.ask(released) == Done()
        await desk.send(entry("again"))
        assert len(desk.venue.orders) == 1


async def test_a_lane_that_cannot_be_cleared_costs_nothing(tmp_path: Path) -> None:
    """The next boot sees that the journal has its records."""
    path, storage = tmp_path / "live.db", StubbornMedium()

    class Sticky(EmergencyLane):
        """A lane that keeps what it has."""

        @override
        def keep_only(self, drafts: Sequence[Draft]) -> Unwritable | None:
            """Refuse."""
            return Unwritable(cause="sticky")

    lane = Sticky(path, DISK)
    assert lane.prepare() is None
    async with open_desk(path, storage=storage, lane=lane) as desk:
        await owning(desk)
        storage.refuse("COMMIT")
        order_id = await exited(desk)
        await desk.rest()
        storage.heal()
        await desk.wait(1)
        await desk.wait(1)
        assert desk.healthy()
        assert len(lane.pending()) == 3
        kinds = [record.kind for record in desk.book.journal.records() if record.key == order_id]
        assert kinds.count("order_planned") == 1
