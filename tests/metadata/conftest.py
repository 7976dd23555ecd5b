"""The copy that defects are planted into."""

from pathlib import Path

import pytest

from .planted import copied


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy what is checked to a place where it may be spoiled."""
    return copied(tmp_path)
