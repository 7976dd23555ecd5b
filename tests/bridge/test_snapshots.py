"""A snapshot is of what the journal has: never of what still stands in the emergency lane."""

from pathlib import Path

from custom_components.mexc_trading.bridge.snapshots import Snapshotter
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.book import Book
from custom_components.mexc_trading.journal.lane import EmergencyLane
from custom_components.mexc_trading.journal.snapshot import Snapshots
from custom_components.mexc_trading.journal.sqlite import SqliteJournal
from custom_components.mexc_trading.journal.storage import DISK
from custom_components.mexc_trading.model.ids import OrderId
from tests.engine.desk import Desk, open_desk, refolded, spawn
from tests.engine.market import entry, leave
from tests.engine.media import StubbornMedium


def _snapshotter(book: Book) -> Snapshotter:
    assert isinstance(book.journal, SqliteJournal)
    return Snapshotter(book=book, journal=book.journal, spawn=spawn, seq=0)


async def _left_through_the_lane(desk: Desk, storage: StubbornMedium) -> OrderId:
    """Buy, then sell while the journal refuses."""
    await desk.ready()
    await desk.send(entry("bought"))
    storage.refuse("COMMIT")
    answer = await desk.ask(leave("out", at_ns=desk.clock.time_ns))
    assert isinstance(answer, Decided)
    assert answer.order_id is not None
    await desk.rest()
    return answer.order_id


async def test_a_stop_with_an_exit_in_the_lane_loses_nothing(tmp_path: Path) -> None:
    """Given an exit that only the lane holds, when the account stops, then the next run moves it into the journal."""
    path, storage = tmp_path / "live.db", StubbornMedium()
    lane = EmergencyLane(path, DISK)
    assert lane.prepare() is None
    async with open_desk(path, storage=storage, lane=lane) as desk:
        order_id = await _left_through_the_lane(desk, storage)
        await _snapshotter(desk.book).take()
        assert Snapshots(path, DISK).files() == []
        clock, venue = desk.clock, desk.venue
    async with open_desk(path, clock=clock, venue=venue, lane=lane) as desk:
        assert lane.pending() != ()
        assert order_id in refolded(desk.book.journal).orders
        await _snapshotter(desk.book).take()
        assert len(Snapshots(path, DISK).files()) == 1
