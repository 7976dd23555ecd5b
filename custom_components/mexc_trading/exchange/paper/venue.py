"""The paper venue: the engine's port, real prices, no money.

Every price that is read is evidence for the orders that rest. Matching is in :mod:`.book`; how it behaves in
:mod:`.terms`; what it remembers after a restart in :mod:`.resume`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Final, Protocol

from ...engine.ports import ENTRIES_STOPPED, Clock, Wanted, always
from ...engine.state import BookState
from ...model.fill import Fill
from ...model.ids import Asset, OrderId, Symbol, VenueOrderId
from ...model.market import Instrument, Quote
from ...model.order import Order, VenueOrder
from ...model.outcome import (
    Absent,
    Balance,
    CancelAccepted,
    CancelOutcome,
    ClockOffset,
    NotSent,
    SubmitOutcome,
    Unavailable,
)
from .book import PaperBook
from .evidence import shown_by
from .paper_order import PaperOrder
from .resume import resumed
from .terms import MX, FeeAsset, PaperTerms
from .wallet import Wallet

_NS_PER_MS: Final = 1_000_000
_MS_PER_S: Final = 1_000

HEARD_NS_MAX: Final = 1_000_000_000
"""How old a price from a stream may be for an order to meet it: as old as one that is read over a slow line."""


class Market(Protocol):
    """Where prices and trading terms come from."""

    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Read best bid and ask."""
        ...

    async def instruments(self, symbols: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Read trading terms."""
        ...

    async def clock_offset(self) -> ClockOffset | Unavailable:
        """Measure the venue's clock."""
        ...


class PaperVenue:
    """One paper account: ``balance`` quote units to start with, terms of the real instruments."""

    def __init__(
        self,
        *,
        market: Market,
        clock: Clock,
        quote: Asset,
        balance: Decimal,
        terms: PaperTerms | None = None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Trade on the prices of ``market``. ``wait`` lets seconds pass."""
        self.market = market
        self._clock = clock
        self._quote = quote
        self._balance = balance
        self._terms = terms or PaperTerms()
        self._wait = wait
        self._instruments: dict[Symbol, Instrument] = {}
        self._arriving: set[OrderId] = set()
        self._heard: frozenset[Symbol] = frozenset()
        self._latest: dict[Symbol, Quote] = {}
        self._book = PaperBook(terms=self._terms, wallet=Wallet(quote=quote, cash=balance))

    def resume(self, state: BookState) -> None:
        """Go on where the book's journal ends. To be called before the book begins to work."""
        self._book = resumed(state, terms=self._terms, balance=self._balance)

    @property
    def terms(self) -> PaperTerms:
        """How it behaves."""
        return self._terms

    def behave(self, terms: PaperTerms) -> None:
        """Behave differently from now on. What has traded stays."""
        self._terms = self._book.terms = terms

    def see(self, quotes: Sequence[Quote]) -> None:
        """Let resting orders meet prices that came some other way than through :meth:`quotes`."""
        for quote in quotes:
            self._latest[quote.symbol] = quote
            self._book.see(shown_by(quote))

    def hear(self, symbols: frozenset[Symbol]) -> None:
        """Learn which symbols' prices are brought by a stream."""
        self._heard = symbols

    async def submit(self, order: Order, wanted: Wanted = always) -> SubmitOutcome:
        """Let an order meet the market once the latency is over."""
        self._arriving.add(order.order_id)
        try:
            return await self._arrive(order, wanted)
        finally:
            self._arriving.discard(order.order_id)

    async def _arrive(self, order: Order, wanted: Wanted) -> SubmitOutcome:
        terms = await self._instrument(order.symbol)
        if isinstance(terms, Unavailable):
            return NotSent(cause="no_market_data")
        if self._terms.latency_ms:
            await self._wait(self._terms.latency_ms / _MS_PER_S)
        quotes = await self._standing(order.symbol)
        if isinstance(quotes, Unavailable) or not quotes:
            return NotSent(cause="no_market_data")
        if self._terms.fee_asset is FeeAsset.MX:
            await self._price_mx()
        if not wanted():
            return NotSent(cause=ENTRIES_STOPPED)
        return self._book.submit(order, terms, shown_by(quotes[0]))

    async def cancel(self, order: Order, venue_order_id: VenueOrderId | None) -> CancelOutcome:
        """End an order; a repeat is harmless."""
        self._book.cancel(order.order_id)
        return CancelAccepted()

    async def find(self, order: Order) -> VenueOrder | Absent | Unavailable:
        """Tell where an order stands, once it can be seen. One that nothing is known of ended without a fill."""
        kept = self._book.orders.get(order.order_id)
        if kept is not None:
            return kept.report() if self._visible(kept) else Absent()
        if order.order_id in self._arriving:
            return Absent()
        instrument = await self._instrument(order.symbol)
        if isinstance(instrument, Unavailable):
            return instrument
        return PaperOrder(order=order, instrument=instrument, created_ms=0, open=False).report()

    async def open_orders(self, symbols: Sequence[Symbol]) -> tuple[VenueOrder, ...] | Unavailable:
        """Tell what rests."""
        return tuple(kept.report() for kept in self._book.working.values() if kept.order.symbol in symbols)

    async def order_history(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...] | Unavailable:
        """Tell the latest orders."""
        return tuple(
            kept.report()
            for kept in self._book.orders.values()
            if kept.order.symbol == symbol and kept.created_ms >= since_ms and self._visible(kept)
        )

    async def fills(
        self, symbol: Symbol, *, since_ms: int | None = None, venue_order_id: VenueOrderId | None = None
    ) -> tuple[Fill, ...] | Unavailable:
        """Tell the trades of the latest orders."""
        return tuple(
            fill
            for kept in self._book.orders.values()
            for fill in kept.fills
            if fill.symbol == symbol
            and (since_ms is None or fill.at_ms >= since_ms)
            and (venue_order_id is None or fill.venue_order_id == venue_order_id)
        )

    async def balances(self) -> tuple[Balance, ...] | Unavailable:
        """Tell cash and coins."""
        return self._book.balances()

    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Read real prices, and let resting orders meet them."""
        quotes = await self.market.quotes(symbols)
        if not isinstance(quotes, Unavailable):
            self.see(quotes)
        return quotes

    async def instruments(self, symbols: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Read real trading terms."""
        return await self.market.instruments(symbols)

    async def clock_offset(self) -> ClockOffset | Unavailable:
        """Measure the real venue's clock: it also tells whether market data can be had."""
        return await self.market.clock_offset()

    def _visible(self, kept: PaperOrder) -> bool:
        return self._clock.now_ns() // _NS_PER_MS - kept.created_ms >= self._terms.visible_after_ms

    async def _standing(self, symbol: Symbol) -> tuple[Quote, ...] | Unavailable:
        """Give what stands in the market now: what a stream brought a moment ago, or else what is read."""
        known = self._latest.get(symbol)
        fresh = known is not None and 0 <= self._clock.now_ns() - known.at_ns <= HEARD_NS_MAX
        return (known,) if known is not None and fresh and symbol in self._heard else await self.quotes((symbol,))

    async def _price_mx(self) -> None:
        """Read what the venue's own coin is worth; without a price, fees are paid in the book's currency."""
        quotes = await self.market.quotes((Symbol(f"{MX}{self._quote}"),))
        self._book.mx_price = None if isinstance(quotes, Unavailable) or not quotes else quotes[0].mid

    async def _instrument(self, symbol: Symbol) -> Instrument | Unavailable:
        known = self._instruments.get(symbol)
        if known is not None:
            return known
        found = await self.market.instruments((symbol,))
        if isinstance(found, Unavailable) or not found:
            return found if isinstance(found, Unavailable) else Unavailable(cause="unknown_symbol")
        self._instruments[symbol] = found[0]
        return found[0]
