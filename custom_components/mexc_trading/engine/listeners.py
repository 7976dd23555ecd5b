"""Who hears of what happened to a book, once it is on disk."""

import asyncio
from collections.abc import Callable
from typing import Final

from .breath import Breath
from .events import Event

TOLD_AT_ONCE: Final = 16
"""Events that listeners hear of in one turn of the event loop."""

type OnEvents = Callable[[tuple[Event, ...]], None]


class Listeners:
    """Calls back each on its own: what goes wrong there is none of the book's business."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._all: list[OnEvents] = []

    def add(self, on_events: OnEvents) -> Callable[[], None]:
        """Call back from now on; gives what ends that."""
        self._all.append(on_events)
        return lambda: self._all.remove(on_events)

    def tell(self, events: tuple[Event, ...]) -> None:
        """Tell all of them in the next turn of the event loop (none: only prices moved)."""
        loop = asyncio.get_running_loop()
        for on_events in tuple(self._all):
            loop.call_soon(on_events, events)

    async def tell_in_turns(self, events: list[Event], breath: Breath) -> None:
        """Tell of many things a few at a time, so that others have their turn in between."""
        for first in range(0, max(1, len(events)), TOLD_AT_ONCE):
            if first:
                await breath.rest()
            self.tell(tuple(events[first : first + TOLD_AT_ONCE]))
