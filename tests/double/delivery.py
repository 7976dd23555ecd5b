"""How an answer leaves: whole, slowly, in part, or not at all."""

import asyncio
from contextlib import suppress
import socket
import struct

from aiohttp import web

from .answers import Answer

_NO_LINGER = struct.pack("ii", 1, 0)


def response_of(answer: Answer) -> web.Response:
    """Make the ordinary HTTP response."""
    return web.Response(
        status=answer.status,
        body=answer.body,
        content_type=answer.content_type,
        headers=answer.headers,
    )


def close(request: web.Request) -> web.Response:
    """Close the connection in the normal way, without an answer."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def reset(request: web.Request) -> web.Response:
    """Reset the connection (RST), without an answer."""
    reset_transport(request.transport)
    return web.Response()


def reset_transport(transport: asyncio.BaseTransport | None) -> None:
    """Reset a connection; does nothing when it is gone."""
    if transport is None or not isinstance(transport, asyncio.WriteTransport):
        return
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


async def send_part(request: web.Request, answer: Answer, share: float) -> web.StreamResponse:
    """Announce the whole body, send a share of it, then reset."""
    response = await _begin(request, answer)
    with suppress(ConnectionError):
        await response.write(answer.body[: int(len(answer.body) * share)])
        await asyncio.sleep(0)
    reset_transport(request.transport)
    return response


async def send_slowly(request: web.Request, answer: Answer, seconds: float, pieces: int) -> web.StreamResponse:
    """Let the body trickle: ``pieces`` parts spread over ``seconds``."""
    response = await _begin(request, answer)
    size = max(1, -(-len(answer.body) // max(1, pieces)))
    with suppress(ConnectionError):
        for start in range(0, len(answer.body), size):
            await asyncio.sleep(seconds / max(1, pieces))
            await response.write(answer.body[start : start + size])
        await response.write_eof()
    return response


async def _begin(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send status and headers."""
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_type = answer.content_type
    response.content_length = len(answer.body)
    with suppress(ConnectionError):
        await response.prepare(request)
    return response
