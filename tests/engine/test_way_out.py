"""Exits and cancels find their way out past entries that wait."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import override

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.ports import Wanted, always
from custom_components.mexc_trading.engine.worker import WRITES_MAX
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.order import Order
from custom_components.mexc_trading.model.outcome import SubmitOutcome

from .desk import HandClock, open_desk
from .market import entry, leave
from .venue import ScriptedVenue


class Jammed(ScriptedVenue):
    """A venue that lets nothing in: entries wait, as they do for its rate."""

    def __init__(self, clock: HandClock) -> None:
        """Let everything in at first."""
        super().__init__(clock)
        self.open = asyncio.Event()
        self.open.set()
        self.left = asyncio.Event()

    @override
    async def submit(self, order: Order, wanted: Wanted = always) -> SubmitOutcome:
        """Keep entries waiting."""
        if order.is_entry:
            await self.open.wait()
        else:
            self.left.set()
        return await super().submit(order, wanted)


async def test_an_exit_does_not_wait_for_entries(tmp_path: Path) -> None:
    """Given more entries under way than may be at once, all of them waiting, then an exit leaves all the same."""
    clock = HandClock()
    venue = Jammed(clock)
    async with open_desk(tmp_path / "live.db", clock=clock, venue=venue) as desk:
        await desk.ready()
        await desk.send(entry("in", quantity="1"))
        venue.open.clear()
        for number in range(WRITES_MAX + 1):
            answer = await desk.ask(entry(f"more-{number}", quantity=str(Decimal("0.01"))))
            assert isinstance(answer, Decided)
            assert answer.decision.allowed

        await desk.ask(leave("out", quantity="1"))
        async with asyncio.timeout(60):
            await venue.left.wait()

        venue.open.set()
        await desk.rest()
        assert [order.executed for order in venue.orders if order.side is Side.SELL] == [Decimal(1)]


async def test_a_cancel_does_not_wait_for_entries(tmp_path: Path) -> None:
    """Given the same, then an entry that works at the venue is cancelled all the same."""
    clock = HandClock()
    venue = Jammed(clock)
    async with open_desk(tmp_path / "live.db", clock=clock, venue=venue) as desk:
        await desk.ready()
        working = await desk.send(entry("rests", quantity="1", price="50"))
        venue.open.clear()
        for number in range(WRITES_MAX + 1):
            await desk.ask(entry(f"more-{number}", quantity="0.01"))

        cancelled = asyncio.Event()
        venue.before = lambda call: cancelled.set() if call == "cancel" else None
        await desk.book.ask(inp.CancelIn(order_id=working, who="me"))
        async with asyncio.timeout(60):
            await cancelled.wait()

        venue.open.set()
        await desk.rest()
