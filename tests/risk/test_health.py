"""Degraded mode: each trouble raises its hold at once, and clears it when it has been gone for a while."""

from dataclasses import fields
from typing import cast

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.health import KINDS, THRESHOLDS, Health, Measured
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, Hold, HoldKind, Release, Scope, ScopeKind, TradingMode
from custom_components.mexc_trading.model.ids import HoldId, StrategyId

from ..engine.market import NOW, S
from .watch import Watch

EMA = StrategyId("ema")


def measured(**values: object) -> Measured:
    """Measure one thing."""
    return Measured(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", THRESHOLDS)
def test_each_measurement_has_its_border(name: str) -> None:
    """At the limit nothing, beyond it the hold, once; gone for long enough it is cleared, once."""
    threshold = THRESHOLDS[name]
    beyond = threshold.limit + (-1 if threshold.below else 1)
    health = Health()
    assert health.judge(measured(**{name: threshold.limit}), NOW) == ()

    (raised,) = health.judge(measured(**{name: beyond}), NOW)

    assert isinstance(raised, inp.RaiseIn)
    assert (raised.kind, raised.scope, raised.release) == (threshold.kind, WHOLE_BOOK, Release.AUTOMATIC)
    assert str(beyond) in raised.why
    assert health.judge(measured(**{name: beyond}), NOW + S) == ()
    start = NOW + 2 * S
    assert health.judge(measured(**{name: threshold.limit}), start) == ()
    assert health.judge(measured(**{name: threshold.limit}), start + threshold.calm_s * S - 1) == ()
    (cleared,) = health.judge(measured(**{name: threshold.limit}), start + threshold.calm_s * S)
    assert isinstance(cleared, inp.ClearIn)
    assert (cleared.kind, cleared.scope) == (threshold.kind, WHOLE_BOOK)
    assert health.judge(measured(**{name: threshold.limit}), start + 999 * S) == ()


def test_a_trouble_that_comes_back_starts_its_time_anew() -> None:
    """And so does a clock that was set back."""
    health = Health()
    health.judge(measured(loop_lag_ms=501), NOW)
    health.judge(measured(loop_lag_ms=0), NOW + S)
    health.judge(measured(loop_lag_ms=501), NOW + 5 * S)
    assert health.judge(measured(loop_lag_ms=0), NOW + 12 * S) == ()
    assert health.judge(measured(loop_lag_ms=0), NOW) == ()
    assert health.judge(measured(loop_lag_ms=0), NOW + 9 * S) == ()
    assert len(health.judge(measured(loop_lag_ms=0), NOW + 10 * S)) == 1


def test_a_clock_may_be_wrong_either_way() -> None:
    """Ahead or behind."""
    assert len(Health().judge(measured(clock_skew_ms=-1001), NOW)) == 1
    assert len(Health().judge(measured(clock_skew_ms=1001), NOW)) == 1


def test_what_was_not_measured_changes_nothing() -> None:
    """No news is no good news: a trouble stays."""
    health = Health(heartbeats={EMA: 60})
    health.judge(measured(loop_lag_ms=501, home_running=False, drifting=True, silence_s={EMA: 61}), NOW)

    assert health.judge(Measured(), NOW + 999 * S) == ()
    assert len(health.judge(measured(home_running=True, drifting=False, silence_s={EMA: 1}), NOW + 999 * S)) == 3


def test_home_assistant_starts_and_stops() -> None:
    """While it does, no entries; as soon as it runs, they may go on."""
    health = Health()
    (raised,) = health.judge(measured(home_running=False), NOW)
    (cleared,) = health.judge(measured(home_running=True), NOW)

    assert isinstance(raised, inp.RaiseIn)
    assert isinstance(cleared, inp.ClearIn)
    assert raised.kind is cleared.kind is HoldKind.HOME_STARTING
    assert health.judge(measured(home_running=True), NOW) == ()


def test_a_silent_strategy_is_stopped_alone() -> None:
    """Others, and those that may be silent, go on."""
    health = Health(heartbeats={EMA: 60})
    assert health.judge(measured(silence_s={EMA: 60, StrategyId("other"): 9999}), NOW) == ()

    (raised,) = health.judge(measured(silence_s={EMA: 61}), NOW)

    assert isinstance(raised, inp.RaiseIn)
    assert raised.scope == Scope(kind=ScopeKind.STRATEGY, name="ema")
    assert raised.why == "silent for 61 s, limit 60"


def test_a_strategy_without_a_heartbeat_may_be_silent() -> None:
    """Also one that had one, or that is not there any more."""
    health = Health(heartbeats={EMA: 60})
    health.judge(measured(silence_s={EMA: 61}), NOW)

    health.heartbeats = {}
    (cleared,) = health.judge(Measured(), NOW)

    assert isinstance(cleared, inp.ClearIn)
    assert cleared.scope.name == EMA


def test_a_restart_takes_its_holds_over() -> None:
    """Those that health raised and clears; a person's, and those of others, are none of its business."""

    def hold(kind: HoldKind, release: Release) -> Hold:
        return Hold(hold_id=HoldId(kind), kind=kind, scope=WHOLE_BOOK, since_ns=NOW, why="before", release=release)

    health = Health()
    health.resume(
        (
            hold(HoldKind.HOME_STARTING, Release.AUTOMATIC),
            hold(HoldKind.QUANTITY_DRIFT, Release.PERSON),
            hold(HoldKind.RECONCILING, Release.AUTOMATIC),
        )
    )

    cleared = health.judge(measured(home_running=True, drifting=False), NOW)

    assert [said.kind for said in cleared] == [HoldKind.HOME_STARTING]


def test_every_measurement_is_looked_at() -> None:
    """A new one needs a threshold."""
    others = {"home_running", "database_works", "drifting", "silence_s"}

    assert {field.name for field in fields(Measured)} == set(THRESHOLDS) | others


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_in_every_trouble_entries_stop_and_exits_go_on(kind: HoldKind) -> None:
    """From measurement to hold to gate, and back."""
    scene = Watch()
    scene.hold_of(None)
    scene.sent()
    scope = Scope(kind=ScopeKind.STRATEGY, name="person") if kind is HoldKind.HEARTBEAT else WHOLE_BOOK
    scene.do(inp.RaiseIn(kind=kind, scope=scope, why="test", release=Release.AUTOMATIC))
    assert scene.state.mode is TradingMode.REDUCE_ONLY

    denied = scene.do(inp.SignalIn(signal=scene.wish(None, name="more"), digest="d"))
    out = scene.exit()

    assert not denied.effects
    assert scene.record(out).order.quantity == 1
    scene.do(inp.ClearIn(kind=kind, scope=scope, reason="over"))
    assert cast("TradingMode", scene.state.mode) is TradingMode.ACTIVE
