"""A server that says exactly what a test wrote down, on a real socket."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer

type Script = Callable[[Mapping[str, str]], web.Response]


class Scripted:
    """Answers each path from its script and remembers the questions; anything else is 404 without a body."""

    def __init__(self) -> None:
        """Start without a script."""
        self.scripts: dict[str, Script] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._server = TestServer(app)

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(self._server.make_url("")).rstrip("/")

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self._server.close()

    def say(self, path: str, text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Give one fixed answer."""
        self.scripts[path] = lambda _: web.Response(status=status, text=text, headers=headers)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        """Look up the script."""
        self.asked.append((request.path, dict(request.query)))
        script = self.scripts.get(request.path)
        return web.Response(status=404) if script is None else script(request.query)
