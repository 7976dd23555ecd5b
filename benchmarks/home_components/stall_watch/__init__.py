"""Says how long a Home Assistant's event loop stood still: a component for a throw-away instance that is measured.

It also opens a webhook with a handler that does next to nothing, to see what Home Assistant takes by itself.
"""

import asyncio
import gc
from pathlib import Path
import resource
import threading
import time
from typing import Any, Final

from aiohttp.web import Request, Response

from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import HomeAssistantView

from .names import BARE_WEBHOOK

EVERY_S: Final = 0.001
MIDDLE: Final = 1
"""The generation of the garbage collector whose survivors are looked at again only by a full collection."""

PAGE_BYTES: Final = resource.getpagesize()
LONG_S: Final = 0.020
"""A stall worth counting: the bound of the project's budget."""


class StallView(HomeAssistantView):
    """GET gives the stalls since the last GET, and begins anew.

    ``longest_s`` is by the clock, ``longest_cpu_s`` in processor time of the loop's thread, which neither other
    programs nor other threads add to; ``own_cpu_s`` is that without the garbage collections that fell into it; ``long``
    counts stalls by the clock that are longer than 20 ms. ``aged`` counts the objects of all threads that survived the
    collection of their middle generation: when they are a quarter of all that the process holds, a full one follows.
    """

    url = "/api/stall_watch"
    name = "api:stall_watch"
    requires_auth = False

    def __init__(self) -> None:
        """Have seen none."""
        self._collecting_s = 0.0
        self._begin()

    def _begin(self) -> None:
        self._longest_s = self._longest_cpu_s = self._own_cpu_s = self._collected_s = self._longest_collection_s = 0.0
        self._long = self._aged = self._full = 0
        self._began_cpu_s = time.process_time()

    def collected(self, phase: str, figures: dict[str, int]) -> None:
        """Take note of a garbage collection; of its time only if it is in the loop's thread."""
        if figures["generation"] == MIDDLE:
            if phase == "start":
                self._aged += sum(len(gc.get_objects(generation=young)) for young in (0, MIDDLE))
            else:
                self._aged -= figures["collected"]
        elif figures["generation"] > MIDDLE and phase == "stop":
            self._full += 1
        if threading.current_thread() is not threading.main_thread():
            return
        if phase == "start":
            self._collecting_s = time.thread_time()
        else:
            took_s = time.thread_time() - self._collecting_s
            self._collected_s += took_s
            self._longest_collection_s = max(self._longest_collection_s, took_s)

    async def watch(self) -> None:
        """Sleep a little, again and again; what a sleep takes longer is a stall."""
        while True:
            started_s, started_cpu_s, self._collected_s = time.monotonic(), time.thread_time(), 0.0
            await asyncio.sleep(EVERY_S)
            stall_s = time.monotonic() - started_s - EVERY_S
            self._longest_s = max(self._longest_s, stall_s)
            cpu_s = time.thread_time() - started_cpu_s
            self._longest_cpu_s = max(self._longest_cpu_s, cpu_s)
            self._own_cpu_s = max(self._own_cpu_s, cpu_s - self._collected_s)
            self._long += stall_s > LONG_S

    async def get(self, request: Request) -> Response:
        """Answer; what the process holds and has used since is told beside."""
        del request
        stalls = {
            "longest_s": self._longest_s,
            "longest_cpu_s": self._longest_cpu_s,
            "own_cpu_s": self._own_cpu_s,
            "collection_s": self._longest_collection_s,
            "long": self._long,
            "aged": self._aged,
            "full": self._full,
            "cpu_s": time.process_time() - self._began_cpu_s,
            "resident_bytes": resident_bytes(),
        }
        self._begin()
        return self.json(stalls)


def resident_bytes() -> int:
    """Say how much of the process is in memory. The kernel answers from memory too."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE_BYTES


async def bare(hass: HomeAssistant, webhook_id: str, request: Request) -> Response:
    """Read the body and say that it came."""
    del hass, webhook_id
    await request.read()
    return Response()


async def async_setup(hass: HomeAssistant, config: dict[str, Any]) -> bool:
    """Watch from the start on."""
    del config
    view = StallView()
    gc.callbacks.append(view.collected)
    hass.http.register_view(view)
    webhook.async_register(hass, "stall_watch", "Bare", BARE_WEBHOOK, bare)
    hass.async_create_background_task(view.watch(), "stall watch")
    return True
