"""A clock that is set: absence is not believed sooner, and nothing waits for a clock to catch up."""

from decimal import Decimal

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.agenda import Agenda
from custom_components.mexc_trading.engine.begin import begin
from custom_components.mexc_trading.engine.effects import ReadOpenOrders, SearchOrder
from custom_components.mexc_trading.engine.guard_inputs import ClockSetIn, FlattenIn, OpenOrdersIn
from custom_components.mexc_trading.model.ids import Asset, OrderId
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import Absent
from custom_components.mexc_trading.orders.reconcile import FindingKind
from custom_components.mexc_trading.orders.states import OrderState

from .market import BTC, LIMITS, S, entry, report
from .scene import NO_ANSWER, Scene
from .test_compare import balances, compare, found

DAY = 86_400 * S


def doubted(scene: Scene) -> OrderId:
    """Send an exit that nobody answers."""
    scene.own("2")
    order_id = scene.exit()
    scene.answered(order_id, NO_ANSWER)
    return order_id


def searches(scene: Scene, agenda: Agenda) -> bool:
    """Whether a search is due that could prove an absence."""
    return any(isinstance(effect, SearchOrder) for effect in agenda.due(scene.state, scene.now_ns))


def set_clock(scene: Scene) -> None:
    """Be told of it as the account is."""
    scene.do(ClockSetIn())


def restart(scene: Scene) -> None:
    """Begin another run."""
    scene.state = scene.restarted()
    for event in begin(scene.state, version="test", limits=LIMITS, now_ns=scene.now_ns):
        scene.happen(event)


@pytest.mark.parametrize("by_ns", [DAY, -DAY])
@pytest.mark.parametrize("how", [set_clock, restart])
def test_absence_has_to_last_as_long_as_ever(how: object, by_ns: int) -> None:
    """Given a clock that is set while nobody knows where an exit is, then it is not sent anew a moment sooner."""
    assert callable(how)
    scene, agenda = Scene(), Agenda()
    order_id = doubted(scene)
    scene.now_ns += S
    before_ns = scene.now_ns
    scene.now_ns += by_ns
    how(scene)

    assert not searches(scene, agenda)
    for started_ns in (before_ns, scene.now_ns):
        scene.searched(order_id, started_ns=started_ns)
        assert scene.state_of(order_id) is OrderState.UNKNOWN
    scene.now_ns += 16 * S - 1
    assert not searches(scene, agenda)
    scene.searched(order_id)
    assert scene.state_of(order_id) is OrderState.UNKNOWN
    scene.now_ns += 1
    assert searches(scene, agenda)
    scene.searched(order_id)
    assert scene.state_of(order_id) is OrderState.NEVER_PLACED


def test_what_is_certain_stays_as_it_is() -> None:
    """Only orders of unknown fate have a fence."""
    scene = Scene()
    scene.answered(scene.signal(entry()))
    assert scene.do(ClockSetIn()).events == ()


def test_the_end_of_a_flatten_does_not_wait_for_the_clock() -> None:
    """Two fresh reads are enough, and one that left before the clock was set back is not fresh."""
    scene, agenda = Scene(), Agenda()
    scene.own("2")
    scene.do(FlattenIn(who="me", why="enough"))
    scene.do(inp.TickIn())
    (sold,) = scene.active()
    scene.answered(sold)
    asked = scene.record(sold).order
    told = report(sold, VenueStatus.CANCELED, quantity=str(asked.quantity), side=asked.side, order_type=asked.type)
    scene.found(sold, told)
    scene.state.ledger.positions.clear()
    scene.state.memory.protections.clear()
    agenda.due(scene.state, scene.now_ns)
    early_ns = scene.now_ns + 1
    scene.now_ns -= DAY

    scene.do(OpenOrdersIn(started_ns=early_ns, orders=()))
    flatten = scene.state.memory.flatten
    assert flatten is not None
    assert flatten.flat_reads == 0
    for _ in range(2):
        scene.now_ns += S
        (read,) = agenda.due(scene.state, scene.now_ns)
        assert isinstance(read, ReadOpenOrders)
        scene.do(OpenOrdersIn(started_ns=scene.now_ns, orders=()))
    flatten = scene.state.memory.flatten
    assert flatten is not None
    assert flatten.done


def test_missing_coins_are_confirmed_by_a_clock_that_was_set_back() -> None:
    """The balances that say so count as well."""
    scene = Scene()
    scene.own("2")
    scene.now_ns += S
    gone = balances(scene, BTC="0.5")
    assert found(compare(scene, balances=gone)) == [FindingKind.QUANTITY_DRIFT]
    scene.now_ns -= DAY
    assert found(compare(scene, balances=gone)) == [FindingKind.QUANTITY_DRIFT]
    assert scene.held() == {"quantity_drift:BTCUSDT"}
    assert gone[Asset("BTC")] == Decimal("0.5")


def test_an_order_that_is_open_again_counts_as_news() -> None:
    """Though the record of its end lies in the future."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    scene.found(order_id, report(order_id, VenueStatus.CANCELED))
    scene.now_ns -= DAY
    again = compare(scene, open_orders=(report(order_id, VenueStatus.NEW),))
    assert found(again) == [FindingKind.REOPENED]


def test_an_order_that_was_missed_is_missed_by_a_clock_that_was_set_back() -> None:
    """A person is told, as without that."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    scene.found(order_id, report(order_id, VenueStatus.NEW))
    scene.now_ns -= DAY
    assert scene.record(order_id).missing_ns is None
    scene.found(order_id, Absent())
    assert scene.record(order_id).missing_ns == scene.now_ns
    scene.now_ns -= DAY
    scene.searched(order_id)
    assert f"unresolved_order:{BTC}" in scene.held()


def test_an_order_whose_fate_nobody_can_tell_is_a_persons_business_as_soon_as_ever() -> None:
    """Counted from when the fence was."""
    scene = Scene()
    doubted(scene)
    scene.now_ns -= DAY
    scene.do(ClockSetIn())
    scene.wait(599)
    assert scene.held() == set()
    scene.wait(1)
    assert scene.held() == {f"unresolved_order:{BTC}"}
