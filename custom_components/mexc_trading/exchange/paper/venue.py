"""The paper venue: the engine's port, real prices, no money.

An order that crosses the touch fills at once and whole, at the touch, for the taker fee; any other ends without a fill.
It keeps nothing on disk: the journal is the memory of a paper book, and an order that the venue does not remember
after a restart has ended without a fill.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from ...engine.ports import Clock
from ...model.fill import Fill
from ...model.ids import Asset, FillId, OrderId, Symbol, VenueOrderId
from ...model.market import Instrument, OrderType, Quote, Side
from ...model.money import ONE, ZERO, exact
from ...model.order import Order, VenueOrder, VenueStatus
from ...model.outcome import (
    Absent,
    Accepted,
    Balance,
    CancelAccepted,
    CancelOutcome,
    NotSent,
    RefusalClass,
    Rejected,
    SubmitOutcome,
    Unavailable,
)
from ..mexc.market import MexcMarket

INSUFFICIENT_BALANCE: Final = 30004
"""The venue's own code for it, so that one table explains both venues (fact sheet 5.2)."""

_NS_PER_MS: Final = 1_000_000


class PaperVenue:
    """One paper account: ``balance`` quote units to start with, fees and terms of the real instruments."""

    def __init__(self, *, market: MexcMarket, clock: Clock, quote: Asset, balance: Decimal) -> None:
        """Trade on the prices of ``market``."""
        self._market = market
        self._clock = clock
        self._quote = quote
        self._cash = balance
        self._terms: dict[Symbol, Instrument] = {}
        self._orders: dict[OrderId, VenueOrder] = {}
        self._fills: list[Fill] = []

    async def submit(self, order: Order) -> SubmitOutcome:
        """Fill an order at the touch, or end it without a fill."""
        terms = await self._instrument(order.symbol)
        quotes = await self._market.quotes((order.symbol,))
        if isinstance(terms, Unavailable) or isinstance(quotes, Unavailable):
            return NotSent(cause="no_market_data")
        with exact():
            price = quotes[0].taker_price(order.side) if quotes else None
            if price is None or not _crosses(order, price):
                return self._end(order, price=ZERO, executed=ZERO)
            fee = order.quantity * price * terms.taker_fee
            if order.side is Side.BUY and order.quantity * price + fee > self._cash:
                return Rejected(code=INSUFFICIENT_BALANCE, refusal=RefusalClass.FUNDS, message="paper balance")
            self._book(order, price, fee)
            return self._end(order, price=price, executed=order.quantity)

    def _book(self, order: Order, price: Decimal, fee: Decimal) -> None:
        """Move the money and keep the trade."""
        value = order.quantity * price
        self._cash += (value if order.side is Side.SELL else -value) - fee
        self._fills.append(
            Fill(
                fill_id=FillId(f"paper-{order.order_id}"),
                symbol=order.symbol,
                venue_order_id=_name(order),
                order_id=order.order_id,
                side=order.side,
                quantity=order.quantity,
                price=price,
                quote_quantity=value,
                fee=fee,
                fee_asset=self._quote,
                maker=False,
                at_ms=self._clock.now_ns() // _NS_PER_MS,
            )
        )

    def _end(self, order: Order, *, price: Decimal, executed: Decimal) -> Accepted:
        """Keep the order's final report."""
        self._orders[order.order_id] = self._report(order, price=price, executed=executed)
        return Accepted(
            venue_order_id=_name(order),
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            price=order.price,
            quantity=order.quantity,
        )

    def _report(self, order: Order, *, price: Decimal, executed: Decimal) -> VenueOrder:
        return VenueOrder(
            venue_order_id=_name(order),
            order_id=order.order_id,
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            quantity=order.quantity,
            price=order.price,
            executed=executed,
            executed_quote=executed * price,
            status=VenueStatus.FILLED if executed else VenueStatus.CANCELED,
            created_ms=self._clock.now_ns() // _NS_PER_MS,
        )

    async def cancel(self, order: Order, venue_order_id: VenueOrderId | None) -> CancelOutcome:
        """Agree: every order here has ended already."""
        return CancelAccepted()

    async def find(self, order: Order) -> VenueOrder | Absent | Unavailable:
        """Tell an order's end; one from before a restart ended without a fill."""
        return self._orders.get(order.order_id) or self._report(order, price=ZERO, executed=ZERO)

    async def open_orders(self, symbols: Sequence[Symbol]) -> tuple[VenueOrder, ...] | Unavailable:
        """Nothing rests here."""
        return ()

    async def order_history(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...] | Unavailable:
        """Tell the orders since the start."""
        return tuple(seen for seen in self._orders.values() if seen.symbol == symbol and seen.created_ms >= since_ms)

    async def fills(
        self, symbol: Symbol, *, since_ms: int | None = None, venue_order_id: VenueOrderId | None = None
    ) -> tuple[Fill, ...] | Unavailable:
        """Tell the trades since the start."""
        return tuple(
            fill
            for fill in self._fills
            if fill.symbol == symbol
            and (since_ms is None or fill.at_ms >= since_ms)
            and (venue_order_id is None or fill.venue_order_id == venue_order_id)
        )

    async def balances(self) -> tuple[Balance, ...] | Unavailable:
        """Tell the cash."""
        return (Balance(asset=self._quote, free=self._cash, locked=ZERO),)

    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Read real prices."""
        return await self._market.quotes(symbols)

    async def instruments(self, symbols: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Read real trading terms."""
        return await self._market.instruments(symbols)

    async def clock_offset_ms(self) -> int | Unavailable:
        """Measure the real venue's clock: it also tells whether market data can be had."""
        return await self._market.clock_offset_ms()

    async def _instrument(self, symbol: Symbol) -> Instrument | Unavailable:
        known = self._terms.get(symbol)
        if known is not None:
            return known
        found = await self._market.instruments((symbol,))
        if isinstance(found, Unavailable) or not found:
            return found if isinstance(found, Unavailable) else Unavailable(cause="unknown_symbol")
        self._terms[symbol] = found[0]
        return found[0]


def _crosses(order: Order, price: Decimal) -> bool:
    """Whether the order may trade at the touch: a post-only one must not."""
    if order.type is OrderType.POST_ONLY:
        return False
    if order.price is None:
        return True
    ahead = ONE if order.side is Side.BUY else -ONE
    return ahead * (order.price - price) >= 0


def _name(order: Order) -> VenueOrderId:
    return VenueOrderId(f"paper-{order.order_id}")
