"""Trades: booked once, by trade id, from whichever side they come."""

from decimal import Decimal

from ..model.fill import Fill
from ..model.hold import HoldKind
from ..model.ids import FillId, OrderId, Symbol
from ..model.market import Side
from ..model.money import ZERO
from ..orders.identity import is_ours
from ..orders.record import OrderRecord
from ..portfolio.ledger import fee_in_quote, third_symbol
from . import events as ev
from .effects import Effect, ReadHistory, ReadQuotes
from .inputs import FillsIn
from .order_steps import symbol_hold
from .outcome import NOTHING, Outcome
from .state import BookState

STRAY_OVERLAP_MS = 24 * 3600 * 1000
"""How far before a stray trade the order that it belongs to is looked for."""


def on_fills(state: BookState, item: FillsIn, now_ns: int) -> Outcome:
    """Book the trades that are not booked yet; whichever side they came from, once by trade id."""
    return booked(state, item.fills, now_ns)


def booked(state: BookState, fills: tuple[Fill, ...], now_ns: int) -> Outcome:
    """Book what is ours and new. A trade of an order with our mark that we do not know makes us look for that order."""
    events: list[ev.Event] = []
    effects: list[Effect] = []
    new: set[tuple[Symbol, FillId]] = set()
    done: dict[OrderId, Decimal] = {}
    for fill in sorted(fills, key=lambda fill: (fill.at_ms, fill.fill_id)):
        record = _owner(state, fill)
        if record is None:
            effects += _stray(state, fill)
            continue
        if fill.fill_id in record.fills or (fill.symbol, fill.fill_id) in new or fill.symbol not in state.instruments:
            continue
        new.add((fill.symbol, fill.fill_id))
        own = fill if fill.order_id == record.order.order_id else _attributed(fill, record)
        fee = _fee(state, own)
        if fee is None:
            effects.append(ReadQuotes(symbols=(third_symbol(fill.fee_asset, state.quote),)))
        events.append(ev.FillBooked(fill=own, fee_quote=fee or ZERO, fee_valued=fee is not None))
        before = done.get(record.order.order_id, record.booked)
        done[record.order.order_id] = before + fill.quantity
        events += _too_much(state, record, own, before + fill.quantity, now_ns)
    return Outcome(events=tuple(events), effects=tuple(effects))


def _owner(state: BookState, fill: Fill) -> OrderRecord | None:
    """Find a trade's order: by our id, or by the venue's where the trade does not tell ours."""
    if fill.order_id is not None and fill.order_id in state.orders:
        return state.orders[fill.order_id]
    return state.order_named(fill.venue_order_id)


def _attributed(fill: Fill, record: OrderRecord) -> Fill:
    """Give a trade the id of its order."""
    return Fill(
        fill_id=fill.fill_id,
        symbol=fill.symbol,
        venue_order_id=fill.venue_order_id,
        order_id=record.order.order_id,
        side=fill.side,
        quantity=fill.quantity,
        price=fill.price,
        quote_quantity=fill.quote_quantity,
        fee=fill.fee,
        fee_asset=fill.fee_asset,
        maker=fill.maker,
        at_ms=fill.at_ms,
    )


def _stray(state: BookState, fill: Fill) -> tuple[Effect, ...]:
    """Look for the order behind a trade that bears our mark; trades of others are none of ours."""
    if not is_ours(fill.order_id, state.book):
        return ()
    return (ReadHistory(symbol=fill.symbol, since_ms=fill.at_ms - STRAY_OVERLAP_MS),)


def _too_much(
    state: BookState, record: OrderRecord, fill: Fill, booked_after: Decimal, now_ns: int
) -> tuple[ev.HoldRaised, ...]:
    """Hold the symbol when more was traded than was asked for, or sold than the book has."""
    why = ""
    if booked_after > record.order.quantity:
        why = f"{record.order.order_id}: {booked_after} traded of {record.order.quantity}"
    elif fill.side is Side.SELL and booked_after - record.booked > state.ledger.holding(fill.symbol):
        why = f"{record.order.order_id}: more sold than the book owns"
    return symbol_hold(state, HoldKind.QUANTITY_DRIFT, fill.symbol, why, now_ns) if why else ()


def _fee(state: BookState, fill: Fill) -> Decimal | None:
    mark = state.marks.get(third_symbol(fill.fee_asset, state.quote))
    return fee_in_quote(fill, state.instruments[fill.symbol], mark.mid if mark else None)


def value_fees(state: BookState) -> Outcome:
    """Value the fees that waited for a price of their asset."""
    events: list[ev.Event] = []
    for fee in state.unvalued.values():
        mark = state.marks.get(third_symbol(fee.asset, state.quote))
        if mark is not None:
            events.append(ev.FeeValued(symbol=fee.symbol, fill_id=fee.fill_id, fee_quote=fee.fee * mark.mid))
    return Outcome(events=tuple(events)) if events else NOTHING
