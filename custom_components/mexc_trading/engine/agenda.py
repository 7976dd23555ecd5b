"""When to look again: which orders, prices and terms are due to be read. Remembers only what it asked for last."""

from dataclasses import dataclass, field
from typing import Final

from ..model.elapsed import passed
from ..model.ids import OrderId, Symbol
from ..model.market import OrderType
from ..orders.absence import believable_from_ns
from ..orders.record import OrderRecord
from ..orders.states import TERMINAL, OrderState
from .effects import CancelOrder, Effect, FindOrder, ReadOrderFills, ReadQuotes, SearchOrder
from .on_flatten import flat_read
from .state import BookState

_NS_PER_S: Final = 1_000_000_000
_NS_PER_MS: Final = 1_000_000

IMPATIENT_S: Final = (0.5, 1, 2, 4, 8, 15, 30)
"""Waits before each look at something that should resolve soon; the last one repeats."""

PATIENT_S: Final = (60,)
"""Waits between looks at an order that may rest for days; the list of open orders is read more often than that."""

QUOTES_EVERY_S: Final = 2
"""How often held and working symbols are priced while no stream does it."""

QUOTES_HEARD_S: Final = 5
"""How old a price may become while a stream brings each new one: in a market that stands still none comes."""

SEARCH_OVERLAP_MS: Final = 24 * 3600 * 1000
"""How far before the request a search in history and trades begins: our clock may be off by less than a day."""

_RESTING: Final = frozenset({OrderType.LIMIT, OrderType.POST_ONLY})

_NOT_AT_VENUE: Final = frozenset({OrderState.PLANNED, OrderState.SENDING, OrderState.NOT_SENT})
"""States in which there is nothing to look at: a request is under way, or none has left."""


@dataclass(slots=True)
class _Look:
    """The looks at one order since it last changed."""

    changed_ns: int
    count: int = 0
    last_ns: int = 0


@dataclass(slots=True)
class Agenda:
    """One book's timetable. Lost with the process: after a restart everything is due at once, which is right."""

    heard: frozenset[Symbol] = frozenset()
    """Symbols whose prices a stream brings."""

    _looks: dict[OrderId, _Look] = field(default_factory=dict)
    _quotes_ns: int = 0
    _flat_ns: int = 0

    def due(self, state: BookState, now_ns: int) -> tuple[Effect, ...]:
        """Say what is to be read or asked again at this moment."""
        effects: list[Effect] = []
        for record in state.active_orders:
            if self._is_due(record, now_ns):
                effects += _look(record, now_ns)
        for order_id in [order_id for order_id in self._looks if order_id not in state.active]:
            del self._looks[order_id]
        symbols = self.unpriced(state, now_ns)
        if symbols and passed(self._quotes_ns, QUOTES_EVERY_S * _NS_PER_S, now_ns):
            self._quotes_ns = now_ns
            effects.append(ReadQuotes(symbols=symbols))
        empty = flat_read(state)
        if empty is not None and passed(self._flat_ns, empty[1] * _NS_PER_S, now_ns):
            self._flat_ns = now_ns
            effects.append(empty[0])
        return tuple(effects)

    def unpriced(self, state: BookState, now_ns: int) -> tuple[Symbol, ...]:
        """Name the symbols that need a price and have none that is fresh."""
        heard_s = max(QUOTES_EVERY_S, min(QUOTES_HEARD_S, state.limits.max_price_age_s / 2))
        marks = {symbol: state.marks.get(symbol) for symbol in watched(state)}
        return tuple(
            symbol
            for symbol, mark in marks.items()
            if mark is None or passed(mark.at_ns, _ns(heard_s if symbol in self.heard else QUOTES_EVERY_S / 2), now_ns)
        )

    def _is_due(self, record: OrderRecord, now_ns: int) -> bool:
        waits = _waits(record)
        if not waits:
            return False
        look = self._looks.get(record.order.order_id)
        if look is None or look.changed_ns != record.changed_ns:
            look = self._looks[record.order.order_id] = _Look(record.changed_ns, last_ns=record.changed_ns)
        wait_s = waits[min(look.count, len(waits) - 1)]
        provable_ns = believable_from_ns(record) if record.state is OrderState.UNKNOWN else now_ns + 1
        newly_provable = look.last_ns < provable_ns <= now_ns
        if not newly_provable and not passed(look.last_ns, _ns(wait_s), now_ns):
            return False
        look.count += 1
        look.last_ns = now_ns
        return True


def _ns(seconds: float) -> int:
    return round(seconds * _NS_PER_S)


def _waits(record: OrderRecord) -> tuple[float, ...]:
    """Give the waits for an order: short ones where something is owed, long ones where it may rest for days."""
    if record.state in _NOT_AT_VENUE:
        return ()
    working = record.state in (OrderState.OPEN, OrderState.PARTIALLY_FILLED)
    rests = working and record.order.type in _RESTING and record.seen and record.missing_ns is None
    return PATIENT_S if rests and record.executed <= record.booked else IMPATIENT_S


def _look(record: OrderRecord, now_ns: int) -> tuple[Effect, ...]:
    """Choose how to look: trades that are missing, a search once absence can be believed, else a plain look-up."""
    order = record.order
    reads: tuple[Effect, ...] = ()
    if record.executed > record.booked and record.venue_order_id is not None:
        reads = (ReadOrderFills(order_id=order.order_id, symbol=order.symbol, venue_order_id=record.venue_order_id),)
        if record.state in TERMINAL:
            return reads
    unknown = record.state is OrderState.UNKNOWN and now_ns >= believable_from_ns(record)
    if unknown or record.missing_ns is not None:
        since_ms = record.planned_ns // _NS_PER_MS - SEARCH_OVERLAP_MS
        return (*reads, SearchOrder(order=order, since_ms=since_ms))
    if record.state is OrderState.CANCELING:
        reads = (*reads, CancelOrder(order=order, venue_order_id=record.venue_order_id))
    return (*reads, FindOrder(order=order))


def watched(state: BookState) -> tuple[Symbol, ...]:
    """Name the symbols whose price the book needs now: those held and those with orders."""
    symbols = set(state.ledger.positions)
    symbols.update(record.order.symbol for record in state.active_orders)
    return tuple(sorted(symbols))


def terms_wanted(state: BookState) -> tuple[Symbol, ...]:
    """Name the symbols that may be traded or are held."""
    return tuple(sorted(state.limits.symbols.union(watched(state))))


def missing_terms(state: BookState) -> tuple[Symbol, ...]:
    """Name those whose trading terms are not known yet."""
    return tuple(symbol for symbol in terms_wanted(state) if symbol not in state.instruments)
