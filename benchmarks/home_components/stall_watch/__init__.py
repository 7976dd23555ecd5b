"""Says how long a Home Assistant's event loop stood still: a component for a throw-away instance that is measured."""

import asyncio
import time
from typing import Any, Final

from aiohttp.web import Request, Response

from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import HomeAssistantView

EVERY_S: Final = 0.001


class StallView(HomeAssistantView):
    """GET gives the longest stall in seconds since the last GET, and begins anew."""

    url = "/api/stall_watch"
    name = "api:stall_watch"
    requires_auth = False

    def __init__(self) -> None:
        """Have seen none."""
        self._longest_s = 0.0

    async def watch(self) -> None:
        """Sleep a little, again and again; what a sleep takes longer is a stall."""
        while True:
            started_s = time.monotonic()
            await asyncio.sleep(EVERY_S)
            self._longest_s = max(self._longest_s, time.monotonic() - started_s - EVERY_S)

    async def get(self, request: Request) -> Response:
        """Answer."""
        del request
        longest_s, self._longest_s = self._longest_s, 0.0
        return self.json({"longest_s": longest_s})


async def async_setup(hass: HomeAssistant, config: dict[str, Any]) -> bool:
    """Watch from the start on."""
    del config
    view = StallView()
    hass.http.register_view(view)
    hass.async_create_background_task(view.watch(), "stall watch")
    return True
