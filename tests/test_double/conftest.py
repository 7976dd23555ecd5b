"""A running double and a client for it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.double import MexcDouble

from .trader import Trader


@pytest.fixture
async def double(socket_enabled: None) -> AsyncIterator[MexcDouble]:
    """Run a double on a free port."""
    async with MexcDouble(seed=1) as running:
        yield running


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a client session with no pooled connections left behind."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def trader(double: MexcDouble, session: aiohttp.ClientSession) -> Trader:
    """Give a client that signs."""
    return Trader(double, session)
