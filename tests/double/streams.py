"""The streams: accepts WebSockets, answers subscriptions, pushes what happens."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
import json
from typing import Final

from aiohttp import WSMsgType, web

from .events import BalanceChanged, OrderChanged, PriceMoved, Traded, VenueEvent
from .faults import Faults
from .partition import Partition
from .stream_bodies import Body, account_body, deal_body, order_body, public_body
from .stream_channels import ACCOUNT, DEALS, ORDERS
from .stream_connection import StreamConnection, known_channel
from .wire import encode
from .world import World

CONNECTIONS_PER_KEY: Final = 5
_REFUSED: Final = "Not Subscribed successfully! [{}].  Reason: {}"


class Streams:
    """All open streams of a double.

    ``sweep`` closes what has outlived a bound: idle, without subscriptions, a
    dead listen key, or a day old. The double calls it four times a second.
    """

    def __init__(self, world: World, faults: Faults, partition: Partition) -> None:
        """Listen to the venue from now on."""
        self.open: list[StreamConnection] = []
        self._world = world
        self._faults = faults
        self._partition = partition
        world.venue.listeners.append(self._heard)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one stream until it ends."""
        if self._partition.is_silent():
            await self._partition.ended()
            return web.Response(status=503)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        key = request.query.get("listenKey")
        connection = StreamConnection(socket, request, key, self._world.clock.elapsed_s())
        if key is not None and not self._admits(key):
            await socket.send_str('{"id":0,"code":0,"msg":"Invalid listen key"}')
            await socket.close()
            return socket
        self.open.append(connection)
        writer = asyncio.create_task(connection.write())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._told(connection, message.data)
        finally:
            self.open.remove(connection)
            connection.end()
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer
        return socket

    def sweep(self) -> None:
        """Close streams that have outlived one of the venue's bounds."""
        now_s, settings = self._world.clock.elapsed_s(), self._world.settings
        for connection in self.open:
            age_s, quiet_s = now_s - connection.opened_s, now_s - connection.heard_s
            key = connection.listen_key
            dead = key is not None and not self._world.listen_keys.is_valid(key)
            lonely = not connection.channels and quiet_s >= settings.stream_unsubscribed_s
            if dead or lonely or quiet_s >= settings.stream_idle_s or age_s >= settings.stream_life_s:
                connection.close()

    def reset_all(self) -> None:
        """Reset every stream at once, as a network does."""
        for connection in self.open:
            connection.reset()

    def _admits(self, key: str) -> bool:
        """Whether a listen key may carry one more stream."""
        used = sum(connection.listen_key == key for connection in self.open)
        return self._world.listen_keys.is_valid(key) and used < CONNECTIONS_PER_KEY

    def _told(self, connection: StreamConnection, text: str) -> None:
        """Answer one message of a client."""
        if self._partition.is_silent():
            return
        connection.heard_s = self._world.clock.elapsed_s()
        try:
            asked = json.loads(text)
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            connection.answer({"id": 0, "code": 0, "msg": "msg format invalid"})
            return
        method, number = asked.get("method"), asked.get("id", 0)
        names = [str(name) for name in asked.get("params") or ()]
        if method == "PING":
            connection.answer({"id": 0, "code": 0, "msg": "PONG"})
        elif method == "SUBSCRIPTION":
            self._subscribe(connection, names, number)
        elif method == "UNSUBSCRIPTION":
            for name in names:
                connection.channels.pop(name, None)
            connection.answer({"id": number, "code": 0, "msg": ",".join(names)})
        else:
            connection.answer({"id": number, "code": 0, "msg": "unknown method"})

    def _subscribe(self, connection: StreamConnection, names: Sequence[str], number: object) -> None:
        """Subscribe to channels; what is refused is told with code 0 all the same."""
        taken: list[str] = []
        refused: list[str] = []
        for name in names:
            reason = self._refusal(connection, name)
            if reason is None:
                taken.append(name)
            else:
                refused.append(_REFUSED.format(name, reason))
        connection.answer({"id": number, "code": 0, "msg": ",".join([*taken, *refused])})
        for name in taken:
            channel = connection.channels[name]
            if channel is not None:
                self._push(connection, name, public_body(self._world.venue, channel), channel.symbol)

    def _refusal(self, connection: StreamConnection, name: str) -> str | None:
        """Enter a subscription, or tell why not."""
        listed, private = [*self._world.venue.symbols], connection.listen_key is not None
        known, channel = known_channel(name, listed, private=private)
        if not known or self._faults.for_subscription(name) is not None:
            return "Blocked!"
        if name in connection.channels:
            return "Already subscribed!"
        if len(connection.channels) >= self._world.settings.stream_subscriptions_max:
            return "Too many subscriptions!"
        connection.channels[name] = channel
        return None

    def _heard(self, event: VenueEvent) -> None:
        """Push an event of the venue to whoever subscribed."""
        match event:
            case OrderChanged():
                self._private(ORDERS, order_body(event), event.order.symbol)
            case Traded():
                self._private(DEALS, deal_body(event), event.fill.symbol)
            case BalanceChanged():
                self._private(ACCOUNT, account_body(event), None)
            case PriceMoved():
                self._public(event.symbol)

    def _private(self, name: str, body: Body, symbol: str | None) -> None:
        """Push on a private channel."""
        for connection in self.open:
            if name in connection.channels:
                self._push(connection, name, body, symbol)

    def _public(self, symbol: str) -> None:
        """Push the new state of a symbol on all its channels."""
        for connection in self.open:
            for name, channel in list(connection.channels.items()):
                if channel is not None and channel.symbol == symbol:
                    self._push(connection, name, public_body(self._world.venue, channel), symbol)

    def _push(self, connection: StreamConnection, name: str, body: Body, symbol: str | None) -> None:
        """Wrap, encode and send; a silent partition swallows it."""
        if self._partition.is_silent():
            return
        now_ms = self._world.clock.now_ms()
        head: Mapping[str, str | int] = {"channel": name, "createTime": now_ms, "sendTime": now_ms}
        named = {} if symbol is None else {"symbol": symbol}
        connection.push(name, encode({**head, **named, **body}), self._faults)
