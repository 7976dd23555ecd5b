"""What the venue says of orders: looked up, missed, searched for."""

import pytest

from custom_components.mexc_trading.engine import events as ev, inputs as inp
from custom_components.mexc_trading.engine.effects import ReadOrderFills
from custom_components.mexc_trading.engine.on_reports import MISSED_FOR_NS
from custom_components.mexc_trading.model.ids import HoldId, OrderId
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import Absent
from custom_components.mexc_trading.orders.states import OrderState

from .market import BTC, S, entry, fill, report
from .scene import NO_ANSWER, Scene


@pytest.mark.parametrize(
    ("status", "executed", "state"),
    [
        (VenueStatus.NEW, "0", OrderState.OPEN),
        (VenueStatus.PARTIALLY_FILLED, "0.4", OrderState.PARTIALLY_FILLED),
        (VenueStatus.FILLED, "1", OrderState.FILLED),
        (VenueStatus.CANCELED, "0", OrderState.CANCELED),
        (VenueStatus.PARTIALLY_CANCELED, "0.4", OrderState.CANCELED),
        (VenueStatus.UNRECOGNISED, "0.4", OrderState.OPEN),
    ],
)
@pytest.mark.parametrize("answered", [False, True])
def test_each_status_of_the_venue_has_its_state(
    status: VenueStatus, executed: str, state: OrderState, *, answered: bool
) -> None:
    """Whether the request was answered or not; what was executed makes its trades be read."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id, None if answered else NO_ANSWER)
    outcome = scene.found(order_id, report(order_id, status, executed=executed))
    assert scene.state_of(order_id) is state
    reads = [effect for effect in outcome.effects if isinstance(effect, ReadOrderFills)]
    assert len(reads) == (executed != "0")


def test_the_same_report_again_is_no_news() -> None:
    """Orders that rest for days are looked at every 15 s; the journal does not grow by it."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    assert scene.found(order_id, report(order_id, VenueStatus.NEW)).events
    assert scene.found(order_id, report(order_id, VenueStatus.NEW)).events == ()


def test_a_status_that_nobody_knows_holds_the_symbol_and_concludes_nothing() -> None:
    """The order exists, counts, and can be cancelled."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.found(order_id, report(order_id, VenueStatus.UNRECOGNISED))
    assert scene.held() == {"unresolved_order:BTCUSDT"}
    scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="1"))
    assert scene.state_of(order_id) is OrderState.FILLED


def test_an_older_view_does_not_undo_a_fill() -> None:
    """Reads overtake each other."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.found(order_id, report(order_id, VenueStatus.PARTIALLY_FILLED, executed="0.4"))
    scene.found(order_id, report(order_id, VenueStatus.NEW))
    assert scene.state_of(order_id) is OrderState.PARTIALLY_FILLED
    assert str(scene.record(order_id).executed) == "0.4"


def test_a_cancel_that_loses_against_a_fill_ends_as_filled() -> None:
    """The venue's last word counts."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    scene.do(inp.CancelIn(order_id=order_id, who="person"))
    scene.found(order_id, report(order_id, VenueStatus.NEW))
    assert scene.state_of(order_id) is OrderState.CANCELING
    scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="1"))
    assert scene.state_of(order_id) is OrderState.FILLED


class TestMissing:
    """An order that was acknowledged or seen, and that the venue denies later."""

    @staticmethod
    def missed() -> tuple[Scene, OrderId]:
        """Let an order be denied for the first time, long after its acknowledgement."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id)
        scene.found(order_id, report(order_id, VenueStatus.NEW))
        scene.wait(10)
        said, missed = scene.found(order_id, Absent()).events
        assert (type(said), type(missed)) == (ev.VenueAnswered, ev.OrderMissed)
        return scene, order_id

    def test_is_no_news_right_after_other_news(self) -> None:
        """A fresh order may be invisible for a while."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id)
        scene.wait(9.9)
        assert [type(event) for event in scene.found(order_id, Absent()).events] == [ev.VenueAnswered]

    def test_is_noted_once(self) -> None:
        """However often it is denied."""
        scene, order_id = self.missed()
        assert scene.found(order_id, Absent()).events == ()

    def test_ends_when_it_is_found_again(self) -> None:
        """The venue remembered."""
        scene, order_id = self.missed()
        scene.found(order_id, report(order_id, VenueStatus.NEW))
        assert scene.record(order_id).missing_ns is None

    def test_holds_the_symbol_when_no_place_knows_it_for_a_minute(self) -> None:
        """It still counts: nobody knows what became of it."""
        scene, order_id = self.missed()
        scene.now_ns += MISSED_FOR_NS - 1
        scene.searched(order_id)
        assert scene.held() == set()
        scene.now_ns += 1
        scene.searched(order_id)
        assert scene.held() == {"unresolved_order:BTCUSDT"}
        assert scene.state_of(order_id) is OrderState.OPEN
        assert len(scene.state.active_orders) == 1

    def test_is_written_off_by_the_person_who_releases_the_hold(self) -> None:
        """And by nobody else."""
        scene, order_id = self.missed()
        scene.wait(60)
        scene.searched(order_id)
        scene.do(inp.ReleaseIn(hold_id=HoldId("unresolved_order:BTCUSDT"), who="u", reason="looked"))
        assert scene.state_of(order_id) is OrderState.CANCELED
        assert scene.state.active_orders == ()
        assert scene.record(order_id).pending == 0


class TestStuck:
    """What stays unresolved for ten minutes becomes a person's business."""

    def test_an_unknown_order(self) -> None:
        """The venue cannot be searched."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NO_ANSWER)
        scene.wait(599.9)
        assert scene.held() == set()
        scene.wait(0.1)
        assert scene.held() == {"unresolved_order:BTCUSDT"}
        scene.do(inp.ReleaseIn(hold_id=HoldId("unresolved_order:BTCUSDT"), who="u", reason="looked"))
        assert scene.state_of(order_id) is OrderState.CANCELED

    def test_a_cancel_that_does_nothing(self) -> None:
        """The order is still open and stays so: releasing the hold does not write it off."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id)
        scene.do(inp.CancelIn(order_id=order_id, who="person"))
        scene.wait(600)
        assert scene.held() == {"unresolved_order:BTCUSDT"}
        scene.do(inp.ReleaseIn(hold_id=HoldId("unresolved_order:BTCUSDT"), who="u", reason="looked"))
        assert scene.state_of(order_id) is OrderState.CANCELING

    def test_trades_that_never_come(self) -> None:
        """Executed, but not to be read; written off, they stop counting. Late trades are booked all the same."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="1"))
        scene.wait(600)
        assert scene.held() == {"unresolved_order:BTCUSDT"}
        scene.do(inp.ReleaseIn(hold_id=HoldId("unresolved_order:BTCUSDT"), who="u", reason="looked"))
        assert scene.state.active_orders == ()
        scene.do(inp.FillsIn(symbol=BTC, fills=(fill(order_id, "1"),)))
        assert str(scene.state.ledger.owned(BTC)) == "1"

    def test_not_an_order_that_rests(self) -> None:
        """It may wait for days."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id)
        scene.found(order_id, report(order_id, VenueStatus.NEW))
        scene.now_ns += 100_000 * S
        scene.wait(1)
        assert scene.held() == set()


def test_releasing_another_hold_writes_nothing_off() -> None:
    """Only the hold about orders does, and only on its own symbol."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id, NO_ANSWER)
    scene.found(order_id, report(order_id, VenueStatus.NEW, quantity="2"))
    scene.do(inp.ReleaseIn(hold_id=HoldId("acknowledgement_mismatch:BTCUSDT"), who="u", reason="looked"))
    assert scene.state_of(order_id) is OrderState.CANCELING
