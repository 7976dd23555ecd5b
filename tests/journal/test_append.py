"""What ``append`` confirms is there; what it refuses is not; the loop never waits."""

import asyncio
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.mexc_trading.engine.ports import Draft, Head, Journal, Record
from custom_components.mexc_trading.journal.chain import GENESIS_HASH
from custom_components.mexc_trading.journal.files import private_file, private_folder
from custom_components.mexc_trading.journal.reading import Reader
from custom_components.mexc_trading.journal.sqlite import SqliteJournal
from custom_components.mexc_trading.journal.storage import DISK
from custom_components.mexc_trading.journal.writer import (
    BATCH_RECORDS_MAX,
    BODY_BYTES_MAX,
    GENESIS,
    KEY_BYTES_MAX,
    KIND_BYTES_MAX,
    TooLarge,
    Writer,
)

from .books import START_NS, appended, audit, draft, drafts, opened
from .media import GatedMedium, Medium, SlowMedium


async def test_a_new_book_starts_at_genesis(book: Path) -> None:
    """An empty journal has head 0 with the genesis hash."""
    journal: Journal = (await opened(book)).journal
    assert journal.head == Head(0, GENESIS_HASH)
    assert list(journal.records()) == []
    await journal.close()


async def test_a_batch_comes_back_in_order_and_linked(book: Path) -> None:
    """Records carry what the drafts said, numbered and chained without a gap, across a restart."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 3)
    head = await appended(journal, 4, 2)
    await journal.close()

    journal = (await opened(book)).journal
    stored = list(journal.records())
    assert journal.head == head == Head(5, stored[-1].hash)
    assert [Draft(*record[1:5]) for record in stored] == drafts(1, 5)
    assert [record.seq for record in stored] == [1, 2, 3, 4, 5]
    assert [record.prev_hash for record in stored] == [GENESIS_HASH, *(record.hash for record in stored[:-1])]
    assert list(journal.records(after_seq=3)) == stored[3:]
    await journal.close()


async def test_reading_pages_through_more_than_one_page(book: Path) -> None:
    """A reader sees every record once, whatever the page size is."""
    journal = (await opened(book)).journal
    for first in range(1, 2001, 400):
        await appended(journal, first, 400)
    assert [record.seq for record in journal.records()] == list(range(1, 2001))
    await journal.close()


async def test_records_are_found_by_key_and_by_kind(book: Path) -> None:
    """``find`` gives all records of a key, ``last`` the newest of a kind."""
    journal = (await opened(book)).journal
    await journal.append([Draft(START_NS, "signal", "a", "1"), Draft(START_NS, "order", "b", "2")])
    await journal.append([Draft(START_NS, "order", "a", "3"), Draft(START_NS, "fill", "c", "4")])
    assert [(record.seq, record.body) for record in journal.find("a")] == [(1, "1"), (3, "3")]
    assert [record.seq for record in journal.find("a", 1)] == [3]
    assert journal.find("nobody") == ()
    order = journal.last("order")
    assert isinstance(order, Record)
    assert order.seq == 3
    assert journal.last("hold") is None
    await journal.close()


async def test_an_empty_batch_changes_nothing(book: Path) -> None:
    """Nothing to write gives the head, without a commit."""
    journal = (await opened(book)).journal
    head = await appended(journal, 1, 1)
    assert await journal.append([]) == head
    assert journal.sync_times.commits == 1
    await journal.close()


async def test_concurrent_appends_follow_each_other(book: Path) -> None:
    """Batches of many tasks are whole, in the order of the calls, and chained."""
    journal = (await opened(book)).journal
    heads = await asyncio.gather(*(journal.append(drafts(first, 3)) for first in range(1, 61, 3)))
    assert [head.seq for head in heads if isinstance(head, Head)] == list(range(3, 61, 3))
    assert [record.key for record in journal.records()] == [f"key-{number}" for number in range(1, 61)]
    await journal.close()
    assert audit(book).valid


async def test_the_loop_runs_while_a_commit_waits_for_the_disk(book: Path) -> None:
    """The gate opens only because the loop is free to open it; nothing is confirmed or readable before."""
    medium = GatedMedium()
    journal = (await opened(book, medium)).journal
    medium.gate.clear()
    waiting = asyncio.create_task(journal.append(drafts(1, 1)))
    await asyncio.sleep(0)
    assert not waiting.done()
    assert journal.head == GENESIS
    assert list(journal.records()) == []
    medium.gate.set()
    assert await waiting == journal.head == Head(1, next(journal.records()).hash)
    await journal.close()


async def test_a_cancelled_caller_does_not_tear_a_batch(book: Path) -> None:
    """A batch whose caller went away is written all the same, and the next one chains behind it."""
    medium = GatedMedium()
    journal = (await opened(book, medium)).journal
    medium.gate.clear()
    waiting = asyncio.create_task(journal.append(drafts(1, 2)))
    await asyncio.sleep(0)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    medium.gate.set()
    assert (await appended(journal, 3, 1)).seq == 3
    await journal.close()
    assert audit(book).records == 3


@pytest.mark.parametrize("sync_s", [0.01, 0.05])
async def test_a_slow_medium_changes_latency_and_nothing_else(book: Path, sync_s: float) -> None:
    """Same drafts, same chain, on a disk that takes 10 or 50 ms for a sync; only the figures tell."""
    quick = (await opened(book.with_name("quick.db"))).journal
    slow = (await opened(book, SlowMedium(sync_s))).journal
    for first in range(1, 21, 4):
        await appended(quick, first, 4)
        await appended(slow, first, 4)
    assert slow.head == quick.head
    assert list(slow.records()) == list(quick.records())
    assert slow.sync_times.p50_us >= sync_s * 1_000_000
    await quick.close()
    await slow.close()


async def test_every_commit_is_synced(book: Path) -> None:
    """The writing connection runs in WAL with FULL: SQLite syncs the log before it confirms a commit."""
    medium = Medium()
    journal = (await opened(book, medium)).journal
    (connection,) = medium.writing
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    await journal.close()


@pytest.mark.parametrize("statement", ["UPDATE records SET body = ''", "DELETE FROM records WHERE seq = 1"])
async def test_the_file_itself_refuses_changes(book: Path, statement: str) -> None:
    """Triggers abort UPDATE and DELETE, also on the connection that may write."""
    medium = Medium()
    journal = (await opened(book, medium)).journal
    await appended(journal, 1, 2)
    (connection,) = medium.writing
    with pytest.raises(Exception, match="append-only"):
        connection.execute(statement)
    assert [record.key for record in journal.records()] == ["key-1", "key-2"]
    await journal.close()


@pytest.mark.parametrize(
    "batch",
    [
        [draft(1), Draft(START_NS, "k" * (KIND_BYTES_MAX + 1), "key", "{}")],
        [draft(1), Draft(START_NS, "kind", "ä" * (KEY_BYTES_MAX // 2 + 1), "{}")],
        [draft(1), Draft(START_NS, "kind", "key", "x" * (BODY_BYTES_MAX + 1))],
        drafts(1, BATCH_RECORDS_MAX + 1),
    ],
    ids=["kind", "key", "body", "batch"],
)
async def test_what_is_too_large_is_a_bug_and_leaves_nothing(book: Path, batch: list[Draft]) -> None:
    """Bounds are exceptions, counted in bytes, and the batch that broke one leaves nothing behind."""
    journal = (await opened(book)).journal
    with pytest.raises(TooLarge):
        await journal.append(batch)
    assert (await appended(journal, 1, 1)).seq == 1
    await journal.close()


async def test_records_at_the_bounds_are_taken(book: Path) -> None:
    """The largest allowed record is stored and verifies."""
    journal = (await opened(book)).journal
    largest = Draft(-(2**63), "k" * KIND_BYTES_MAX, "y" * KEY_BYTES_MAX, "b" * BODY_BYTES_MAX)
    assert isinstance(await journal.append([largest]), Head)
    assert [Draft(*record[1:5]) for record in journal.records()] == [largest]
    await journal.close()
    assert audit(book).valid


@pytest.mark.parametrize("broken", [Draft(2**63, "k", "y", "{}"), Draft(1, "k", "\ud800", "{}")], ids=["time", "text"])
async def test_what_cannot_be_stored_is_a_bug_and_leaves_nothing(book: Path, broken: Draft) -> None:
    """A time beyond 64 bits or text that is not Unicode raises before anything is written."""
    journal = (await opened(book)).journal
    with pytest.raises(Exception):  # noqa: B017, PT011  struct.error and UnicodeEncodeError have nothing in common
        await journal.append([draft(1), broken])
    assert journal.head == GENESIS
    assert (await appended(journal, 1, 1)).seq == 1
    await journal.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.lists(st.tuples(st.integers(0, 2**62), st.text(max_size=8), st.text(max_size=20), st.text())))
)
def test_any_text_survives_and_verifies(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[int, str, str, str]]]
) -> None:
    """Whatever Unicode goes in comes out unchanged, and the chain over it holds."""
    path = tmp_path_factory.mktemp("any") / "live.db"
    private_folder(path.parent)
    private_file(path)
    writer = Writer(path, DISK)
    wanted = [Draft(*fields) for batch in batches for fields in batch]
    for batch in batches:
        assert isinstance(writer.append([Draft(*fields) for fields in batch]), Head)
    writer.close()
    report = audit(path)
    assert report.valid
    assert report.records == len(wanted)
    assert [Draft(*record[1:5]) for record in Reader(path, DISK).records()] == wanted


async def test_figures_for_the_health_sensor(book: Path) -> None:
    """Size grows with content, commit times are ordered, months are counted by record time."""
    journal = (await opened(book)).journal
    assert journal.sync_times == (0, 0, 0, 0)
    before = journal.size_bytes
    for first in range(1, 101, 10):
        await appended(journal, first, 10)
    times = journal.sync_times
    assert times.commits == 10
    assert 0 < times.p50_us <= times.p99_us <= times.max_us
    assert journal.size_bytes > before
    (month,) = journal.months()
    assert (month.month, month.records) == ("2026-09", 100)
    assert month.content_bytes > 100 * 160
    await journal.close()


async def test_a_closed_journal_takes_nothing_more(book: Path) -> None:
    """Appending after close is a bug; closing twice is not."""
    journal: SqliteJournal = (await opened(book)).journal
    await journal.close()
    await journal.close()
    with pytest.raises(RuntimeError):
        await journal.append(drafts(1, 1))


async def test_a_checkpoint_leaves_everything_in_one_file(book: Path) -> None:
    """After a checkpoint the log is empty and the main file alone verifies."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 50)
    assert await journal.checkpoint() is None
    assert book.with_name("live.db-wal").stat().st_size == 0
    await appended(journal, 51, 1)
    await journal.close()
