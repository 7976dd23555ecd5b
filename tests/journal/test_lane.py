"""The emergency lane: records that survive while the journal cannot be written."""

import errno
import os
from pathlib import Path
import subprocess
import sys

import pytest

from custom_components.mexc_trading.engine.ports import Draft, Unwritable
from custom_components.mexc_trading.journal.lane import LANE_BYTES, EmergencyLane
from custom_components.mexc_trading.journal.storage import DISK

from .books import drafts, opened
from .media import FAULTS, FaultyMedium


@pytest.fixture
def lane(tmp_path: Path) -> EmergencyLane:
    """Prepare a lane."""
    lane = EmergencyLane(tmp_path / "live.db", DISK)
    assert lane.prepare() is None
    return lane


async def test_a_boot_takes_the_room_in_advance(book: Path) -> None:
    """Real bytes, private, not a promise of them."""
    found = await opened(book)
    file = book.with_name("live.lane")
    assert file.stat().st_size == LANE_BYTES
    assert file.stat().st_blocks * 512 >= LANE_BYTES
    assert file.stat().st_mode & 0o777 == 0o600
    assert found.lane.pending() == ()
    assert found.lane.keep(drafts(1, 1)) is None
    await found.journal.close()

    found = await opened(book)
    assert found.lane.pending() == tuple(drafts(1, 1))
    await found.journal.close()


def test_records_are_kept_in_order_until_cleared(lane: EmergencyLane, tmp_path: Path) -> None:
    """Another run finds them; clearing keeps the room."""
    batch = drafts(1, 5)
    for draft in batch:
        assert lane.keep((draft,)) is None
    later = EmergencyLane(tmp_path / "live.db", DISK)
    assert later.prepare() is None
    assert later.pending() == tuple(batch)
    assert later.clear() is None
    assert later.pending() == ()
    assert (tmp_path / "live.lane").stat().st_size == LANE_BYTES


def test_a_full_lane_refuses_and_keeps_what_it_has(lane: EmergencyLane) -> None:
    """It never grows: growing is what a full disk does not allow."""
    large = Draft(1, "exit", "key", "x" * (LANE_BYTES // 4))
    assert [lane.keep((large,)) is None for _ in range(5)] == [True, True, True, False, False]
    assert lane.pending() == (large,) * 3
    assert lane.keep(drafts(1, 1)) is None


def test_what_belongs_together_is_kept_or_lost_together(lane: EmergencyLane, tmp_path: Path) -> None:
    """A decision without its order, or an order that is not known to have left, is never there alone."""
    batch = drafts(1, 3)
    assert lane.keep(batch) is None
    assert lane.pending() == tuple(batch)
    file = tmp_path / "live.lane"
    whole = file.read_bytes().rstrip(b"\0")
    for end in range(0, len(whole) - 1, 7):
        file.write_bytes(whole[:end].ljust(LANE_BYTES, b"\0"))
        assert lane.pending() == ()
    assert lane.keep(batch[:2]) is None
    assert lane.keep_only(batch[2:]) is None
    assert lane.pending() == tuple(batch[2:])


def test_a_torn_record_is_no_record(lane: EmergencyLane, tmp_path: Path) -> None:
    """Power went while the last line was written: the ones before it stand, and the next one takes its place."""
    one, two, three = drafts(1, 3)
    lane.keep((one,))
    file = tmp_path / "live.lane"
    before = file.read_bytes().rstrip(b"\0")
    lane.keep((two,))
    whole = file.read_bytes().rstrip(b"\0")
    for end in range(len(before), len(whole) - 1):
        file.write_bytes(whole[:end].ljust(LANE_BYTES, b"\0"))
        assert lane.pending() == (one,)
    assert lane.keep((three,)) is None
    assert lane.pending() == (one, three)


def test_without_room_the_lane_says_so(tmp_path: Path) -> None:
    """A lane that could not be prepared refuses; nothing is pending in it."""
    medium = FaultyMedium(FAULTS[1], 1)
    lane = EmergencyLane(tmp_path / "live.db", medium)
    assert isinstance(lane.prepare(), Unwritable)
    assert isinstance(lane.keep(drafts(1, 1)), Unwritable)
    assert lane.pending() == ()
    medium.strike()
    assert isinstance(lane.clear(), Unwritable)


def test_a_record_counts_only_when_it_is_synced(lane: EmergencyLane, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last thing before the answer; a sync that fails is a refusal."""
    real, synced = os.fsync, []

    def noting(descriptor: int) -> None:
        synced.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    assert lane.keep(drafts(1, 1)) is None
    assert len(synced) == 1

    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(os, "fsync", failing)
    assert isinstance(lane.keep(drafts(2, 1)), Unwritable)


def test_it_works_where_no_file_may_grow(tmp_path: Path) -> None:
    """Real refusals by the kernel: in a process whose files may not grow the lane still keeps."""
    path = tmp_path / "live.db"
    EmergencyLane(path, DISK).prepare()
    code = (
        "import resource, sys; from pathlib import Path; from tests.journal import plain; "
        "from custom_components.mexc_trading.journal.lane import EmergencyLane; "
        "from custom_components.mexc_trading.journal.storage import DISK; from tests.journal.books import drafts; "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({LANE_BYTES}, {LANE_BYTES})); "
        "print(EmergencyLane(Path(sys.argv[1]), DISK).keep(drafts(7, 1)))"
    )
    child = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True, text=True)
    assert child.stdout == "None\n"
    assert EmergencyLane(path, DISK).pending() == tuple(drafts(7, 1))
