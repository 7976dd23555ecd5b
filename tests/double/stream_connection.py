"""One open stream: its subscriptions, its outgoing queue, and the faults on its pushes."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
import json
from typing import Final

from aiohttp import web

from .delivery import reset_transport
from .faults import Faults
from .stream_channels import PRIVATE, PublicChannel, public_channel
from .wire import with_order_status

QUEUE_MAX: Final = 10_000
_GARBAGE: Final = b"\x0a\xff\xff\xff\xff\x0fgarbage"


class StreamConnection:
    """A client's WebSocket as the venue sees it.

    ``opened_s`` and ``heard_s`` are on the venue's waiting clock. Frames leave
    in order through one queue; a client that does not read is dropped when
    10,000 frames wait.
    """

    def __init__(
        self, socket: web.WebSocketResponse, request: web.Request, listen_key: str | None, now_s: float
    ) -> None:
        """Take an accepted socket."""
        self.listen_key = listen_key
        self.opened_s = now_s
        self.heard_s = now_s
        self.channels: dict[str, PublicChannel | None] = {}
        self._socket = socket
        self._request = request
        self._queue: asyncio.Queue[str | bytes | None] = asyncio.Queue(QUEUE_MAX)
        self._late: set[asyncio.TimerHandle] = set()
        self._held: list[bytes] = []

    async def write(self) -> None:
        """Send what is queued until told to close."""
        with suppress(ConnectionError):
            while True:
                frame = await self._queue.get()
                if frame is None:
                    await self._socket.close(code=1001)
                    return
                if isinstance(frame, str):
                    await self._socket.send_str(frame)
                else:
                    await self._socket.send_bytes(frame)

    def answer(self, text: object) -> None:
        """Send an acknowledgement as JSON text."""
        self._put(json.dumps(text, separators=(",", ":"), ensure_ascii=False))

    def push(self, channel: str, frame: bytes, faults: Faults) -> None:
        """Send a push, unless a fault has another idea."""
        active = faults.for_push(channel)
        action = active.rule.action if active is not None else ""
        if action == "stream_drop":
            return
        if action == "stream_close":
            self.close()
            return
        if action == "stream_reorder":
            self._held.append(frame)
            return
        if action == "stream_delay" and active is not None:
            self._later(active.rule.number("seconds"), frame)
            return
        if action == "stream_status" and active is not None:
            frame = with_order_status(frame, int(active.rule.number("status")))
        self._put(_GARBAGE if action == "stream_garbage" else frame)
        if action == "stream_duplicate":
            self._put(frame)
        held, self._held = self._held, []
        for kept in held:
            self._put(kept)

    def close(self) -> None:
        """Close in the normal way after what is queued."""
        self._put(None)

    def reset(self) -> None:
        """Reset the connection."""
        reset_transport(self._request.transport)

    def end(self) -> None:
        """Forget late frames; the socket is gone."""
        for handle in self._late:
            handle.cancel()
        self._late.clear()

    def _later(self, seconds: float, frame: bytes) -> None:
        """Queue a frame after a while."""

        def arrive() -> None:
            self._late.discard(handle)
            self._put(frame)

        handle = asyncio.get_running_loop().call_later(seconds, arrive)
        self._late.add(handle)

    def _put(self, frame: str | bytes | None) -> None:
        """Queue a frame, or drop the client that does not read."""
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.reset()


def known_channel(name: str, listed: Sequence[str], *, private: bool) -> tuple[bool, PublicChannel | None]:
    """Tell whether a channel exists for a connection, and what a public one is about."""
    if name in PRIVATE:
        return private, None
    channel = public_channel(name)
    return channel is not None and channel.symbol in listed, channel
