"""Selling everything and cancelling everything, until two fresh reads of the venue show nothing of ours.

After that the cancels go on as long as the hold is in force: an order that turns up late does not stay.
"""

from typing import Final

from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.ids import ENGINE, Symbol
from ..model.outcome import Unavailable
from ..orders.identity import is_ours
from ..risk.protection import Purpose
from . import events as ev
from .answers import Done
from .effects import ReadOpenOrders
from .guard_events import ExitTriggered, FlatSeen, FlattenStarted
from .guard_inputs import FlattenIn, OpenOrdersIn
from .holds import raised
from .order_steps import Doings
from .outcome import NOTHING, Outcome
from .state import BookState
from .stops import cancel

READ_EVERY_S: Final = 1
"""Between reads while flattening."""

WATCH_EVERY_S: Final = 5
"""Between reads once it is done."""


def on_flatten(state: BookState, item: FlattenIn, now_ns: int) -> Outcome:
    """Start to sell everything."""
    events, effects = start_flatten(state, who=item.who, why=item.why, now_ns=now_ns)
    return Outcome(events=events, effects=effects, answer=Done())


def start_flatten(state: BookState, *, who: str, why: str, now_ns: int) -> Doings:
    """Stop entries, cancel every order and mark every position to be sold. Again is no news, but cancels again."""
    hold = raised(
        state, kind=HoldKind.FLATTEN, scope=WHOLE_BOOK, why=f"{who}: {why}", release=Release.PERSON, now_ns=now_ns
    )
    started = (FlattenStarted(who=who, why=why),) if state.memory.flatten is None else ()
    events, effects = _everything(state, who)
    return (*hold, *started, *events), effects


def flatten_on(state: BookState) -> Outcome:
    """As time passes: cancel what works, and mark what a late fill brought."""
    flatten = state.memory.flatten
    if flatten is None:
        return NOTHING
    events, effects = _everything(state, flatten.who)
    return Outcome(events=events, effects=effects)


def flat_read(state: BookState) -> tuple[ReadOpenOrders, int] | None:
    """Say what to read to see whether the venue is empty, and how often (s); None while it cannot be."""
    flatten = state.memory.flatten
    if flatten is None or state.ledger.positions or state.active:
        return None
    return ReadOpenOrders(symbols=_symbols(state)), WATCH_EVERY_S if flatten.done else READ_EVERY_S


def _everything(state: BookState, who: str) -> Doings:
    """Cancel every order but the engine's own exits, and mark every position that is not being sold for good."""
    asked, cancels = cancel(
        (record for record in state.active_orders if record.order.decision.strategy != ENGINE), f"flatten: {who}"
    )
    triggered: tuple[ev.Event, ...] = tuple(
        ExitTriggered(
            symbol=symbol,
            episode_id=watched.episode_id,
            purpose=Purpose.FLATTEN,
            price=None,
            quantity=None,
            who=who,
        )
        for symbol, watched in state.memory.protections.items()
        if watched.purpose in (None, Purpose.TARGET)
    )
    return (*asked, *triggered), cancels


def on_open_orders(state: BookState, item: OpenOrdersIn, now_ns: int) -> Outcome:
    """Take a read of all open orders: nothing of ours, in a book that holds nothing, counts toward being flat.

    It must have begun after the last counted one and after the last change of any order. What lies in the future was
    before the clock was set back: such a change is long ago, and such a read is too old.
    """
    flatten = state.memory.flatten
    if flatten is None or isinstance(item.orders, Unavailable):
        return NOTHING
    before = (flatten.read_ns, *(record.changed_ns for record in state.orders.values()))
    if not max((at_ns for at_ns in before if at_ns <= now_ns), default=0) < item.started_ns <= now_ns:
        return NOTHING
    ours = [order.order_id for order in item.orders if order.order_id and is_ours(order.order_id, state.book)]
    known = [state.orders[order_id] for order_id in ours if order_id in state.orders]
    events, effects = cancel(known, f"flatten: {flatten.who}")
    flat = not ours and not state.ledger.positions and not state.active
    news = flatten.flat_reads > 0 if not flat else not flatten.done
    seen = (FlatSeen(started_ns=item.started_ns, flat=flat),) if news else ()
    return Outcome(events=(*events, *seen), effects=effects)


def _symbols(state: BookState) -> tuple[Symbol, ...]:
    """Name the symbols on which an order of ours could be."""
    symbols = set(state.limits.symbols) | set(state.ledger.dust)
    symbols.update(record.order.symbol for record in state.orders.values())
    return tuple(sorted(symbols))
