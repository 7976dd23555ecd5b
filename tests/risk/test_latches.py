"""Loss and drawdown limits: looked for at every valuation, latched, and what goes with them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from custom_components.mexc_trading.engine import events as ev, inputs as inp
from custom_components.mexc_trading.engine.answers import Decided, Done, Unknown
from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, Hold, HoldKind, Release
from custom_components.mexc_trading.model.ids import HoldId, StrategyId
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.risk.limits import Limits, StopAction
from custom_components.mexc_trading.risk.strategy import StrategyTerms

from ..engine.market import BTC, ETH, NOW, S, entry
from .watch import COLLARED, Watch

LOSS = replace(COLLARED, max_daily_loss=Decimal(50))
DAY = replace(COLLARED, max_daily_drawdown=Decimal(1))
TOTAL = replace(COLLARED, max_total_drawdown=Decimal(2))


def holding(limits: Limits, quantity: str = "10") -> Watch:
    """Hold ten coins bought at 100, with 10,000 of capital."""
    scene = Watch(limits)
    scene.hold_of(None, quantity=quantity)
    return scene


def denials(scene: Watch, name: str = "next") -> list[RuleName]:
    """Name the rules that deny an entry now."""
    outcome = scene.do(inp.SignalIn(signal=scene.wish(None, quantity="0.1", price="90", name=name), digest="d"))
    assert isinstance(outcome.answer, Decided)
    return [denial.rule for denial in outcome.answer.decision.denials]


def test_a_days_loss_is_latched_at_the_limit_and_not_before() -> None:
    """Ten coins: 4.999 lost on each is not enough, five are."""
    scene = holding(LOSS)
    scene.see("95.001")
    assert not scene.held()

    scene.see("95")

    (hold,) = scene.state.holds.values()
    assert (hold.kind, hold.release, hold.why) == (HoldKind.DAILY_LOSS, Release.NEXT_DAY, "-50 of -50 USDT")
    assert hold.until_ns == NOW // (86_400 * S) * 86_400 * S + 86_400 * S


def test_neither_recovery_nor_a_higher_limit_nor_a_restart_nor_a_person_undoes_it() -> None:
    """It ends with the day."""
    scene = holding(LOSS)
    scene.see("95")
    scene.see("130")
    scene.do(inp.LimitsIn(limits=replace(LOSS, max_daily_loss=Decimal(5000))))
    scene.do(inp.LimitsIn(limits=replace(LOSS, max_daily_loss=None)))
    assert scene.do(inp.ReleaseIn(hold_id=HoldId("daily_loss"), who="me", reason="please")).answer == Unknown()
    scene.do(inp.ClearIn(kind=HoldKind.DAILY_LOSS, scope=next(iter(scene.state.holds.values())).scope, reason="x"))

    assert denials(scene) == [RuleName.HOLDS]
    assert set(scene.restarted().holds) == {"daily_loss"}


def test_it_ends_with_the_day() -> None:
    """At midnight a new day opens at the present value, and entries may go on."""
    scene = holding(LOSS)
    scene.see("95")
    midnight = NOW // (86_400 * S) * 86_400 * S + 86_400 * S
    scene.now_ns = midnight - S
    scene.tick(0.5)
    assert scene.held() == {"daily_loss"}

    scene.tick(0.5)

    assert not scene.held()
    assert scene.state.day is not None
    assert (scene.state.day.start_ns, scene.state.day.open_pnl) == (midnight, Decimal(-50))
    assert not denials(scene)


def test_the_first_price_of_a_day_is_not_measured_against_yesterday() -> None:
    """Given 49 lost of 50 before midnight, when the first price after it is lower, then the new day opens with it."""
    scene = holding(LOSS)
    scene.see("95.1")
    midnight = NOW // (86_400 * S) * 86_400 * S + 86_400 * S
    scene.now_ns = midnight + 1

    scene.see("94.9")

    assert not scene.held()
    assert scene.state.day is not None
    assert scene.state.day.start_ns == midnight
    scene.see("89")
    assert scene.held() == {"daily_loss"}


def test_fees_and_realised_losses_count_without_a_new_price() -> None:
    """Sold at 96 with a fee of ten: the next tick notices."""
    scene = holding(LOSS)
    order_id = scene.exit()
    scene.fill(order_id, "10", "96", fee="10")
    scene.tick()

    assert scene.held() == {"daily_loss"}


def test_a_deposit_is_no_profit_and_a_withdrawal_no_loss() -> None:
    """Money that comes and goes changes capital alone."""
    scene = holding(replace(LOSS, max_daily_drawdown=Decimal(1), max_total_drawdown=Decimal(1)))
    scene.see("97")
    fall = scene.state.drawdown(scene.state.memory.total_peak, scene.state.valuation())

    for amount in ("5000", "-9000", "-3000", "123.456"):
        assert scene.move_money(Decimal(amount)).answer == Done()
        scene.tick()
        assert not scene.held()
        assert scene.state.daily_pnl() == Decimal(-30)
        after = scene.state.drawdown(scene.state.memory.total_peak, scene.state.valuation())
        assert fall is not None
        assert after is not None
        assert abs(after - fall) < Decimal("1E-20")
    assert scene.state.capital == Decimal("3123.456")


def test_an_emptied_account_starts_from_where_it_stands() -> None:
    """Nothing can be measured of nothing; afterwards it is measured anew."""
    scene = holding(DAY)
    scene.see("99")
    equity = scene.state.equity()
    assert equity is not None
    assert scene.move_money(-equity).answer == Done()
    scene.tick()
    assert not scene.held()

    assert scene.move_money(Decimal(1000)).answer == Done()
    scene.see("97")

    assert scene.held() == {"daily_drawdown"}


def test_a_days_drawdown_is_measured_from_its_peak() -> None:
    """Up to 10,200, then down by one percent: 102."""
    scene = holding(DAY)
    scene.see("120")
    scene.see("109.81")
    assert not scene.held()

    scene.see("109.8")

    (hold,) = scene.state.holds.values()
    assert (hold.kind, hold.release, hold.why) == (HoldKind.DAILY_DRAWDOWN, Release.NEXT_DAY, "1 of 1 %")


def test_a_new_day_forgets_the_days_peak_but_not_the_highest_ever() -> None:
    """The total drawdown goes on over midnight, and a person's release counts from there."""
    scene = holding(replace(TOTAL, max_daily_drawdown=Decimal(50)))
    scene.see("120")
    scene.now_ns += 86_400 * S
    scene.see("110")
    scene.tick()
    assert scene.state.day is not None
    assert scene.state.day.peak_pnl == Decimal(100)

    scene.see("99.6")

    (hold,) = scene.state.holds.values()
    assert (hold.kind, hold.release) == (HoldKind.TOTAL_DRAWDOWN, Release.PERSON)
    assert scene.do(inp.ReleaseIn(hold_id=hold.hold_id, who="me", reason="seen")).answer == Done()
    assert scene.state.memory.total_peak == Decimal(-4)
    scene.tick()
    assert not scene.held()
    scene.see("79.681")
    assert not scene.held()
    scene.see("79.6")
    assert scene.held() == {"total_drawdown"}


def test_a_release_without_a_price_counts_from_the_next_peak() -> None:
    """The hold comes back with the first price: the fall could not be measured when it was released."""
    scene = holding(TOTAL)
    scene.see("79")
    scene.state.marks.pop(BTC)

    scene.do(inp.ReleaseIn(hold_id=HoldId("total_drawdown"), who="me", reason="blind"))
    assert not scene.held()
    scene.see("79")

    assert scene.held() == {"total_drawdown"}


def test_without_a_price_nothing_is_latched_and_nothing_entered() -> None:
    """What is held cannot be valued: no breach is claimed, and no entry passes."""
    scene = holding(LOSS)
    scene.state.marks.pop(BTC)
    scene.tick()

    assert not scene.held()
    outcome = scene.do(inp.SignalIn(signal=replace(scene.wish(None, name="eth"), symbol=ETH), digest="d"))
    assert isinstance(outcome.answer, Decided)
    assert [denial.rule for denial in outcome.answer.decision.denials] == [RuleName.MAX_DAILY_LOSS]


@pytest.mark.parametrize(
    ("action", "canceled", "sold"),
    [
        (StopAction.STOP_ENTRIES, False, False),
        (StopAction.CANCEL_ENTRIES, True, False),
        (StopAction.FLATTEN, True, True),
    ],
)
def test_what_goes_with_a_breach(action: StopAction, *, canceled: bool, sold: bool) -> None:
    """Working entries stay, are cancelled, or are cancelled and everything sold: once, with the breach."""
    scene = holding(replace(LOSS, loss_action=action))
    resting = scene.signal(scene.wish(None, name="resting", price="80"))
    scene.answered(resting, scene.acknowledgement(resting, f"V-{resting}"))
    scene.report(resting, VenueStatus.NEW)
    scene.sent()

    scene.see("95")
    scene.tick()

    assert (resting in scene.canceled()) is canceled
    assert bool(scene.sent()) is sold
    assert scene.held() == ({"daily_loss", "flatten"} if sold else {"daily_loss"})


def test_a_strategys_tighter_limit_stops_it_alone() -> None:
    """Measured on the book, like every limit; the book itself goes on."""
    scene = holding(LOSS)
    tight = StrategyTerms(
        strategy_id=StrategyId("ema"),
        name="EMA",
        symbols=frozenset({BTC}),
        limits=Limits(max_daily_loss=Decimal(20)),
    )
    loose = replace(tight, strategy_id=StrategyId("slow"), limits=None)
    scene.do(inp.StrategiesIn(strategies=(tight, loose)))

    scene.see("98")

    assert scene.held() == {"daily_loss:ema"}
    for strategy, rules in (("ema", [RuleName.HOLDS, RuleName.MAX_DAILY_LOSS]), ("slow", []), ("person", [])):
        wish = entry(strategy, quantity="0.1", price="90", at_ns=scene.now_ns, strategy=StrategyId(strategy))
        outcome = scene.do(inp.SignalIn(signal=wish, digest="d"))
        assert isinstance(outcome.answer, Decided)
        assert [denial.rule for denial in outcome.answer.decision.denials] == rules


def test_a_day_that_nobody_saw_begin_opens_at_the_last_value_before_it() -> None:
    """Given sleep over midnight, a loss meanwhile is the new day's, and a gain meanwhile is no room to lose."""
    for bid, opening in (("90", Decimal(0)), ("97", Decimal(0)), ("110", Decimal(100))):
        scene = holding(COLLARED)
        scene.see("97")
        scene.tick(301)
        scene.see("100")
        scene.tick(301)
        assert scene.state.memory.last_value == (scene.now_ns, Decimal(0))
        scene.now_ns = NOW + 2 * 86_400 * S

        scene.see(bid)
        scene.tick()

        assert scene.state.day is not None
        assert scene.state.day.open_pnl == opening


def test_the_books_value_is_recorded_now_and_then() -> None:
    """Every five minutes, if it moved by a ten-thousandth of the capital: never more than 288 records a day."""
    scene = holding(COLLARED)
    before = len(scene.records)
    for minute in range(60):
        scene.see(str(100 - minute % 2))
        scene.tick(60)
    recorded = [record for record in scene.records[before:] if record.kind == "book_valued"]

    assert 1 <= len(recorded) <= 12


def test_a_change_of_the_clocks_makes_a_long_and_a_short_day() -> None:
    """In Paris the hold of a day with 25 hours ends after 25, not after 24."""
    scene = holding(LOSS)
    scene.state.zone = ZoneInfo("Europe/Paris")
    start = datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Paris"))
    scene.now_ns = int(start.timestamp()) * S
    scene.see("100")
    scene.tick()

    scene.see("95")

    (hold,) = scene.state.holds.values()
    assert hold.until_ns == int(start.timestamp()) * S + 25 * 3600 * S
    scene.now_ns = int((start.astimezone(UTC) + timedelta(hours=24, minutes=59)).timestamp()) * S
    scene.tick()
    assert scene.held() == {"daily_loss"}
    scene.tick(60)
    assert not scene.held()


def test_another_time_zone_does_not_end_a_day_early() -> None:
    """A new day opens, but the hold keeps the end that it was given."""
    scene = holding(LOSS)
    scene.see("95")
    (hold,) = scene.state.holds.values()
    scene.state.zone = ZoneInfo("Pacific/Kiritimati")

    scene.tick()

    assert scene.state.day is not None
    assert scene.state.day.start_ns > NOW // (86_400 * S) * 86_400 * S
    assert scene.held() == {"daily_loss"}
    assert hold.until_ns is not None
    scene.now_ns = hold.until_ns - S
    scene.tick()
    assert scene.held() == {"daily_loss"}
    scene.tick(1)
    assert not scene.held()


def test_an_old_hold_without_an_end_ends_with_the_next_day() -> None:
    """Records from before holds had one stay readable."""
    scene = holding(COLLARED)
    old = Hold(
        hold_id=HoldId("daily_loss"),
        kind=HoldKind.DAILY_LOSS,
        scope=WHOLE_BOOK,
        since_ns=NOW,
        why="old",
        release=Release.NEXT_DAY,
    )
    scene.happen(ev.HoldRaised(hold=old))
    scene.tick()
    assert scene.held() == {"daily_loss"}

    scene.now_ns += 86_400 * S
    scene.tick()

    assert not scene.held()
