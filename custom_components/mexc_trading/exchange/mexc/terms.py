"""Trading terms of instruments: read together, kept for a day, read again when a refusal suggests that they changed."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from ...engine.ports import Clock
from ...model.ids import Symbol
from ...model.market import Instrument
from ...model.money import ONE
from ...model.outcome import Unavailable
from ..payload import Json
from ..resilience.breaker import NS_PER_S
from . import endpoints
from .codes import SYMBOL_UNKNOWN
from .listing import Listing, listing, symbols
from .rest import MexcRest
from .shape import Fields, Malformed, unwrapped
from .terms_file import KnownTerms, TermsFile

FRESH_S_MAX: Final = 24 * 3600
"""Terms are read anew once a day."""

USABLE_S_MAX: Final = 7 * 24 * 3600
"""While the venue cannot be read, terms up to a week old stand in; it refuses itself what no longer fits."""

PATIENCE_S: Final = 15.0
"""How long a question about fees waits for room in the budget; it weighs 20."""

DOUBTED_EVERY_S: Final = 300
"""Least seconds between two reads for doubt: a wish that is refused again and again costs one, not one each time."""


class Fees(NamedTuple):
    """What this account pays, as fractions."""

    maker: Decimal
    taker: Decimal


class Terms:
    """Instruments of one venue for one key, or for nobody in particular."""

    def __init__(self, *, rest: MexcRest, clock: Clock, rest_url: str, file: TermsFile | None, signed: bool) -> None:
        """``signed``: also ask what this key may trade and what this account pays."""
        self._rest = rest
        self._clock = clock
        self._rest_url = rest_url
        self._file = file
        self._signed = signed
        self._known: KnownTerms | None = None
        self._looked = file is None
        self._doubted = False
        self._doubt_read_ns = 0
        self._one_at_a_time = asyncio.Lock()

    @property
    def oddities(self) -> tuple[str, ...]:
        """What the venue said of the instruments that nobody documented."""
        return () if self._known is None else self._known.oddities

    @property
    def age_s(self) -> int | None:
        """How old the terms are; None if there are none."""
        return None if self._known is None else (self._clock.now_ns() - self._known.read_at_ns) // NS_PER_S

    def doubt(self) -> None:
        """Believe the kept terms no longer than until they can be read again."""
        self._doubted = True

    async def instruments(self, wanted: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Give the terms of some symbols; those that the venue does not know are left out."""
        if not wanted:
            return ()
        async with self._one_at_a_time:
            if not self._looked and self._file is not None:
                self._known = await self._file.load(self._rest_url)
                self._looked = True
            if self._doubt_is_due() or not self._covers(wanted, FRESH_S_MAX):
                failure = await self._read(wanted)
                if failure is not None and not self._covers(wanted, USABLE_S_MAX):
                    return failure
        known = () if self._known is None else self._known.instruments
        return tuple(instrument for instrument in known if instrument.symbol in frozenset(wanted))

    def _doubt_is_due(self) -> bool:
        """Tell whether the terms are doubted, and were not read for that reason just now; count it as read."""
        now_ns = self._clock.now_ns()
        if not self._doubted or 0 <= now_ns - self._doubt_read_ns < DOUBTED_EVERY_S * NS_PER_S:
            return False
        self._doubt_read_ns = now_ns
        return True

    def _covers(self, wanted: Iterable[Symbol], age_s_max: int) -> bool:
        """Tell whether the kept terms answer a question."""
        age_s = self.age_s
        return (
            self._known is not None
            and age_s is not None
            and 0 <= age_s <= age_s_max
            and frozenset(wanted) <= frozenset(self._known.asked)
        )

    async def _read(self, wanted: Sequence[Symbol]) -> Unavailable | None:
        """Read the terms of these symbols and of all that were asked for before."""
        read_at_ns = self._clock.now_ns()
        asked = tuple(dict.fromkeys((*(() if self._known is None else self._known.asked), *wanted)))
        read = await self._read_listing(asked)
        if isinstance(read, Unavailable):
            return read
        instruments = await self._for_this_key(read.instruments) if self._signed else read.instruments
        self._known = KnownTerms(
            rest_url=self._rest_url,
            read_at_ns=read_at_ns,
            asked=asked,
            instruments=instruments,
            oddities=read.oddities,
        )
        self._doubted = False
        if self._file is not None:
            await self._file.save(self._known)
        return None

    async def _read_listing(self, asked: Sequence[Symbol]) -> Listing | Unavailable:
        """Read the public terms. One unknown name can spoil the question; then all symbols are read."""
        wanted = frozenset(asked)

        def parse(payload: Json) -> Listing:
            return listing(payload, wanted)

        params = (("symbol", asked[0]),) if len(asked) == 1 else (("symbols", ",".join(asked)),)
        answer = await self._rest.read(endpoints.EXCHANGE_INFO, params, parse)
        if isinstance(answer, Unavailable) and answer.code in SYMBOL_UNKNOWN:
            answer = await self._rest.read(endpoints.EXCHANGE_INFO, (), parse)
        return answer

    async def _for_this_key(self, instruments: Iterable[Instrument]) -> tuple[Instrument, ...]:
        """Put in what this key may trade and what this account pays, as far as the venue tells."""
        allowed = await self._rest.read(endpoints.SELF_SYMBOLS, (), symbols)
        refined = []
        for instrument in instruments:
            if not isinstance(allowed, Unavailable) and instrument.symbol not in allowed:
                refined.append(replace(instrument, tradable=False))
                continue
            await self._rest.gate.room(endpoints.TRADE_FEE.purpose, endpoints.TRADE_FEE.cost, PATIENCE_S)
            paid = await self._rest.read(endpoints.TRADE_FEE, (("symbol", instrument.symbol),), fees)
            if isinstance(paid, Unavailable):
                refined.append(instrument)
            else:
                refined.append(replace(instrument, maker_fee=paid.maker, taker_fee=paid.taker))
        return tuple(refined)


def fees(payload: Json) -> Fees:
    """Read ``tradeFee``: JSON numbers, as fractions."""
    fields = Fields(unwrapped(payload), "tradeFee")
    read = Fees(maker=fields.amount("makerCommission"), taker=fields.amount("takerCommission"))
    if max(read) >= ONE:
        raise Malformed("takerCommission")
    return read
