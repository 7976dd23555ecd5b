"""The closed candles of one symbol and width for all rule strategies that follow them: one request after each close."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

from ..exchange.mexc.klines import INTERVAL_MS, Interval
from ..model.ids import Symbol
from ..model.outcome import Unavailable
from ..research.candle_fetch import Source
from ..research.candles import CandleRow, Span
from ..research.rule_strategy import WANTED_S
from .candle_store import CandleStore
from .live_rule import Following, LiveRule

SETTLE_MS: Final = 2_000
"""How long after its close a candle counts as closed: its last trades have to be in it."""

ASK_AGAIN_S: Final = (4, 10)
"""Waits before a candle that is not there is asked for again. A time without trades has none."""

SLEEP_MAX_S: Final = 60.0
"""The longest sleep: a machine may have been asleep itself, and clocks are set."""

_MS_PER_S: Final = 1_000

type Pause = Callable[[float], Awaitable[None]]


class Market(Protocol):
    """Where candles come from, and the clock that closes them."""

    @property
    def candles(self) -> Source | None:
        """The source; None where there is none."""
        ...

    def venue_ms(self) -> int:
        """Tell the venue's time in ms."""
        ...


class CandleFeed:
    """Reads the candles of one symbol and width."""

    def __init__(
        self, symbol: Symbol, interval: Interval, market: Market, store: CandleStore, pause: Pause = asyncio.sleep
    ) -> None:
        """Nothing is read before the first look."""
        self.rules: list[LiveRule] = []
        self._symbol = symbol
        self._interval = interval
        self._width_ms = INTERVAL_MS[interval]
        self._market = market
        self._store = store
        self._pause = pause
        self._looking = asyncio.Lock()
        self._woken = asyncio.Event()
        self._ended_ms = 0

    def wake(self) -> None:
        """Look now: a strategy has come."""
        self._woken.set()

    async def run(self) -> None:
        """Look after each close until cancelled."""
        while True:
            self._woken.clear()
            await self.look()
            await self._until_due()

    async def look(self) -> None:
        """Read what has closed and was not taken in yet, and let the strategies act on the newest."""
        async with self._looking:
            settled_ms = self._market.venue_ms() - SETTLE_MS
            self._ended_ms = settled_ms - settled_ms % self._width_ms
            source = self._market.candles
            if source is not None:
                await self._warm_up(source, self._ended_ms)
                await self._follow(source, self._ended_ms)

    async def _until_due(self) -> None:
        due_ms = self._ended_ms + self._width_ms + SETTLE_MS
        while not self._woken.is_set() and (left_ms := due_ms - self._market.venue_ms()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left_ms / _MS_PER_S, SLEEP_MAX_S)):
                    await self._woken.wait()

    async def _warm_up(self, source: Source, ended_ms: int) -> None:
        """Give those that came new the past, without the newest candle: that one is read with everybody's."""
        until_ms = ended_ms - self._width_ms
        for rule in tuple(self.rules):
            if rule.follower.next_ms is not None:
                continue
            span = Span(until_ms - rule.follower.warm_up * self._width_ms, until_ms)
            candles, trouble = await self._store.complete(
                source, self._symbol, self._interval, span, now_ms=self._market.venue_ms()
            )
            if trouble is not None:
                rule.tell(Following.UNAVAILABLE)
                continue
            rows = await asyncio.to_thread(lambda: [candles.row(index) for index in range(len(candles))])  # noqa: B023
            await rule.warm_up(rows, until_ms)

    async def _follow(self, source: Source, ended_ms: int) -> None:
        """Read on for those that are warm, and let each take what is new to it."""
        warm = [(rule, rule.follower.next_ms) for rule in self.rules]
        wanted = {rule: next_ms for rule, next_ms in warm if next_ms is not None and next_ms < ended_ms}
        if not wanted:
            return
        rows = await self._rows(source, Span(min(wanted.values()), ended_ms))
        if isinstance(rows, Unavailable):
            for rule in wanted:
                rule.tell(Following.UNAVAILABLE)
            return
        now_ms = self._market.venue_ms()
        await asyncio.gather(*(rule.take(rows, ended_ms=ended_ms, now_ms=now_ms) for rule in wanted))

    async def _rows(self, source: Source, span: Span) -> Sequence[CandleRow] | Unavailable:
        """Read a span; again while the newest candle is not there and would still count."""
        rows = await self._ask(source, span)
        for wait_s in ASK_AGAIN_S:
            here = not isinstance(rows, Unavailable) and any(
                row.open_ms + self._width_ms == span.until_ms for row in rows
            )
            if here or self._market.venue_ms() + wait_s * _MS_PER_S > span.until_ms + WANTED_S * _MS_PER_S:
                break
            await self._pause(wait_s)
            rows = await self._ask(source, span)
        return rows

    async def _ask(self, source: Source, span: Span) -> Sequence[CandleRow] | Unavailable:
        """Ask once. What lies outside of the span is left: a candle that still grows is never seen."""
        answer = await source.rows(self._symbol, self._width_ms, span)
        if isinstance(answer, Unavailable):
            return answer
        return [row for row in answer if span.since_ms <= row.open_ms < span.until_ms]
