"""Our books against the venue's: a pure comparison that finds and names every difference, and does nothing about it.

Both sides are pictures of one moment. The venue's is made of reads that all got an answer and that agreed with
themselves: a failed read is no answer, never zero.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..model.fill import Fill
from ..model.ids import Asset, BookName, OrderId, Symbol
from ..model.market import Side
from ..model.money import ZERO, plain
from ..model.order import VenueOrder, VenueStatus
from ..model.outcome import Absent
from .identity import is_ours
from .judgement import report_step
from .record import OrderRecord
from .states import TERMINAL, WORKING, advance


class FindingKind(StrEnum):
    """What two books can disagree about."""

    ORPHAN_ORDER = "orphan_order"
    """The venue has an order with our mark that our journal knows nothing of."""

    FOREIGN_ORDER = "foreign_order"
    """The venue has an open order of somebody else. It is never touched."""

    BEHIND = "behind"
    """The venue knows more of one of our orders than we do."""

    REOPENED = "reopened"
    """One of our orders that had ended is open at the venue."""

    DENIED = "denied"
    """The venue knows nothing of an order that we take for working."""

    MISSING_FILL = "missing_fill"
    """A trade of one of our orders is not booked."""

    ORPHAN_EXIT = "orphan_exit"
    """One of our exits is working though nothing is left to sell."""

    QUANTITY_DRIFT = "quantity_drift"
    """The venue holds less of a coin than we own."""

    COINS_LOCKED = "coins_locked"
    """Open orders of somebody else keep hold of coins that we own: less of them is free."""

    CASH_DRIFT = "cash_drift"
    """The venue's cash is not what follows from our trades: money came, left, or somebody traded by hand."""


CASH_TOLERANCE: Final = Decimal("0.01")
"""Quote units by which the cash may differ for rounding of fees by the venue."""

_OPEN: Final = frozenset({VenueStatus.NEW, VenueStatus.PARTIALLY_FILLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference: what it is about (an id or a coin), what we have, and what the venue has, as canonical text."""

    kind: FindingKind
    symbol: Symbol
    subject: str
    ours: str
    venues: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OurBook:
    """Our side. ``known`` names the orders that are not in memory any more; amounts in units of their coin."""

    book: BookName
    orders: Mapping[OrderId, OrderRecord]
    known: frozenset[OrderId]
    holdings: Mapping[Symbol, tuple[Asset, Decimal]]
    """What is ours of each symbol's base coin, dust included."""

    cash: tuple[Asset, Decimal] | None
    """The book's currency and how much of it there should be; None while the capital is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueBook:
    """The venue's side. Open orders and balances are None where this comparison does not look at them."""

    open_orders: tuple[VenueOrder, ...] | None
    history: tuple[VenueOrder, ...]
    lookups: Mapping[OrderId, VenueOrder | Absent]
    trades: tuple[Fill, ...]
    balances: Mapping[Asset, Decimal] | None
    locked: Mapping[Asset, Decimal] = field(default_factory=dict)
    """Of the balances, what open orders keep hold of."""

    @property
    def listed(self) -> tuple[VenueOrder, ...]:
        """The open orders, as far as they were read."""
        return self.open_orders or ()


_OF_BALANCES: Final = frozenset({FindingKind.QUANTITY_DRIFT, FindingKind.COINS_LOCKED, FindingKind.CASH_DRIFT})
_OF_OPEN_ORDERS: Final = frozenset({FindingKind.FOREIGN_ORDER})


def overlooked(ours: OurBook, venues: VenueBook) -> frozenset[FindingKind]:
    """Name the differences that this comparison cannot see: what was found before may still be so."""
    of_balances = frozenset[FindingKind]() if _still(ours, venues) else _OF_BALANCES
    return of_balances | (_OF_OPEN_ORDERS if venues.open_orders is None else frozenset())


def _still(ours: OurBook, venues: VenueBook) -> bool:
    """Whether coins can be compared: while orders are under way they move, and what is missing may be about to come."""
    return venues.balances is not None and not any(record.active for record in ours.orders.values())


def diff(ours: OurBook, venues: VenueBook) -> tuple[Finding, ...]:
    """Name every difference, in a fixed order."""
    found = [
        *_unknown_orders(ours, venues),
        *_known_orders(ours, venues),
        *_orphan_exits(ours),
        *_trades(ours, venues),
    ]
    if venues.balances is not None and _still(ours, venues):
        found += [*_coins(ours, venues.balances, venues.locked), *_cash(ours, venues.balances)]
    return tuple(sorted(found, key=lambda finding: (finding.kind, finding.symbol, finding.subject)))


def _unknown_orders(ours: OurBook, venues: VenueBook) -> Iterator[Finding]:
    """Find orders that are in no record of ours: with our mark adopted later, of others left alone."""
    told: dict[str, VenueOrder] = {}
    for order in (*venues.history, *venues.listed):
        told[order.venue_order_id] = order
    for order in told.values():
        if is_ours(order.order_id, ours.book):
            if order.order_id not in ours.orders and order.order_id not in ours.known:
                yield _about(FindingKind.ORPHAN_ORDER, order, "")
        elif order in venues.listed:
            yield _about(FindingKind.FOREIGN_ORDER, order, "")


def _known_orders(ours: OurBook, venues: VenueBook) -> Iterator[Finding]:
    """Find orders of which the venue says something else than we do. A look-up is later than the list."""
    told = {order.order_id: order for order in venues.listed}
    told |= {order_id: answer for order_id, answer in venues.lookups.items() if isinstance(answer, VenueOrder)}
    for order in told.values():
        record = ours.orders.get(order.order_id) if order.order_id else None
        if record is None:
            continue
        if record.state in TERMINAL and not record.active and order.status in _OPEN:
            yield _about(FindingKind.REOPENED, order, record.state)
        elif order.executed > record.executed or advance(record.state, report_step(order)) is not record.state:
            yield _about(FindingKind.BEHIND, order, f"{record.state} {plain(record.executed)}")
    for order_id, answer in venues.lookups.items():
        record = ours.orders.get(order_id)
        if isinstance(answer, Absent) and record is not None and record.state in WORKING:
            yield Finding(
                kind=FindingKind.DENIED,
                symbol=record.order.symbol,
                subject=order_id,
                ours=record.state,
                venues="absent",
            )


def _orphan_exits(ours: OurBook) -> Iterator[Finding]:
    """Find exits that would sell coins that are not ours."""
    for order_id, record in ours.orders.items():
        symbol = record.order.symbol
        held = ours.holdings[symbol][1] if symbol in ours.holdings else ZERO
        if record.order.side is Side.SELL and record.state in WORKING and record.pending > 0 and held <= 0:
            yield Finding(
                kind=FindingKind.ORPHAN_EXIT,
                symbol=symbol,
                subject=order_id,
                ours=f"{record.state} {plain(record.pending)}",
                venues="",
            )


def _trades(ours: OurBook, venues: VenueBook) -> Iterator[Finding]:
    """Find trades of our orders that are not booked."""
    names = {record.venue_order_id: record for record in ours.orders.values() if record.venue_order_id is not None}
    for trade in venues.trades:
        record = ours.orders.get(trade.order_id) if trade.order_id else None
        record = record or names.get(trade.venue_order_id)
        if record is not None and trade.fill_id not in record.fills:
            yield Finding(
                kind=FindingKind.MISSING_FILL,
                symbol=trade.symbol,
                subject=trade.fill_id,
                ours="",
                venues=f"{record.order.order_id} {trade.side} {plain(trade.quantity)}",
            )


def _coins(ours: OurBook, balances: Mapping[Asset, Decimal], locked: Mapping[Asset, Decimal]) -> Iterator[Finding]:
    """Find coins of which the venue has less than we own, or less free. More is the user's, and none of our business.

    No order of ours is under way here, so what is locked is locked by somebody else's.
    """
    for symbol, (asset, held) in ours.holdings.items():
        there = balances.get(asset, ZERO)
        if there < held:
            yield Finding(
                kind=FindingKind.QUANTITY_DRIFT, symbol=symbol, subject=asset, ours=plain(held), venues=plain(there)
            )
        free = max(ZERO, there - locked.get(asset, ZERO))
        if free < min(held, there):
            yield Finding(
                kind=FindingKind.COINS_LOCKED, symbol=symbol, subject=asset, ours=plain(held), venues=plain(free)
            )


def _cash(ours: OurBook, balances: Mapping[Asset, Decimal]) -> Iterator[Finding]:
    """Find cash that did not come from, or go into, our trades."""
    if ours.cash is None:
        return
    asset, expected = ours.cash
    there = balances.get(asset, ZERO)
    if abs(there - expected) > CASH_TOLERANCE:
        yield Finding(
            kind=FindingKind.CASH_DRIFT, symbol=Symbol(""), subject=asset, ours=plain(expected), venues=plain(there)
        )


def cash_moved(findings: Iterable[Finding]) -> Decimal | None:
    """Give the quote units that came in (> 0) or left (< 0) without a trade of ours; None: none did."""
    found = next((finding for finding in findings if finding.kind is FindingKind.CASH_DRIFT), None)
    return None if found is None else Decimal(found.venues) - Decimal(found.ours)


def _about(kind: FindingKind, order: VenueOrder, ours: str) -> Finding:
    return Finding(
        kind=kind,
        symbol=order.symbol,
        subject=order.order_id or order.venue_order_id,
        ours=ours,
        venues=f"{order.status} {plain(order.executed)} of {plain(order.quantity)}",
    )
