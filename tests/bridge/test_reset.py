"""A paper book begins anew: killed at any step it is the old one or the new one, whole, and never a mixture."""

import asyncio
import json
from pathlib import Path
import sys

import pytest

from custom_components.mexc_trading.bridge.opening import JournalUnwritable, open_book
from custom_components.mexc_trading.journal.lock import FileLock, Locked
from custom_components.mexc_trading.journal.reset import ask_for_reset
from custom_components.mexc_trading.journal.storage import DISK

from .reset_trial import NEW, Clock, Kept, terms

KILLS_MIN = 40
"""Fewer places to die would mean that the trial watches something else than the reset."""


async def test_killed_before_each_step_it_is_the_old_book_or_the_new_one(tmp_path: Path) -> None:
    """Given a book with a past, when it is killed before each file operation, then it begins as one of the two."""
    trial = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bridge.reset_trial", str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await trial.communicate()
    lives = [json.loads(line) for line in told.splitlines()]
    old = [life for life in lives if life["capital"] == "1000"]
    new = [life for life in lives if life["capital"] == str(NEW)]

    assert trial.returncode == 0
    assert len(lives) > KILLS_MIN
    assert lives[-1]["died"] == ""
    assert len(old) + len(new) == len(lives)
    assert {life["died"].partition(" ")[2] for life in old} == {"paper.reset.json.new"}
    for life in old:
        assert (life["resets"], life["old_facts"], life["former_whole"]) == (0, 1, False), life
    for life in new:
        assert (life["resets"], life["old_facts"], life["former_whole"]) == (1, 0, True), life
        assert life["former_seen"] == 3, life
        assert not any("archive" in name or "snapshot" in name for name in life["files"]), life
    assert not any(life["doubtful"] or life["asked"] for life in lives)


async def test_what_nobody_wrote_is_not_guessed_at(tmp_path: Path) -> None:
    """Given a file that somebody changed, then the book does not open, and nothing is moved."""
    (tmp_path / "paper.reset.json").write_text('{"former": "paper.reset-1", "capital": "much"}')

    with pytest.raises(JournalUnwritable):
        await open_book(terms(tmp_path), clock=Clock(), version="1", witnesses=None)

    assert not (tmp_path / "paper.reset-1").exists()


async def test_a_journal_in_other_hands_is_not_taken_away(tmp_path: Path) -> None:
    """Given a writer that goes on, then the new start waits for it."""
    opened = await open_book(terms(tmp_path), clock=Clock(), version="1", witnesses=Kept(tmp_path))
    await opened.journal.close()
    ask_for_reset(tmp_path / "paper.db", DISK, capital=NEW, who="me", why="tried enough")
    writer = FileLock(tmp_path / "paper.db.lock")

    with pytest.raises(Locked):
        await open_book(terms(tmp_path), clock=Clock(), version="1", witnesses=Kept(tmp_path))
    writer.release()

    anew = await open_book(terms(tmp_path), clock=Clock(), version="1", witnesses=Kept(tmp_path))
    assert anew.state.capital == NEW
    await anew.journal.close()
