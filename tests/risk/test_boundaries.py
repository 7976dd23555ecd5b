"""Each rule firing, passing just below its limit, and at the limit."""

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import pytest

from custom_components.mexc_trading.model.decision import Finding, RuleName
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, Hold, HoldKind, Release, Scope, ScopeKind
from custom_components.mexc_trading.model.ids import HoldId, StrategyId
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Signal, SizeBasis
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.rules import RULES
from custom_components.mexc_trading.risk.strategy import StrategyTerms
from custom_components.mexc_trading.risk.view import RiskView

from .pictures import BTC, BTCUSDT, ENTRY, ETH, EXIT, HOLDING, LIMITS, NOW, QUOTE, VIEW, S, decided, result, sized

PASS, DENY, CLAMP, SKIP = Finding.PASS, Finding.DENY, Finding.CLAMP, Finding.SKIP


class Case(NamedTuple):
    """One picture and what the rule must say of it, with its figures."""

    name: str
    rule: RuleName
    finding: Finding
    signal: Signal = ENTRY
    view: RiskView = VIEW
    limits: Limits = LIMITS
    figures: tuple[str, str, str, str] | None = None
    """Limit, value, margin, unit."""


def _hold(kind: HoldKind = HoldKind.KILL_SWITCH, scope: Scope = WHOLE_BOOK) -> RiskView:
    hold = Hold(hold_id=HoldId(kind), kind=kind, scope=scope, since_ns=NOW, why="test", release=Release.PERSON)
    return replace(HOLDING, holds=(hold,))


def _scope(kind: ScopeKind, name: str) -> Scope:
    return Scope(kind=kind, name=name)


def _aged(seconds: str) -> RiskView:
    return replace(VIEW, now_ns=NOW + int(Decimal(seconds) * S), quote=replace(QUOTE, at_ns=NOW))


def _issued(seconds_ago: str) -> Signal:
    return replace(ENTRY, issued_at_ns=NOW - int(Decimal(seconds_ago) * S))


def _strategy(*symbols: str) -> RiskView:
    terms = StrategyTerms(strategy_id=StrategyId("ema"), name="EMA", symbols=frozenset(map(type(BTC), symbols)))
    return replace(VIEW, strategy=terms)


_HOLDS = RuleName.HOLDS
_AGE = RuleName.SIGNAL_AGE
_ALLOWED = RuleName.SYMBOL_ALLOWED
_TRADABLE = RuleName.INSTRUMENT_TRADABLE
_STALE = RuleName.STALE_PRICE
_OWNED = RuleName.EXIT_OWNED
_MINIMUM = RuleName.TICK_LOT_MINIMUM
_NOTIONAL = RuleName.MAX_NOTIONAL_PER_ORDER
_POSITIONS = RuleName.MAX_OPEN_POSITIONS
_DAILY = RuleName.MAX_DAILY_LOSS
_COOLDOWN = RuleName.COOLDOWN_AFTER_LOSS

_notional_100 = replace(LIMITS, max_notional_per_order=Decimal(100))
_loss_50 = replace(LIMITS, max_daily_loss=Decimal(50))
_pause_60 = replace(LIMITS, cooldown_after_loss_s=60)
_two_open = replace(LIMITS, max_open_positions=2)


def _lost(seconds_ago: str) -> RiskView:
    return replace(VIEW, last_loss_ns=NOW - int(Decimal(seconds_ago) * S))


CASES = (
    Case("no hold", _HOLDS, PASS),
    Case("kill switch", _HOLDS, DENY, view=_hold(), figures=("", "kill_switch", "", "")),
    Case("kill switch, exit", _HOLDS, PASS, EXIT, _hold()),
    Case("freeze, exit", _HOLDS, DENY, EXIT, _hold(HoldKind.FREEZE), figures=("", "freeze", "", "")),
    Case("other symbol held", _HOLDS, PASS, view=_hold(scope=_scope(ScopeKind.SYMBOL, ETH))),
    Case("symbol held", _HOLDS, DENY, view=_hold(scope=_scope(ScopeKind.SYMBOL, BTC))),
    Case("other strategy held", _HOLDS, PASS, view=_hold(scope=_scope(ScopeKind.STRATEGY, "ema"))),
    Case("strategy held", _HOLDS, DENY, view=_hold(scope=_scope(ScopeKind.STRATEGY, "person"))),
    Case("young", _AGE, PASS, _issued("29.999"), figures=("30", "29.999", "0.001", "s")),
    Case("as old as allowed", _AGE, PASS, _issued("30"), figures=("30", "30", "0", "s")),
    Case("too old", _AGE, DENY, _issued("30.001"), figures=("30", "30.001", "-0.001", "s")),
    Case("sender's clock ahead", _AGE, PASS, _issued("-3"), figures=("30", "0", "30", "s")),
    Case("no end", _AGE, SKIP, EXIT),
    Case("on the list", _ALLOWED, PASS, figures=("BTCUSDT", "BTCUSDT", "", "")),
    Case("on no list", _ALLOWED, DENY, limits=replace(LIMITS, symbols=frozenset()), figures=("", "BTCUSDT", "", "")),
    Case("on both lists", _ALLOWED, PASS, view=_strategy(BTC, ETH)),
    Case("not on the strategy's", _ALLOWED, DENY, view=_strategy(ETH)),
    Case("only on the strategy's", _ALLOWED, DENY, view=_strategy(BTC), limits=replace(LIMITS, symbols=frozenset())),
    Case("exit of a symbol on no list", _ALLOWED, SKIP, EXIT, HOLDING, replace(LIMITS, symbols=frozenset())),
    Case("open", _TRADABLE, PASS),
    Case("unknown", _TRADABLE, DENY, view=replace(VIEW, instrument=None), figures=("", "unknown", "", "")),
    Case(
        "closed",
        _TRADABLE,
        DENY,
        view=replace(VIEW, instrument=replace(BTCUSDT, tradable=False)),
        figures=("", "closed", "", ""),
    ),
    Case("short", _TRADABLE, DENY, replace(ENTRY, side=Side.SELL), figures=("buy", "short", "", "")),
    Case(
        "buying closed",
        _TRADABLE,
        DENY,
        view=replace(VIEW, instrument=replace(BTCUSDT, sides=frozenset({Side.SELL}))),
        figures=("sell", "buy", "", ""),
    ),
    Case(
        "limit where only market",
        _TRADABLE,
        DENY,
        view=replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.MARKET}))),
        figures=("market", "limit", "", ""),
    ),
    Case(
        "market where only market",
        _TRADABLE,
        PASS,
        replace(ENTRY, order_type=OrderType.MARKET, price=None),
        replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.MARKET}))),
    ),
    Case(
        "post-only where it is not offered",
        _TRADABLE,
        DENY,
        replace(ENTRY, order_type=OrderType.POST_ONLY),
        replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.LIMIT, OrderType.MARKET}))),
    ),
    Case("post-only where it is offered", _TRADABLE, PASS, replace(ENTRY, order_type=OrderType.POST_ONLY)),
    Case("exit while closed", _TRADABLE, SKIP, EXIT, replace(HOLDING, instrument=replace(BTCUSDT, tradable=False))),
    Case("young price", _STALE, PASS, view=_aged("9.999"), figures=("10", "9.999", "0.001", "s")),
    Case("price as old as allowed", _STALE, PASS, view=_aged("10"), figures=("10", "10", "0", "s")),
    Case("price too old", _STALE, DENY, view=_aged("10.001"), figures=("10", "10.001", "-0.001", "s")),
    Case("price from the future", _STALE, DENY, view=_aged("-10.001")),
    Case("no price", _STALE, DENY, view=replace(VIEW, quote=None), figures=("10", "none", "", "s")),
    Case("exit without price", _STALE, SKIP, EXIT, replace(HOLDING, quote=None)),
    Case("entry", _OWNED, SKIP),
    Case("exit of all", _OWNED, PASS, EXIT, HOLDING, figures=("2", "2", "0", "BTC")),
    Case("exit of less", _OWNED, PASS, sized(EXIT, "1.999"), HOLDING, figures=("2", "1.999", "0.001", "BTC")),
    Case("exit of more", _OWNED, CLAMP, sized(EXIT, "2.001"), HOLDING, figures=("2", "2.001", "-0.001", "BTC")),
    Case("nothing owned", _OWNED, DENY, EXIT, figures=("0", "0", "0", "BTC")),
    Case(
        "all being sold",
        _OWNED,
        DENY,
        EXIT,
        replace(HOLDING, exiting=Decimal(2)),
        figures=("0", "2", "-2", "BTC"),
    ),
    Case("part being sold", _OWNED, CLAMP, EXIT, replace(HOLDING, exiting=Decimal(1)), figures=("1", "2", "-1", "BTC")),
    Case("exit that buys", _OWNED, DENY, replace(EXIT, side=Side.BUY), HOLDING, figures=("sell", "buy", "", "")),
    Case("terms unknown", _OWNED, PASS, EXIT, replace(HOLDING, instrument=None), figures=("2", "2", "0", "")),
    Case("worth more than the least", _MINIMUM, PASS, sized(ENTRY, "0.011"), figures=("1", "1.1", "0.1", "USDT")),
    Case("worth the least", _MINIMUM, PASS, sized(ENTRY, "0.01"), figures=("1", "1", "0", "USDT")),
    Case("worth less than the least", _MINIMUM, DENY, sized(ENTRY, "0.009"), figures=("1", "0.9", "-0.1", "USDT")),
    Case("less than a lot", _MINIMUM, DENY, sized(ENTRY, "0.0009"), figures=("0.001", "0", "-0.001", "BTC")),
    Case("worth the most", _MINIMUM, PASS, sized(ENTRY, "1000")),
    Case(
        "worth more than the most",
        _MINIMUM,
        DENY,
        sized(ENTRY, "1000.001"),
        figures=("100000", "100000.1", "-0.1", "USDT"),
    ),
    Case(
        "no most",
        _MINIMUM,
        PASS,
        sized(ENTRY, "1000.001"),
        replace(VIEW, instrument=replace(BTCUSDT, max_notional=Decimal(0))),
    ),
    Case(
        "no least quantity",
        _MINIMUM,
        DENY,
        sized(ENTRY, "0.0009"),
        replace(VIEW, instrument=replace(BTCUSDT, min_quantity=Decimal(0), min_notional=Decimal(0))),
    ),
    Case(
        "coarse least quantity",
        _MINIMUM,
        DENY,
        sized(ENTRY, "0.499"),
        replace(VIEW, instrument=replace(BTCUSDT, min_quantity=Decimal("0.5"))),
    ),
    Case(
        "price below one tick",
        _MINIMUM,
        DENY,
        replace(ENTRY, price=Decimal("0.09")),
        replace(VIEW, instrument=replace(BTCUSDT, min_notional=Decimal(0))),
        figures=("0.1", "0", "-0.1", "USDT"),
    ),
    Case("entry, terms unknown", _MINIMUM, DENY, view=replace(VIEW, instrument=None)),
    Case("exit, terms unknown", _MINIMUM, SKIP, EXIT, replace(HOLDING, instrument=None)),
    Case("dust", _MINIMUM, DENY, EXIT, replace(HOLDING, owned=Decimal("0.009"))),
    Case("dust, no price", _MINIMUM, DENY, EXIT, replace(HOLDING, owned=Decimal("0.0009"), quote=None)),
    Case("exit, no price", _MINIMUM, PASS, EXIT, replace(HOLDING, quote=None)),
    Case("no limit", _NOTIONAL, SKIP),
    Case(
        "smaller", _NOTIONAL, PASS, sized(ENTRY, "0.999"), limits=_notional_100, figures=("100", "99.9", "0.1", "USDT")
    ),
    Case("as large", _NOTIONAL, PASS, limits=_notional_100, figures=("100", "100", "0", "USDT")),
    Case(
        "larger",
        _NOTIONAL,
        DENY,
        sized(ENTRY, "1.001"),
        limits=_notional_100,
        figures=("100", "100.1", "-0.1", "USDT"),
    ),
    Case(
        "at the worst price of a market order",
        _NOTIONAL,
        DENY,
        replace(ENTRY, order_type=OrderType.MARKET, price=None),
        limits=_notional_100,
        figures=("100", "101", "-1", "USDT"),
    ),
    Case("exit", _NOTIONAL, SKIP, EXIT, HOLDING, _notional_100),
    Case("unlimited count", _POSITIONS, SKIP),
    Case("first", _POSITIONS, PASS, limits=_two_open, figures=("2", "1", "1", "")),
    Case("last", _POSITIONS, PASS, view=replace(VIEW, exposed=frozenset({ETH})), limits=_two_open),
    Case(
        "one too many",
        _POSITIONS,
        DENY,
        view=replace(VIEW, exposed=frozenset({ETH, type(BTC)("MXUSDT")})),
        limits=_two_open,
        figures=("2", "3", "-1", ""),
    ),
    Case("one more of the same", _POSITIONS, PASS, view=replace(VIEW, exposed=frozenset({ETH, BTC})), limits=_two_open),
    Case("exit, unlimited", _POSITIONS, SKIP, EXIT, HOLDING, _two_open),
    Case("no loss limit", _DAILY, SKIP),
    Case(
        "less lost",
        _DAILY,
        PASS,
        view=replace(VIEW, daily_pnl=Decimal("-49.99")),
        limits=_loss_50,
        figures=("-50", "-49.99", "0.01", "USDT"),
    ),
    Case(
        "as much lost",
        _DAILY,
        DENY,
        view=replace(VIEW, daily_pnl=Decimal(-50)),
        limits=_loss_50,
        figures=("-50", "-50", "0", "USDT"),
    ),
    Case("more lost", _DAILY, DENY, view=replace(VIEW, daily_pnl=Decimal("-50.01")), limits=_loss_50),
    Case(
        "loss unknown",
        _DAILY,
        DENY,
        view=replace(VIEW, daily_pnl=None, instrument=None),
        limits=_loss_50,
        figures=("-50", "unknown", "", ""),
    ),
    Case("exit after the loss", _DAILY, SKIP, EXIT, replace(HOLDING, daily_pnl=Decimal(-51)), _loss_50),
    Case("no pause", _COOLDOWN, SKIP, view=_lost("1")),
    Case("never lost", _COOLDOWN, SKIP, limits=_pause_60),
    Case("pause", _COOLDOWN, DENY, view=_lost("59.999"), limits=_pause_60, figures=("60", "59.999", "-0.001", "s")),
    Case("pause just over", _COOLDOWN, PASS, view=_lost("60"), limits=_pause_60, figures=("60", "60", "0", "s")),
    Case("pause long over", _COOLDOWN, PASS, view=_lost("60.001"), limits=_pause_60),
    Case("clock set back", _COOLDOWN, DENY, view=_lost("-5"), limits=_pause_60),
    Case("exit in the pause", _COOLDOWN, SKIP, EXIT, replace(HOLDING, last_loss_ns=NOW), _pause_60),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_boundary(case: Case) -> None:
    """The rule says what it must, and shows the figures it judged by."""
    found = result(decided(case.signal, case.view, case.limits), case.rule)

    assert found.finding is case.finding
    if case.figures is not None:
        assert (found.limit, found.value, found.margin, found.unit) == case.figures


def test_every_rule_is_shown_firing_and_passing() -> None:
    """No rule escapes the table above."""
    shown = {(case.rule, case.finding) for case in CASES}
    evaluated = {found.rule for found in decided(ENTRY).results}

    assert evaluated == set(RuleName)
    assert len(RULES) == len(RuleName)
    assert {rule for rule, finding in shown if finding is DENY} == evaluated
    assert {rule for rule, finding in shown if finding is PASS} == evaluated


def test_the_picture_that_cases_spoil_is_allowed() -> None:
    """A denial in the table is therefore the case's own doing."""
    assert decided(ENTRY).allowed
    assert decided(EXIT, HOLDING).allowed
    assert decided(sized(ENTRY, "50", SizeBasis.NOTIONAL)).allowed
