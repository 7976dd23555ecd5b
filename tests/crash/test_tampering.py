"""A journal that was falsified between two runs: the next boot of the account finds it, and so does the tool."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import json
from pathlib import Path
import shutil
import subprocess
import sys
import time
from typing import NamedTuple

from aiohttp import ClientSession
import pytest

from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.open_account import open_account
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.ports import Head
from custom_components.mexc_trading.journal.chain import record_hash
from custom_components.mexc_trading.journal.verify import EXIT_FOUND, EXIT_VALID
from custom_components.mexc_trading.model.hold import HoldKind, Release
from custom_components.mexc_trading.model.ids import BookName
from tests.double import MexcDouble
from tests.engine.wire import BTCUSDT, SetClock, Wire, open_wire, spawn, terms
from tests.journal.books import rebuild, tamper

ROOT = Path(__file__).parents[2]
CUT = 3
"""Records that are cut off the end."""


class Outside:
    """Heads that were seen, kept where a test wants them: in its memory."""

    def __init__(self, *heads: Head) -> None:
        """Begin with these."""
        self.seen = heads

    async def heads(self, book: BookName) -> tuple[Head, ...]:
        """Give the heads that were seen."""
        return self.seen

    async def note(self, book: BookName, head: Head, *, afresh: bool = False) -> None:
        """Remember one more."""
        self.seen = (head,) if afresh else (*self.seen, head)

    async def since_s(self, book: BookName) -> int:
        """Say that all of them count."""
        return 0

    async def move(self, book: BookName, former: str) -> None:
        """No book begins anew here."""

    async def verified_s(self, book: BookName) -> int:
        """Say that the book was verified a moment ago, so that nothing is verified now."""
        return int(time.time())

    async def verified(self, book: BookName, at_s: int) -> None:
        """Nothing is verified here."""


class Lived(NamedTuple):
    """A book that lived, and was closed: its folder, and its end as somebody outside saw it."""

    double: MexcDouble
    folder: Path
    head: Head

    @property
    def book(self) -> Path:
        """Name its journal."""
        return self.folder / "live.db"

    @asynccontextmanager
    async def opened(self, *witnesses: Head) -> AsyncIterator[Account]:
        """Open the account again, with what was witnessed."""
        async with ClientSession() as session:
            account = await open_account(
                terms(self.double, self.folder),
                session=session,
                spawn=spawn,
                version="test",
                witnesses=Outside(*witnesses),
            )
            try:
                yield account
            finally:
                await account.close()

    def verified(self, *arguments: str) -> tuple[int, set[str]]:
        """Run ``scripts/journal verify`` on a copy; give its exit code and the kinds of what it found."""
        copies = self.folder.with_name("copies")
        shutil.copytree(self.folder, copies)
        script, copy = ROOT / "scripts" / "journal", copies / "live.db"
        ran = subprocess.run(
            [sys.executable, str(script), "verify", str(copy), *arguments], capture_output=True, text=True, check=False
        )
        return ran.returncode, {finding["kind"] for finding in json.loads(ran.stdout)["findings"]}


@pytest.fixture
async def lived(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Lived]:
    """Buy something, close, and take the snapshots away, so that the next boot reads all records."""
    async with MexcDouble() as double:
        folder = tmp_path / "entry"
        async with open_wire(double, folder) as wire:
            await wire.ready()
            await wire.send(wire.enter())
            await wire.until(lambda: wire.owned() > 0)
        head = wire.account.read_model().journal_head
        for snapshot in folder.glob("*snapshot*"):
            snapshot.unlink()
        yield Lived(double, folder, head)


def edited(book: Path, head: Head) -> None:
    """Change what was bought."""
    tamper(book, "UPDATE records SET body = replace(body, '0.001', '0.002') WHERE kind = 'fill_booked'")


def deleted(book: Path, head: Head) -> None:
    """Let a trade never have been."""
    tamper(book, "DELETE FROM records WHERE kind = 'fill_booked'")


def reordered(book: Path, head: Head) -> None:
    """Let two records change places."""
    places = ((head.seq, 1000), (head.seq - 1, head.seq), (1000, head.seq - 1))
    tamper(book, *(f"UPDATE records SET seq = {new} WHERE seq = {old}" for old, new in places))


def truncated(book: Path, head: Head) -> None:
    """Cut the end off."""
    tamper(book, f"DELETE FROM records WHERE seq > {head.seq - CUT}")


def appended(book: Path, head: Head) -> None:
    """Add a record whose hash is made up."""
    tamper(book, f"INSERT INTO records VALUES ({head.seq + 1}, 1, 'run_stopped', '', '{{}}', '{head.hash}', 'x')")


def appended_properly(book: Path, head: Head) -> None:
    """Add a record whose hash is right."""
    body = '{"why":"closed"}'
    own = record_hash((head.seq + 1, 1, b"run_stopped", b"", body.encode(), head.hash.encode()))
    tamper(book, f"INSERT INTO records VALUES ({head.seq + 1}, 1, 'run_stopped', '', '{body}', '{head.hash}', '{own}')")


def rebuilt(book: Path, head: Head) -> None:
    """Let a run have ended otherwise, and make every hash anew."""
    rebuild(book, edited=head.seq, change=("closed", "other"))


@pytest.mark.parametrize(
    ("falsify", "found"),
    [
        (edited, {"edited"}),
        (deleted, {"gap"}),
        (reordered, {"edited", "unlinked"}),
        (appended, {"edited"}),
    ],
)
async def test_a_broken_chain_is_set_aside_and_a_person_must_look(
    lived: Lived, falsify: Callable[[Path, Head], None], found: set[str]
) -> None:
    """Nobody needs to have witnessed anything; the falsified file stays as it is for whoever looks."""
    falsify(lived.book, lived.head)
    content = lived.book.read_bytes()
    code, kinds = lived.verified()
    assert (code, kinds & found) == (EXIT_FOUND, found)
    async with lived.opened() as account:
        await _stops_entries(account, lived)
        assert (lived.folder / "live.quarantined-1.db").read_bytes() == content


@pytest.mark.parametrize(
    ("falsify", "found"), [(truncated, "truncated"), (appended_properly, "appended"), (rebuilt, "rebuilt")]
)
async def test_a_sound_chain_that_ends_elsewhere_is_found_by_the_seal(
    lived: Lived, falsify: Callable[[Path, Head], None], found: str
) -> None:
    """The run that closed it left word of where it ended; the tool finds it by a head that it is told."""
    falsify(lived.book, lived.head)
    assert lived.verified("--head", f"{lived.head.seq}:{lived.head.hash}") == (EXIT_FOUND, {found})
    async with lived.opened() as account:
        await _stops_entries(account, lived)


@pytest.mark.parametrize(("falsify", "found"), [(truncated, "truncated"), (rebuilt, "rebuilt")])
async def test_who_falsifies_the_seal_too_is_found_by_the_witnessed_head(
    lived: Lived, falsify: Callable[[Path, Head], None], found: str
) -> None:
    """Without the witness nobody can tell: whatever is on the disk can be made to fit."""
    falsify(lived.book, lived.head)
    (lived.folder / "live.seal.json").unlink()
    assert lived.verified("--witness", f"{lived.head.seq}:{lived.head.hash}") == (EXIT_FOUND, {found})
    async with lived.opened(lived.head) as account:
        await _stops_entries(account, lived)


async def test_a_journal_that_nobody_touched_raises_no_doubt(lived: Lived) -> None:
    """With its seal and its witness."""
    seen = f"{lived.head.seq}:{lived.head.hash}"
    assert lived.verified("--head", seen, "--witness", seen) == (EXIT_VALID, set())
    async with lived.opened(lived.head) as account:
        assert [hold.kind for hold in account.read_model().holds] == [HoldKind.RECONCILING]


async def _stops_entries(account: Account, lived: Lived) -> None:
    """Whatever else ends by itself, this hold does not: a person looks, and an entry is denied until then."""
    wire = Wire(account, lived.double, SetClock())
    await wire.until(lambda: not any(hold.kind is HoldKind.RECONCILING for hold in account.read_model().holds))
    doubts = [hold for hold in account.read_model().holds if hold.kind is HoldKind.RESTORED_BACKUP]
    assert [hold.release for hold in doubts] == [Release.PERSON]
    placed = len(lived.double.venue.orders)
    answer = await account.submit(wire.enter("afterwards"), "digest")
    assert isinstance(answer, Decided)
    assert not answer.decision.allowed
    assert answer.decision.symbol == BTCUSDT
    assert len(lived.double.venue.orders) == placed
