"""Room for others on the event loop: long work stops now and then, so that nobody waits for all of it."""

import asyncio
from typing import Final

TURN_S: Final = 0.001
"""How long the engine works before everybody else on the loop gets a turn: a twentieth of the longest stall allowed.
Two books, the doors, entities and what the venue said may all have theirs in the same round."""


class Breath:
    """Measures the work of one task and interrupts it. A cancellation meanwhile is noted and does not tear the work."""

    def __init__(self) -> None:
        """Begin with :meth:`begin`."""
        self.interrupted = False
        self.worked_s = 0.0
        """What the task has worked since :meth:`begin`, without the turns of others. Up to date after :meth:`take`."""

        self._since_s = self._turn_s = 0.0

    def begin(self) -> None:
        """Start measuring: the task has just got its turn."""
        self.worked_s = self._turn_s = 0.0
        self._since_s = asyncio.get_running_loop().time()

    async def take(self) -> None:
        """Between two pieces of work: let others have a turn if this one has become long."""
        now_s = asyncio.get_running_loop().time()
        self.worked_s += now_s - self._since_s
        self._turn_s += now_s - self._since_s
        if self._turn_s >= TURN_S:
            await self.rest()
        else:
            self._since_s = now_s

    async def rest(self) -> None:
        """Let others have a turn."""
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.interrupted = True
        self._turn_s, self._since_s = 0.0, asyncio.get_running_loop().time()
