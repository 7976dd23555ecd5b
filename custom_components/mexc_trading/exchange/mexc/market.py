"""MEXC's public market, no key needed: quotes, instruments, time. The paper venue's eyes, and part of the live one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Self

from aiohttp import ClientSession

from ...engine.ports import Clock
from ...model.ids import Symbol
from ...model.market import Instrument, Quote
from ...model.outcome import ClockOffset, Unavailable
from ..health import VenueHealth
from ..payload import Json
from ..resilience.breaker import BreakerState, worst
from ..resilience.budget import WEIGHT_PER_10_S
from ..resilience.gate import Gate
from . import endpoints
from .answers import quotes
from .codes import SYMBOL_CLOSED
from .klines import Candle, Interval, klines
from .rest import MexcRest
from .streams.pushes import Push
from .streams.streams import Gap, MexcStreams
from .terms import Terms
from .terms_file import TermsFile
from .transport import Transport
from .wire import Credentials, Params, Wire

SINGLE_QUOTES_MAX: Final = 3
"""Up to so many symbols are asked for one by one; for more, one question for the whole market weighs less."""


class MexcMarket:
    """Public spot market. Every call ends within 20 s; trouble is a value."""

    def __init__(self, *, session: ClientSession, rest: MexcRest, clock: Clock, terms: Terms) -> None:
        """Read through this client."""
        self._session = session
        self._rest = rest
        self._clock = clock
        self._terms = terms

    @classmethod
    def public(cls, *, session: ClientSession, rest_url: str, clock: Clock, terms_path: Path | None = None) -> Self:
        """Make one without a key.

        The session stays its owner's; ``rest_url`` is scheme and host; ``terms_path`` is where instruments are kept.
        """
        rest = rest_client(session=session, rest_url=rest_url, clock=clock)
        file = None if terms_path is None else TermsFile(terms_path)
        terms = Terms(rest=rest, clock=clock, rest_url=rest_url, file=file, signed=False)
        return cls(session=session, rest=rest, clock=clock, terms=terms)

    def streams(
        self, *, stream_url: str, on_push: Callable[[Push], None], on_gap: Callable[[Gap], None]
    ) -> MexcStreams:
        """Make the market's streams, to be run as a task. ``stream_url`` has no query."""
        return MexcStreams(
            session=self._session,
            stream_url=stream_url,
            rest=self._rest,
            keys=None,
            clock=self._clock,
            on_push=on_push,
            on_gap=on_gap,
        )

    def health(self) -> VenueHealth:
        """Tell how the client is doing."""
        return health(self._rest, self._terms, ())

    def worst_breaker(self) -> BreakerState:
        """Tell the state of the breaker that is worst off."""
        return worst(self._rest.gate.states().values())

    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Read best bid and ask, stamped with the moment the question left.

        A symbol that the venue refuses to price, because it is halted or listed no more, is left out like one with an
        empty book: the stops of all others hang on their own prices.
        """
        if len(symbols) > SINGLE_QUOTES_MAX:
            return await self._quotes((), symbols)
        read: list[Quote] = []
        for symbol in symbols:
            answer = await self._quotes((("symbol", symbol),), (symbol,))
            if not isinstance(answer, Unavailable):
                read.extend(answer)
            elif answer.code not in SYMBOL_CLOSED:
                return answer
        return tuple(read)

    async def _quotes(self, params: Params, wanted: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Ask once."""
        asked_at_ns = self._clock.now_ns()

        def parse(payload: Json) -> tuple[Quote, ...]:
            return quotes(payload, frozenset(wanted), asked_at_ns)

        return await self._rest.read(endpoints.BOOK_TICKER, params, parse)

    async def instruments(self, symbols: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Read the trading terms of some symbols; they are kept for a day."""
        return await self._terms.instruments(symbols)

    async def klines(
        self, symbol: Symbol, interval: Interval, *, since_ms: int, until_ms: int
    ) -> tuple[Candle, ...] | Unavailable:
        """Read the candles that open at or after ``since_ms`` and before ``until_ms``, oldest first."""
        return await klines(self._rest, symbol, interval, since_ms=since_ms, until_ms=until_ms)

    async def clock_offset(self) -> ClockOffset | Unavailable:
        """Measure the venue's clock minus ours, and how wrong that may be."""
        return await self._rest.clock_offset()


def health(rest: MexcRest, terms: Terms, oddities: tuple[str, ...]) -> VenueHealth:
    """Gather a snapshot."""
    usage = rest.gate.usage()
    return VenueHealth(
        breakers=rest.gate.states(),
        weight_used=usage.weight,
        weight_max=WEIGHT_PER_10_S,
        requests_last_minute=usage.requests_last_minute,
        clock=rest.time.offset,
        answered_s_ago=rest.gate.answered_s_ago(),
        quiet_s=usage.quiet_s,
        banned_s=usage.banned_s,
        terms_age_s=terms.age_s,
        oddities=(*terms.oddities, *oddities),
    )


def rest_client(
    *,
    session: ClientSession,
    rest_url: str,
    clock: Clock,
    credentials: Credentials | None = None,
    recv_window_ms: int = 5000,
) -> MexcRest:
    """Join transport and signer for one host."""
    wire = Wire(
        transport=Transport(session=session, base_url=rest_url),
        clock=clock,
        credentials=credentials,
        recv_window_ms=recv_window_ms,
    )
    return MexcRest(wire=wire, gate=Gate())
