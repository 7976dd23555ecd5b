"""What a book is worth and what it risks, kept up as positions, orders and prices change.

Every figure follows from the state alone. What is kept is only not to add everything up again for each decision: a
symbol is looked at anew when its position, its orders, its stop or its price is another than the last time.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from ..model.ids import Symbol
from ..model.market import Quote, Side
from ..model.money import ZERO
from ..model.order import VenueOrder
from ..orders.record import OrderRecord
from ..portfolio.position import Position

FINE: Final = Decimal("1E-12")
"""Each symbol's figures are rounded to this, in quote units, so that sums are exact and know no order."""


class Totals(NamedTuple):
    """A book's figures in quote units. ``exposures`` and ``exiting`` are for the moment: they change with the book."""

    exposures: Mapping[Symbol, Decimal]
    """Symbols held, being bought, or possibly bought, and what each counts for."""

    exiting: Mapping[Symbol, Decimal]
    """Base units that exits under way may still sell."""

    unpriced: frozenset[Symbol]
    """Symbols held without a price."""

    gross: Decimal
    unrealized: Decimal
    """Of what has a price."""

    at_risk: Decimal


class _Row(NamedTuple):
    """One symbol: what it was looked at with, and what came out."""

    position: Position | None
    buying: tuple[OrderRecord, ...]
    quote: Quote | None
    stop: Decimal | None
    exposure: Decimal
    unrealized: Decimal
    at_risk: Decimal


class Worth:
    """The figures of one book. A cache: dropping it changes nothing but the time it takes."""

    __slots__ = (
        "_at_risk",
        "_buying",
        "_exposures",
        "_gross",
        "_held",
        "_marks",
        "_rows",
        "_stops",
        "_unpriced",
        "_unrealized",
    )

    def __init__(self) -> None:
        """Know nothing yet."""
        self._rows: dict[Symbol, _Row] = {}
        self._exposures: dict[Symbol, Decimal] = {}
        self._unpriced: set[Symbol] = set()
        self._gross = self._unrealized = self._at_risk = ZERO
        self._held: list[Position] = []
        self._marks: list[Quote | None] = []
        self._stops: Mapping[Symbol, Decimal] = {}
        self._buying: Mapping[Symbol, tuple[OrderRecord, ...]] = {}

    def read(
        self,
        positions: Mapping[Symbol, Position],
        orders: tuple[OrderRecord, ...],
        marks: Mapping[Symbol, Quote],
        stops: Mapping[Symbol, Decimal],
    ) -> Totals:
        """Give the figures. ``stops`` are the prices at which held symbols are sold."""
        held, prices = list(positions.values()), [marks.get(symbol) for symbol in positions]
        buying, exiting = _by_symbol(orders)
        touched: Iterable[Symbol] = self._buying.keys() | buying.keys()
        if self._held != held or self._marks != prices or self._stops != stops:
            self._held, self._marks, self._stops = held, prices, dict(stops)
            touched = self._rows.keys() | positions.keys() | buying.keys()
        self._buying = buying
        for symbol in touched:
            self._look(symbol, positions.get(symbol), buying.get(symbol, ()), marks.get(symbol), stops.get(symbol))
        return Totals(self._exposures, exiting, frozenset(self._unpriced), self._gross, self._unrealized, self._at_risk)

    def _look(
        self,
        symbol: Symbol,
        position: Position | None,
        buying: tuple[OrderRecord, ...],
        quote: Quote | None,
        stop: Decimal | None,
    ) -> None:
        """Look at a symbol anew, if anything about it is another than the last time."""
        row = self._rows.get(symbol)
        if row is not None:
            if row.position is position and row.buying == buying and row.quote is quote and row.stop == stop:
                return
            self._count(row, -1)
            del self._rows[symbol], self._exposures[symbol]
            self._unpriced.discard(symbol)
        if position is None and not buying:
            return
        row = _row(position, buying, quote, stop)
        self._rows[symbol], self._exposures[symbol] = row, row.exposure
        if position is not None and quote is None:
            self._unpriced.add(symbol)
        self._count(row, 1)

    def _count(self, row: _Row, sign: int) -> None:
        self._gross += sign * row.exposure
        self._unrealized += sign * row.unrealized
        self._at_risk += sign * row.at_risk


def with_foreign(totals: Totals, foreign: Iterable[VenueOrder]) -> Totals:
    """Count what others on the same account may still buy: it uses the same money."""
    exposures, gross, at_risk = dict(totals.exposures), totals.gross, totals.at_risk
    for order in foreign:
        if order.side is Side.BUY and order.price is not None:
            value = (max(ZERO, order.quantity - order.executed) * order.price).quantize(FINE)
            exposures[order.symbol] = exposures.get(order.symbol, ZERO) + value
            gross, at_risk = gross + value, at_risk + value
    return totals._replace(exposures=exposures, gross=gross, at_risk=at_risk)


def _row(position: Position | None, buying: tuple[OrderRecord, ...], quote: Quote | None, stop: Decimal | None) -> _Row:
    """Work one symbol out: what is held at its bid, what is being bought at its worst price or the ask if higher."""
    exposure = unrealized = at_risk = ZERO
    if position is not None and quote is not None:
        exposure = position.quantity * quote.bid
        unrealized = exposure - position.cost
        at_risk = max(ZERO, exposure - position.quantity * (stop or ZERO))
    for record in buying:
        decision = record.order.decision
        price = max(record.order.price or decision.price or ZERO, quote.ask if quote is not None else ZERO)
        exposure += record.pending * price
        at_risk += record.pending * max(ZERO, price - (decision.stop_price or ZERO))
    return _Row(
        position, buying, quote, stop, exposure.quantize(FINE), unrealized.quantize(FINE), at_risk.quantize(FINE)
    )


def _by_symbol(
    orders: tuple[OrderRecord, ...],
) -> tuple[dict[Symbol, tuple[OrderRecord, ...]], dict[Symbol, Decimal]]:
    """Sort out what may still be bought, and how much may still be sold."""
    buying: dict[Symbol, tuple[OrderRecord, ...]] = {}
    exiting: dict[Symbol, Decimal] = {}
    for record in orders:
        symbol, pending = record.order.symbol, record.pending
        if record.order.side is Side.SELL:
            exiting[symbol] = exiting.get(symbol, ZERO) + pending
        elif pending > 0:
            buying[symbol] = (*buying.get(symbol, ()), record)
    return buying, exiting
