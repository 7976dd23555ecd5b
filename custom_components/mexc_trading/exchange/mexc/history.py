"""Reading the past in pieces: orders in windows of 7 days, trades over a month, without losing a row at a seam.

A page that comes back full may hide rows, and neither the venue's page limits nor the order of its rows are certain
(fact sheet 1.2). A full page is taken for what it is under every reading, a stretch without gaps, and the time before
its first and after its last row is asked for again. Rows are told apart by their ids, so one that comes twice counts
once.
"""

from collections.abc import Callable, Iterable
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
from .answers import Note, fills, orders
from .endpoints import Endpoint
from .rest import MexcRest
from .wire import Params

DAY_MS: Final = 24 * 3600 * 1000
ORDERS_WINDOW_MS: Final = 7 * DAY_MS
TRADES_KEPT_MS: Final = 30 * DAY_MS
FUTURE_MS: Final = 60_000
"""How far past our clock a span reaches, so that a venue whose clock is ahead hides nothing."""

SECOND_MS: Final = 1000
"""Times of trades have this resolution: a shorter span tells nothing apart."""

ORDERS_ASKED: Final = 1000
ORDERS_FULL: Final = 500
"""Asked for 1000; a page of 500 may already be the venue's own limit."""

TRADES_ASKED: Final = 100
TRADES_FULL: Final = 100
"""A limit of 100 is legal in both published readings (at most 100; default 10, at most 1000)."""

TRADES_ASKED_LAST: Final = 1000
"""For one second that fills a page of 100 (a market order can): legal in the newer reading, a refusal in the older."""

CALLS_MAX: Final = 200
"""Questions for one history; more than that is given up as too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of venue time in ms, both ends included."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging[Row]:
    """How one endpoint is paged: what is asked, how it is read, and from how many rows on a page counts as full."""

    endpoint: Endpoint
    params: Params
    asked: int
    full: int
    asked_last: int
    parse: Callable[[Json], tuple[Row, ...]]
    key: Callable[[Row], str]
    at_ms: Callable[[Row], int]


class History:
    """Orders and trades of the past. Gives everything of the asked time, or that it cannot."""

    def __init__(self, *, rest: MexcRest, clock: Clock, note: Note) -> None:
        """Read through this client. ``note`` hears of words that nobody documented."""
        self._rest = rest
        self._clock = clock
        self._note = note

    async def orders(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...] | Unavailable:
        """Read all orders of one symbol created since a venue time, oldest first."""
        paging = Paging(
            endpoint=endpoints.ALL_ORDERS,
            params=(("symbol", symbol),),
            asked=ORDERS_ASKED,
            full=ORDERS_FULL,
            asked_last=ORDERS_ASKED,
            parse=lambda payload: orders(payload, self._note),
            key=lambda order: order.venue_order_id,
            at_ms=lambda order: order.created_ms,
        )
        return await self._collect(paging, self._windows(since_ms, ORDERS_WINDOW_MS))

    async def fills(
        self, symbol: Symbol, *, since_ms: int | None, venue_order_id: VenueOrderId | None
    ) -> tuple[Fill, ...] | Unavailable:
        """Read trades of one symbol, of one order or since a venue time, oldest first."""
        which: Params = (("symbol", symbol),)
        if venue_order_id is not None:
            which = (*which, ("orderId", venue_order_id))
        paging = Paging(
            endpoint=endpoints.MY_TRADES if venue_order_id is None else endpoints.TRADES_OF_ORDER,
            params=which,
            asked=TRADES_ASKED,
            full=TRADES_FULL,
            asked_last=TRADES_ASKED_LAST,
            parse=fills,
            key=lambda fill: fill.fill_id,
            at_ms=lambda fill: fill.at_ms,
        )
        kept_since_ms = self._clock.now_ns() // NS_PER_MS - TRADES_KEPT_MS
        if since_ms is None:
            page = await self._page(paging, None, paging.asked)
            if isinstance(page, Unavailable) or len(page) < paging.full:
                return page if isinstance(page, Unavailable) else _sorted(paging, page)
            since_ms = kept_since_ms
        return await self._collect(paging, self._windows(max(since_ms, kept_since_ms), TRADES_KEPT_MS))

    def _windows(self, since_ms: int, width_ms: int) -> list[Span]:
        """Cut the time from ``since_ms`` to now into windows that the venue accepts, newest first."""
        start_ms = max(0, since_ms // SECOND_MS * SECOND_MS)
        end_ms = max(self._clock.now_ns() // NS_PER_MS + FUTURE_MS, start_ms)
        windows = []
        while end_ms - start_ms > width_ms:
            windows.append(Span(start_ms=end_ms - width_ms, end_ms=end_ms))
            end_ms -= width_ms
        return [*windows, Span(start_ms=start_ms, end_ms=end_ms)]

    async def _collect[Row](self, paging: Paging[Row], spans: list[Span]) -> tuple[Row, ...] | Unavailable:
        """Read spans, and what full pages left out."""
        found: dict[str, Row] = {}
        for _ in range(CALLS_MAX):
            if not spans:
                return _sorted(paging, found.values())
            span = spans.pop()
            page = await self._page(paging, span, paging.asked)
            if isinstance(page, Unavailable):
                return page
            if len(page) >= paging.full:
                times = [paging.at_ms(row) // SECOND_MS * SECOND_MS for row in page]
                first, last = max(min(times), span.start_ms), min(max(times), span.end_ms)
                if last - first < SECOND_MS:
                    page = await self._crowded(paging, first)
                    if isinstance(page, Unavailable):
                        return page
                    spans.extend(_beside(span, first - 1, first + SECOND_MS))
                else:
                    spans.extend(_beside(span, first + SECOND_MS - 1, last))
            found |= {paging.key(row): row for row in page}
        return Unavailable(cause="more history than is read at once")

    async def _crowded[Row](self, paging: Paging[Row], second_ms: int) -> tuple[Row, ...] | Unavailable:
        """Read a second that fills a page, with the largest limit. Exactly full again: the limit was not heeded."""
        span = Span(start_ms=second_ms, end_ms=second_ms + SECOND_MS - 1)
        page = await self._page(paging, span, paging.asked_last)
        if isinstance(page, Unavailable) or paging.full < len(page) < paging.asked_last:
            return page
        return Unavailable(cause="more rows in one second than a page holds")

    async def _page[Row](self, paging: Paging[Row], span: Span | None, limit: int) -> tuple[Row, ...] | Unavailable:
        """Read one page."""
        times: Params = () if span is None else (("startTime", str(span.start_ms)), ("endTime", str(span.end_ms)))
        params = (*paging.params, *times, ("limit", str(limit)))
        return await self._rest.read(paging.endpoint, params, paging.parse)


def _beside(span: Span, before_ms: int, after_ms: int) -> list[Span]:
    """Give the part of a span up to a time and the part from a time on, as far as there is any."""
    parts = (Span(start_ms=span.start_ms, end_ms=before_ms), Span(start_ms=after_ms, end_ms=span.end_ms))
    return [part for part in parts if part.start_ms < part.end_ms]


def _sorted[Row](paging: Paging[Row], rows: Iterable[Row]) -> tuple[Row, ...]:
    """Put rows in order, oldest first."""
    return tuple(sorted(rows, key=lambda row: (paging.at_ms(row), paging.key(row))))
