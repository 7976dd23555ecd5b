"""Nothing goes live without evidence, what is missing is named, and bad conduct ends it."""

from dataclasses import replace

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.state import BookState
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from custom_components.mexc_trading.model.ids import PERSON
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.order import VenueOrder, VenueStatus
from custom_components.mexc_trading.model.outcome import Ambiguous
from custom_components.mexc_trading.research.backtest import backtest
from custom_components.mexc_trading.research.demotion import DemotionCriteria, Fault, reasons_to_demote
from custom_components.mexc_trading.research.evidence import (
    BacktestEvidence,
    LiveEvidence,
    PaperEvidence,
    of_backtest,
)
from custom_components.mexc_trading.research.journal_evidence import BookHistory, live_evidence, paper_evidence
from custom_components.mexc_trading.research.promotion import (
    DAY_S,
    Lack,
    PromotionCriteria,
    fingerprint,
    missing_evidence,
)
from custom_components.mexc_trading.research.shadow import FillDifference
from tests.engine.market import BTC, LIVE, NOW, USDT, S, entry, fill, report
from tests.engine.scene import Scene

from .market import CROSS, D, rules, terms, walk

VERSION = fingerprint(rules="a", limits="b", code="1")
NOW_S = 1_800_000_000
TESTED = BacktestEvidence(version=VERSION, days=90, episodes=30, gains=12, losses=10, drawdown_percent=15)
PAPER = PaperEvidence(
    version=VERSION,
    days=14,
    episodes=20,
    gains=12,
    losses=10,
    drawdown_percent=15,
    slippage_excess_percent=0.05,
    unresolved=0,
    illegal_transitions=0,
    kill_drill_s=NOW_S - 30 * DAY_S,
)


def lacks(tested: BacktestEvidence | None = TESTED, paper: PaperEvidence = PAPER) -> list[Lack]:
    """Name what is missing by the default criteria."""
    found = missing_evidence(VERSION, PromotionCriteria(), backtest=tested, paper=paper, now_s=NOW_S)
    return [missing.lack for missing in found]


def test_enough_is_enough() -> None:
    """Given evidence exactly at every criterion, then nothing is missing."""
    assert lacks() == []


@pytest.mark.parametrize(
    ("tested", "paper", "lack"),
    [
        (None, PAPER, Lack.NO_BACKTEST),
        (replace(TESTED, version="other"), PAPER, Lack.BACKTEST_VOID),
        (replace(TESTED, days=89.9), PAPER, Lack.BACKTEST_DAYS),
        (replace(TESTED, episodes=29), PAPER, Lack.BACKTEST_EPISODES),
        (replace(TESTED, gains=11.9), PAPER, Lack.BACKTEST_PROFIT_FACTOR),
        (replace(TESTED, gains=0.0, losses=0.0), PAPER, Lack.BACKTEST_PROFIT_FACTOR),
        (replace(TESTED, drawdown_percent=15.1), PAPER, Lack.BACKTEST_DRAWDOWN),
        (TESTED, replace(PAPER, version="other"), Lack.PAPER_VOID),
        (TESTED, replace(PAPER, days=13.9), Lack.PAPER_DAYS),
        (TESTED, replace(PAPER, episodes=19), Lack.PAPER_EPISODES),
        (TESTED, replace(PAPER, gains=11.9), Lack.PAPER_PROFIT_FACTOR),
        (TESTED, replace(PAPER, drawdown_percent=15.1), Lack.PAPER_DRAWDOWN),
        (TESTED, replace(PAPER, slippage_excess_percent=0.051), Lack.PAPER_SLIPPAGE),
        (TESTED, replace(PAPER, unresolved=1), Lack.UNRESOLVED_ORDERS),
        (TESTED, replace(PAPER, illegal_transitions=1), Lack.ILLEGAL_TRANSITIONS),
        (TESTED, replace(PAPER, kill_drill_s=None), Lack.NO_KILL_DRILL),
        (TESTED, replace(PAPER, kill_drill_s=NOW_S - 31 * DAY_S), Lack.KILL_DRILL),
    ],
)
def test_each_criterion_alone(tested: BacktestEvidence | None, paper: PaperEvidence, lack: Lack) -> None:
    """Given evidence just short of one criterion, then exactly that is named."""
    assert lacks(tested, paper) == [lack]


def test_everything_is_named_at_once() -> None:
    """Given nothing at all, then all that is missing is told, not only the first."""
    nothing = replace(PAPER, days=0, episodes=0, gains=0.0, losses=0.0, kill_drill_s=None)
    assert len(lacks(None, nothing)) == 5


def test_no_loss_is_a_good_factor() -> None:
    """Given gains and no loss, then the factor is no obstacle."""
    assert lacks(replace(TESTED, losses=0.0)) == []


def test_zero_asks_for_nothing() -> None:
    """Given criteria of zero, then nothing is asked for."""
    none = PromotionCriteria(
        backtest_days=0, backtest_episodes=0, paper_days=0, paper_episodes=0, profit_factor=0, kill_drill_days=0
    )
    nothing = replace(PAPER, days=0, episodes=0, gains=0.0, losses=0.0, kill_drill_s=None)
    assert missing_evidence(VERSION, none, backtest=None, paper=nothing, now_s=NOW_S) == ()


def test_a_version_is_all_of_its_parts() -> None:
    """Given any part changed, then it is another version; the order of parts does not matter."""
    assert fingerprint(limits="b", code="1", rules="a") == VERSION
    assert fingerprint(rules="a", limits="b", code="2") != VERSION
    assert fingerprint(rules="ab", limits="", code="1") != fingerprint(rules="a", limits="b", code="1")


LIVE_WELL = LiveEvidence(
    version=VERSION,
    drawdown_percent=9.9,
    behind_paper_percent=4.9,
    slippage_percent=0.19,
    rejects_in_a_row=4,
    fills=FillDifference(bps=19.9, compared=1),
)


@pytest.mark.parametrize(
    ("live", "fault"),
    [
        (replace(LIVE_WELL, version="other"), Fault.VERSION),
        (replace(LIVE_WELL, drawdown_percent=10), Fault.DRAWDOWN),
        (replace(LIVE_WELL, behind_paper_percent=5), Fault.DRIFT),
        (replace(LIVE_WELL, slippage_percent=0.2), Fault.SLIPPAGE),
        (replace(LIVE_WELL, rejects_in_a_row=5), Fault.REJECTS),
        (replace(LIVE_WELL, fills=FillDifference(bps=20, compared=1)), Fault.SHADOW),
    ],
)
def test_each_reason_to_demote(live: LiveEvidence, fault: Fault) -> None:
    """Given conduct just below every limit, then it stays; at one limit, then that is the reason."""
    assert reasons_to_demote(VERSION, DemotionCriteria(), LIVE_WELL) == ()
    assert [reason.fault for reason in reasons_to_demote(VERSION, DemotionCriteria(), live)] == [fault]
    free = DemotionCriteria(
        max_drawdown_percent=None,
        drift_percent=None,
        slippage_percent=None,
        fills_behind_percent=None,
        rejects_in_a_row=None,
    )
    assert reasons_to_demote(live.version, free, live) == ()


def test_a_backtest_as_evidence() -> None:
    """Given a run, then its evidence has its days, episodes and results."""
    result = backtest(walk(2_880), terms(), rules=rules())
    evidence = of_backtest(result, VERSION)
    assert (evidence.days, evidence.episodes) == (2, len(result.trades))
    assert evidence.gains - evidence.losses == pytest.approx(result.measures.result)


def sold(scene: Scene, quantity: str, price: str, *, signal: str = "") -> None:
    """Sell what is owned at a price."""
    order_id = scene.exit(signal or f"out-{len(scene.records)}")
    name = f"V-{order_id}"
    scene.answered(order_id, scene.acknowledgement(order_id, name))
    order = scene.record(order_id).order
    seen = report(
        order_id,
        VenueStatus.FILLED,
        executed=quantity,
        quantity=quantity,
        side=Side.SELL,
        order_type=order.type,
        venue_order_id=name,
    )
    assert isinstance(seen, VenueOrder)
    scene.found(order_id, replace(seen, price=order.price))
    trade = fill(order_id, f"f-{name}", quantity=quantity, price=price, side=Side.SELL, venue_order_id=name)
    scene.do(inp.FillsIn(symbol=BTC, fills=(trade,)))


def history_of(scene: Scene) -> BookHistory:
    """Follow a scene's journal."""
    history = BookHistory(BookState(book=LIVE, quote=USDT))
    history.read(scene.records)
    return history


def evidence_of(scene: Scene, *, since_ns: int = NOW) -> PaperEvidence:
    """Read a scene's journal."""
    return paper_evidence(
        history_of(scene),
        PERSON,
        version=VERSION,
        since_ns=since_ns,
        now_ns=NOW + 2 * 86_400 * S,
        modelled_slippage_percent=0.0,
    )


def test_evidence_from_a_journal() -> None:
    """Given two episodes, a gain of 10 and a loss of 20, then the journal tells of them, and of a kill drill."""
    scene = Scene()
    scene.own("1", "100")
    sold(scene, "1", "110")
    scene.own("1", "100")
    sold(scene, "1", "80")
    scene.do(inp.RaiseIn(kind=HoldKind.KILL_SWITCH, scope=WHOLE_BOOK, why="drill", release=Release.PERSON))
    evidence = evidence_of(scene)
    assert (evidence.days, evidence.episodes) == (2, 2)
    assert (evidence.gains, evidence.losses) == (10, 20)
    assert evidence.drawdown_percent == pytest.approx(20 / 10_010 * 100)
    assert evidence.kill_drill_s == NOW // S
    assert (evidence.unresolved, evidence.illegal_transitions) == (0, 0)
    later = evidence_of(scene, since_ns=NOW + 1)
    assert (later.episodes, later.gains, later.slippage_excess_percent) == (0, 0, 0)


def test_slippage_from_a_journal() -> None:
    """Given a purchase at 100 when 100 was asked, and a sale at 99 when 99.9 was bid, then the mean is told."""
    scene = Scene()
    scene.own("1", "100")
    sold(scene, "1", "99")
    assert evidence_of(scene).slippage_excess_percent == pytest.approx((0 + (1 - 99 / 99.9) * 100) / 2)


def test_the_shadow_is_compared_signal_by_signal() -> None:
    """Given 1 % paid more for one signal and 0.5 % less got for another, then the mean is told, and what is alone."""
    money, shadow = Scene(), Scene()
    money.own("1", "101", signal="in")
    shadow.own("1", "100", signal="in")
    sold(money, "1", "99.5", signal="out")
    sold(shadow, "1", "100", signal="out")
    money.own("1", "100", signal="alone")
    fills = live_evidence(history_of(money), history_of(shadow), PERSON).fills
    assert fills.bps == pytest.approx((100 + 50) / 2)
    assert (fills.compared, fills.only_live, fills.only_paper) == (2, 1, 0)
    other_way = live_evidence(history_of(shadow), history_of(money), PERSON).fills
    assert other_way.bps is not None
    assert other_way.bps < 0
    assert (other_way.only_live, other_way.only_paper) == (0, 1)


def test_without_a_shadow_there_is_no_difference() -> None:
    """Given nothing on paper, then there is no figure, and it is no reason to go back."""
    money = Scene()
    money.own("1", "100", signal="in")
    fills = live_evidence(history_of(money), history_of(Scene()), PERSON).fills
    assert (fills.bps, fills.compared, fills.only_live) == (None, 0, 1)
    assert fills.percent == 0


def test_an_order_in_doubt_is_told() -> None:
    """Given an order of which nobody knows whether it arrived, then it is unresolved, for its own strategy only."""
    scene = Scene()
    order_id = scene.signal(entry("doubt"))
    scene.answered(order_id, Ambiguous(cause="read timeout"))
    assert evidence_of(scene).unresolved == 1
    other = paper_evidence(
        history_of(scene),
        CROSS,
        version=VERSION,
        since_ns=NOW,
        now_ns=NOW,
        modelled_slippage_percent=0.0,
    )
    assert (other.unresolved, other.days) == (0, 0)
    assert D(0) == scene.state.ledger.realized
