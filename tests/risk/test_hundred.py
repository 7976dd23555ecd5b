"""A hundred at once against three: the real engine, journal and tasks, and a venue that answers late."""

import asyncio
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Answer, Decided
from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.signal import Signal
from custom_components.mexc_trading.risk.limits import Limits

from ..engine.desk import Desk, open_desk, refolded
from ..engine.market import BTC, entry, instrument, leave, quote
from .watch import COLLARED

SYMBOLS = tuple(Symbol(f"C{number}USDT") for number in range(100))


async def ready(desk: Desk, limits: Limits = COLLARED) -> None:
    """Let the boot end, and a hundred symbols be known, allowed and priced."""
    await desk.ready()
    await desk.book.ask(inp.LimitsIn(limits=replace(limits, symbols=frozenset({BTC, *SYMBOLS}))))
    desk.book.tell(inp.InstrumentsIn(instruments=tuple(instrument(symbol) for symbol in SYMBOLS)))
    desk.venue.prices.update({symbol: (Decimal("99.9"), Decimal(100)) for symbol in SYMBOLS})
    desk.book.tell(inp.QuotesIn(quotes=tuple(quote(symbol) for symbol in SYMBOLS)))
    await desk.rest()


async def at_once(desk: Desk, wishes: list[Signal]) -> list[Answer]:
    """Ask for all of them in the same moment."""
    return list(await asyncio.gather(*(desk.ask(wish) for wish in wishes)))


def allowed(answers: list[Answer]) -> list[Decided]:
    """Pick those that passed."""
    return [answer for answer in answers if isinstance(answer, Decided) and answer.decision.allowed]


async def test_a_hundred_at_once_against_three_positions(tmp_path: Path) -> None:
    """Exactly three are allowed and sent; each of the others is told the rule, the limit and the value."""
    async with open_desk(tmp_path / "live.db") as desk:
        await ready(desk, replace(COLLARED, max_open_positions=3))
        desk.venue.gate = asyncio.Event()

        answers = await at_once(desk, [entry(f"s-{symbol}", quantity="0.1", symbol=symbol) for symbol in SYMBOLS])
        desk.venue.gate.set()
        await desk.rest()

        assert len(allowed(answers)) == 3
        denied = [answer for answer in answers if isinstance(answer, Decided) and not answer.decision.allowed]
        assert len(denied) == 97
        for answer in denied:
            (why,) = answer.decision.denials
            assert (why.rule, why.limit, why.value, why.margin) == (RuleName.MAX_OPEN_POSITIONS, "3", "4", "-1")
        assert len(desk.venue.orders) == 3
        assert len(desk.book.state.ledger.positions) == 3
        assert refolded(desk.book.journal).ledger == desk.book.state.ledger


async def test_the_same_wish_a_hundred_times_is_one_order(tmp_path: Path) -> None:
    """One decision, ninety-nine times the same again."""
    async with open_desk(tmp_path / "live.db") as desk:
        await ready(desk)

        answers = await at_once(desk, [entry("one", quantity="0.1", symbol=SYMBOLS[0])] * 100)
        await desk.rest()

        decided = [answer for answer in answers if isinstance(answer, Decided)]
        assert Counter(answer.duplicate for answer in decided) == {True: 99, False: 1}
        assert len({answer.order_id for answer in decided}) == 1
        assert len(desk.venue.orders) == 1


async def test_a_hundred_at_once_against_a_sum(tmp_path: Path) -> None:
    """Room for seven and a half entries of a hundred is room for seven."""
    async with open_desk(tmp_path / "live.db") as desk:
        await ready(desk, replace(COLLARED, max_gross_exposure=Decimal(750)))

        answers = await at_once(desk, [entry(f"s-{symbol}", quantity="1", symbol=symbol) for symbol in SYMBOLS])
        await desk.rest()

        assert len(allowed(answers)) == 7
        assert len(desk.venue.orders) == 7
        assert desk.book.state.totals().gross <= 750


async def test_a_hundred_exits_at_once_sell_what_is_there_once(tmp_path: Path) -> None:
    """The position is sold, and not one coin more."""
    async with open_desk(tmp_path / "live.db") as desk:
        await ready(desk)
        await desk.send(entry("in", quantity="1", symbol=SYMBOLS[0]))

        wishes = [leave(f"out-{number}", quantity="0.3", symbol=SYMBOLS[0]) for number in range(100)]
        answers = await at_once(desk, wishes)
        await desk.rest()

        assert len(allowed(answers)) == 4
        sold = sum(order.executed for order in desk.venue.orders if order.side is Side.SELL)
        assert sold == Decimal(1)
        assert not desk.book.state.ledger.positions


async def test_the_kill_switch_among_a_hundred_lets_none_through_after_it(tmp_path: Path) -> None:
    """Thrown in their middle: what is decided after the hold is denied, and what waited to leave does not leave."""
    async with open_desk(tmp_path / "live.db") as desk:
        await ready(desk)
        desk.venue.gate = asyncio.Event()
        wishes = [entry(f"s-{symbol}", quantity="0.1", symbol=symbol) for symbol in SYMBOLS]
        kill = inp.RaiseIn(kind=HoldKind.KILL_SWITCH, scope=WHOLE_BOOK, why="me: now", release=Release.PERSON)

        before = asyncio.gather(*(desk.ask(wish) for wish in wishes[:50]))
        thrown = asyncio.create_task(desk.book.ask(kill))
        after = asyncio.gather(*(desk.ask(wish) for wish in wishes[50:]))
        answers = [*await before, *await after]
        await thrown
        desk.venue.gate.set()
        await desk.rest()

        records = [(record.seq, record.kind, record.body) for record in desk.book.journal.records()]
        (held,) = [seq for seq, kind, body in records if kind == "hold_raised" and "kill_switch" in body]
        late = [body for seq, kind, body in records if kind == "signal_decided" and seq > held]
        assert len(late) >= 50
        assert all('"verdict":"deny"' in body for body in late)
        assert len(allowed(answers)) <= 50
        assert desk.book.state.has_hold(HoldKind.KILL_SWITCH)
