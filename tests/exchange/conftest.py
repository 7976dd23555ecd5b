"""The double on real sockets, and clients that talk to it."""

from collections.abc import AsyncIterator
import time

from aiohttp import ClientSession
import pytest

from custom_components.mexc_trading.exchange.mexc.market import MexcMarket
from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.exchange.resilience import budget, retry
from custom_components.mexc_trading.exchange.secret import Secret
from tests.double import MexcDouble

from .scripted import Scripted

NS_PER_MS = 1_000_000


class WallClock:
    """The clock of this machine, off by what a test says."""

    def __init__(self) -> None:
        """Start in step."""
        self.skew_ms = 0

    def now_ns(self) -> int:
        """Give the time in ns."""
        return time.time_ns() + self.skew_ms * NS_PER_MS


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without waiting long."""
    monkeypatch.setattr(retry, "WAIT_S_FIRST", 0.001)
    monkeypatch.setattr(budget, "QUIET_S", 0)


@pytest.fixture
def clock() -> WallClock:
    """Give our clock."""
    return WallClock()


@pytest.fixture
async def double(socket_enabled: None) -> AsyncIterator[MexcDouble]:
    """Run the double."""
    async with MexcDouble() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Give a session that is closed afterwards."""
    async with ClientSession() as opened:
        yield opened


@pytest.fixture
def spot(double: MexcDouble, session: ClientSession, clock: WallClock) -> MexcSpot:
    """Give a client with the key that the double knows."""
    return MexcSpot(
        session=session,
        rest_url=double.rest_url,
        api_key=Secret(double.api_key),
        api_secret=Secret(double.api_secret),
        clock=clock,
    )


@pytest.fixture
async def scripted(socket_enabled: None) -> AsyncIterator[Scripted]:
    """Run a server that says what the test wants."""
    async with Scripted() as running:
        yield running


@pytest.fixture
def scripted_spot(scripted: Scripted, session: ClientSession, clock: WallClock) -> MexcSpot:
    """Give a client of the scripted server."""
    return MexcSpot(
        session=session,
        rest_url=scripted.url,
        api_key=Secret("fake-key"),
        api_secret=Secret("fake-secret"),
        clock=clock,
    )


@pytest.fixture
def market(double: MexcDouble, session: ClientSession, clock: WallClock) -> MexcMarket:
    """Give a client without a key."""
    return MexcMarket.public(session=session, rest_url=double.rest_url, clock=clock)
