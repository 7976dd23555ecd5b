"""Stepping the inputs of a batch: the most urgent first, for as long as others can wait."""

import asyncio
import logging
from typing import Final

from .agenda import Agenda
from .batch import Batch
from .breath import Breath
from .inputs import Input
from .mailbox import Mailbox, Post
from .ports import Journal, JournalUnreadable
from .recall import complete, is_incomplete

_LOGGER = logging.getLogger(__name__)

BATCH_WORK_S: Final = 0.008
"""How long a batch may be worked at. What is left waits for the next one, behind what is more urgent and came
meanwhile: an exit waits for few entries, and a sync is still shared by many."""


class Stepping:
    """Works out what inputs mean, with what only the journal still knows. For the engine's one task."""

    def __init__(self, *, journal: Journal, mailbox: Mailbox, agenda: Agenda, breath: Breath) -> None:
        """Name what is asked about the past, where inputs go that are left over, and what is due when time passes."""
        self._journal = journal
        self._mailbox = mailbox
        self._agenda = agenda
        self._breath = breath

    async def step(self, posts: list[Post], batch: Batch) -> None:
        """Step inputs into a batch for as long as one may take. ``posts`` loses those that are left for the next."""
        self._breath.begin()
        for number, post in enumerate(posts, start=1):
            item = await self._remembered(post, batch)
            if item is not None:
                batch.take(post, item, self._agenda)
            await self._breath.take()
            if number < len(posts) and self._is_over(posts[number]):
                self._mailbox.put_back(posts[number:])
                del posts[number:]

    def _is_over(self, next_one: Post) -> bool:
        """Whether the batch ends here: it has taken long, or something more urgent than the next one came meanwhile."""
        return self._breath.worked_s >= BATCH_WORK_S or self._mailbox.overtakes(next_one)

    async def _remembered(self, post: Post, batch: Batch) -> Input | None:
        """Complete an input with what only the journal still knows. None: that cannot be read, so nothing is taken."""
        if not is_incomplete(batch.state, post.item):
            return post.item
        try:
            item, recalled = await asyncio.to_thread(complete, self._journal, batch.state, post.item)
        except JournalUnreadable as error:
            _LOGGER.warning("The journal of %s cannot be read: %s", batch.state.book, error)
            post.refuse("journal")
            return None
        for event in recalled:
            batch.add(event)
        return item
