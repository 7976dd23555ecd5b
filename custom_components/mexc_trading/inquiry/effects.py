"""What trades did to positions and profit, found by folding: of some symbols alone, which is quick, or of all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ..engine import events as ev
from ..engine.compare_events import QuantityAdopted
from ..engine.fold import fold
from ..engine.ports import Record
from ..engine.records import event_of
from ..engine.state import BookState
from ..model.ids import Asset, BookName, Symbol
from ..model.money import ZERO
from ..portfolio.position import Position

_OF_SYMBOL: Final = frozenset({"signal_decided", "instrument_seen", "fill_booked", "fee_valued", "quantity_adopted"})
_OF_ORDER: Final = frozenset(
    {
        "order_planned", "order_stepped", "venue_answered", "illegal_step", "order_missed", "absence_evidence",
        "order_recalled", "order_adopted",
    }
)  # fmt: skip
_DENIED: Final = ('"verdict":"deny"', '"verdict":"needs_approval"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one record did to one symbol's position: quantities in base units, ``realized`` in quote units.

    ``closed``: the episode that it ended.
    """

    record: Record
    event: ev.Event
    symbol: Symbol
    episode_id: str
    before: Decimal
    after: Decimal
    realized: Decimal
    closed: bool


def effects(records: Iterable[Record], symbols: frozenset[str]) -> Iterator[Effect]:
    """Fold the records of some symbols, and give those that changed a position or the profit."""
    state: BookState | None = None
    orders: set[str] = set()
    for record in records:
        if record.kind == "run_started" and state is None:
            state = blank(record)
        if state is None or not _concerns(record, symbols, orders):
            continue
        yield from changes(state, record, event_of(record))


def blank(record: Record) -> BookState:
    """Give the empty book that a run's first record names."""
    event = event_of(record)
    if isinstance(event, ev.RunStarted):
        return BookState(book=event.book, quote=event.quote)
    return BookState(book=BookName(""), quote=Asset(""))


def changes(state: BookState, record: Record, event: ev.Event) -> Iterator[Effect]:
    """Fold one event, and say what it did to positions and profit, symbol by symbol."""
    touched = _touched(state, event)
    held = {symbol: state.ledger.positions.get(symbol) for symbol in touched}
    realized = state.ledger.realized
    fold(state, event, record.at_ns)
    state.seen.keep()
    gained = state.ledger.realized - realized
    for symbol in touched:
        before, after = held[symbol], state.ledger.positions.get(symbol)
        if gained or before != after or isinstance(event, ev.FillBooked):
            yield _effect(record, event, symbol, (before, after), gained)
            gained = ZERO


def _effect(
    record: Record, event: ev.Event, symbol: Symbol, held: tuple[Position | None, Position | None], gained: Decimal
) -> Effect:
    """Write down a change; ``held`` is the position before and after."""
    before, after = held
    episode = after or before
    return Effect(
        record=record,
        event=event,
        symbol=symbol,
        episode_id=episode.episode_id if episode else "",
        before=before.quantity if before else ZERO,
        after=after.quantity if after else ZERO,
        realized=gained,
        closed=before is not None and after is None,
    )


def _touched(state: BookState, event: ev.Event) -> tuple[Symbol, ...]:
    """Name the symbols whose positions an event can change."""
    match event:
        case ev.FillBooked():
            return (event.fill.symbol,)
        case ev.FeeValued() | QuantityAdopted():
            return (event.symbol,)
        case ev.OrderStepped() if event.order_id in state.orders:
            return (state.orders[event.order_id].order.symbol,)
        case _:
            return ()


def _concerns(record: Record, symbols: frozenset[str], orders: set[str]) -> bool:
    """Whether a record has to be folded to know some symbols' positions. Learns the orders that it meets."""
    if record.kind in _OF_ORDER:
        if record.kind in {"order_recalled", "order_adopted"} and _names(record, symbols):
            orders.add(record.key)
        return record.key in orders or _planned(record, orders)
    if record.kind not in _OF_SYMBOL or not _names(record, symbols):
        return False
    if record.kind == "signal_decided":
        if any(word in record.body for word in _DENIED):
            return False
        orders.add(record.key)
    return True


def _planned(record: Record, orders: set[str]) -> bool:
    """An order belongs to a symbol if its decision does, whose id is known by then."""
    if record.kind != "order_planned":
        return False
    decision_id = record.body.partition('"decision_id":"')[2].partition('"')[0]
    if decision_id not in orders:
        return False
    orders.add(record.key)
    return True


def _names(record: Record, symbols: frozenset[str]) -> bool:
    return any(f'"{symbol}"' in record.body for symbol in symbols)
