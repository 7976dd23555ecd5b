"""The kill switch and what goes with it; flattening until two fresh reads find nothing of ours."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.agenda import Agenda
from custom_components.mexc_trading.engine.answers import Done
from custom_components.mexc_trading.engine.effects import ReadOpenOrders
from custom_components.mexc_trading.engine.guard_inputs import FlattenIn, OpenOrdersIn
from custom_components.mexc_trading.engine.outcome import Outcome
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release, Scope, ScopeKind
from custom_components.mexc_trading.model.ids import HoldId, OrderId, StrategyId
from custom_components.mexc_trading.model.order import VenueOrder, VenueStatus
from custom_components.mexc_trading.model.outcome import Unavailable
from custom_components.mexc_trading.risk.limits import StopAction
from custom_components.mexc_trading.risk.protection import Purpose
from custom_components.mexc_trading.risk.strategy import StrategyTerms

from ..engine.market import BTC, ETH, S, entry, report
from .watch import COLLARED, Watch


def raise_kill(scene: Watch, scope: Scope = WHOLE_BOOK) -> Outcome:
    """Engage the kill switch."""
    return scene.do(inp.RaiseIn(kind=HoldKind.KILL_SWITCH, scope=scope, why="me: enough", release=Release.PERSON))


def resting(scene: Watch, name: str = "resting", strategy: str = "person", symbol: str = BTC) -> OrderId:
    """Let an entry work at the venue."""
    wish = entry(name, quantity="1", price="80", at_ns=scene.now_ns, strategy=StrategyId(strategy))
    order_id = scene.signal(replace(wish, symbol=type(BTC)(symbol)))
    scene.answered(order_id, scene.acknowledgement(order_id, f"V-{order_id}"))
    scene.report(order_id, VenueStatus.NEW)
    return order_id


def listed(scene: Watch, *orders: VenueOrder, started_ns: int | None = None) -> Outcome:
    """Let a read of all open orders come back."""
    started = scene.now_ns if started_ns is None else started_ns
    return scene.do(OpenOrdersIn(started_ns=started, orders=orders))


@pytest.mark.parametrize(
    ("action", "canceled", "sold"),
    [
        (StopAction.STOP_ENTRIES, False, False),
        (StopAction.CANCEL_ENTRIES, True, False),
        (StopAction.FLATTEN, True, True),
    ],
)
def test_the_kill_switch_does_what_was_chosen(action: StopAction, *, canceled: bool, sold: bool) -> None:
    """Stop entries, also cancel them, also sell everything."""
    scene = Watch(replace(COLLARED, kill_action=action))
    scene.hold_of(None)
    order_id = resting(scene)
    scene.sent()

    assert raise_kill(scene).answer == Done()
    scene.tick()

    assert (order_id in scene.canceled()) is canceled
    assert bool(scene.sent()) is sold
    assert "kill_switch" in scene.held()
    assert ("flatten" in scene.held()) is sold


def test_a_strategys_switch_cancels_its_own_entries_and_sells_nothing() -> None:
    """Others go on, whatever the account's switch would do."""
    scene = Watch(replace(COLLARED, kill_action=StopAction.FLATTEN))
    terms = StrategyTerms(strategy_id=StrategyId("ema"), name="EMA", symbols=frozenset({BTC}))
    scene.do(inp.StrategiesIn(strategies=(terms,)))
    scene.hold_of(None)
    mine, other = resting(scene, "a", "ema"), resting(scene, "b")
    scene.sent()

    raise_kill(scene, Scope(kind=ScopeKind.STRATEGY, name="ema"))
    scene.tick()

    assert scene.canceled() == {mine}
    assert other not in scene.canceled()
    assert not scene.sent()


def test_flattening_sells_and_cancels_everything() -> None:
    """Positions slice by slice, entries at once, whatever was planned for them."""
    scene = Watch()
    scene.hold_of(None)
    order_id = resting(scene)
    scene.sent()

    assert scene.do(FlattenIn(who="me", why="holiday")).answer == Done()
    scene.tick()

    assert scene.canceled() == {order_id}
    assert scene.sale().quantity == Decimal(1)
    assert scene.watched().purpose is Purpose.FLATTEN
    assert scene.held() == {"flatten"}


def test_what_a_late_fill_brings_is_sold_too() -> None:
    """An entry that was filled before its cancel arrived."""
    scene = Watch()
    order_id = resting(scene)
    scene.do(FlattenIn(who="me", why="holiday"))
    scene.sent()

    scene.fill(order_id, "1", "80")
    scene.tick()
    scene.tick()

    assert scene.sale().quantity == Decimal(1)


def flat(scene: Watch) -> None:
    """Flatten a book that holds one coin, up to the last fill."""
    scene.hold_of(None)
    scene.sent()
    scene.do(FlattenIn(who="me", why="holiday"))
    scene.tick()
    scene.fill(scene.sale().order_id, "1", "99")
    scene.tick()


def reads_of(scene: Watch) -> int:
    """Count the reads in a row that found nothing."""
    assert scene.state.memory.flatten is not None
    return scene.state.memory.flatten.flat_reads


def test_it_is_done_when_two_fresh_reads_find_nothing() -> None:
    """A read that began before the last change, or that failed, or that is an old one, does not count."""
    scene = Watch()
    flat(scene)
    changed_ns = max(record.changed_ns for record in scene.state.orders.values())
    listed(scene, started_ns=changed_ns)
    scene.do(OpenOrdersIn(started_ns=scene.now_ns, orders=Unavailable(cause="timeout")))
    assert reads_of(scene) == 0

    listed(scene)
    listed(scene)
    assert reads_of(scene) == 1
    scene.now_ns += S
    listed(scene)

    assert reads_of(scene) == 2
    assert scene.state.memory.flatten is not None
    assert scene.state.memory.flatten.done
    assert scene.restarted().memory.flatten == scene.state.memory.flatten


def test_one_read_that_finds_an_order_of_ours_starts_the_count_anew() -> None:
    """Foreign orders do not matter; ours are cancelled."""
    scene = Watch()
    order_id = resting(scene)
    flat(scene)
    scene.report(order_id, VenueStatus.CANCELED)
    scene.now_ns += S
    listed(scene, replace(report(OrderId("somebody"), VenueStatus.NEW), order_id=None))
    assert reads_of(scene) == 1
    scene.now_ns += S

    listed(scene, report(order_id, VenueStatus.NEW, price="80"))

    assert reads_of(scene) == 0


def test_cancels_go_on_after_it_is_done() -> None:
    """An order of ours that turns up late makes it undone."""
    scene = Watch()
    flat(scene)
    for _ in range(2):
        scene.now_ns += S
        listed(scene)
    assert reads_of(scene) == 2
    before = len(scene.records)
    scene.now_ns += S
    listed(scene)
    assert len(scene.records) == before
    ghost = next(iter(scene.state.orders))
    scene.now_ns += S

    listed(scene, report(ghost, VenueStatus.NEW))

    assert reads_of(scene) == 0


def test_the_venue_is_read_while_the_book_is_empty() -> None:
    """Every second until it is done, then every five; not while something is still held or under way."""
    scene, agenda = Watch(), Agenda()

    def reads(seconds: int) -> int:
        count = 0
        for _ in range(seconds):
            scene.now_ns += S
            count += sum(isinstance(effect, ReadOpenOrders) for effect in agenda.due(scene.state, scene.now_ns))
        return count

    scene.hold_of(None)
    assert reads(10) == 0
    scene.do(FlattenIn(who="me", why="holiday"))
    assert reads(10) == 0
    scene.tick()
    scene.sent()
    scene.see("99.9")
    for order_id in tuple(scene.state.active):
        scene.fill(order_id, "1", "99")
    assert reads(10) == 10
    for _ in range(2):
        scene.now_ns += S
        listed(scene)
    assert reads(10) == 2
    effects = [effect for effect in agenda.due(scene.state, scene.now_ns + 9 * S) if isinstance(effect, ReadOpenOrders)]
    assert effects[0].symbols == (BTC, ETH)


def test_a_person_ends_it() -> None:
    """With the hold released nothing is flattened any more; the hold does not come back."""
    scene = Watch()
    flat(scene)

    assert scene.do(inp.ReleaseIn(hold_id=HoldId("flatten"), who="me", reason="back")).answer == Done()

    assert scene.state.memory.flatten is None
    assert scene.do(OpenOrdersIn(started_ns=scene.now_ns, orders=())).events == ()
    scene.tick()
    assert not scene.held()


def test_again_is_no_news() -> None:
    """One hold, one flattening."""
    scene = Watch()
    scene.hold_of(None)
    scene.do(FlattenIn(who="me", why="holiday"))
    before = len(scene.records)

    scene.do(FlattenIn(who="you", why="again"))

    assert len(scene.records) == before
    assert scene.state.memory.flatten is not None
    assert scene.state.memory.flatten.who == "me"
