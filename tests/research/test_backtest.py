"""A backtest trades what the rule says, at prices nobody knew before, under the rules of the live engine."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.exchange.paper.terms import PaperTerms
from custom_components.mexc_trading.model.ids import SignalId
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import (
    Action,
    Level,
    LevelBasis,
    Protect,
    Signal,
    Size,
    SizeBasis,
    Target,
)
from custom_components.mexc_trading.research.backtest import Cancelled, backtest
from custom_components.mexc_trading.research.candles import CandleRow, Candles
from custom_components.mexc_trading.research.measures import bootstrap, ratios
from custom_components.mexc_trading.research.places import ExpressionError
from custom_components.mexc_trading.research.rule_strategy import NEVER
from custom_components.mexc_trading.research.terms import BOOK
from custom_components.mexc_trading.research.trades import Trade
from custom_components.mexc_trading.risk.limits import Limits, StopAction
from tests.engine.market import BTC

from .market import CROSS, MIN, START_MS, D, rules, terms, walk
from .reference import trades as reference

MS = 1_000_000


def flat(trade: Trade) -> tuple[int, int, Decimal, Decimal, Decimal]:
    """Write a trade as the reference does."""
    return trade.opened_ms, trade.closed_ms, trade.entry_price, trade.exit_price, trade.result


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_trades_as_a_simple_reference(seed: int) -> None:
    """Given one rule, then the backtest makes the trades of a plain loop over lists, each to the last digit."""
    candles = walk(5_000, seed)
    made = [flat(trade) for trade in backtest(candles, terms(), rules=rules()).trades]
    assert made == reference(candles, 5, 20)
    assert len(made) > 50


PLANS = (
    Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=D("0.8"))),
    Protect(
        stop_loss=Level(basis=LevelBasis.PERCENT, value=D(1)),
        take_profit=(Target(level=Level(basis=LevelBasis.PERCENT, value=D("1.2")), share=D("0.5")),),
        break_even=True,
    ),
    Protect(trailing_percent=D("0.9")),
    Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=D(5)), time_exit_s=1_800),
)


@pytest.mark.parametrize("plan", PLANS)
def test_protective_exits_are_the_engines(plan: Protect) -> None:
    """Given rules that never leave, then the engine's own exits close every trade, whichever prices it is shown."""
    protected = replace(rules(leave=NEVER), protect=plan)
    candles = walk(6_000, 13)
    quick = backtest(candles, terms(), rules=protected)
    assert quick == backtest(candles, terms(), rules=protected, every_price=True)
    assert len(quick.trades) > 10
    if plan.time_exit_s is not None:
        assert all(trade.closed_ms - trade.opened_ms <= plan.time_exit_s * 1_000 for trade in quick.trades)


def test_a_stop_loses_what_it_says_and_the_way_to_the_next_open() -> None:
    """Given a stop at 0.8 %, then no trade loses much more than that, and its fees."""
    result = backtest(walk(6_000, 13), terms(), rules=replace(rules(leave=NEVER), protect=PLANS[0]))
    worst = min(trade.exit_price / trade.entry_price for trade in result.trades)
    assert D("0.98") < worst < D("0.993")


def test_a_breach_that_flattens() -> None:
    """Given a daily loss limit that also sells, when it is breached, then nothing is held until the next day."""
    limits = Limits(symbols=frozenset({BTC}), max_daily_loss=D(2), loss_action=StopAction.FLATTEN)
    candles = walk(6_000, 14, 0.004)
    quick = backtest(candles, terms(limits), rules=rules())
    assert quick == backtest(candles, terms(limits), rules=rules(), every_price=True)
    kept = backtest(candles, terms(), rules=rules())
    ends = {trade.closed_ms for trade in kept.trades}
    assert any(trade.closed_ms not in ends for trade in quick.trades)
    assert dict(quick.denials)["holds"] > 0


def test_a_price_is_only_left_out_where_nothing_follows_from_it() -> None:
    """Given limits that act on valuations, then showing every price to the engine gives the same run."""
    candles = walk(20_000, 4, 0.004)
    limits = Limits(symbols=frozenset({BTC}), max_daily_loss=D(3))
    quick = backtest(candles, terms(limits), rules=rules())
    slow = backtest(candles, terms(limits), rules=rules(), every_price=True)
    assert quick == slow
    assert dict(quick.denials)["holds"] > 0


def test_the_future_cannot_be_seen() -> None:
    """Given another future from some candle on, then everything up to there is the same, down to the open trade."""
    past, other = walk(3_000, 5), walk(3_000, 6)
    for cut in (500, 1_234, 2_001):
        rows = [past.row(index) for index in range(cut)] + [other.row(index) for index in range(cut, 3_000)]
        until_ms = START_MS + cut * MIN
        changed = backtest(Candles.of(BTC, MIN, rows), terms(), rules=rules())
        kept = backtest(past, terms(), rules=rules())
        before = [trade for trade in kept.trades if trade.closed_ms < until_ms]
        assert [trade for trade in changed.trades if trade.closed_ms < until_ms] == before
        assert len(before) > 5


def test_a_shift_in_time_changes_nothing_but_times() -> None:
    """Given the same candles one day later, then the same trades one day later."""
    day = 86_400_000
    today = backtest(walk(3_000, 7), terms(), rules=rules())
    tomorrow = backtest(walk(3_000, 7, start_ms=START_MS + day), terms(), rules=rules())
    assert [
        trade._replace(opened_ms=trade.opened_ms - day, closed_ms=trade.closed_ms - day) for trade in tomorrow.trades
    ] == list(today.trades)


def test_no_fill_in_the_candle_that_decides() -> None:
    """Given a jump in one candle, then it is the next open that is paid, not the close that was seen."""
    closes = ["100"] * 30 + ["110", "120", "120", "120"]
    opens = ["100", *closes[:-1]]
    opens[31] = "117"
    rows = [
        CandleRow(START_MS + at * MIN, D(first), max(D(first), D(last)), min(D(first), D(last)), D(last), D(5))
        for at, (first, last) in enumerate(zip(opens, closes, strict=True))
    ]
    result = backtest(Candles.of(BTC, MIN, rows), terms(), rules=rules("close > 105", "close > 115"))
    (trade,) = result.trades
    assert (trade.opened_ms, trade.entry_price) == (START_MS + 31 * MIN, D(117))
    assert (trade.closed_ms, trade.exit_price) == (START_MS + 32 * MIN, D(120))


def test_an_exit_goes_on_until_nothing_is_held() -> None:
    """Given a candle too thin for the whole exit, then the rest is sold at the next ones, not at the next cross."""
    candles = walk(5_000, 3)
    whole = backtest(candles, terms(), rules=rules()).trades[10]
    at = (whole.closed_ms - START_MS) // MIN
    thin = [candles.row(index) for index in range(len(candles))]
    thin[at] = thin[at]._replace(volume=D("0.4"))

    trade = backtest(Candles.of(BTC, MIN, thin), terms(), rules=rules()).trades[10]

    assert trade.opened_ms == whole.opened_ms
    assert whole.closed_ms < trade.closed_ms <= whole.closed_ms + 3 * MIN


def test_latency_spread_slippage_and_fees_cost() -> None:
    """Given each cost of trading, then the result is lower by it, and the trades are as many."""
    candles = walk(3_000, 8)
    free = backtest(candles, terms(venue=PaperTerms(taker_fee=D(0))), rules=rules())
    for dear in (
        terms(),
        terms(venue=PaperTerms(taker_fee=D(0), latency_ms=20_000)),
        terms(venue=PaperTerms(taker_fee=D(0), slippage=D("0.001"))),
        terms(venue=PaperTerms(taker_fee=D(0)), half_spread="0.001"),
    ):
        paid = backtest(candles, dear, rules=rules())
        assert paid.measures.result < free.measures.result - 5
        assert paid.measures.trades == free.measures.trades
    assert free.measures.fees == 0


def test_an_order_that_takes_longer_than_a_candle_meets_the_one_in_which_it_arrives() -> None:
    """Given 90 s of latency, then an order decided at a close meets the second candle after it."""
    candles = walk(2_000, 9)
    slow = backtest(candles, terms(venue=PaperTerms(latency_ms=90_000)), rules=rules())
    quick = backtest(candles, terms(), rules=rules())
    assert slow.trades[0].opened_ms == quick.trades[0].opened_ms + 90_000


def test_limits_are_the_live_ones() -> None:
    """Given a limit on the size of an order, then every entry is denied, with the rule's name."""
    limits = Limits(symbols=frozenset({BTC}), max_notional_per_order=D(1))
    result = backtest(walk(1_000), terms(limits), rules=rules())
    assert result.trades == ()
    assert dict(result.denials) == {"max_notional_per_order": result.decided}
    assert result.measures.profit_factor is None


def test_a_cooldown_leaves_trades_out() -> None:
    """Given a pause after each loss, then there are fewer trades, and the pauses are told."""
    candles = walk(3_000, 10)
    limits = Limits(symbols=frozenset({BTC}), cooldown_after_loss_s=3_600)
    paused = backtest(candles, terms(limits), rules=rules())
    assert len(paused.trades) < len(backtest(candles, terms(), rules=rules()).trades)
    assert dict(paused.denials)["cooldown_after_loss"] > 0


def signal(name: str, at_ms: int, action: Action, price: str | None = None) -> Signal:
    """Make a recorded signal."""
    entering = action is Action.ENTER
    return Signal(
        book=BOOK,
        strategy=CROSS,
        signal_id=SignalId(name),
        issued_at_ns=at_ms * MS,
        symbol=BTC,
        action=action,
        side=Side.BUY if entering else Side.SELL,
        order_type=OrderType.LIMIT if price else OrderType.MARKET,
        price=D(price) if price else None,
        size=Size(basis=SizeBasis.QUANTITY, value=D(1)) if entering else None,
        valid_for_s=30 if entering else None,
    )


def test_recorded_signals_are_decided_at_their_time() -> None:
    """Given signals inside a candle and at a close, then each meets the next open after it."""
    candles = walk(100)
    result = backtest(
        candles,
        terms(),
        recorded=(
            signal("in", START_MS + 10 * MIN + 30_000, Action.ENTER),
            signal("out", START_MS + 20 * MIN, Action.EXIT),
            signal("late", START_MS + 1_000 * MIN, Action.ENTER),
        ),
    )
    (trade,) = result.trades
    assert (trade.opened_ms, trade.closed_ms) == (START_MS + 11 * MIN, START_MS + 20 * MIN)
    assert trade.entry_price == candles.row(11).open
    assert trade.exit_price == candles.row(20).open
    assert result.decided == 2


def test_a_resting_order_waits_until_a_candle_goes_through_it() -> None:
    """Given a bid below the market, then it trades in the first later candle that goes below it, at its price."""
    candles = walk(300, 3)
    lows = [candles.row(index).low for index in range(300)]
    bid = min(lows[12:200]) + D("0.2")
    result = backtest(candles, terms(), recorded=(signal("rest", START_MS + 11 * MIN, Action.ENTER, str(bid)),))
    through = next(index for index in range(12, 300) if lows[index] < bid)
    sold = signal("out", START_MS + (through + 2) * MIN, Action.EXIT)
    entry = signal("rest", START_MS + 11 * MIN, Action.ENTER, str(bid))
    (trade,) = backtest(candles, terms(), recorded=(entry, sold)).trades
    assert result.held == 1
    assert (trade.opened_ms, trade.entry_price) == (START_MS + through * MIN, bid)


def test_the_same_run_twice() -> None:
    """Given the same candles and terms, then the whole result is the same; another seed changes ids only."""
    candles = walk(2_000)
    first = backtest(candles, terms(), rules=rules())
    assert first == backtest(candles, terms(), rules=rules())
    other = backtest(candles, replace(terms(), seed=5), rules=rules())
    assert other.trades == first.trades


def test_progress_and_cancellation() -> None:
    """Given somebody who watches, then progress is told to the end, and raising ends the run."""
    candles, told = walk(9_000), list[tuple[int, int]]()
    backtest(candles, terms(), rules=rules(), progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 9_000), (8_192, 9_000), (9_000, 9_000)]

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        backtest(candles, terms(), rules=rules(), progress=stop)


def test_nothing_to_run() -> None:
    """Given no candles, no strategy, or a rule that is none, then it is refused."""
    with pytest.raises(ValueError, match="nothing to run"):
        backtest(walk(10), terms())
    with pytest.raises(ValueError, match="nothing to run"):
        backtest(Candles(symbol=BTC, interval_ms=MIN), terms(), rules=rules())
    with pytest.raises(ExpressionError):
        backtest(walk(10), terms(), rules=rules("close >"))


def test_what_came_of_it_adds_up() -> None:
    """Given a run, then equity, result and curve tell the same story as the trades."""
    result = backtest(walk(5_000, 11), terms(), rules=rules())
    measures = result.measures
    total = sum((trade.result for trade in result.trades), start=D(0))
    assert measures.result == pytest.approx(float(total))
    if not result.held:
        assert measures.return_percent == pytest.approx(float(total) / 100)
    assert result.curve[0].equity == 10_000
    assert 0 < measures.max_drawdown_percent < 100
    assert 0 < measures.exposure_percent < 100
    assert measures.win_percent is not None
    assert len(result.curve) <= 1_000
    assert result.assumptions


def test_ratios_by_hand() -> None:
    """Given three days of +1 %, -1 %, +3 %, then the ratios are those of the definitions."""
    sharpe, sortino = ratios([0.01, -0.01, 0.03])
    assert sharpe == pytest.approx(0.01 / 0.02 * 365**0.5)
    assert sortino == pytest.approx(0.01 / (0.0001 / 3) ** 0.5 * 365**0.5)
    assert ratios([0.01]) == (None, None)
    assert ratios([0.01, 0.01]) == (None, None)


def test_luck() -> None:
    """Given trades, then resampling them gives a spread around their sum, the same for the same seed."""
    trades = backtest(walk(5_000, 12), terms(), rules=rules()).trades
    spread = bootstrap(trades, seed=1)
    assert spread is not None
    assert spread == bootstrap(trades, seed=1)
    assert spread.low < sum(float(trade.result) for trade in trades) < spread.high
    assert bootstrap((), seed=1) is None
