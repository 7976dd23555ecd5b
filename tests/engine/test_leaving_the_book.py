"""A strategy that may not trade in a book any more: its working entries end, its exits stay."""

from dataclasses import replace

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.effects import CancelOrder, Effect
from custom_components.mexc_trading.engine.outcome import Outcome
from custom_components.mexc_trading.model.ids import BookName, OrderId, StrategyId
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.orders.states import OrderState
from custom_components.mexc_trading.risk.strategy import StrategyTerms

from .market import BTC, ETH, LIVE, entry, leave, report
from .scene import NOTHING_LEFT, Scene

PAPER = BookName("paper")
CROSS, OTHER = StrategyId("cross"), StrategyId("other")


def terms(strategy: StrategyId, stage: BookName | None) -> StrategyTerms:
    """Let a strategy trade both symbols in a book."""
    return StrategyTerms(strategy_id=strategy, name=strategy, symbols=frozenset({BTC, ETH}), stage=stage)


def moved(scene: Scene, *strategies: StrategyTerms) -> Outcome:
    """Put terms in force."""
    return scene.do(inp.StrategiesIn(strategies=strategies))


def cancelled(effects: tuple[Effect, ...]) -> list[OrderId]:
    """List the orders whose end is asked for."""
    return [effect.order.order_id for effect in effects if isinstance(effect, CancelOrder)]


def resting(scene: Scene, name: str, strategy: StrategyId) -> OrderId:
    """Let an entry rest at the venue."""
    order_id = scene.signal(entry(name, price="99.5", strategy=strategy))
    scene.answered(order_id, scene.acknowledgement(order_id, name))
    seen = report(order_id, VenueStatus.NEW, executed="0", price="99.5", venue_order_id=name)
    scene.found(order_id, seen)
    return order_id


@pytest.mark.parametrize("after", [(terms(CROSS, PAPER),), ()])
def test_its_working_entries_end_and_nobody_elses(after: tuple[StrategyTerms, ...]) -> None:
    """Given entries of two strategies, when one is sent back or removed, then its own is cancelled and no other."""
    scene = Scene()
    moved(scene, terms(CROSS, LIVE), terms(OTHER, None))
    mine, theirs = resting(scene, "mine", CROSS), resting(scene, "theirs", OTHER)

    outcome = moved(scene, *after, terms(OTHER, None))

    assert cancelled(outcome.effects) == [mine]
    assert (scene.state_of(mine), scene.state_of(theirs)) == (OrderState.CANCELING, OrderState.OPEN)
    assert scene.restarted().orders == scene.state.orders


def test_an_entry_on_its_way_is_remembered_and_one_that_waits_is_not_sent() -> None:
    """Given an entry under way and one that never left, then one is cancelled once it is seen, the other given up."""
    scene = Scene()
    moved(scene, terms(CROSS, LIVE))
    on_its_way, waits = scene.signal(entry("way", strategy=CROSS)), scene.signal(entry("wait", strategy=CROSS))
    scene.answered(waits, NOTHING_LEFT)

    moved(scene, terms(CROSS, PAPER))
    outcome = scene.answered(on_its_way)

    assert scene.state_of(waits) is OrderState.EXPIRED
    assert cancelled(outcome.effects) == [on_its_way]


def test_what_it_sells_stays() -> None:
    """Given an exit at work, when its strategy is sent back, then nothing is cancelled."""
    scene = Scene()
    moved(scene, terms(CROSS, LIVE))
    scene.own("1", "100")
    out = scene.signal(replace(leave(), strategy=CROSS))
    scene.answered(out)

    assert moved(scene, terms(CROSS, PAPER)).effects == ()
    assert scene.state_of(out) is OrderState.OPEN


def test_terms_that_leave_it_in_the_book_cancel_nothing() -> None:
    """Given a working entry, when its strategy gets other symbols and stays live, then it goes on."""
    scene = Scene()
    moved(scene, terms(CROSS, LIVE))
    mine = resting(scene, "mine", CROSS)

    assert moved(scene, replace(terms(CROSS, LIVE), symbols=frozenset({ETH}))).effects == ()
    assert scene.state_of(mine) is OrderState.OPEN
