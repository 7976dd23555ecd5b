"""Rows for accounting: orders, fills, episodes and days. Amounts are decimal text, times UTC, units in the name.

One journal is one book in one currency: ``quote`` amounts are in it. What is realised is net of fees, by average cost.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from ..engine import events as ev
from ..engine.guard_events import FlowBooked
from ..engine.ports import Record
from ..engine.records import event_of
from ..engine.state import BookState
from ..model.ids import OrderId, Symbol
from ..model.market import Side
from ..model.money import ZERO, exact, plain
from ..orders.record import OrderRecord
from .effects import Effect, blank, changes
from .figures import day, fine, iso, iso_or_none

type Row = dict[str, str | None]

FORGOTTEN_EVERY: Final = 1000
"""Records after which orders that the book has forgotten are told, so that they need not be kept."""


class Trade(NamedTuple):
    """One trade and what it did."""

    event: ev.FillBooked
    effect: Effect


class Table(StrEnum):
    """What can be exported."""

    ORDERS = "orders"
    FILLS = "fills"
    EPISODES = "episodes"
    DAYS = "days"


COLUMNS: Final[dict[Table, tuple[str, ...]]] = {
    Table.ORDERS: (
        "order_id", "venue_order_id", "decision_id", "strategy", "signal_id", "symbol", "side", "leg", "type",
        "quantity_base", "price_quote", "state", "executed_base", "planned_utc", "sent_utc", "changed_utc",
    ),
    Table.FILLS: (
        "fill_id", "order_id", "venue_order_id", "traded_utc", "booked_utc", "symbol", "side", "quantity_base",
        "price_quote", "value_quote", "fee", "fee_asset", "fee_quote", "realized_quote", "position_after_base",
        "episode_id",
    ),
    Table.EPISODES: (
        "episode_id", "symbol", "opened_utc", "closed_utc", "fills", "bought_base", "sold_base", "bought_quote",
        "sold_quote", "fees_quote", "realized_quote", "left_base",
    ),
    Table.DAYS: (
        "day_utc", "currency", "fills", "bought_quote", "sold_quote", "fees_quote", "realized_quote",
        "deposited_quote", "withdrawn_quote",
    ),
}  # fmt: skip
"""The columns of each table, in order. ``_base`` and ``_quote`` are the symbol's own units, ``_utc`` times."""

MOMENT: Final = {
    Table.ORDERS: "planned_utc",
    Table.FILLS: "traded_utc",
    Table.EPISODES: "opened_utc",
    Table.DAYS: "day_utc",
}
"""The column that says when a row was."""

_NS_PER_MS: Final = 1_000_000


def rows(records: Iterable[Record], table: Table) -> Iterator[Row]:
    """Fold a journal and give the rows of one table; orders and episodes in the order of their end."""
    match table:
        case Table.ORDERS:
            return _orders(records)
        case Table.FILLS:
            return map(_fill, _traded(records))
        case Table.EPISODES:
            return _episodes(records)
        case Table.DAYS:
            return _days(records)


def _folded(records: Iterable[Record]) -> Iterator[tuple[BookState, Record, ev.Event, tuple[Effect, ...]]]:
    """Fold everything; each record comes with what it did, and the state after it."""
    state: BookState | None = None
    for record in records:
        event = event_of(record)
        state = state or blank(record)
        yield state, record, event, tuple(changes(state, record, event))


def _traded(records: Iterable[Record]) -> Iterator[Trade]:
    """Give the trades and what each did."""
    for _, _, event, done in _folded(records):
        if isinstance(event, ev.FillBooked):
            yield from (Trade(event, effect) for effect in done)


def _fill(trade: Trade) -> Row:
    fill, effect = trade.event.fill, trade.effect
    return {
        "fill_id": fill.fill_id,
        "order_id": fill.order_id,
        "venue_order_id": fill.venue_order_id,
        "traded_utc": iso(fill.at_ms * _NS_PER_MS),
        "booked_utc": iso(effect.record.at_ns),
        "symbol": fill.symbol,
        "side": fill.side.value,
        "quantity_base": plain(fill.quantity),
        "price_quote": plain(fill.price),
        "value_quote": plain(fill.quote_quantity),
        "fee": plain(fill.fee),
        "fee_asset": fill.fee_asset,
        "fee_quote": plain(trade.event.fee_quote),
        "realized_quote": fine(effect.realized),
        "position_after_base": plain(effect.after),
        "episode_id": effect.episode_id,
    }


def _orders(records: Iterable[Record]) -> Iterator[Row]:
    """Tell each order as the book last knew it: when the book forgets it, or in the end.

    One that had news long after it was forgotten is told again.
    """
    known: dict[OrderId, OrderRecord] = {}
    for state, record, event, _ in _folded(records):
        order_id = getattr(event, "order_id", None) or OrderId(record.key)
        if order_id in state.orders:
            known[order_id] = state.orders[order_id]
        if record.seq % FORGOTTEN_EVERY == 0:
            for gone in [order_id for order_id in known if order_id not in state.orders]:
                yield _order(known.pop(gone))
    yield from map(_order, known.values())


def _order(known: OrderRecord) -> Row:
    order = known.order
    decision = order.decision
    return {
        "order_id": order.order_id,
        "venue_order_id": known.venue_order_id,
        "decision_id": decision.decision_id,
        "strategy": decision.strategy,
        "signal_id": decision.signal_id,
        "symbol": order.symbol,
        "side": order.side.value,
        "leg": order.leg.value,
        "type": order.type.value,
        "quantity_base": plain(order.quantity),
        "price_quote": None if order.price is None else plain(order.price),
        "state": known.state.value,
        "executed_base": plain(known.executed),
        "planned_utc": iso(known.planned_ns),
        "sent_utc": iso_or_none(known.sent_ns),
        "changed_utc": iso_or_none(known.changed_ns),
    }


@dataclass(slots=True)
class _Sums:
    """What traded in one episode or on one day."""

    first_ns: int = 0
    fills: int = 0
    bought: Decimal = ZERO
    sold: Decimal = ZERO
    bought_quote: Decimal = ZERO
    sold_quote: Decimal = ZERO
    fees: Decimal = ZERO
    realized: Decimal = ZERO
    deposited: Decimal = ZERO
    withdrawn: Decimal = ZERO

    def add(self, event: ev.Event, effect: Effect) -> None:
        """Add what one record did."""
        self.first_ns = self.first_ns or effect.record.at_ns
        self.realized += effect.realized
        if isinstance(event, ev.FeeValued):
            self.fees += event.fee_quote
        if not isinstance(event, ev.FillBooked):
            return
        fill = event.fill
        self.fills += 1
        self.fees += event.fee_quote
        if fill.side is Side.BUY:
            self.bought += fill.quantity
            self.bought_quote += fill.quote_quantity
        else:
            self.sold += fill.quantity
            self.sold_quote += fill.quote_quantity

    def flow(self, amount: Decimal) -> None:
        """Add money that came in (> 0) or left (< 0)."""
        if amount > 0:
            self.deposited += amount
        else:
            self.withdrawn -= amount


def _episodes(records: Iterable[Record]) -> Iterator[Row]:
    """Tell each episode when it ends, and those that are open in the end."""
    known: dict[tuple[Symbol, str], _Sums] = {}
    left: dict[tuple[Symbol, str], Decimal] = {}
    for _, record, event, done in _folded(records):
        for effect in done:
            name = effect.symbol, effect.episode_id
            with exact():
                known.setdefault(name, _Sums()).add(event, effect)
            left[name] = effect.after
            if effect.closed:
                yield _episode(name, known.pop(name), record.at_ns, left.pop(name))
    for name, sums in known.items():
        if name[1]:
            yield _episode(name, sums, None, left[name])


def _episode(name: tuple[Symbol, str], sums: _Sums, closed_ns: int | None, left: Decimal) -> Row:
    symbol, episode_id = name
    return {
        "episode_id": episode_id,
        "symbol": symbol,
        "opened_utc": iso(sums.first_ns),
        "closed_utc": iso_or_none(closed_ns),
        "fills": str(sums.fills),
        "bought_base": plain(sums.bought),
        "sold_base": plain(sums.sold),
        "bought_quote": fine(sums.bought_quote),
        "sold_quote": fine(sums.sold_quote),
        "fees_quote": fine(sums.fees),
        "realized_quote": fine(sums.realized),
        "left_base": plain(left),
    }


def _days(records: Iterable[Record]) -> Iterator[Row]:
    """Tell each day on which anything was traded, charged, paid in or out; trades by the venue's time."""
    known: dict[str, _Sums] = {}
    currency = ""
    for state, record, event, done in _folded(records):
        currency = state.quote
        with exact():
            for effect in done:
                known.setdefault(day(_traded_ns(event, record)), _Sums()).add(event, effect)
            if isinstance(event, FlowBooked):
                known.setdefault(day(record.at_ns), _Sums()).flow(event.amount)
    for name in sorted(known):
        yield _day(name, currency, known[name])


def _traded_ns(event: ev.Event, record: Record) -> int:
    return event.fill.at_ms * _NS_PER_MS if isinstance(event, ev.FillBooked) else record.at_ns


def _day(name: str, currency: str, sums: _Sums) -> Row:
    return {
        "day_utc": name,
        "currency": currency,
        "fills": str(sums.fills),
        "bought_quote": fine(sums.bought_quote),
        "sold_quote": fine(sums.sold_quote),
        "fees_quote": fine(sums.fees),
        "realized_quote": fine(sums.realized),
        "deposited_quote": fine(sums.deposited),
        "withdrawn_quote": fine(sums.withdrawn),
    }
