"""How a run begins: on hold, in the same transaction that says that it began."""

from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..risk.limits import Limits
from . import events as ev
from .holds import raised
from .inputs import LimitsIn
from .on_control import on_limits
from .state import BookState


def begin(state: BookState, *, version: str, limits: Limits, now_ns: int) -> tuple[ev.Event, ...]:
    """Give the first events of a run: entries stay stopped until the venue's books and ours have been compared."""
    started = ev.RunStarted(book=state.book, quote=state.quote, version=version)
    hold = raised(
        state,
        kind=HoldKind.RECONCILING,
        scope=WHOLE_BOOK,
        why="start",
        release=Release.AUTOMATIC,
        now_ns=now_ns,
    )
    return (started, *hold, *on_limits(state, LimitsIn(limits=limits)).events)
