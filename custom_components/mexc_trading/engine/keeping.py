"""What a book does so that nothing it relies on is lost: the journal, and a plain file for exits while it refuses."""

import asyncio
import logging
from typing import Final

from ..model.elapsed import passed
from ..model.ids import HoldId, Symbol
from ..model.order import Order
from . import events as ev
from .batch import Batch
from .effects import SubmitOrder
from .holds import hold_id
from .inputs import RaiseIn
from .mailbox import Post
from .ports import Draft, Journal, Lane, Unwritable

_LOGGER = logging.getLogger(__name__)

PROBE_NS: Final = 1_000_000_000
"""How often a journal that cannot be written is tried again, if nothing else does."""

UNKEPT_MAX: Final = 64
"""Holds that wait for a journal that cannot be written. One a kind and scope, so more would be a bug."""


class Keeping:
    """One book's journal, and what stands beside it while it cannot be written. For the engine's one task."""

    def __init__(self, journal: Journal, lane: Lane | None) -> None:
        """Take a journal whose end is folded, and a lane that holds nothing."""
        self.journal = journal
        self.healthy = True
        self.interrupted = False
        """Whether the engine's task was cancelled while a batch was being written."""

        self.head = journal.head
        """The last record that the book's state contains, apart from what is in the lane."""

        self._lane = lane
        self._in_lane: list[Draft] = []
        self._littered = False
        """Whether the lane may hold more than ``_in_lane``."""

        self._symbols: set[Symbol] = set()
        self._gap: ev.JournalGap | None = None
        self._tried_ns = 0
        self._unkept: dict[HoldId, RaiseIn] = {}

    def probe(self, batch: Batch) -> None:
        """Try a journal that could not be written, with a record that says that something may be missing."""
        if self._gap is not None and (
            batch.drafts or (batch.ticked and passed(self._tried_ns, PROBE_NS, batch.now_ns))
        ):
            batch.add(self._gap)

    async def write(self, batch: Batch) -> Unwritable | None:
        """Write a batch in one transaction, behind what is in the lane.

        A cancellation meanwhile is noted and does not tear it: what is on disk must become the state.
        """
        appending = asyncio.create_task(self.journal.append([*self._in_lane, *batch.drafts]), eager_start=True)
        try:
            head = await asyncio.shield(appending)
        except asyncio.CancelledError:
            self.interrupted = True
            head = await appending
        if isinstance(head, Unwritable):
            return head
        if head.seq != batch.state.seq:
            raise RuntimeError(f"the journal ends at {head.seq}, the state at {batch.state.seq}")
        self.head, self.healthy, self._gap = head, True, None
        if self._lane is not None and (self._in_lane or self._littered):
            self._in_lane.clear()
            self._symbols.clear()
            self._littered = True
            await self._tidy(self._lane)
        return None

    async def _tidy(self, lane: Lane) -> bool:
        """Leave nothing in the lane that is in the journal, or that was refused: a boot would make it happen.

        False: it is there still, and nothing must be put beside it, because a boot takes all of the lane or nothing.
        """
        if self._littered:
            self._littered = await asyncio.to_thread(lane.keep_only, tuple(self._in_lane)) is not None
        return not self._littered

    def unkept(self) -> tuple[RaiseIn, ...]:
        """Give the holds that are still to be raised because they could not be journaled."""
        return tuple(self._unkept.values())

    def kept(self, posts: list[Post]) -> None:
        """Take note of inputs that were stepped and are on disk."""
        for post in posts:
            if isinstance(post.item, RaiseIn):
                self._unkept.pop(hold_id(post.item.kind, post.item.scope), None)

    def holds_back(self, order: Order) -> bool:
        """Whether a hold that is still to be raised covers an order."""
        decision = order.decision
        return any(
            item.scope.covers(strategy=decision.strategy, symbol=decision.symbol) for item in self._unkept.values()
        )

    def lost(self, posts: list[Post], batch: Batch, cause: str) -> None:
        """Take note of a batch that the journal refused; its holds are raised as soon as it can be written."""
        if self.healthy:
            _LOGGER.error("The journal of %s cannot be written: %s", batch.state.book, cause)
        self.healthy = False
        self._gap = self._gap or ev.JournalGap(since_ns=batch.now_ns, cause=cause)
        self._tried_ns = batch.now_ns
        for post in posts:
            if isinstance(post.item, RaiseIn) and len(self._unkept) < UNKEPT_MAX:
                self._unkept.setdefault(hold_id(post.item.kind, post.item.scope), post.item)

    async def save_exits(self, batch: Batch) -> bool:
        """Keep what one input gave in the lane, if it sends exits and nothing else; one at a time for each symbol.

        True: it is on disk, in the plain file, and goes into the journal before anything else does.
        """
        submits = [effect.order for effect in batch.effects if isinstance(effect, SubmitOrder)]
        symbols = {order.symbol for order in submits}
        if self._lane is None or not submits or any(order.is_entry for order in submits) or symbols & self._symbols:
            return False
        if not await self._tidy(self._lane):
            return False
        trouble = await asyncio.to_thread(self._lane.keep, batch.drafts)
        if trouble is not None:
            _LOGGER.error("The emergency lane of %s cannot be written: %s", batch.state.book, trouble.cause)
            self._littered = True
            await self._tidy(self._lane)
            return False
        self._in_lane += batch.drafts
        self._symbols |= symbols
        return True
