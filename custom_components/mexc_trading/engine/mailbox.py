"""The bounded door to the engine: four queues with places of their own, so that a flood of entries delays no exit."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .answers import Answer, Busy
from .inputs import Input, Priority, QuotesIn, TickIn, priority

BATCH_MAX: Final = 64
"""Inputs that share one transaction and one sync."""

PLACES: Final[Mapping[Priority, int]] = {
    # A person or a health check: few, and never to be refused in practice.
    Priority.CONTROL: 256,
    # Bounded by what the engine itself has asked for; a full queue here is a bug.
    Priority.VENUE: 4096,
    Priority.EXIT: 256,
    # A second of entries at the highest rate that the intake lets through.
    Priority.ENTRY: 256,
}
"""Waiting inputs by priority."""

SHARES: Final[Mapping[Priority, int]] = {
    Priority.CONTROL: 16,
    Priority.VENUE: 32,
    Priority.EXIT: 8,
    Priority.ENTRY: 8,
}
"""Places in a batch that are each priority's own while it has something waiting, so that news without end of one kind
delays no other; a batch is filled up by priority."""

RETRY_AFTER_S: Final = 2
"""What a sender is told to wait when nothing could be taken in."""

_ONE_AT_A_TIME: Final = (QuotesIn, TickIn)
"""Inputs that say nothing but "look now": a second one that waits would find nothing more than the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An input and whoever waits for its answer."""

    item: Input
    waiting: asyncio.Future[Answer] | None = None

    def answer(self, answer: Answer) -> None:
        """Tell whoever waits, if they still do."""
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(answer)

    def refuse(self, cause: str) -> None:
        """Tell whoever waits that nothing came of it, and to ask again."""
        self.answer(Busy(cause=cause, retry_after_s=RETRY_AFTER_S))


class Mailbox:
    """Four bounded queues, taken in order of priority. For one event loop."""

    def __init__(self) -> None:
        """Start empty."""
        self._queues: dict[Priority, deque[Post]] = {kind: deque() for kind in Priority}
        self._filled = asyncio.Event()
        self._single: set[type[Input]] = set()
        """Which of those that wait one at a time do wait."""

    def __len__(self) -> int:
        """Count what waits."""
        return sum(len(queue) for queue in self._queues.values())

    def put(self, post: Post) -> bool:
        """Queue an input; False when its places are taken. Nothing is dropped silently.

        Of prices and ticks whose answer nobody waits for, one at a time waits.
        """
        if post.waiting is None and type(post.item) in self._single:
            return True
        kind = priority(post.item)
        queue = self._queues[kind]
        if len(queue) >= PLACES[kind]:
            return False
        queue.append(post)
        self._note(post)
        self._filled.set()
        return True

    async def take(self) -> list[Post]:
        """Wait for something, then take at most a batch of inputs, the most urgent first."""
        await self._filled.wait()
        counts = {kind: min(len(queue), SHARES[kind]) for kind, queue in self._queues.items()}
        room = BATCH_MAX - sum(counts.values())
        for kind, queue in self._queues.items():
            extra = min(room, len(queue) - counts[kind])
            counts[kind] += extra
            room -= extra
        taken = [queue.popleft() for kind, queue in self._queues.items() for _ in range(counts[kind])]
        if not len(self):
            self._filled.clear()
        self._single.difference_update(type(post.item) for post in taken)
        return taken

    def overtakes(self, post: Post) -> bool:
        """Whether an exit or a person waits that should not wait for this one too."""
        urgent = (Priority.CONTROL, Priority.EXIT)
        return priority(post.item) is Priority.ENTRY and any(self._queues[kind] for kind in urgent)

    def put_back(self, posts: Sequence[Post]) -> None:
        """Return what was taken and not looked at, in its order: it comes first again among its like."""
        for post in reversed(posts):
            self._queues[priority(post.item)].appendleft(post)
            self._note(post)
        self._filled.set()

    def empty(self) -> list[Post]:
        """Take everything out at once, for the end."""
        left = [post for queue in self._queues.values() for post in queue]
        for queue in self._queues.values():
            queue.clear()
        self._single.clear()
        return left

    def _note(self, post: Post) -> None:
        if isinstance(post.item, _ONE_AT_A_TIME):
            self._single.add(type(post.item))
