"""Who may trade what, when: holds, stage, age, lists, schedules, conditions, approval."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, Hold, HoldKind, Release, Scope, ScopeKind
from custom_components.mexc_trading.model.ids import BookName, HoldId, StrategyId
from custom_components.mexc_trading.model.signal import Signal
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.schedule import Window
from custom_components.mexc_trading.risk.strategy import StrategyTerms
from custom_components.mexc_trading.risk.view import RiskView

from ..case import APPROVAL, DENY, PASS, SKIP, Case
from ..pictures import BTC, ENTRY, ETH, EXIT, HOLDING, LIMITS, MX, NOW, VIEW, S, sized


def _hold(kind: HoldKind = HoldKind.KILL_SWITCH, scope: Scope = WHOLE_BOOK) -> RiskView:
    hold = Hold(hold_id=HoldId(kind), kind=kind, scope=scope, since_ns=NOW, why="test", release=Release.PERSON)
    return replace(HOLDING, holds=(hold,))


def _scope(kind: ScopeKind, name: str) -> Scope:
    return Scope(kind=kind, name=name)


def _issued(seconds_ago: str) -> Signal:
    return replace(ENTRY, issued_at_ns=NOW - int(Decimal(seconds_ago) * S))


def _staged(stage: str | None) -> RiskView:
    terms = StrategyTerms(
        strategy_id=StrategyId("ema"),
        name="EMA",
        symbols=frozenset({BTC}),
        stage=None if stage is None else BookName(stage),
    )
    return replace(VIEW, strategy=terms)


def _windows(*windows: Window) -> Limits:
    return replace(LIMITS, trading_windows=windows)


_AT = NOW // S % 86_400 // 60
"""Minutes since midnight UTC of the pictures' moment, a Monday."""

_HOUSE = replace(LIMITS, home_conditions=("binary_sensor.ups", "binary_sensor.internet"))
_ASK_100 = replace(LIMITS, approval_above=Decimal(100))
_NOBODY = replace(LIMITS, symbols=frozenset())

CASES = (
    Case("no hold", RuleName.HOLDS, PASS),
    Case("kill switch", RuleName.HOLDS, DENY, view=_hold(), figures=("", "kill_switch", "", "")),
    Case("kill switch, exit", RuleName.HOLDS, PASS, EXIT, _hold()),
    Case("freeze, exit", RuleName.HOLDS, DENY, EXIT, _hold(HoldKind.FREEZE), figures=("", "freeze", "", "")),
    Case("other symbol held", RuleName.HOLDS, PASS, view=_hold(scope=_scope(ScopeKind.SYMBOL, ETH))),
    Case("symbol held", RuleName.HOLDS, DENY, view=_hold(scope=_scope(ScopeKind.SYMBOL, BTC))),
    Case("other strategy held", RuleName.HOLDS, PASS, view=_hold(scope=_scope(ScopeKind.STRATEGY, "ema"))),
    Case("strategy held", RuleName.HOLDS, DENY, view=_hold(scope=_scope(ScopeKind.STRATEGY, "person"))),
    Case("young", RuleName.SIGNAL_AGE, PASS, _issued("29.999"), figures=("30", "29.999", "0.001", "s")),
    Case("as old as allowed", RuleName.SIGNAL_AGE, PASS, _issued("30"), figures=("30", "30", "0", "s")),
    Case("too old", RuleName.SIGNAL_AGE, DENY, _issued("30.001"), figures=("30", "30.001", "-0.001", "s")),
    Case("sender's clock ahead", RuleName.SIGNAL_AGE, PASS, _issued("-3"), figures=("30", "0", "30", "s")),
    Case("no end", RuleName.SIGNAL_AGE, SKIP, EXIT),
    Case("on the list", RuleName.SYMBOL_ALLOWED, PASS, figures=("BTCUSDT", "BTCUSDT", "", "")),
    Case("on no list", RuleName.SYMBOL_ALLOWED, DENY, limits=_NOBODY, figures=("", "BTCUSDT", "", "")),
    Case(
        "on another list",
        RuleName.SYMBOL_ALLOWED,
        DENY,
        limits=replace(LIMITS, symbols=frozenset({MX, ETH})),
        figures=("ETHUSDT, MXUSDT", "BTCUSDT", "", ""),
    ),
    Case("exit of a symbol on no list", RuleName.SYMBOL_ALLOWED, SKIP, EXIT, HOLDING, _NOBODY),
    Case("a person's own", RuleName.STAGE, SKIP),
    Case("stage not kept", RuleName.STAGE, SKIP, view=_staged(None)),
    Case("stage of this book", RuleName.STAGE, PASS, view=_staged("paper"), figures=("paper", "paper", "", "")),
    Case("stage of another", RuleName.STAGE, DENY, view=_staged("live"), figures=("paper", "live", "", "")),
    Case("exit of another stage", RuleName.STAGE, SKIP, EXIT, _staged("live")),
    Case("any time", RuleName.TRADING_WINDOW, SKIP),
    Case("no time", RuleName.TRADING_WINDOW, DENY, limits=_windows()),
    Case("first minute", RuleName.TRADING_WINDOW, PASS, limits=_windows(Window((0,), _AT, _AT + 1))),
    Case("last minute over", RuleName.TRADING_WINDOW, DENY, limits=_windows(Window((0,), _AT - 1, _AT))),
    Case("before the first", RuleName.TRADING_WINDOW, DENY, limits=_windows(Window((0,), _AT + 1, 1440))),
    Case("other day", RuleName.TRADING_WINDOW, DENY, limits=_windows(Window((1, 6), 0, 1440))),
    Case(
        "second of two",
        RuleName.TRADING_WINDOW,
        PASS,
        limits=_windows(Window((1,), 0, 1440), Window((0, 2), 60, 1439)),
        figures=("Tue 00:00-24:00, Mon Wed 01:00-23:59", "Mon 14:13", "", ""),
    ),
    Case("exit out of hours", RuleName.TRADING_WINDOW, SKIP, EXIT, HOLDING, _windows()),
    Case("no condition", RuleName.HOME_CONDITION, SKIP),
    Case(
        "all on",
        RuleName.HOME_CONDITION,
        PASS,
        view=replace(VIEW, conditions={"binary_sensor.ups": True, "binary_sensor.internet": True}),
        limits=_HOUSE,
    ),
    Case(
        "one off",
        RuleName.HOME_CONDITION,
        DENY,
        view=replace(VIEW, conditions={"binary_sensor.ups": True, "binary_sensor.internet": False}),
        limits=_HOUSE,
        figures=("binary_sensor.ups, binary_sensor.internet", "binary_sensor.internet", "", ""),
    ),
    Case("none known", RuleName.HOME_CONDITION, DENY, limits=_HOUSE),
    Case("exit in the dark", RuleName.HOME_CONDITION, SKIP, EXIT, HOLDING, _HOUSE),
    Case("nobody is asked", RuleName.APPROVAL, SKIP),
    Case("small enough", RuleName.APPROVAL, PASS, limits=_ASK_100, figures=("100", "100", "0", "USDT")),
    Case(
        "too large to go unasked",
        RuleName.APPROVAL,
        APPROVAL,
        sized(ENTRY, "1.001"),
        limits=_ASK_100,
        figures=("100", "100.1", "-0.1", "USDT"),
    ),
    Case(
        "approved",
        RuleName.APPROVAL,
        PASS,
        sized(ENTRY, "1.001"),
        replace(VIEW, approved=Decimal("1.001")),
        _ASK_100,
    ),
    Case(
        "more than was approved",
        RuleName.APPROVAL,
        APPROVAL,
        sized(ENTRY, "1.002"),
        replace(VIEW, approved=Decimal("1.001")),
        _ASK_100,
    ),
    Case("large exit", RuleName.APPROVAL, SKIP, EXIT, HOLDING, replace(LIMITS, approval_above=Decimal(0))),
)
