"""A signal is decided at a fresh price, and those that come together ask for it once."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import override

import pytest

from custom_components.mexc_trading.bridge.fresh_price import FreshPrice
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.market import Quote
from custom_components.mexc_trading.model.outcome import Unavailable
from tests.engine.desk import HandClock, open_desk, spawn
from tests.engine.market import BTC, S, entry
from tests.engine.venue import ScriptedVenue


class SlowVenue(ScriptedVenue):
    """Prices are told when the test lets them."""

    def __init__(self, clock: HandClock) -> None:
        """Be quick at first."""
        super().__init__(clock)
        self.asked = 0
        self.was_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.trouble: Exception | None = None

    @override
    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Tell prices."""
        self.asked += 1
        self.was_asked.set()
        await self.may_answer.wait()
        if self.trouble is not None:
            raise self.trouble
        return await super().quotes(symbols)


async def test_signals_that_come_together_ask_once(tmp_path: Path) -> None:
    """Given a price that is too old, when many come, one question is asked and all go on at its answer."""
    clock = HandClock()
    venue = SlowVenue(clock)
    async with open_desk(tmp_path / "live.db", clock=clock, venue=venue) as desk:
        await desk.ready()
        price = FreshPrice(book=desk.book, venue=venue, clock=clock, spawn=spawn)
        clock.time_ns += 3600 * S
        coming = [asyncio.create_task(price.refresh(entry(str(number)))) for number in range(20)]
        await venue.was_asked.wait()
        coming[0].cancel()
        venue.may_answer.set()
        await asyncio.gather(*coming[1:])

        assert venue.asked == 1
        assert desk.book.state.marks[BTC].at_ns == clock.time_ns

        await price.refresh(entry("later"))
        assert venue.asked == 1
        clock.time_ns += 3600 * S
        await price.refresh(entry("much later"))
        assert venue.asked == 2


async def test_a_bug_behind_the_price_is_not_kept_from_who_asked(tmp_path: Path) -> None:
    """It must not pass for a price that could not be read in time."""
    clock = HandClock()
    venue = SlowVenue(clock)
    async with open_desk(tmp_path / "live.db", clock=clock, venue=venue) as desk:
        await desk.ready()
        price = FreshPrice(book=desk.book, venue=venue, clock=clock, spawn=spawn)
        clock.time_ns += 3600 * S
        venue.trouble = ValueError("a bug")
        venue.may_answer.set()
        with pytest.raises(ValueError, match="a bug"):
            await price.refresh(entry())
