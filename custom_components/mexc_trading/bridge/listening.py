"""What an account hears on the venue's streams, and what it does about it: takes prices, and reads early.

A push about an order is never booked. It only makes the engine look the order up now instead of at the next turn of
its agenda, so a push that is wrong, late, repeated or missing can cost a request or a little time, and nothing else.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from ..engine.agenda import terms_wanted
from ..engine.book import Book
from ..engine.events import Event
from ..engine.upkeep import Upkeep
from ..exchange.mexc.spot import MexcSpot
from ..exchange.mexc.streams.channels import book_ticker
from ..exchange.mexc.streams.pushes import BalanceHint, OrderHint, Push
from ..exchange.mexc.streams.streams import Gap, Scope, StreamHealth
from ..model.fill import Fill
from ..model.ids import OrderId, Symbol
from ..model.market import Quote
from ..model.order import VenueStatus
from ..orders.states import TERMINAL, OrderState

VALUE_EVERY_S: Final = 0.25
"""Least seconds between two valuations at pushed prices. The venue pushes ten a second for each symbol."""

LOOK_AFTER_S: Final = 0.3
"""How long a push about an order waits for the engine to learn of it by itself, mostly the answer to a request."""

LOOK_EVERY_S: Final = 1.0
"""Least seconds between two looks at one order: a look and its trades weigh 12, and an order may fill in many parts."""

_RESTS: Final = frozenset({VenueStatus.NEW, VenueStatus.PARTIALLY_FILLED})
_ANSWER_DUE: Final = frozenset({OrderState.PLANNED, OrderState.SENDING})
"""The answer to the request is on its way, and is followed by a look."""


class Hearer(Protocol):
    """Who takes prices from the streams: a book, or the paper book beside it."""

    def price(self, quotes: tuple[Quote, ...]) -> None:
        """Take prices over."""
        ...

    def hear(self, symbols: frozenset[Symbol]) -> None:
        """Learn which symbols' prices come, so that they are not asked for."""
        ...


class Listening:
    """One live account's streams, for as long as :meth:`run` runs."""

    def __init__(self, *, book: Book, upkeep: Upkeep, venue: MexcSpot, stream_url: str) -> None:
        """Listen at ``stream_url`` for ``book``."""
        self._book = book
        self._upkeep = upkeep
        self._streams = venue.streams(stream_url=stream_url, on_push=self._heard, on_gap=self._missed)
        self._hearers: list[Hearer] = [book]
        self._flowing: frozenset[Symbol] = frozenset()
        self._symbols: tuple[Symbol, ...] = ()
        self._quotes: dict[Symbol, Quote] = {}
        self._hints: dict[OrderId, list[OrderHint | Fill]] = {}
        self._looked_s: dict[OrderId, float] = {}
        self._timers: dict[OrderId | None, asyncio.TimerHandle] = {}
        """What is to be done soon: look at an order, or (None) take over prices."""

    async def run(self) -> None:
        """Listen until cancelled."""
        stop = self._book.listen(self._follow)
        self._follow(())
        try:
            await self._streams.run()
        finally:
            stop()
            self._hear(frozenset())
            for timer in self._timers.values():
                timer.cancel()

    def health(self) -> StreamHealth:
        """Tell how the streams are doing."""
        return self._streams.health()

    def share(self, hearer: Hearer) -> Callable[[], None]:
        """Let somebody else have the prices too, until the returned function is called."""
        self._hearers.append(hearer)
        hearer.hear(self._flowing)
        return lambda: self._hearers.remove(hearer)

    def _hear(self, symbols: frozenset[Symbol]) -> None:
        """Tell whose prices come now."""
        self._flowing = symbols
        for hearer in self._hearers:
            hearer.hear(symbols)

    def _follow(self, _: tuple[Event, ...]) -> None:
        """Hear the prices of the symbols that may be entered, are held or are being traded, and of no others."""
        symbols = terms_wanted(self._book.state)
        if symbols != self._symbols:
            self._symbols = symbols
            self._hear(frozenset())
            self._streams.watch([book_ticker(symbol) for symbol in symbols])

    def _heard(self, push: Push) -> None:
        match push:
            case Quote():
                first = push.symbol not in self._book.state.marks
                self._quotes[push.symbol] = push
                self._soon(None, 0 if first else VALUE_EVERY_S, self._price)
            case BalanceHint():
                self._upkeep.stir()
            case OrderHint() | Fill():
                self._hinted(push.order_id, push)

    def _hinted(self, order_id: OrderId | None, push: OrderHint | Fill) -> None:
        """Have an order of ours looked at; have the account read soon for anybody else's."""
        if order_id is None or order_id not in self._book.state.orders:
            self._upkeep.stir()
        elif self._is_news(order_id, push):
            now_s = asyncio.get_running_loop().time()
            looked_s = self._looked_s.get(order_id, now_s - LOOK_EVERY_S)
            self._hints.setdefault(order_id, []).append(push)
            self._soon(order_id, max(LOOK_AFTER_S, looked_s + LOOK_EVERY_S - now_s), self._look, order_id)

    def _soon[*Args](self, key: OrderId | None, wait_s: float, act: Callable[[*Args], None], *args: *Args) -> None:
        """Do something after a wait, unless it is coming already."""
        if key not in self._timers:
            self._timers[key] = asyncio.get_running_loop().call_later(wait_s, act, *args)

    def _price(self) -> None:
        """Take over the prices of the last moment."""
        del self._timers[None]
        quotes = tuple(self._quotes.values())
        for hearer in self._hearers:
            hearer.price(quotes)
        self._quotes.clear()

    def _look(self, order_id: OrderId) -> None:
        """Look at an order, if what was heard of it is still news."""
        del self._timers[order_id]
        if any(self._is_news(order_id, hint) for hint in self._hints.pop(order_id)):
            now_s = asyncio.get_running_loop().time()
            recent = {known: at_s for known, at_s in self._looked_s.items() if now_s - at_s < LOOK_EVERY_S}
            self._looked_s = recent | {order_id: now_s}
            self._book.look(order_id)

    def _is_news(self, order_id: OrderId, push: OrderHint | Fill) -> bool:
        """Whether a look at the order would tell more than is known."""
        record = self._book.state.orders.get(order_id)
        if record is None or record.state in _ANSWER_DUE:
            return False
        if isinstance(push, Fill):
            return push.fill_id not in record.fills
        return (
            record.state is OrderState.UNKNOWN
            or push.executed > record.booked
            or (push.status not in _RESTS and record.state not in TERMINAL)
        )

    def _missed(self, gap: Gap) -> None:
        """Read the account once pushes flow again: nothing says what came in between. Prices come anew."""
        if gap.scope is Scope.PRIVATE:
            self._upkeep.hear(live=gap.live)
        else:
            flowing = self._streams.flowing()
            self._hear(frozenset(symbol for symbol in self._symbols if book_ticker(symbol) in flowing))
