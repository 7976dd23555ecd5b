"""All streams of an account: kept open, opened again, and told about when something may have been missed.

The private channels have no sequence numbers and no replay. So whenever pushes begin to flow, and whenever one cannot
be read, a :class:`Gap` is told, and whoever listens has to read the account over REST.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import batched
import random
from typing import Final

from aiohttp import ClientSession

from ....engine.ports import Clock
from ....model.ids import Symbol
from ....model.market import Quote
from ....model.outcome import Unavailable
from ...secret import Secret
from ..rest import MexcRest
from ..shape import Malformed
from .channels import PRIVATE, Channel
from .connection import converse
from .conversation import SUBSCRIPTIONS_MAX, Conversation
from .listen_key import ListenKeys
from .pushes import Foreign, Push, read_push

BACKOFF_S: Final = 1.0
BACKOFF_S_MAX: Final = 60.0
"""Waits between connections: up to 1 s, doubled by each that did not last, up to a minute, with full jitter."""

LASTED_S: Final = 60.0
"""A connection that lived so long was a good one."""

TRIES_PER_KEY: Final = 5
"""Connections that may fail before they begin with one listen key: each new key costs two requests."""

GARBLED_EVERY_S: Final = 5.0
"""Unreadable pushes are told of no more often than this: each telling costs a sweep."""


class Scope(StrEnum):
    """Which streams."""

    PRIVATE = "private"
    MARKET = "market"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something may have been missed. ``live``: pushes flow from here on, so what is read now is the whole truth.

    Not ``live``: none will come until further notice. ``cause`` is a word of ours.
    """

    scope: Scope
    cause: str
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamHealth:
    """A moment's state: which streams flow, how long ago the last push came, what was refused."""

    private_live: bool
    market_live: bool
    pushed_s_ago: float | None
    connections_lost: int
    refused: tuple[str, ...]


class MexcStreams:
    """Streams as one task: ``run`` until cancelled. Pushes are hints; see the package's first line.

    ``on_push`` and ``on_gap`` are called on the event loop and must not block. ``keys`` None: market channels only.
    """

    def __init__(
        self,
        *,
        session: ClientSession,
        stream_url: str,
        rest: MexcRest,
        keys: ListenKeys | None,
        clock: Clock,
        on_push: Callable[[Push], None],
        on_gap: Callable[[Gap], None],
    ) -> None:
        """Use the session, which stays its owner's. ``stream_url`` is the whole address, without a query."""
        self._session = session
        self._stream_url = stream_url
        self._rest = rest
        self._keys = keys
        self._clock = clock
        self._on_push = on_push
        self._on_gap = on_gap
        self._wanted: tuple[Channel, ...] = ()
        self._rewanted = asyncio.Event()
        self._live: dict[object, frozenset[Channel]] = {}
        self._newest_ns: dict[Symbol, int] = {}
        self._refused: dict[Channel, str] = {}
        self._pushed_s: float | None = None
        self._garbled_s = float("-inf")
        self._lost = 0

    def watch(self, channels: Sequence[Channel]) -> None:
        """Want these market channels from now on, and no others."""
        wanted = tuple(dict.fromkeys(channels))
        if wanted != self._wanted:
            self._wanted = wanted
            self._rewanted.set()

    async def run(self) -> None:
        """Keep all streams open."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._market())
            if self._keys is not None:
                group.create_task(self._private(self._keys))

    def flowing(self) -> frozenset[Channel]:
        """Name the channels whose pushes flow."""
        return frozenset().union(*self._live.values())

    def health(self) -> StreamHealth:
        """Tell how the streams are doing."""
        now_s = asyncio.get_running_loop().time()
        chunks = -(-len(self._wanted) // SUBSCRIPTIONS_MAX)
        return StreamHealth(
            private_live=Scope.PRIVATE in self._live,
            market_live=chunks > 0 and len(self._live.keys() - {Scope.PRIVATE}) == chunks,
            pushed_s_ago=None if self._pushed_s is None else now_s - self._pushed_s,
            connections_lost=self._lost,
            refused=tuple(f"{channel}: {reason}" for channel, reason in self._refused.items()),
        )

    async def _market(self) -> None:
        """Keep the wanted market channels open, thirty to a connection."""
        while True:
            self._rewanted.clear()
            self._refused = {channel: said for channel, said in self._refused.items() if channel in PRIVATE}
            async with asyncio.TaskGroup() as group:
                chunks = [
                    group.create_task(self._keep_open(Scope.MARKET, chunk))
                    for chunk in batched(self._wanted, SUBSCRIPTIONS_MAX, strict=False)
                ]
                await self._rewanted.wait()
                for task in chunks:
                    task.cancel()

    async def _private(self, keys: ListenKeys) -> None:
        """Keep the account's channels open, each connection with a listen key of its own."""
        backoff = _Backoff()
        while True:
            key = await keys.create()
            if isinstance(key, Unavailable):
                await backoff.wait(lasted_s=0)
                continue
            await self._with_key(keys, key, backoff)

    async def _with_key(self, keys: ListenKeys, key: Secret, backoff: _Backoff) -> None:
        """Live through one private connection, and tries at it, while the key is renewed; without the key it ends."""
        stop = asyncio.Event()
        keeper = asyncio.create_task(keys.keep(key))
        keeper.add_done_callback(lambda _: stop.set())
        url = f"{self._stream_url}?listenKey={key.reveal()}"
        try:
            for _ in range(TRIES_PER_KEY):
                lived = await self._connect(Scope.PRIVATE, PRIVATE, url, stop, backoff)
                if lived or stop.is_set():
                    return
        finally:
            keeper.cancel()
            await keys.close(key)

    async def _keep_open(self, scope: Scope, channels: Sequence[Channel]) -> None:
        """Connect again and again."""
        backoff = _Backoff()
        while True:
            await self._connect(scope, channels, self._stream_url, asyncio.Event(), backoff)

    async def _connect(
        self, scope: Scope, channels: Sequence[Channel], url: str, stop: asyncio.Event, backoff: _Backoff
    ) -> bool:
        """Live through one connection, and the wait after it; tell whether pushes ever flowed."""
        loop = asyncio.get_running_loop()
        mark: object = scope if scope is Scope.PRIVATE else object()
        began_s = loop.time()

        def answered(conversation: Conversation) -> None:
            self._refused |= conversation.refused
            if scope is Scope.MARKET or not conversation.refused:
                self._live[mark] = frozenset(conversation.granted)
                self._on_gap(Gap(scope=scope, cause="connected", live=True))
            else:
                stop.set()

        try:
            end = await converse(
                self._session,
                url,
                lambda now_s: Conversation(channels, now_s=now_s),
                on_answered=answered,
                on_frame=lambda frame: self._read(scope, frame),
                stop=stop,
            )
        finally:
            was_live = self._live.pop(mark, None) is not None
        self._lost += 1
        if was_live:
            self._on_gap(Gap(scope=scope, cause=end.value, live=False))
        await backoff.wait(lasted_s=loop.time() - began_s if was_live else 0)
        return was_live

    def _read(self, scope: Scope, frame: bytes) -> None:
        """Hand on what a frame says; an unreadable one is a gap."""
        self._pushed_s = now_s = asyncio.get_running_loop().time()
        offset = self._rest.time.offset
        try:
            pushes = read_push(
                frame, received_ns=self._clock.now_ns(), offset_ms=0 if offset is None else offset.offset_ms
            )
        except Malformed:
            if now_s - self._garbled_s >= GARBLED_EVERY_S:
                self._garbled_s = now_s
                self._on_gap(Gap(scope=scope, cause="unreadable", live=True))
            return
        for push in () if isinstance(pushes, Foreign) else pushes:
            if not isinstance(push, Quote) or self._is_news(push):
                self._on_push(push)

    def _is_news(self, quote: Quote) -> bool:
        """Tell whether a quote is at least as new as the last one of its symbol: pushes overtake each other.

        A last one from the future is from before our clock was set back.
        """
        if quote.at_ns < self._newest_ns.get(quote.symbol, 0) <= self._clock.now_ns():
            return False
        self._newest_ns[quote.symbol] = quote.at_ns
        return True


class _Backoff:
    """Waits between connections."""

    def __init__(self) -> None:
        """Start with the shortest."""
        self._failures = 0

    async def wait(self, *, lasted_s: float) -> None:
        """Wait after a connection that lasted so long."""
        self._failures = 0 if lasted_s >= LASTED_S else self._failures + 1
        bound_s = min(BACKOFF_S_MAX, BACKOFF_S * 2 ** min(self._failures, 10))
        await asyncio.sleep(random.uniform(0, bound_s))  # noqa: S311  # Jitter, not a secret.
