"""What all stand-ins share: a running server, the requests it saw, and a switch that takes it away."""

from abc import abstractmethod
from types import TracebackType
from typing import Self

from aiohttp import web


class Store:
    """A server on the loopback, for as long as its context lasts."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.seen: list[str] = []
        self.broken = 0
        """Status that every request gets; 0: all well."""

        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        """Listen on a port that is free."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        _, port = self._runner.addresses[0][:2]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        await self.stop()

    async def stop(self) -> None:
        """Go away."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request.path_qs)
        if self.broken:
            return web.json_response({"errors": ["broken on purpose"]}, status=self.broken)
        return await self.answer(request)

    @abstractmethod
    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as the store does."""
