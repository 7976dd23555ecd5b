"""How a run begins: on hold, in the same transaction that says that it began."""

from collections.abc import Sequence

from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..risk.limits import Limits
from . import events as ev
from .holds import raised
from .inputs import LimitsIn
from .on_clock import fences_anew
from .on_control import on_limits
from .ports import Draft
from .records import event_of_draft
from .state import BookState, order_name


def begin(
    state: BookState, *, version: str, limits: Limits, doubts: tuple[str, ...] = (), now_ns: int
) -> tuple[ev.Event, ...]:
    """Give the first events of a run: entries stay stopped until the venue's books and ours have been compared.

    How long nothing ran is not known for certain, so the fences of orders of unknown fate are counted anew.

    ``doubts`` are reasons why the journal may be older than the venue's history: a person must confirm it first.
    """
    started = ev.RunStarted(book=state.book, quote=state.quote, version=version, zone=str(state.zone))
    hold = raised(
        state,
        kind=HoldKind.RECONCILING,
        scope=WHOLE_BOOK,
        why="start",
        release=Release.AUTOMATIC,
        now_ns=now_ns,
    )
    restored = raised(
        state,
        kind=HoldKind.RESTORED_BACKUP,
        scope=WHOLE_BOOK,
        why="; ".join(doubts),
        release=Release.PERSON,
        now_ns=now_ns,
    )
    in_force = on_limits(state, LimitsIn(limits=limits)).events
    return (started, *hold, *(restored if doubts else ()), *in_force, *fences_anew(state))


def moved_already(state: BookState, left: Sequence[Draft]) -> bool:
    """Whether the journal has what an emergency left in the lane: all of it was moved in one transaction, or none."""
    events = (event_of_draft(kept) for kept in left)
    planned = (event for event in events if isinstance(event, ev.OrderPlanned))
    return any(state.seen.places(order_name(event.order_id)) for event in planned)
