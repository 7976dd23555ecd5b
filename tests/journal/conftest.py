"""A place for one journal."""

from pathlib import Path

import pytest


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Name the journal of a book whose folder does not exist yet."""
    return tmp_path / "mexc_trading" / "entry" / "live.db"
