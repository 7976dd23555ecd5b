"""A journal that a real account has written."""

from pathlib import Path

import pytest

from tests.double import MexcDouble

from .life import Life, live_a_morning


@pytest.fixture
async def life(socket_enabled: None, tmp_path: Path) -> Life:
    """Let an account live a morning."""
    async with MexcDouble() as double:
        return await live_a_morning(double, tmp_path)
