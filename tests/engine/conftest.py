"""What the tests of the engine at work share."""

from collections.abc import Iterator

import pytest

from tests.slow_machine import slow_machine


@pytest.fixture(autouse=True, scope="package")
def _slow_machine() -> Iterator[None]:
    """Do not take a busy test machine for a sick home."""
    with slow_machine():
        yield
