"""MEXC spot behind the engine's venue port."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Final

from aiohttp import ClientSession

from ...engine.ports import Clock, Wanted, always
from ...model.fill import Fill
from ...model.ids import Symbol, VenueOrderId
from ...model.market import Instrument, Quote
from ...model.money import plain
from ...model.order import Order, VenueOrder, require_permission
from ...model.outcome import (
    Absent,
    Ambiguous,
    Balance,
    CancelAccepted,
    CancelOutcome,
    ClockOffset,
    NotSent,
    RefusalClass,
    Rejected,
    SubmitOutcome,
    Throttled,
    Unavailable,
)
from ..health import VenueHealth
from ..resilience.breaker import BreakerState, worst
from ..resilience.classify import Readable
from ..resilience.gate import Held
from ..secret import Secret
from . import endpoints
from .answers import ORDER_TYPES, SIDES, accepted, balances, one_order, orders
from .codes import ORDER_ABSENT, SYMBOL_UNKNOWN, TERMS_DOUBTED
from .history import History
from .key import KeyTerms, key_terms
from .klines import Candle, Interval
from .market import MexcMarket, health, rest_client
from .oddities import Oddities
from .shape import Fields, Malformed, unwrapped
from .streams.listen_key import ListenKeys
from .streams.pushes import Push
from .streams.streams import Gap, MexcStreams
from .terms import Terms
from .terms_file import TermsFile
from .wire import Credentials, Params

OPEN_ORDERS_SYMBOLS_MAX: Final = 5
"""Symbols in one question for open orders (fact sheet 1.7)."""

OPEN_ORDERS_ROWS_MAX: Final = 1000
"""So many rows may be a cut answer. An account can have 500 open orders, so one symbol never comes near."""


class MexcSpot:
    """Spot trading for one key. Trouble is a value. Orders end within 8 s (30 s when the clock must be set).

    ``submit`` sends an order once. Only a refusal for the timestamp, which is certain, is followed by a second attempt
    with the same client id. A caller that is cancelled while an order is on its way does not stop it: the call is
    finished, and its outcome goes to ``on_late_outcome``.
    """

    def __init__(
        self,
        *,
        session: ClientSession,
        rest_url: str,
        api_key: Secret,
        api_secret: Secret,
        clock: Clock,
        recv_window_ms: int = 5000,
        terms_path: Path | None = None,
    ) -> None:
        """Use the session, which stays its owner's.

        ``rest_url`` is scheme and host; ``recv_window_ms`` ≤ 60,000; ``terms_path`` is where instruments are kept.
        """
        self._session = session
        self._clock = clock
        self._api_key = api_key
        self._rest = rest_client(
            session=session,
            rest_url=rest_url,
            clock=clock,
            credentials=Credentials(api_key=api_key, api_secret=api_secret),
            recv_window_ms=recv_window_ms,
        )
        file = None if terms_path is None else TermsFile(terms_path)
        self._terms = Terms(rest=self._rest, clock=clock, rest_url=rest_url, file=file, signed=True)
        self._market = MexcMarket(session=session, rest=self._rest, clock=clock, terms=self._terms)
        self._oddities = Oddities()
        self._history = History(rest=self._rest, clock=clock, note=self._oddities.note)
        self.on_late_outcome: Callable[[Order, SubmitOutcome], None] = lambda *_: None
        """Called with the outcome of a submit whose caller is gone. Cancels tell nothing that a look would not."""

        self._under_way: set[asyncio.Task[object]] = set()

    async def submit(self, order: Order, wanted: Wanted = always) -> SubmitOutcome:
        """Ask for one order, exactly once. Raises :class:`Unauthorized` for one that its decision does not cover."""
        require_permission(order)
        return await self._finish(self._submit(order, wanted), lambda outcome: self.on_late_outcome(order, outcome))

    async def _submit(self, order: Order, wanted: Wanted) -> SubmitOutcome:
        """Send."""
        endpoint = endpoints.CREATE_ENTRY if order.is_entry else endpoints.CREATE_EXIT
        result = await self._rest.once(endpoint, _order_params(order), wanted)
        match result:
            case Held(cause=cause):
                return NotSent(cause=cause)
            case Readable(payload=payload, trace=trace):
                try:
                    return accepted(payload, trace)
                except Malformed as error:
                    return Ambiguous(cause=f"malformed acknowledgement: {error}", trace=trace)
            case Rejected(code=code) if code in TERMS_DOUBTED:
                self._terms.doubt()
                return result
            case Rejected(refusal=RefusalClass.NOT_FOUND, code=code, trace=trace):
                return Ambiguous(cause=f"code {code} makes no sense for a new order", trace=trace)
            case Rejected() | NotSent() | Throttled() | Ambiguous():
                return result

    async def cancel(self, order: Order, venue_order_id: VenueOrderId | None) -> CancelOutcome:
        """Ask to cancel, by the venue's id if known, else by ours. A repeat is harmless."""
        return await self._finish(self._cancel(order, venue_order_id), lambda _: None)

    async def _cancel(self, order: Order, venue_order_id: VenueOrderId | None) -> CancelOutcome:
        """Send until there is an answer: a second cancel of one order does nothing more."""
        which = ("orderId", venue_order_id) if venue_order_id else ("origClientOrderId", order.order_id)
        result = await self._rest.persistently(endpoints.CANCEL, (("symbol", order.symbol), which))
        match result:
            case Readable(trace=trace):
                return CancelAccepted(trace=trace)
            case Held(cause=cause):
                return NotSent(cause=cause)
            case Rejected() | NotSent() | Throttled() | Ambiguous():
                return result

    async def _finish[T: SubmitOutcome | CancelOutcome](
        self, work: Coroutine[object, object, T], on_late: Callable[[T], None]
    ) -> T:
        """Carry a request to its end even if nobody waits for it any more."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                task.add_done_callback(
                    lambda done: None if done.cancelled() or done.exception() is not None else on_late(done.result())
                )
            raise

    async def drain(self, timeout_s: float) -> int:
        """Wait for requests that are under way; give the number of those that are not done in time."""
        if not self._under_way:
            return 0
        _, pending = await asyncio.wait(set(self._under_way), timeout=timeout_s)
        return len(pending)

    async def find(self, order: Order) -> VenueOrder | Absent | Unavailable:
        """Look one order up by our client id."""
        params = (("symbol", order.symbol), ("origClientOrderId", order.order_id))
        answer = await self._rest.read(
            endpoints.GET_ORDER, params, lambda payload: one_order(payload, self._oddities.note)
        )
        if isinstance(answer, Unavailable):
            return Absent(trace=answer.trace) if answer.code in ORDER_ABSENT else answer
        if answer.order_id != order.order_id or answer.symbol != order.symbol:
            return Unavailable(cause="the answer is about another order")
        return answer

    async def open_orders(self, symbols: Sequence[Symbol]) -> tuple[VenueOrder, ...] | Unavailable:
        """Read all open orders of the symbols, five symbols at a time.

        A symbol that is listed no more spoils a question, so its five are asked for one by one then; it has none.
        """
        found: dict[VenueOrderId, VenueOrder] = {}
        for start in range(0, len(symbols), OPEN_ORDERS_SYMBOLS_MAX):
            chunk = symbols[start : start + OPEN_ORDERS_SYMBOLS_MAX]
            answer = await self._open_orders(chunk)
            if isinstance(answer, Unavailable) and answer.code in SYMBOL_UNKNOWN:
                answer = await self._one_by_one(chunk)
            if isinstance(answer, Unavailable):
                return answer
            found |= {order.venue_order_id: order for order in answer}
        return tuple(found.values())

    async def _one_by_one(self, symbols: Sequence[Symbol]) -> tuple[VenueOrder, ...] | Unavailable:
        """Read the open orders of each symbol that the venue knows."""
        found: list[VenueOrder] = []
        for symbol in symbols:
            answer = _known(await self._open_orders((symbol,)))
            if isinstance(answer, Unavailable):
                return answer
            found += answer
        return tuple(found)

    async def _open_orders(self, symbols: Sequence[Symbol]) -> tuple[VenueOrder, ...] | Unavailable:
        """Ask once."""
        answer = await self._rest.read(
            endpoints.OPEN_ORDERS,
            (("symbol", ",".join(symbols)),),
            lambda payload: orders(payload, self._oddities.note),
        )
        if not isinstance(answer, Unavailable) and len(answer) >= OPEN_ORDERS_ROWS_MAX:
            return Unavailable(cause="more open orders than one answer holds")
        return answer

    async def order_history(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...] | Unavailable:
        """Read all orders of one symbol since a venue time in ms; one that is listed no more tells of none."""
        return _known(await self._history.orders(symbol, since_ms))

    async def fills(
        self, symbol: Symbol, *, since_ms: int | None = None, venue_order_id: VenueOrderId | None = None
    ) -> tuple[Fill, ...] | Unavailable:
        """Read trades of one symbol, of one order or since a venue time in ms (at most a month back); oldest first.

        A symbol that is listed no more tells of none.
        """
        return _known(await self._history.fills(symbol, since_ms=since_ms, venue_order_id=venue_order_id))

    async def balances(self) -> tuple[Balance, ...] | Unavailable:
        """Read all balances that are not zero."""
        return await self._rest.read(endpoints.ACCOUNT, (), balances)

    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Read best bid and ask."""
        return await self._market.quotes(symbols)

    async def instruments(self, symbols: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Read the trading terms."""
        return await self._market.instruments(symbols)

    async def clock_offset(self) -> ClockOffset | Unavailable:
        """Measure the venue's clock minus ours, and sign with it from now on."""
        return await self._market.clock_offset()

    async def klines(
        self, symbol: Symbol, interval: Interval, *, since_ms: int, until_ms: int
    ) -> tuple[Candle, ...] | Unavailable:
        """Read the candles that open at or after ``since_ms`` and before ``until_ms``, oldest first."""
        return await self._market.klines(symbol, interval, since_ms=since_ms, until_ms=until_ms)

    def health(self) -> VenueHealth:
        """Tell how the client is doing."""
        return health(self._rest, self._terms, self._oddities.all)

    def worst_breaker(self) -> BreakerState:
        """Tell the state of the breaker that is worst off."""
        return worst(self._rest.gate.states().values())

    def streams(
        self, *, stream_url: str, on_push: Callable[[Push], None], on_gap: Callable[[Gap], None]
    ) -> MexcStreams:
        """Make the account's and the market's streams, to be run as a task. ``stream_url`` has no query."""
        return MexcStreams(
            session=self._session,
            stream_url=stream_url,
            rest=self._rest,
            keys=ListenKeys(self._rest),
            clock=self._clock,
            on_push=on_push,
            on_gap=on_gap,
        )

    async def key_terms(self) -> KeyTerms | Unavailable:
        """Read what this key may do. Read only: the POST form of the endpoint changes the key and is not callable."""
        return await self._rest.read(endpoints.KEY_INFO, (("accessKey", self._api_key.reveal()),), key_terms)

    async def account_uid(self) -> str | Unavailable:
        """Read the account's number, the same for all its keys."""
        return await self._rest.read(endpoints.UID, (), lambda payload: Fields(unwrapped(payload)).identity("uid"))


def _order_params(order: Order) -> Params:
    """Write an order as the venue's parameters.

    A market buy is sent by ``quantity`` too, not by ``quoteOrderQty``: the decision covers a quantity, and a fixed
    spend would buy more than that when the price falls.
    """
    params = (
        ("symbol", order.symbol),
        ("side", SIDES[order.side]),
        ("type", ORDER_TYPES[order.type]),
        ("quantity", plain(order.quantity)),
    )
    price = () if order.price is None else (("price", plain(order.price)),)
    return (*params, *price, ("newClientOrderId", order.order_id))


def _known[T](answer: tuple[T, ...] | Unavailable) -> tuple[T, ...] | Unavailable:
    """Take a symbol that the venue does not know for one without rows, or it would keep all others from being read.

    That proves no order absent: a look-up by its id answers for the order, and says here that it does not know.
    """
    return () if isinstance(answer, Unavailable) and answer.code in SYMBOL_UNKNOWN else answer
