"""MEXC's public market, no key needed: quotes, instruments, time. The paper venue's eyes, and part of the live one."""

from collections.abc import Sequence
from typing import Final, Self

from aiohttp import ClientSession

from ...engine.ports import Clock
from ...model.ids import Symbol
from ...model.market import Instrument, Quote
from ...model.outcome import Unavailable
from ..payload import Json
from ..resilience.gate import Gate
from . import endpoints
from .answers import quotes
from .codes import SYMBOL_UNKNOWN
from .listing import Listing, listing
from .rest import MexcRest
from .transport import Transport
from .wire import Credentials, Params, Wire

SINGLE_QUOTES_MAX: Final = 3
"""Up to so many symbols are asked for one by one; for more, one question for the whole market weighs less."""


class MexcMarket:
    """Public spot market. Every call ends within 20 s; trouble is a value."""

    def __init__(self, *, rest: MexcRest, clock: Clock) -> None:
        """Read through this client."""
        self._rest = rest
        self._clock = clock
        self.oddities: tuple[str, ...] = ()

    @classmethod
    def public(cls, *, session: ClientSession, rest_url: str, clock: Clock) -> Self:
        """Make one without a key. The session stays its owner's; ``rest_url`` is scheme and host."""
        return cls(rest=rest_client(session=session, rest_url=rest_url, clock=clock), clock=clock)

    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Read best bid and ask, stamped with the moment the question left."""
        if len(symbols) > SINGLE_QUOTES_MAX:
            return await self._quotes((), symbols)
        read: list[Quote] = []
        for symbol in symbols:
            answer = await self._quotes((("symbol", symbol),), (symbol,))
            if isinstance(answer, Unavailable):
                return answer
            read.extend(answer)
        return tuple(read)

    async def _quotes(self, params: Params, wanted: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Ask once."""
        asked_at_ns = self._clock.now_ns()

        def parse(payload: Json) -> tuple[Quote, ...]:
            return quotes(payload, frozenset(wanted), asked_at_ns)

        return await self._rest.read(endpoints.BOOK_TICKER, params, parse)

    async def instruments(self, symbols: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Read the trading terms of some symbols. One unknown name can spoil the question, so then all are read."""
        if not symbols:
            return ()
        wanted = frozenset(symbols)

        def parse(payload: Json) -> Listing:
            return listing(payload, wanted)

        params = (("symbol", symbols[0]),) if len(symbols) == 1 else (("symbols", ",".join(symbols)),)
        answer = await self._rest.read(endpoints.EXCHANGE_INFO, params, parse)
        if isinstance(answer, Unavailable) and answer.code in SYMBOL_UNKNOWN:
            answer = await self._rest.read(endpoints.EXCHANGE_INFO, (), parse)
        if isinstance(answer, Unavailable):
            return answer
        self.oddities = answer.oddities
        return answer.instruments

    async def clock_offset_ms(self) -> int | Unavailable:
        """Measure the venue's clock minus ours."""
        offset = await self._rest.clock_offset()
        return offset if isinstance(offset, Unavailable) else offset.offset_ms


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
