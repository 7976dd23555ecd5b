"""The control surface for other processes: ``/double/...``, unsigned, loopback only."""

from collections.abc import Mapping
import ipaddress
import json
from typing import TYPE_CHECKING

from aiohttp import web

from .answers import encode
from .control_tables import FORGETS, LOOKS, STEERS, BadControlError
from .decimals import Json

if TYPE_CHECKING:
    from .server import MexcDouble


class Control:
    """Lets a demo or a test in another process look into the double and steer it."""

    def __init__(self, double: MexcDouble) -> None:
        """Take the double to steer."""
        self._double = double

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one control request; 400 with a reason when it makes no sense."""
        if not request.remote or not ipaddress.ip_address(request.remote).is_loopback:
            return web.Response(status=403)
        name = request.path.removeprefix("/double/")
        try:
            given = await self._read(request)
            shown = await self._act(request.method, name, given)
        except (ValueError, ArithmeticError) as wrong:
            body = encode({"error": str(wrong) or type(wrong).__name__})
            return web.Response(status=400, body=body, content_type="application/json")
        if shown is None:
            return web.Response(status=404)
        return web.Response(body=encode(shown), content_type="application/json")

    async def _read(self, request: web.Request) -> Mapping[str, Json]:
        """Read the JSON object of a request, empty when there is no body."""
        text = await request.text()
        value = json.loads(text) if text else {}
        if not isinstance(value, dict):
            msg = "the body is a JSON object"
            raise BadControlError(msg)
        return value

    async def _act(self, method: str, name: str, given: Mapping[str, Json]) -> Json:
        """Find what is asked and do it; None when there is no such thing."""
        if method == "GET":
            look = LOOKS.get(name)
            return None if look is None else look(self._double)
        if method == "DELETE":
            forget = FORGETS.get(name)
            if forget is None:
                return None
            forget(self._double)
            return {}
        steer = STEERS.get(name)
        return None if steer is None else await steer(self._double, given)
