"""What losses stop."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect
from custom_components.mexc_trading.risk.limits import LossScope
from custom_components.mexc_trading.risk.view import Losses, RiskView

from ..case import DENY, PASS, SKIP, Case
from ..pictures import ENTRY, EXIT, HOLDING, LIMITS, NOW, VIEW, S


def _lost(seconds_ago: str, streak: int = 1) -> RiskView:
    return replace(VIEW, book_losses=Losses(NOW - int(Decimal(seconds_ago) * S), streak))


def _symbol_lost(seconds_ago: str, streak: int = 1) -> RiskView:
    return replace(VIEW, symbol_losses=Losses(NOW - int(Decimal(seconds_ago) * S), streak))


def _day(pnl: str, at_risk: str = "0") -> RiskView:
    return replace(VIEW, daily_pnl=Decimal(pnl), at_risk=Decimal(at_risk))


_loss_50 = replace(LIMITS, max_daily_loss=Decimal(50))
_headroom = replace(LIMITS, max_daily_loss=Decimal(50), daily_loss_headroom=True)
_stopped = replace(ENTRY, protect=Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(10))))
"""One coin at 100, stopped at 90: ten at risk."""

_pause_60 = replace(LIMITS, cooldown_after_loss_s=60)
_symbol_60 = replace(_pause_60, loss_scope=LossScope.SYMBOL)
_three = replace(LIMITS, max_loss_streak=3, loss_streak_pause_s=3600)
_daily_10 = replace(LIMITS, max_daily_drawdown=Decimal(10))
_total_20 = replace(LIMITS, max_total_drawdown=Decimal(20))

CASES = (
    Case("no loss limit", RuleName.MAX_DAILY_LOSS, SKIP),
    Case(
        "less lost",
        RuleName.MAX_DAILY_LOSS,
        PASS,
        view=replace(VIEW, daily_pnl=Decimal("-49.99")),
        limits=_loss_50,
        figures=("-50", "-49.99", "0.01", "USDT"),
    ),
    Case(
        "as much lost",
        RuleName.MAX_DAILY_LOSS,
        DENY,
        view=replace(VIEW, daily_pnl=Decimal(-50)),
        limits=_loss_50,
        figures=("-50", "-50", "0", "USDT"),
    ),
    Case("more lost", RuleName.MAX_DAILY_LOSS, DENY, view=replace(VIEW, daily_pnl=Decimal("-50.01")), limits=_loss_50),
    Case(
        "loss unknown",
        RuleName.MAX_DAILY_LOSS,
        DENY,
        view=replace(VIEW, daily_pnl=None),
        limits=_loss_50,
        figures=("-50", "unknown", "", "USDT"),
    ),
    Case(
        "exit after the loss", RuleName.MAX_DAILY_LOSS, SKIP, EXIT, replace(HOLDING, daily_pnl=Decimal(-51)), _loss_50
    ),
    Case("no pause", RuleName.COOLDOWN_AFTER_LOSS, SKIP, view=_lost("1")),
    Case("never lost", RuleName.COOLDOWN_AFTER_LOSS, SKIP, limits=_pause_60),
    Case(
        "pause",
        RuleName.COOLDOWN_AFTER_LOSS,
        DENY,
        view=_lost("59.999"),
        limits=_pause_60,
        figures=("60", "59.999", "-0.001", "s"),
    ),
    Case(
        "pause just over",
        RuleName.COOLDOWN_AFTER_LOSS,
        PASS,
        view=_lost("60"),
        limits=_pause_60,
        figures=("60", "60", "0", "s"),
    ),
    Case("pause long over", RuleName.COOLDOWN_AFTER_LOSS, PASS, view=_lost("60.001"), limits=_pause_60),
    Case("clock set back", RuleName.COOLDOWN_AFTER_LOSS, DENY, view=_lost("-5"), limits=_pause_60),
    Case(
        "exit in the pause",
        RuleName.COOLDOWN_AFTER_LOSS,
        SKIP,
        EXIT,
        replace(HOLDING, book_losses=Losses(NOW, 1)),
        _pause_60,
    ),
    Case("another symbol lost", RuleName.COOLDOWN_AFTER_LOSS, SKIP, view=_lost("1"), limits=_symbol_60),
    Case("the symbol lost", RuleName.COOLDOWN_AFTER_LOSS, DENY, view=_symbol_lost("1"), limits=_symbol_60),
    Case("any streak", RuleName.LOSS_STREAK, SKIP, view=_lost("1", 99)),
    Case("two in a row", RuleName.LOSS_STREAK, PASS, view=_lost("1", 2), limits=_three, figures=("3", "2", "1", "")),
    Case(
        "three in a row",
        RuleName.LOSS_STREAK,
        DENY,
        view=_lost("3599.999", 3),
        limits=_three,
        figures=("3", "3", "0", ""),
    ),
    Case("four in a row", RuleName.LOSS_STREAK, DENY, view=_lost("1", 4), limits=_three, figures=("3", "4", "-1", "")),
    Case("three in a row, long ago", RuleName.LOSS_STREAK, PASS, view=_lost("3600", 3), limits=_three),
    Case(
        "three in a row elsewhere",
        RuleName.LOSS_STREAK,
        PASS,
        view=_lost("1", 3),
        limits=replace(_three, loss_scope=LossScope.SYMBOL),
    ),
    Case(
        "three in a row here",
        RuleName.LOSS_STREAK,
        DENY,
        view=_symbol_lost("1", 3),
        limits=replace(_three, loss_scope=LossScope.SYMBOL),
    ),
    Case("exit in a streak", RuleName.LOSS_STREAK, SKIP, EXIT, replace(HOLDING, book_losses=Losses(NOW, 9)), _three),
    Case("headroom not asked for", RuleName.DAILY_LOSS_HEADROOM, SKIP, view=_day("-49"), limits=_loss_50),
    Case(
        "headroom without a limit",
        RuleName.DAILY_LOSS_HEADROOM,
        SKIP,
        limits=replace(LIMITS, daily_loss_headroom=True),
    ),
    Case(
        "just enough",
        RuleName.DAILY_LOSS_HEADROOM,
        PASS,
        _stopped,
        _day("-20", "19.99"),
        _headroom,
        ("-50", "-49.99", "0.01", "USDT"),
    ),
    Case(
        "used up",
        RuleName.DAILY_LOSS_HEADROOM,
        DENY,
        _stopped,
        _day("-20", "20"),
        _headroom,
        ("-50", "-50", "0", "USDT"),
    ),
    Case(
        "without a stop",
        RuleName.DAILY_LOSS_HEADROOM,
        DENY,
        view=_day("0"),
        limits=_headroom,
        figures=("-50", "-100", "-50", "USDT"),
    ),
    Case("day unknown", RuleName.DAILY_LOSS_HEADROOM, DENY, _stopped, replace(VIEW, daily_pnl=None), _headroom),
    Case(
        "exit without headroom",
        RuleName.DAILY_LOSS_HEADROOM,
        SKIP,
        EXIT,
        replace(HOLDING, daily_pnl=Decimal(-99)),
        _headroom,
    ),
    Case("any fall today", RuleName.MAX_DAILY_DRAWDOWN, SKIP, view=replace(VIEW, daily_drawdown=Decimal(99))),
    Case(
        "little given back",
        RuleName.MAX_DAILY_DRAWDOWN,
        PASS,
        view=replace(VIEW, daily_drawdown=Decimal("9.99")),
        limits=_daily_10,
        figures=("10", "9.99", "0.01", "%"),
    ),
    Case(
        "enough given back",
        RuleName.MAX_DAILY_DRAWDOWN,
        DENY,
        view=replace(VIEW, daily_drawdown=Decimal(10)),
        limits=_daily_10,
        figures=("10", "10", "0", "%"),
    ),
    Case(
        "more given back",
        RuleName.MAX_DAILY_DRAWDOWN,
        DENY,
        view=replace(VIEW, daily_drawdown=Decimal("10.01")),
        limits=_daily_10,
    ),
    Case(
        "fall unknown",
        RuleName.MAX_DAILY_DRAWDOWN,
        DENY,
        view=replace(VIEW, daily_drawdown=None),
        limits=_daily_10,
        figures=("10", "unknown", "", "%"),
    ),
    Case(
        "exit after the fall", RuleName.MAX_DAILY_DRAWDOWN, SKIP, EXIT, replace(HOLDING, daily_drawdown=None), _daily_10
    ),
    Case("any fall ever", RuleName.MAX_TOTAL_DRAWDOWN, SKIP, view=replace(VIEW, total_drawdown=Decimal(99))),
    Case(
        "little lost ever",
        RuleName.MAX_TOTAL_DRAWDOWN,
        PASS,
        view=replace(VIEW, total_drawdown=Decimal("19.99")),
        limits=_total_20,
    ),
    Case(
        "enough lost ever",
        RuleName.MAX_TOTAL_DRAWDOWN,
        DENY,
        view=replace(VIEW, total_drawdown=Decimal(20)),
        limits=_total_20,
    ),
    Case(
        "fall ever unknown",
        RuleName.MAX_TOTAL_DRAWDOWN,
        DENY,
        view=replace(VIEW, total_drawdown=None),
        limits=_total_20,
    ),
    Case(
        "exit after the great fall",
        RuleName.MAX_TOTAL_DRAWDOWN,
        SKIP,
        EXIT,
        replace(HOLDING, total_drawdown=None),
        _total_20,
    ),
)
