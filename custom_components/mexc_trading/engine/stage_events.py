"""What can stand in a journal about a strategy's way from paper to live: what was tested, and who moved it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ..model.ids import BookName, StrategyId

LIVE: Final = BookName("live")
"""The stage that needs evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSet:
    """A strategy's ``version`` trades in this book from here on: by whom (a user, or ``engine``) and why."""

    strategy_id: StrategyId
    stage: BookName
    version: str
    who: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRecorded:
    """A backtest of a strategy's ``version`` ended: what it showed, in days, quote units and percent."""

    strategy_id: StrategyId
    version: str
    days: Decimal
    episodes: int
    gains: Decimal
    losses: Decimal
    drawdown_percent: Decimal


type StageEvent = StageSet | BacktestRecorded
