"""A drill of the kill switch is for paper, and for a book that takes something in; and what a monitor cannot see."""

from pathlib import Path

import pytest

from custom_components.mexc_trading.bridge import drill
from custom_components.mexc_trading.bridge.drill import NoDrill, run_drill
from custom_components.mexc_trading.bridge.monitor import _free_mib
from custom_components.mexc_trading.model.signal import Signal
from tests.engine.desk import Desk, open_desk
from tests.engine.market import LIVE


async def drilled(desk: Desk) -> object:
    """Run a drill on a desk's book, whose prices are fresh."""

    async def fresh(signal: Signal) -> None:
        assert signal.reason == "kill switch drill"

    return await run_drill(desk.book, clock=desk.clock, refresh=fresh, who="me")


async def test_a_live_book_is_not_drilled(tmp_path: Path) -> None:
    """Whatever is held there stays."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        assert await drilled(desk) == NoDrill(key="drill_on_paper_only")
        assert desk.venue.orders == []
        assert desk.book.state.holds == {}


async def test_a_book_that_takes_nothing_is_no_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so instead of giving times."""
    monkeypatch.setattr(drill, "PAPER", LIVE)
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        desk.book.fail("planted by a test")
        assert await drilled(desk) == NoDrill(key="drill_not_taken")


def test_a_folder_that_cannot_be_looked_at_has_no_figure(tmp_path: Path) -> None:
    """And no hold comes of that."""
    assert _free_mib(tmp_path / "nowhere") is None
    free = _free_mib(tmp_path)
    assert free is not None
    assert free > 0
