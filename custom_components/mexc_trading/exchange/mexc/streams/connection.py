"""One WebSocket, from its opening to its end."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, ClientWSTimeout, WSMsgType
from yarl import URL

from .conversation import PING, Conversation, End

MESSAGE_BYTES_MAX: Final = 1024 * 1024
OPEN_S_MAX: Final = 10.0
CLOSE_S_MAX: Final = 2.0

type OnFrame = Callable[[bytes], None]
type OnAnswered = Callable[[Conversation], None]


async def converse(
    session: ClientSession,
    url: str,
    begin: Callable[[float], Conversation],
    *,
    on_answered: OnAnswered,
    on_frame: OnFrame,
    stop: asyncio.Event,
) -> End:
    """Connect, subscribe, and listen until there is a reason to stop. Trouble of the network is an end like any other.

    ``begin`` makes the conversation, given the time in seconds; ``on_answered`` is called once, when every subscription
    has been granted or refused; ``on_frame`` with every push. ``stop`` ends the connection from outside.
    """
    try:
        async with asyncio.timeout(OPEN_S_MAX):
            socket = await session.ws_connect(
                URL(url, encoded=True), max_msg_size=MESSAGE_BYTES_MAX, timeout=ClientWSTimeout(ws_close=CLOSE_S_MAX)
            )
        async with socket:
            conversation = begin(asyncio.get_running_loop().time())
            for text in conversation.opening():
                await socket.send_str(text)
            listener = asyncio.create_task(_listen(socket, conversation, on_answered, on_frame))
            stopper = asyncio.create_task(stop.wait())
            try:
                return await _keep_alive(socket, conversation, listener, stopper)
            finally:
                listener.cancel()
                stopper.cancel()
                await asyncio.wait({listener, stopper})
    except ClientError, TimeoutError, OSError:
        return End.CLOSED


async def _listen(
    socket: ClientWebSocketResponse, conversation: Conversation, on_answered: OnAnswered, on_frame: OnFrame
) -> End:
    """Take in what comes, until nothing can come any more."""
    loop = asyncio.get_running_loop()
    told = False
    while True:
        message = await socket.receive()
        match message.type:
            case WSMsgType.BINARY:
                conversation.heard(loop.time())
                on_frame(message.data)
            case WSMsgType.TEXT:
                conversation.told(message.data, loop.time())
                if conversation.answered and not told:
                    told = True
                    on_answered(conversation)
                    if not conversation.granted:
                        return End.REFUSED
            case _:
                return End.CLOSED


async def _keep_alive(
    socket: ClientWebSocketResponse,
    conversation: Conversation,
    listener: asyncio.Task[End],
    stopper: asyncio.Task[bool],
) -> End:
    """Send pings, and notice when the conversation should end."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.wait(
            {listener, stopper}, timeout=conversation.wait_s(loop.time()), return_when=asyncio.FIRST_COMPLETED
        )
        if listener.done():
            return listener.result()
        if stopper.done():
            return End.STOPPED
        if (end := conversation.over(loop.time())) is not None:
            return end
        if conversation.ping_due(loop.time()):
            await socket.send_str(PING)
