"""A journal that a real account has written."""

from dataclasses import replace
from pathlib import Path
import shutil

import pytest

from tests.double import MexcDouble

from .life import Life, live_a_morning


@pytest.fixture(scope="session")
def lived() -> list[Life]:
    """Keep what was lived once for all tests."""
    return []


@pytest.fixture
async def life(
    socket_enabled: None, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, lived: list[Life]
) -> Life:
    """Let an account live a morning, the first time; give a copy of its folder."""
    if not lived:
        async with MexcDouble() as double:
            lived.append(await live_a_morning(double, tmp_path_factory.mktemp("life")))
    folder = tmp_path / "entry"
    shutil.copytree(lived[0].journal.parent, folder)
    return replace(lived[0], journal=folder / lived[0].journal.name)
