"""May a strategy trade with money, and must it stop? Pure: evidence in, a list of what is missing out.

Evidence is what journals hold. It is about one version of a strategy: whatever changes its rules, its limits or the
code voids it, because what was tested is then not what would trade.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
import json
from typing import Final, NamedTuple

from .evidence import BacktestEvidence, Conduct, PaperEvidence

DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionCriteria:
    """What evidence must show before a person may promote. Every number is an option; zero asks for nothing."""

    backtest_days: int = 90
    backtest_episodes: int = 30
    paper_days: int = 14
    paper_episodes: int = 20
    profit_factor: float = 1.2
    """The least, of the backtest and of the paper days."""

    max_drawdown_percent: float = 15.0
    """The most, of both."""

    slippage_excess_percent: float = 0.05
    """How much worse than the model fills on paper may be, in percent of the price."""

    kill_drill_days: int = 30
    """The most since the kill switch was last engaged."""


class Lack(StrEnum):
    """What can be missing; also the key of its text in translations."""

    NO_BACKTEST = "no_backtest"
    BACKTEST_VOID = "backtest_void"
    BACKTEST_DAYS = "backtest_days"
    BACKTEST_EPISODES = "backtest_episodes"
    BACKTEST_PROFIT_FACTOR = "backtest_profit_factor"
    BACKTEST_DRAWDOWN = "backtest_drawdown"
    PAPER_VOID = "paper_void"
    PAPER_DAYS = "paper_days"
    PAPER_EPISODES = "paper_episodes"
    PAPER_PROFIT_FACTOR = "paper_profit_factor"
    PAPER_DRAWDOWN = "paper_drawdown"
    PAPER_SLIPPAGE = "paper_slippage"
    UNRESOLVED_ORDERS = "unresolved_orders"
    ILLEGAL_TRANSITIONS = "illegal_transitions"
    NO_KILL_DRILL = "no_kill_drill"
    KILL_DRILL = "kill_drill"


class Missing(NamedTuple):
    """One thing that is missing: the figure that there is, and the one that is asked for."""

    lack: Lack
    found: str
    wanted: str


def fingerprint(**parts: str) -> str:
    """Name a version of a strategy by all that makes it: its rules, its size, its limits' hash, the code's version."""
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def missing_evidence(
    version: str,
    criteria: PromotionCriteria,
    *,
    backtest: BacktestEvidence | None,
    paper: PaperEvidence,
    now_s: int,
) -> tuple[Missing, ...]:
    """Say what a strategy's ``version`` still lacks. Nothing missing: a person may promote it."""
    lacks = [*_backtest_lacks(version, criteria, backtest), *_paper_lacks(version, criteria, paper)]
    drill_days = None if paper.kill_drill_s is None else (now_s - paper.kill_drill_s) // DAY_S
    if criteria.kill_drill_days and (drill_days is None or drill_days > criteria.kill_drill_days):
        lack, found = (Lack.NO_KILL_DRILL, "") if drill_days is None else (Lack.KILL_DRILL, str(drill_days))
        lacks.append(Missing(lack, found, str(criteria.kill_drill_days)))
    return tuple(lacks)


def _backtest_lacks(version: str, criteria: PromotionCriteria, backtest: BacktestEvidence | None) -> list[Missing]:
    if backtest is None:
        asked = criteria.backtest_days or criteria.backtest_episodes
        return [Missing(Lack.NO_BACKTEST, "", "")] if asked else []
    if backtest.version != version:
        return [Missing(Lack.BACKTEST_VOID, backtest.version[:12], version[:12])]
    lacks = []
    if backtest.days < criteria.backtest_days:
        lacks.append(Missing(Lack.BACKTEST_DAYS, f"{backtest.days:.1f}", str(criteria.backtest_days)))
    if backtest.episodes < criteria.backtest_episodes:
        lacks.append(Missing(Lack.BACKTEST_EPISODES, str(backtest.episodes), str(criteria.backtest_episodes)))
    if _poor(backtest, criteria):
        found = _factor(backtest)
        lacks.append(Missing(Lack.BACKTEST_PROFIT_FACTOR, found, str(criteria.profit_factor)))
    if backtest.drawdown_percent > criteria.max_drawdown_percent:
        found = f"{backtest.drawdown_percent:.2f} %"
        lacks.append(Missing(Lack.BACKTEST_DRAWDOWN, found, f"{criteria.max_drawdown_percent} %"))
    return lacks


def _paper_lacks(version: str, criteria: PromotionCriteria, paper: PaperEvidence) -> list[Missing]:
    if paper.version != version:
        return [Missing(Lack.PAPER_VOID, paper.version[:12], version[:12])]
    lacks = []
    if paper.days < criteria.paper_days:
        lacks.append(Missing(Lack.PAPER_DAYS, f"{paper.days:.1f}", str(criteria.paper_days)))
    if paper.episodes < criteria.paper_episodes:
        lacks.append(Missing(Lack.PAPER_EPISODES, str(paper.episodes), str(criteria.paper_episodes)))
    if _poor(paper, criteria):
        lacks.append(Missing(Lack.PAPER_PROFIT_FACTOR, _factor(paper), str(criteria.profit_factor)))
    if paper.drawdown_percent > criteria.max_drawdown_percent:
        found = f"{paper.drawdown_percent:.2f} %"
        lacks.append(Missing(Lack.PAPER_DRAWDOWN, found, f"{criteria.max_drawdown_percent} %"))
    if paper.slippage_excess_percent > criteria.slippage_excess_percent:
        found = f"{paper.slippage_excess_percent:.4f} %"
        lacks.append(Missing(Lack.PAPER_SLIPPAGE, found, f"{criteria.slippage_excess_percent} %"))
    if paper.unresolved:
        lacks.append(Missing(Lack.UNRESOLVED_ORDERS, str(paper.unresolved), "0"))
    if paper.illegal_transitions:
        lacks.append(Missing(Lack.ILLEGAL_TRANSITIONS, str(paper.illegal_transitions), "0"))
    return lacks


def _poor(evidence: Conduct, criteria: PromotionCriteria) -> bool:
    """Whether the gains do not outweigh the losses by enough. Without a loss they do, if there was a gain."""
    if not criteria.profit_factor:
        return False
    return evidence.gains <= 0 or evidence.gains < criteria.profit_factor * evidence.losses


def _factor(evidence: Conduct) -> str:
    return f"{evidence.gains / evidence.losses if evidence.losses else 0:.2f}"
