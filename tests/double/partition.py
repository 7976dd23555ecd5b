"""Nobody gets through: the listening socket closed, or open and silent."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum


class Cut(StrEnum):
    """How the double is unreachable."""

    NONE = "none"
    REFUSE = "refuse"
    BLACK_HOLE = "black_hole"


class Partition:
    """Switches the double off and on, by hand or for a time in real seconds.

    ``refuse`` closes the listening socket and resets all connections;
    ``black_hole`` lets requests in and never answers those.
    """

    def __init__(self, shut: Callable[[], Awaitable[None]], open_again: Callable[[], Awaitable[None]]) -> None:
        """Take the two functions that close and open the listening socket."""
        self.cut = Cut.NONE
        self._shut = shut
        self._open_again = open_again
        self._ended = asyncio.Event()
        self._timer: asyncio.Task[None] | None = None

    def is_silent(self) -> bool:
        """Whether requests get in and get no answer."""
        return self.cut is Cut.BLACK_HOLE

    async def start(self, mode: str, seconds: float | None = None) -> None:
        """Cut the double off, until ``end`` or for some seconds."""
        await self.end()
        self.cut = Cut(mode)
        self._ended.clear()
        if self.cut is Cut.REFUSE:
            await self._shut()
        if seconds is not None:
            self._timer = asyncio.create_task(self._end_after(seconds))

    async def end(self) -> None:
        """Let everybody through again."""
        if self._timer is not None and self._timer is not asyncio.current_task():
            self._timer.cancel()
        self._timer = None
        was, self.cut = self.cut, Cut.NONE
        if was is Cut.REFUSE:
            await self._open_again()
        self._ended.set()

    async def ended(self) -> None:
        """Wait until the cut is over."""
        await self._ended.wait()

    async def close(self) -> None:
        """Stop the timer and release whoever waits; the double is closing."""
        timer, self._timer = self._timer, None
        self.cut = Cut.NONE
        self._ended.set()
        if timer is not None:
            timer.cancel()
            await asyncio.gather(timer, return_exceptions=True)

    async def _end_after(self, seconds: float) -> None:
        """End the cut after a while."""
        await asyncio.sleep(seconds)
        await self.end()
