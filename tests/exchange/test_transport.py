"""When a call failed, for every kind of failure there is, on a faked session; what an answer is, over a socket."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import Mock

from aiohttp import (
    ClientConnectionResetError,
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientOSError,
    ClientPayloadError,
    ClientSession,
    ConnectionTimeoutError,
    InvalidURL,
    ServerDisconnectedError,
    ServerFingerprintMismatch,
    ServerTimeoutError,
    SocketTimeoutError,
    web,
)
from aiohttp.test_utils import TestServer
from aioresponses import aioresponses
import pytest

from custom_components.mexc_trading.exchange.mexc.transport import RETRY_AFTER_S_MAX, Bounds, Call, Transport
from custom_components.mexc_trading.exchange.resilience.observation import Answered, Failed, When

from .scripted import Scripted

BASE = "https://venue.invalid"
CALL = Call(
    method="POST",
    path="/api/v3/order",
    query="a=%2C",
    bounds=Bounds(connect_s=1.0, total_s=2.0, body_bytes_max=100),
)
KEY = Mock(ssl=True, host="venue.invalid", port=443)
REFUSED = OSError(111, "refused")

BEFORE = (
    ClientConnectorError(KEY, REFUSED),
    ClientConnectorDNSError(KEY, REFUSED),
    ClientConnectorSSLError(KEY, REFUSED),
    ClientConnectorCertificateError(KEY, Exception("certificate")),
    ConnectionTimeoutError(),
    ServerFingerprintMismatch(b"a", b"b", "venue.invalid", 443),
    InvalidURL("nowhere"),
)
AFTER = (
    ServerDisconnectedError(),
    ClientOSError(104, "reset"),
    ClientConnectionResetError(),
    ClientPayloadError(),
    SocketTimeoutError(),
    ServerTimeoutError(),
    TimeoutError(),
    OSError(5, "something"),
)


@pytest.fixture
def venue() -> Iterator[aioresponses]:
    """Stand in for the network."""
    with aioresponses() as faked:
        yield faked


async def _send(session: ClientSession) -> Answered | Failed:
    return await Transport(session=session, base_url=f"{BASE}/").send(CALL, {"X-Probe": "1"})


@pytest.mark.parametrize("error", BEFORE, ids=lambda error: type(error).__name__)
async def test_before(session: ClientSession, venue: aioresponses, error: Exception) -> None:
    """While connecting, nothing of the request exists."""
    venue.post(f"{BASE}/api/v3/order?a=%2C", exception=error)
    assert await _send(session) == Failed(when=When.BEFORE, cause=type(error).__name__)


@pytest.mark.parametrize("error", AFTER, ids=lambda error: type(error).__name__)
async def test_after(session: ClientSession, venue: aioresponses, error: Exception) -> None:
    """Later, nobody can tell; and the cause names a kind, never an address."""
    venue.post(f"{BASE}/api/v3/order?a=%2C", exception=error)
    assert await _send(session) == Failed(when=When.AFTER, cause=type(error).__name__)


async def test_cancellation_is_not_swallowed(session: ClientSession, venue: aioresponses) -> None:
    """Being cancelled is the one thing that comes out as an exception."""
    venue.post(f"{BASE}/api/v3/order?a=%2C", exception=asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await _send(session)


async def test_a_bug_is_not_swallowed(session: ClientSession, venue: aioresponses) -> None:
    """An exception that no network raises goes up."""
    venue.post(f"{BASE}/api/v3/order?a=%2C", exception=KeyError("bug"))
    with pytest.raises(KeyError):
        await _send(session)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("999999", RETRY_AFTER_S_MAX),
        ("9" * 500, None),
        ("-1", None),
        ("1.5", None),
        ("\u0663", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", None),
    ],
    ids=ascii,
)
async def test_retry_after(session: ClientSession, scripted: Scripted, text: str, seconds: int | None) -> None:
    """The wait is read in seconds, bounded; other forms are none."""
    scripted.say("/api/v3/order", "{}", status=429, headers={"Retry-After": text})
    answer = await Transport(session=session, base_url=scripted.url).send(CALL, {})
    assert isinstance(answer, Answered)
    assert answer.retry_after_s == seconds


@pytest.mark.parametrize(("size", "whole"), [(0, True), (100, True), (101, False)])
async def test_the_size_of_a_body_is_bounded(
    session: ClientSession,
    scripted: Scripted,
    size: int,
    whole: bool,
) -> None:
    """Up to the bound a body is kept, beyond it nothing of it is; the status stays."""
    scripted.say("/api/v3/order", "x" * size, status=201)
    answer = await Transport(session=session, base_url=scripted.url).send(CALL, {})
    assert answer == Answered(status=201, retry_after_s=None, body=b"x" * size if whole else b"", whole=whole)


async def test_what_is_sent_is_what_was_signed(session: ClientSession, socket_enabled: None) -> None:
    """No escape is touched on the way: a re-quoted query would not match its signature."""
    seen: list[str] = []

    async def raw(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        return web.Response(text="{}")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", raw)
    async with TestServer(app) as server:
        transport = Transport(session=session, base_url=str(server.make_url("")))
        query = "a=%2C%20%22%C3%BC&b=1%2B1&c=%7E&signature=00"
        await transport.send(replace(CALL, query=query), {})
    assert seen == [f"/api/v3/order?{query}"]
