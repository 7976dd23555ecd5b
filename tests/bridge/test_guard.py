"""A person and the house guard an account, through the real engine and journal."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from custom_components.mexc_trading.bridge.guard import Guard
from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Decided, Done, Unknown
from custom_components.mexc_trading.engine.compare_inputs import CompareIn
from custom_components.mexc_trading.model.ids import DecisionId
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.signal import Signal
from custom_components.mexc_trading.orders.reconcile import VenueBook
from tests.engine.desk import Desk, open_desk
from tests.engine.market import BTC, USDT, entry
from tests.risk.watch import COLLARED


class Guarded:
    """A desk, its guard, and the wishes whose price was read again."""

    def __init__(self, desk: Desk) -> None:
        """Guard the desk's book."""
        self.refreshed: list[Signal] = []
        self.guard = Guard(book=desk.book, clock=desk.clock, refresh=self._refresh)

    async def _refresh(self, signal: Signal) -> None:
        self.refreshed.append(signal)


async def test_a_person_answers_a_question(tmp_path: Path) -> None:
    """Yes reads the price again and sends the order; no sends nothing; neither can be said twice."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        await desk.book.ask(inp.LimitsIn(limits=replace(COLLARED, approval_above=Decimal(10))))
        guarded = Guarded(desk)
        asked = [await desk.ask(entry(name)) for name in ("yes", "no")]
        yes, no = (answer.decision.decision_id for answer in asked if isinstance(answer, Decided))

        answer = await guarded.guard.approve(yes, who="me", approved=True)
        await desk.rest()

        assert isinstance(answer, Decided)
        assert answer.decision.allowed
        assert len(desk.venue.orders) == 1
        assert await guarded.guard.approve(no, who="me", approved=False) == Done()
        for decision_id in (yes, no, DecisionId("none")):
            assert await guarded.guard.approve(decision_id, who="me", approved=True) == Unknown()
        assert [signal.signal_id for signal in guarded.refreshed] == ["yes"]
        assert len(desk.venue.orders) == 1


async def test_closing_and_flattening(tmp_path: Path) -> None:
    """What is held is sold at the venue; what is not there cannot be closed."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        guard = Guarded(desk).guard
        await desk.send(entry())
        assert await guard.close_position(BTC, who="me") == Done()
        await desk.rest()
        assert not desk.book.state.ledger.positions
        assert await guard.close_position(BTC, who="me") == Unknown()

        await desk.send(entry("again"))
        assert await guard.flatten(who="me", reason="holiday") == Done()
        for _ in range(8):
            await desk.wait(1)

        assert [order.side for order in desk.venue.orders] == [Side.BUY, Side.SELL, Side.BUY, Side.SELL]
        assert desk.book.state.memory.flatten is not None
        assert desk.book.state.memory.flatten.done
        assert set(desk.book.state.holds) == {"flatten"}


async def test_conditions_and_flows(tmp_path: Path) -> None:
    """The house speaks without waiting; money that moved changes the capital."""
    async with open_desk(tmp_path / "live.db") as desk:
        await desk.ready()
        guard = Guarded(desk).guard

        guard.set_condition("binary_sensor.ups", met=True)
        assert await guard.book_flow(Decimal(-250), why="withdrawal") == Unknown()
        there = VenueBook(open_orders=None, history=(), lookups={}, trades=(), balances={USDT: Decimal(9750)})
        await desk.book.ask(CompareIn(venues=there, started_ns=desk.clock.now_ns(), whole=False))
        assert await guard.book_flow(Decimal(-250), why="withdrawal") == Done()
        await desk.rest()

        assert desk.book.state.memory.conditions == {"binary_sensor.ups": True}
        assert desk.book.state.capital == Decimal(9750)
