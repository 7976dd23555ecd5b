"""Letting a batch have consequences, once it is on disk: effects, then news, then answers."""

from collections.abc import Callable
from typing import Final

from ..orders.states import OrderState
from .answers import Done
from .batch import Batch
from .breath import Breath
from .effects import Effect, SubmitOrder
from .inputs import Input, LostIn
from .listeners import Listeners
from .mailbox import Post
from .state import BookState
from .worker import Worker

ANSWERED_AT_ONCE: Final = 4
"""Answers that are given in one turn of the event loop."""

_UNANSWERABLE: Final = frozenset({OrderState.PLANNED, OrderState.SENDING})


class Release:
    """Gives a batch's effects to the worker and its news to everybody. For the engine's one task."""

    def __init__(self, *, worker: Worker, listeners: Listeners, breath: Breath, tell: Callable[[Input], None]) -> None:
        """Name who carries effects out, who hears of events, and who is told what turned out to be lost."""
        self._worker = worker
        self._listeners = listeners
        self._breath = breath
        self._tell = tell

    async def release(self, posts: list[Post], batch: Batch) -> None:
        """Release effects, then tell everybody: listeners before those who asked, so that they find things in place."""
        self._breath.begin()
        for effect in sorted(batch.effects, key=_can_wait):
            self._worker.release(effect)
            await self._breath.take()
        if batch.ticked:
            self._report_lost(batch.state)
        await self._listeners.tell_in_turns(batch.events, self._breath)
        for number, (post, answer) in enumerate(batch.answers, start=1):
            post.answer(answer)
            if number % ANSWERED_AT_ONCE == 0:
                await self._breath.rest()
        for post in posts:
            post.answer(Done())

    def _report_lost(self, state: BookState) -> None:
        """Find orders that wait for an answer which nobody will bring: their submit is not under way."""
        for record in state.active_orders:
            if record.state in _UNANSWERABLE and not self._worker.is_sending(record.order):
                self._tell(LostIn(order_id=record.order.order_id))


def _can_wait(effect: Effect) -> bool:
    """Whether an effect may come after others of its batch: an entry, whose preparation takes a moment each."""
    return isinstance(effect, SubmitOrder) and effect.order.is_entry
