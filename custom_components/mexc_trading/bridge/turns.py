"""Turns at the doors: how many requests are looked at in one turn of the event loop, whichever door they came to.

A hundred connections may bring a request each in the same moment. All at once they would keep everything else in Home
Assistant waiting; one by one they do not.
"""

import asyncio
from collections import deque
from collections.abc import Hashable
from typing import Final

AT_ONCE: Final = 2
"""Requests that are looked at in one turn of the loop: about half a millisecond of work. An exit needs a dozen turns to
its venue, so short ones get it there sooner; a flood is answered as fast, for turns follow each other at once."""

WAITING_MAX: Final = 256
"""Requests that wait at one door; what is beyond is refused unread."""


class Turns:
    """One Home Assistant's turnstile. Doors take turns, so that a flood at one of them delays no request at another."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._passed = 0
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    async def take(self, door: Hashable) -> bool:
        """Wait for a turn at a door, in the order of arrival. False: too many wait there already."""
        if self._passed < AT_ONCE and not self._waiting:
            self._count(1)
            return True
        queue = self._waiting.setdefault(door, deque())
        if len(queue) >= WAITING_MAX:
            return False
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        await turn
        return True

    def _count(self, passed: int) -> None:
        """Count who passes in this turn of the loop, and begin anew in the next one."""
        if not self._passed:
            asyncio.get_running_loop().call_soon(self._next)
        self._passed += passed

    def _next(self) -> None:
        """Let the first few who wait pass, one from each door in turn."""
        self._passed = passed = 0
        while self._waiting and passed < AT_ONCE:
            door, queue = next(iter(self._waiting.items()))
            del self._waiting[door]
            turn = queue.popleft()
            if queue:
                self._waiting[door] = queue
            if not turn.done():
                turn.set_result(None)
                passed += 1
        if passed:
            self._count(passed)
