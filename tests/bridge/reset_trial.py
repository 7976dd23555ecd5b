"""A paper book that begins anew, killed before each step: ``python -m tests.bridge.reset_trial FOLDER``.

Each life is a forked process that kills itself (``kill -9``) before its n-th file operation in the folder, from the
asking on. Then the book is opened in peace, and what it is then is told as a line of JSON: where it died, how the book
begins, what is in it. The last line is of the life that came through.
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal
import json
import os
from pathlib import Path
import signal
import sys
import traceback
from typing import Final

from custom_components.mexc_trading.bridge.opening import open_book
from custom_components.mexc_trading.bridge.terms import PAPER, AccountTerms
from custom_components.mexc_trading.engine.events import CapitalSet
from custom_components.mexc_trading.engine.ports import Head
from custom_components.mexc_trading.engine.records import draft
from custom_components.mexc_trading.journal.reset import ask_for_reset
from custom_components.mexc_trading.journal.snapshot import Snapshot
from custom_components.mexc_trading.journal.storage import DISK
from custom_components.mexc_trading.journal.verify import Witness, verify
from custom_components.mexc_trading.model.ids import Asset, BookName
from custom_components.mexc_trading.risk.limits import Limits

OLD, NEW = Decimal(1_000), Decimal(2_000)
STEPS_MAX: Final = 400
_OPERATIONS: Final = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "sqlite3.connect"})


class Clock:
    """Time, standing still."""

    def now_ns(self) -> int:
        """Give a moment in 2026."""
        return 1_790_000_000_000_000_000


class Kept:
    """Witnesses in a plain file."""

    def __init__(self, folder: Path) -> None:
        """Keep them in the folder."""
        self._file = folder / "witnesses.json"

    def read(self) -> dict[str, list[list[str]]]:
        """Give all that were seen."""
        found: dict[str, list[list[str]]] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return found

    async def heads(self, book: BookName) -> tuple[Head, ...]:
        """Give a book's."""
        return tuple(Head(int(seq), digest) for seq, digest in self.read().get(book, []))

    async def note(self, book: BookName, head: Head, *, afresh: bool = False) -> None:
        """Remember one more."""
        kept = self.read()
        kept[book] = [*([] if afresh else kept.get(book, [])), [str(head.seq), head.hash]]
        self._write(kept)

    async def move(self, book: BookName, former: str) -> None:
        """Keep a book's under another name."""
        kept = self.read()
        kept.setdefault(former, kept.get(book, []))
        kept[book] = []
        self._write(kept)

    async def since_s(self, book: BookName) -> int:
        """Say that all of them count."""
        return 0

    async def verified_s(self, book: BookName) -> int:
        """Nothing is verified here."""
        return 0

    async def verified(self, book: BookName, at_s: int) -> None:
        """Nothing is verified here."""

    def _write(self, kept: dict[str, list[list[str]]]) -> None:
        DISK.replace(self._file, json.dumps(kept).encode())


def terms(folder: Path) -> AccountTerms:
    """Describe the account."""
    return AccountTerms(
        entry_id="entry",
        name="paper",
        mode=PAPER,
        rest_url="",
        stream_url="",
        api_key=None,
        api_secret=None,
        install_secret=b"fake" * 8,
        quote=Asset("USDT"),
        limits=Limits(symbols=frozenset()),
        folder=folder,
        paper_balance=OLD,
    )


async def lived(folder: Path) -> None:
    """Let a book have a past: two files, a snapshot, a capital."""
    opened = await open_book(terms(folder), clock=Clock(), version="1", witnesses=Kept(folder))
    head = await opened.journal.append([draft(CapitalSet(capital=OLD), Clock().now_ns())])
    assert isinstance(head, Head)
    await opened.journal.archive()
    assert await opened.journal.save_snapshot(Snapshot(head=head, state="no state")) is None
    await Kept(folder).note(PAPER, head)
    await opened.journal.close()


async def begun_anew(folder: Path) -> None:
    """Ask for a new start, and make it."""
    path = folder / "paper.db"
    running = await open_book(terms(folder), clock=Clock(), version="1", witnesses=Kept(folder))
    arm()
    ask_for_reset(path, DISK, capital=NEW, who="me", why="tried enough")
    await running.journal.close()
    opened = await open_book(terms(folder), clock=Clock(), version="1", witnesses=Kept(folder))
    await opened.journal.close()


async def looked_at(folder: Path) -> dict[str, object]:
    """Open the book in peace and say what it is."""
    opened = await open_book(terms(folder), clock=Clock(), version="1", witnesses=Kept(folder))
    kinds = [record.kind for record in opened.journal.records()]
    await opened.journal.close()
    former = folder / "paper.reset-1" / "paper.db"
    moved = [Witness(int(seq), digest) for seq, digest in Kept(folder).read().get("paper.reset-1", [])]
    files = [*sorted(former.parent.glob("paper.archive-*.db")), former]
    return {
        "capital": str(opened.state.capital),
        "doubtful": opened.doubtful,
        "resets": kinds.count("book_reset"),
        "old_facts": kinds.count("capital_set"),
        "asked": (folder / "paper.reset.json").exists(),
        "former_whole": former.exists() and verify(files, witnesses=moved).valid,
        "former_seen": len(moved),
        "files": sorted(file.name for file in folder.glob("paper.*")),
    }


_left = [0]
_armed: list[Path] = []


def arm() -> None:
    """Count from here on."""
    _armed.append(Path())


def watch(folder: Path) -> None:
    """Die before the n-th operation on a file of the folder, counted from :func:`arm` on."""

    def heard(event: str, given: tuple[object, ...]) -> None:
        if _armed and event in _OPERATIONS and str(folder) in str(given[0]):
            _left[0] -= 1
            if not _left[0]:
                (folder.parent / "died").write_text(f"{event} {Path(str(given[0])).name}")
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(heard)


def child(live: Callable[[], None]) -> bool:
    """Live in a process of its own; give whether it came to its end."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            live()
            code = 0
        except Exception:  # noqa: BLE001 - whatever it was, the one who waits must see it
            traceback.print_exc()
        finally:
            os._exit(code)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return False
    if status:
        raise RuntimeError("a life ended with an error")
    return True


def trial(folder: Path, number: int) -> bool:
    """Live once, to be killed before step ``number``, then look. Gives whether it came through."""
    folder.mkdir(parents=True)
    child(lambda: asyncio.run(lived(folder)))

    def killed() -> None:
        _left[0] = number
        watch(folder)
        asyncio.run(begun_anew(folder))

    through = child(killed)

    def look() -> None:
        place = "" if through else (folder.parent / "died").read_text()
        sys.stdout.write(f"{json.dumps({'died': place, **asyncio.run(looked_at(folder))})}\n")
        sys.stdout.flush()

    child(look)
    return through


def main(root: Path) -> None:
    """Kill before each step there is."""
    for number in range(1, STEPS_MAX):
        if trial(root / str(number) / "entry", number):
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
