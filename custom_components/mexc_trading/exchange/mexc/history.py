"""Reading the past in pieces: orders in windows of 7 days, trades over a month, without losing a row at a seam.

A page that comes back full may hide rows, and the venue's page limits are not certain (fact sheet 1.2). So a full page
is never trusted: its time span is halved and both halves are read again, until pages are less than full. Rows are told
apart by their ids, so a row that two spans share is counted once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ...engine.ports import Clock
from ...model.fill import Fill
from ...model.ids import Symbol, VenueOrderId
from ...model.order import VenueOrder
from ...model.outcome import Unavailable
from ..payload import Json
from ..resilience.clock import NS_PER_MS
from . import endpoints
from .answers import fills, orders
from .endpoints import Endpoint
from .rest import MexcRest, Params

DAY_MS: Final = 24 * 3600 * 1000
ORDERS_WINDOW_MS: Final = 7 * DAY_MS
TRADES_KEPT_MS: Final = 30 * DAY_MS
FUTURE_MS: Final = 60_000
"""How far past our clock a span reaches, so that a venue whose clock is ahead hides nothing."""

ORDERS_ASKED: Final = 1000
ORDERS_FULL: Final = 500
"""Asked for 1000; a page of 500 may already be the venue's own limit."""

TRADES_ASKED: Final = 100
TRADES_FULL: Final = 100
"""A limit of 100 is legal in both published readings (at most 100; default 10, at most 1000)."""

TRADES_ASKED_LAST: Final = 1000
"""For one second that fills a page of 100 (a market order can): legal in the newer reading, a refusal in the older."""

SPAN_MS_MIN: Final = 1000
"""Times have second resolution on trades: a shorter span tells nothing apart."""

CALLS_MAX: Final = 200
"""Questions for one history: 7 days in windows that are cut in two up to here, then it is given up as too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of venue time in ms, both ends included."""

    start_ms: int
    end_ms: int

    def halves(self) -> tuple[Span, Span]:
        """Cut in two at a full second; the halves share that instant. Only for spans longer than a second."""
        middle = max((self.start_ms + self.end_ms) // 2 // SPAN_MS_MIN * SPAN_MS_MIN, self.start_ms + SPAN_MS_MIN)
        return Span(start_ms=self.start_ms, end_ms=middle), Span(start_ms=middle, end_ms=self.end_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging[Row]:
    """How one endpoint is paged: what is asked, how it is read, and when a page counts as full."""

    endpoint: Endpoint
    params: Params
    asked: int
    full: int
    asked_last: int
    parse: Callable[[Json], tuple[Row, ...]]
    key: Callable[[Row], str]


class History:
    """Orders and trades of the past. Gives everything of the asked time, or that it cannot."""

    def __init__(self, *, rest: MexcRest, clock: Clock) -> None:
        """Read through this client."""
        self._rest = rest
        self._clock = clock

    async def orders(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...] | Unavailable:
        """Read all orders of one symbol created since a venue time, oldest first."""
        paging = Paging(
            endpoint=endpoints.ALL_ORDERS,
            params=(("symbol", symbol),),
            asked=ORDERS_ASKED,
            full=ORDERS_FULL,
            asked_last=ORDERS_ASKED,
            parse=orders,
            key=lambda order: order.venue_order_id,
        )
        read = await self._collect(paging, self._windows(since_ms, ORDERS_WINDOW_MS))
        if isinstance(read, Unavailable):
            return read
        return tuple(sorted(read, key=lambda order: (order.created_ms, order.venue_order_id)))

    async def fills(
        self, symbol: Symbol, *, since_ms: int | None, venue_order_id: VenueOrderId | None
    ) -> tuple[Fill, ...] | Unavailable:
        """Read trades of one symbol, of one order or since a venue time, oldest first."""
        which: Params = (("symbol", symbol),)
        if venue_order_id is not None:
            which = (*which, ("orderId", venue_order_id))
        paging = Paging(
            endpoint=endpoints.MY_TRADES,
            params=which,
            asked=TRADES_ASKED,
            full=TRADES_FULL,
            asked_last=TRADES_ASKED_LAST,
            parse=fills,
            key=lambda fill: fill.fill_id,
        )
        kept_since_ms = self._now_ms() - TRADES_KEPT_MS
        start_ms = kept_since_ms if since_ms is None else max(since_ms, kept_since_ms)
        read = await self._fills_at_once(paging) if since_ms is None else None
        if read is None:
            read = await self._collect(paging, self._windows(start_ms, TRADES_KEPT_MS))
        if isinstance(read, Unavailable):
            return read
        return tuple(sorted(read, key=lambda fill: (fill.at_ms, fill.fill_id)))

    async def _fills_at_once(self, paging: Paging[Fill]) -> Sequence[Fill] | Unavailable | None:
        """Read without a time, which for one order nearly always is one short page. None: the page was full."""
        page = await self._page(paging, None, paging.asked)
        return page if isinstance(page, Unavailable) or len(page) < paging.full else None

    def _now_ms(self) -> int:
        """Give our time in ms."""
        return self._clock.now_ns() // NS_PER_MS

    def _windows(self, since_ms: int, width_ms: int) -> list[Span]:
        """Cut the time from ``since_ms`` to now into windows that the venue accepts, newest first."""
        start_ms = max(0, since_ms // SPAN_MS_MIN * SPAN_MS_MIN)
        end_ms = max(self._now_ms() + FUTURE_MS, start_ms) // SPAN_MS_MIN * SPAN_MS_MIN
        windows = []
        while end_ms >= start_ms:
            first = max(start_ms, end_ms - width_ms)
            windows.append(Span(start_ms=first, end_ms=end_ms))
            if first == start_ms:
                break
            end_ms = first
        return windows

    async def _collect[Row](self, paging: Paging[Row], spans: list[Span]) -> list[Row] | Unavailable:
        """Read spans, halving those that come back full."""
        found: dict[str, Row] = {}
        for _ in range(CALLS_MAX):
            if not spans:
                return list(found.values())
            span = spans.pop()
            page = await self._page(paging, span, paging.asked)
            if not isinstance(page, Unavailable) and len(page) >= paging.full:
                if span.end_ms - span.start_ms > SPAN_MS_MIN:
                    spans.extend(span.halves())
                    continue
                page = await self._crowded(paging, span)
            if isinstance(page, Unavailable):
                return page
            found |= {paging.key(row): row for row in page}
        return Unavailable(cause="more history than is read at once")

    async def _crowded[Row](self, paging: Paging[Row], span: Span) -> tuple[Row, ...] | Unavailable:
        """Read a second that fills a page, with the largest limit. Exactly full again: the limit was not heeded."""
        page = await self._page(paging, span, paging.asked_last)
        if isinstance(page, Unavailable) or paging.full < len(page) < paging.asked_last:
            return page
        return Unavailable(cause="more rows in one second than a page holds")

    async def _page[Row](self, paging: Paging[Row], span: Span | None, limit: int) -> tuple[Row, ...] | Unavailable:
        """Read one page."""
        times: Params = () if span is None else (("startTime", str(span.start_ms)), ("endTime", str(span.end_ms)))
        params = (*paging.params, *times, ("limit", str(limit)))
        return await self._rest.read(paging.endpoint, params, paging.parse)
