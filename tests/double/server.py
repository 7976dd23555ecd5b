"""The double as a server: life cycle, sockets, and the parts put together."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from .clock import VenueClock
from .control import Control
from .delivery import reset_transport
from .faults import Faults
from .front import Front
from .limits import Limits
from .listen_keys import ListenKeys
from .partition import Partition
from .prices import Prices
from .records import RequestLog
from .settings import Settings
from .signing import ApiKey
from .state import load_state, save_state
from .streams import Streams
from .symbols import Symbol, default_symbols
from .venue import Venue
from .world import World

HOST: Final = "127.0.0.1"
FAKE_KEY: Final = "mx0-fake-double-key"
FAKE_SECRET: Final = "fake-double-secret-not-real"
_WALK_EVERY_S: Final = 0.25


class MexcDouble:
    """MEXC spot on a loopback socket; ``async with MexcDouble() as double``.

    ``port`` 0 takes a free one. With ``state_file`` orders and balances survive
    a restart of the double. Everything that a test steers is an attribute.
    """

    clock: VenueClock
    settings: Settings
    limits: Limits
    key: ApiKey
    venue: Venue
    listen_keys: ListenKeys
    requests: RequestLog
    faults: Faults

    def __init__(
        self,
        *,
        seed: int = 1,
        port: int = 0,
        api_key: str = FAKE_KEY,
        api_secret: str = FAKE_SECRET,
        state_file: Path | None = None,
        symbols: Mapping[str, Symbol] | None = None,
    ) -> None:
        """Prepare; nothing listens yet. ``symbols`` are listed instead of the usual ones."""
        self.clock = VenueClock()
        self.settings = Settings()
        self.limits = Limits()
        self.key = ApiKey(access=api_key, secret=api_secret)
        self.venue = Venue(dict(symbols or default_symbols()), self.clock, self.settings, seed)
        self.listen_keys = ListenKeys(self.clock, self.settings, seed)
        self.requests = RequestLog()
        self.faults = Faults(self.clock)
        self._port = port
        self._state_file = state_file
        self._listener: asyncio.Server | None = None
        self._runner: web.AppRunner | None = None
        self._walker: asyncio.Task[None] | None = None
        self._partition: Partition | None = None
        self._streams: Streams | None = None

    @property
    def prices(self) -> Prices:
        """The moving prices."""
        return self.venue.prices

    @property
    def api_key(self) -> str:
        """The access key that the double knows."""
        return self.key.access

    @property
    def api_secret(self) -> str:
        """The secret that goes with it."""
        return self.key.secret

    @property
    def violations(self) -> list[str]:
        """What clients did that they never may."""
        return self.requests.violations

    @property
    def rest_url(self) -> str:
        """Base of the REST interface, without ``/api/v3``."""
        return f"http://{HOST}:{self._port}"

    @property
    def stream_url(self) -> str:
        """Address of the streams."""
        return f"ws://{HOST}:{self._port}/ws"

    @property
    def partition(self) -> Partition:
        """Cuts the double off; there is one only while it runs."""
        if self._partition is None:
            msg = "the double does not run"
            raise RuntimeError(msg)
        return self._partition

    @property
    def streams(self) -> Streams:
        """The open streams; there are some only while it runs."""
        if self._streams is None:
            raise RuntimeError("the double does not run")
        return self._streams

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.close()

    async def start(self) -> None:
        """Listen and serve."""
        if self._state_file is not None:
            load_state(self.venue, self._state_file)
        self._partition = Partition(self._shut, self._listen)
        world = World(
            clock=self.clock,
            settings=self.settings,
            key=self.key,
            venue=self.venue,
            listen_keys=self.listen_keys,
            log=self.requests,
        )
        front = Front(world, self.faults, self.limits, self._partition, self._save)
        self._streams = Streams(world, self.faults, self._partition)
        app = web.Application(client_max_size=2**20)
        app.router.add_route("*", "/double/{rest:.*}", Control(self).handle)
        app.router.add_get("/ws", self._streams.handle)
        app.router.add_route("*", "/{rest:.*}", front.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self._listen()
        self._walker = asyncio.create_task(self._walk())

    async def close(self) -> None:
        """Stop serving; no task, timer or socket stays behind."""
        if self._walker is not None:
            self._walker.cancel()
            await asyncio.gather(self._walker, return_exceptions=True)
            self._walker = None
        if self._partition is not None:
            await self._partition.close()
        await self._shut()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self._save()

    def _save(self) -> None:
        """Write the state file, if there is one."""
        if self._state_file is not None:
            save_state(self.venue, self._state_file)

    async def _listen(self) -> None:
        """Open the listening socket, on the same port as before."""
        if self._runner is None or self._runner.server is None:
            return
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._runner.server, HOST, self._port, reuse_address=True)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        """Close the listening socket and reset every connection."""
        if self._listener is not None:
            # Connections that were accepted just now need the server for one more turn of the loop.
            asyncio.get_running_loop().remove_reader(self._listener.sockets[0].fileno())
            await asyncio.sleep(0)
            self._listener.close()
            self._listener = None
        if self._runner is not None and self._runner.server is not None:
            for connection in list(self._runner.server.connections):
                reset_transport(connection.transport)

    async def _walk(self) -> None:
        """Move prices while that is switched on, and close streams that are due."""
        while True:
            await asyncio.sleep(_WALK_EVERY_S)
            self.streams.sweep()
            if self.venue.prices.moving:
                self.venue.prices.walk()
