"""Rules that live: what a backtest wants they want, once for each candle, and no entry late."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

import pytest

from custom_components.mexc_trading.bridge import candle_feed, live_rule
from custom_components.mexc_trading.bridge.candle_feed import ASK_AGAIN_S, CandleFeed
from custom_components.mexc_trading.bridge.candle_store import CandleStore
from custom_components.mexc_trading.bridge.live_rule import Following, LiveRule
from custom_components.mexc_trading.bridge.live_rules import LiveRules
from custom_components.mexc_trading.bridge.terms import LIVE, PAPER
from custom_components.mexc_trading.engine.answers import Answer, Busy
from custom_components.mexc_trading.exchange.mexc.klines import Interval
from custom_components.mexc_trading.exchange.resilience import budget
from custom_components.mexc_trading.model.ids import PERSON, Symbol
from custom_components.mexc_trading.model.outcome import Unavailable
from custom_components.mexc_trading.model.signal import Action, Signal, Size, SizeBasis, Source
from custom_components.mexc_trading.research.candle_fetch import Source as CandleSource
from custom_components.mexc_trading.research.candles import CandleRow, Candles, Span
from custom_components.mexc_trading.research.follower import WARM_UP_MIN
from custom_components.mexc_trading.research.player import Player
from custom_components.mexc_trading.research.rule_plan import RulePlan
from custom_components.mexc_trading.research.rule_strategy import RuleStrategy, Wish, signal_of
from custom_components.mexc_trading.research.terms import BacktestTerms
from custom_components.mexc_trading.risk.strategy import StrategyTerms
from tests.double import MexcDouble
from tests.slow_machine import change_threshold, slow_machine

from .rule_desk import BTC, LIMITS, MINUTE_MS, RULES, SETTLED_MS, MovedClock, RuleDesk, plan, settled, until

MINUTES: Final = 32


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let minutes pass in a moment: the venue's weights are not about that, nor is the age of prices and clocks."""
    monkeypatch.setattr(budget, "WEIGHT_PER_10_S", 100_000)
    for name in ("price_age_s", "stream_age_s", "clock_skew_ms"):
        change_threshold(monkeypatch, name, limit=1_000_000)
    with slow_machine():
        yield


@pytest.fixture
async def double(socket_enabled: None) -> AsyncIterator[MexcDouble]:
    """Run the double."""
    async with MexcDouble() as running:
        yield running


def walk(count: int, seed: int) -> Iterator[tuple[int, ...]]:
    """Make minutes of a random walk above all prices of the double's past."""
    chance, price = Random(seed), 121_500
    for _ in range(count):
        steps = [round(price * (1 + chance.gauss(0, 0.001))) for _ in range(3)]
        price = steps[-1]
        yield tuple(steps)


async def read(desk: RuleDesk, since_ms: int, until_ms: int) -> Candles:
    """Read candles as a backtest does."""
    source = desk.account.past.candles
    assert source is not None
    rows = await source.rows(BTC, MINUTE_MS, Span(since_ms, until_ms))
    assert isinstance(rows, list)
    return Candles.of(BTC, MINUTE_MS, rows)


async def test_what_is_wanted_live_is_what_a_backtest_wants(double: MexcDouble, tmp_path: Path) -> None:
    """Given the same candles live and in a backtest, then the same signals, candle by candle, became orders."""
    rules = plan("cross_above(close, sma(3)) and close > 120500", "cross_below(close, sma(3))")
    clock = MovedClock(double)
    double.venue.set_price(BTC, "120000")
    clock.put(clock.now_ms + 10 * MINUTE_MS)
    async with RuleDesk(double=double, folder=tmp_path, home=LIVE) as desk:
        await desk.follow(rules)
        closes = [await desk.minute(*prices) for prices in walk(MINUTES, 5)]
        signals = await desk.wanted(LIVE)
        # With the past that the strategy was given first, in which its rules want nothing.
        candles = await read(desk, closes[0] - (WARM_UP_MIN + 1) * MINUTE_MS, closes[-1])
        instrument = desk.account.instrument(BTC)
        orders = len(double.requests.of("POST", "/api/v3/order"))

    assert instrument is not None
    tested = Player(
        candles,
        BacktestTerms(instrument=instrument, limits=desk.limits, capital=Decimal(10_000)),
        strategy=StrategyTerms(strategy_id=RULES, name="Rules", symbols=frozenset({BTC})),
        rules=RuleStrategy(rules.terms(BTC)),
        recorded=(),
        every_price=False,
    )
    tested.play(0, len(candles))

    live = [signal.signal_id for signal in signals if signal.source is Source.RULE]
    assert live == [key.signal_id for key in tested.desk.state.decided if key.strategy == RULES]
    assert orders == len(live) >= 6


JUMP: Final = plan("close > 110000", "close < 100000")
"""Rules that a test plays on by one price."""


async def test_a_candle_is_traded_once_whatever_happens(double: MexcDouble, tmp_path: Path) -> None:
    """Given an entry, when the account is opened again at once and sees the same candle, then there is one order."""
    double.venue.set_price(BTC, "109500")
    async with RuleDesk(double=double, folder=tmp_path, home=LIVE) as desk:
        await desk.follow(JUMP)
        await desk.minute(109_500)
        await desk.minute(110_500)
        await until(desk.account, lambda model: bool(model.positions))
        await desk.rules.look()

    async with RuleDesk(double=double, folder=tmp_path, home=LIVE) as desk:
        await desk.follow(JUMP)
        await desk.rules.look()
        assert [signal.action for signal in await desk.wanted(LIVE)] == [Action.ENTER]
    assert len(double.requests.of("POST", "/api/v3/order")) == 1


async def test_a_candle_that_was_denied_stays_denied(double: MexcDouble, tmp_path: Path) -> None:
    """Given a denied entry, when limits are loosened and the same candle is worked out again, then it stays denied."""
    tight = replace(LIMITS, max_notional_per_order=Decimal(50))
    async with RuleDesk(double=double, folder=tmp_path, home=LIVE, limits=tight) as desk:
        await desk.follow(JUMP)
        await desk.minute(109_500)
        close_ms = await desk.minute(110_500)
        (told,) = desk.rules.told(RULES)
        assert told.signal is not None
        assert (told.signal.answer, told.signal.rule) == ("deny", "max_notional_per_order")

    async with RuleDesk(double=double, folder=tmp_path, home=LIVE) as desk:
        await desk.follow(JUMP)
        await desk.rules.look()
        (told,) = desk.rules.told(RULES)
        assert told.signal is not None
        assert (told.signal.close_ms, told.signal.answer) == (close_ms, "deny")
        assert len(await desk.wanted(LIVE)) == 1
    assert double.requests.of("POST", "/api/v3/order") == []


async def test_an_entry_is_never_late(double: MexcDouble, tmp_path: Path) -> None:
    """Given a candle that wants in, when it is seen after the time that entries are wanted, then nothing is wanted."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        await desk.minute(90_000)
        late = await desk.minute(120_000, late_ms=28_000)
        assert await desk.wanted() == ()
        (told,) = desk.rules.told(RULES)
        assert told.candle_ms == late

        close_ms = await desk.minute(120_000, late_ms=20_000)
        assert [signal.issued_at_ns for signal in await desk.wanted()] == [close_ms * 1_000_000]


async def test_what_was_missed_is_caught_up_with_and_not_traded(double: MexcDouble, tmp_path: Path) -> None:
    """Given an hour without Home Assistant, then a cross in it is not traded later, and the rules know all of it."""
    cross = plan("cross_above(close, sma(5)) and close > 110000")
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(cross)
        await desk.minute(90_000)

    clock = MovedClock(double)
    for price in (120_000, 121_000, 122_000):
        clock.put(clock.now_ms + 20 * MINUTE_MS)
        double.venue.set_price(BTC, str(price))

    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(cross)
        await desk.rules.look()
        await desk.minute(121_000)
        assert await desk.wanted() == ()
        for _ in range(6):
            await desk.minute(111_000)
        await desk.minute(112_000)
        assert len(await desk.wanted()) == 1


async def test_an_exit_that_was_missed_is_made_up_for(double: MexcDouble, tmp_path: Path) -> None:
    """Given a position, when its exit is wanted while Home Assistant is down, then it is sold after the start, once."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        await desk.minute(90_000)
        await desk.minute(120_000)
        await until(desk.account, lambda model: bool(model.positions))

    clock = MovedClock(double)
    for price in (90_000, 105_000, 105_000):
        clock.put(clock.now_ms + 2 * MINUTE_MS)
        double.venue.set_price(BTC, str(price))

    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        await desk.minute(105_000)
        await until(desk.account, lambda model: not model.positions)
        await desk.minute(105_000)
        assert [signal.action for signal in await desk.wanted()] == [Action.ENTER, Action.EXIT]


async def test_other_rules_do_not_judge_the_past(double: MexcDouble, tmp_path: Path) -> None:
    """Given a position, when the exit is changed to what was true before, then it is sold by the next candle only."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        await desk.minute(90_000)
        await desk.minute(120_000)
        await until(desk.account, lambda model: bool(model.positions))
        await desk.minute(125_000)
        changed = plan(JUMP.entry, "close > 124000", since_s=desk.clock.now_ms // 1_000)
        await desk.follow(changed)
        await desk.rules.look()
        await desk.minute(121_000)
        assert len(await desk.wanted()) == 1

        await desk.minute(126_000)
        await until(desk.account, lambda model: not model.positions)


async def test_what_somebody_else_holds_is_left_alone(double: MexcDouble, tmp_path: Path) -> None:
    """Given coins that a person bought, then rules neither add to them nor sell them."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(plan("close > 0", "close > 0"))
        own = signal_of(JUMP.terms(BTC), Wish.ENTER, book=PAPER, close_ms=desk.clock.now_ms, interval_ms=MINUTE_MS)
        await desk.account.submit(replace(own, strategy=PERSON, source=Source.ACTION), "0" * 64)
        await until(desk.account, lambda model: bool(model.positions))
        await desk.minute(120_000)

        assert await desk.wanted() == ()


async def test_what_is_removed_wants_nothing(double: MexcDouble, tmp_path: Path) -> None:
    """Given a strategy that is removed while its candle is being read, then nothing is wanted."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        await desk.minute(90_000)
        close_ms = desk.this_minute()
        double.venue.set_price(BTC, "120000")
        desk.clock.put(close_ms + SETTLED_MS)
        read = len(double.requests.of("GET", "/api/v3/klines"))
        looking = asyncio.create_task(desk.rules.look())
        await double.requests.wait_for("GET", "/api/v3/klines", count=read + 1)
        desk.rules.sync(())
        await looking

        assert await desk.wanted() == ()


@dataclass(slots=True)
class Tape:
    """Candles as a venue may give them: more than was asked for, less, or none."""

    desk: RuleDesk
    rows_now: list[CandleRow] = field(default_factory=list)
    asked: list[Span] = field(default_factory=list)
    away: bool = False

    @property
    def candles(self) -> CandleSource:
        """Give itself."""
        return self

    def venue_ms(self) -> int:
        """Tell the time."""
        return self.desk.clock.now_ms

    async def rows(self, symbol: Symbol, interval_ms: int, span: Span) -> Sequence[CandleRow] | Unavailable:
        """Give all that there is, whatever was asked for."""
        self.asked.append(span)
        return Unavailable(cause="away") if self.away else self.rows_now


def row(close_ms: int, price: int) -> CandleRow:
    """Make a candle by its close."""
    at = Decimal(price)
    return CandleRow(close_ms - MINUTE_MS, at, at, at, at, Decimal(1))


class Fed:
    """Rules at work on a tape."""

    def __init__(self, desk: RuleDesk, rules: RulePlan = JUMP) -> None:
        """Begin with a past of calm minutes."""
        self.desk = desk
        self.close_ms = desk.this_minute()
        past = [row(self.close_ms - back * MINUTE_MS, 90_000) for back in range(5, 0, -1)]
        self.tape = Tape(desk, past)
        self.rule = LiveRule(rules, BTC, desk.books, lambda: None)
        self.waited: list[float] = []
        self.feed = CandleFeed(BTC, Interval.MIN1, self.tape, CandleStore(desk.folder), self._wait)
        self.feed.rules.append(self.rule)

    async def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.desk.clock.put(self.desk.clock.now_ms + round(seconds * 1_000))

    async def look(self, after_ms: int) -> None:
        """Look so long after the newest close."""
        self.desk.clock.put(self.close_ms + after_ms)
        await self.feed.look()
        await settled(self.desk.account)


async def test_a_candle_that_still_grows_is_not_seen(double: MexcDouble, tmp_path: Path) -> None:
    """Given a venue that tells candles before their end, then they are not looked at before they have closed."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        double.venue.set_price(BTC, "120000")
        fed = Fed(desk)
        fed.tape.rows_now += [row(fed.close_ms, 90_000), row(fed.close_ms + MINUTE_MS, 120_000)]
        await fed.look(SETTLED_MS)
        assert fed.rule.told.candle_ms == fed.close_ms
        await fed.look(MINUTE_MS - 1)
        assert await desk.wanted() == ()

        await fed.look(MINUTE_MS + SETTLED_MS)
        assert len(await desk.wanted()) == 1


async def test_a_candle_that_is_not_there_is_not_traded_and_it_is_said(double: MexcDouble, tmp_path: Path) -> None:
    """Given a close without a candle, then it is asked for again, nothing is wanted, and the gap is told."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        fed = Fed(desk, plan("close > 0", "close < 0"))
        await fed.look(SETTLED_MS)
        assert (fed.rule.told.following, fed.waited) == (Following.GAP, list(ASK_AGAIN_S))
        assert await desk.wanted() == ()

        fed.tape.rows_now.append(row(fed.close_ms + MINUTE_MS, 90_000))
        await fed.look(MINUTE_MS + SETTLED_MS)
        assert fed.rule.told.following is Following.FOLLOWING
        assert len(await desk.wanted()) == 1


async def test_one_request_for_each_close(double: MexcDouble, tmp_path: Path) -> None:
    """Given two strategies on the same candles, then each candle is asked for once, and none again."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        fed = Fed(desk)
        fed.feed.rules.append(LiveRule(plan("close < 0"), BTC, desk.books, lambda: None))
        fed.tape.rows_now.append(row(fed.close_ms, 90_000))
        await fed.look(SETTLED_MS)
        fed.tape.asked.clear()
        fed.tape.rows_now.append(row(fed.close_ms + MINUTE_MS, 90_000))
        await fed.look(MINUTE_MS + SETTLED_MS)
        await fed.look(MINUTE_MS + SETTLED_MS + 1_000)

        assert fed.tape.asked == [Span(fed.close_ms, fed.close_ms + MINUTE_MS)]


async def test_a_venue_that_is_away_is_said_and_caught_up_with(double: MexcDouble, tmp_path: Path) -> None:
    """Given no answers, then it is told, before and after the past is known; later everything is read."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        fed = Fed(desk)
        fed.tape.away = True
        await fed.look(SETTLED_MS)
        assert (fed.rule.told.following, fed.rule.told.candle_ms) == (Following.UNAVAILABLE, None)

        fed.tape.away = False
        fed.tape.rows_now += [row(fed.close_ms + number * MINUTE_MS, 90_000) for number in range(200)]
        await fed.look(SETTLED_MS)
        assert fed.rule.told.following is Following.FOLLOWING
        fed.tape.away = True
        await fed.look(MINUTE_MS + SETTLED_MS)
        away = fed.rule.told
        assert away.following is Following.UNAVAILABLE
        fed.tape.away = False
        await fed.look(150 * MINUTE_MS + SETTLED_MS)
        assert fed.rule.told.candle_ms == fed.close_ms + 150 * MINUTE_MS


async def test_a_wish_that_was_not_taken_in_is_said_again(
    double: MexcDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an account that is busy for a moment, then the same wish is said again under the same id."""
    monkeypatch.setattr(live_rule, "SUBMIT_AGAIN_S", (0, 0))
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        said: list[Signal] = []
        taken = desk.books.submit

        async def busy_once(signal: Signal, digest: str) -> Answer:
            said.append(signal)
            return Busy(cause="test", retry_after_s=1) if len(said) < busy_for else await taken(signal, digest)

        monkeypatch.setattr(desk.books, "submit", busy_once)
        busy_for = 4
        await desk.minute(120_000)
        (told,) = desk.rules.told(RULES)
        assert told.signal is not None
        assert told.signal.answer == "busy"
        busy_for = 0
        await desk.minute(120_000)
        (told,) = desk.rules.told(RULES)
        assert told.signal is not None
        assert told.signal.answer == "allow"
        assert len({signal.signal_id for signal in said[:3]}) == 1


async def test_a_conflict_is_told(double: MexcDouble, tmp_path: Path) -> None:
    """Given somebody who used the id of a candle for another wish, then nothing is traded, and that is told."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        await desk.minute(90_000)
        close_ms = desk.this_minute()
        double.venue.set_price(BTC, "120000")
        desk.clock.put(close_ms + SETTLED_MS)
        own = signal_of(JUMP.terms(BTC), Wish.ENTER, book=PAPER, close_ms=close_ms, interval_ms=MINUTE_MS)
        await desk.account.submit(replace(own, size=Size(basis=SizeBasis.NOTIONAL, value=Decimal(5_000))), "0" * 64)
        await desk.rules.look()

        (told,) = desk.rules.told(RULES)
        assert told.signal is not None
        assert told.signal.answer == "idempotency_conflict"
        assert not desk.account.read_model().positions


async def test_rules_that_another_release_cannot_read_are_told(double: MexcDouble, tmp_path: Path) -> None:
    """Given saved rules that cannot be compiled, then the account runs, and the strategy says that it does not."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(plan("nonsense(3) > 1"))
        (told,) = desk.rules.told(RULES)
        assert told.following is Following.BROKEN
        await desk.follow(JUMP)
        (told,) = desk.rules.told(RULES)
        assert told.following is Following.WARMING_UP
        assert desk.rules.plan(RULES) == JUMP


async def test_a_fault_in_a_feed_is_told(double: MexcDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a bug while candles are read, then the strategy says that it follows nothing any more."""
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        fault = RuntimeError("a bug")

        async def broken(_: CandleFeed) -> None:
            raise fault

        monkeypatch.setattr(CandleFeed, "look", broken)
        changed = asyncio.Event()
        rules = LiveRules(desk.books, CandleStore(tmp_path), lambda work, _: asyncio.create_task(work))
        stop = rules.listen(changed.set)
        rules.sync((JUMP,))
        changed.clear()
        await asyncio.wait_for(changed.wait(), 60)
        stop()
        (told,) = rules.told(RULES)
        assert told.following is Following.BROKEN
        rules.close()


async def test_a_feed_looks_after_each_close_by_itself(
    double: MexcDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a feed at its own pace, then it looks at once, when a strategy joins, and when a candle has closed."""
    monkeypatch.setattr(candle_feed, "SLEEP_MAX_S", 0.01)
    async with RuleDesk(double=double, folder=tmp_path) as desk:
        await desk.follow(JUMP)
        fed = Fed(desk)
        fed.tape.rows_now.append(row(fed.close_ms, 90_000))
        desk.clock.put(fed.close_ms + SETTLED_MS)
        running = asyncio.create_task(fed.feed.run())
        await until(desk.account, lambda _: fed.rule.told.candle_ms == fed.close_ms)
        joined = LiveRule(plan("close < 0"), BTC, desk.books, lambda: None)
        fed.feed.rules.append(joined)
        fed.feed.wake()
        await until(desk.account, lambda _: joined.told.candle_ms == fed.close_ms)
        fed.tape.rows_now.append(row(fed.close_ms + MINUTE_MS, 90_000))
        desk.clock.put(fed.close_ms + MINUTE_MS + SETTLED_MS)
        await until(desk.account, lambda _: fed.rule.told.candle_ms == fed.close_ms + MINUTE_MS)
        running.cancel()
