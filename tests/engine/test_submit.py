"""From a signal to an order at the venue: what each answer to a submit means."""

from dataclasses import replace

import pytest

from custom_components.mexc_trading.engine import events as ev, inputs as inp
from custom_components.mexc_trading.engine.effects import CancelOrder, FindOrder, SubmitOrder
from custom_components.mexc_trading.engine.ports import ENTRIES_STOPPED
from custom_components.mexc_trading.model.hold import HoldKind, Release, Scope, ScopeKind
from custom_components.mexc_trading.model.ids import OrderId
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import Absent, NotSent, SubmitOutcome, Throttled, Trace
from custom_components.mexc_trading.orders.states import OrderState

from .market import BTC, ETH, NOW, S, entry, fill, leave, report
from .scene import NO_ANSWER, NOTHING_LEFT, REFUSED, SILENT, Scene


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (REFUSED, OrderState.REJECTED),
        (NOTHING_LEFT, OrderState.NOT_SENT),
        (NO_ANSWER, OrderState.UNKNOWN),
        (Throttled(retry_after_s=1, banned=False), OrderState.UNKNOWN),
        (Throttled(retry_after_s=None, banned=True), OrderState.UNKNOWN),
    ],
)
def test_each_answer_to_a_submit_has_its_state(outcome: SubmitOutcome, state: OrderState) -> None:
    """A throttled create counts as unanswered, because nobody says that it was not taken."""
    scene = Scene()
    order_id = scene.signal(entry())
    assert scene.record(order_id).sent_ns == NOW
    scene.answered(order_id, outcome)
    assert scene.state_of(order_id) is state
    assert scene.restarted().orders == scene.state.orders


def test_an_acknowledged_order_is_read_at_once_because_the_acknowledgement_has_no_status() -> None:
    """The venue's own number is kept, and the order is looked up."""
    scene = Scene()
    order_id = scene.signal(entry())
    outcome = scene.answered(order_id)
    assert scene.record(order_id).venue_order_id == "V1"
    assert scene.state_of(order_id) is OrderState.OPEN
    assert [type(effect) for effect in outcome.effects] == [FindOrder]


def test_the_trace_of_the_request_is_journaled_with_the_step() -> None:
    """The story of an order contains every request and what was answered."""
    scene = Scene()
    order_id = scene.signal(entry())
    trace = Trace(method="POST", path="/o", query="q", status=504, code=None, sent_at_ns=NOW, ended_at_ns=NOW + S)
    outcome = scene.answered(order_id, NotSent(cause="dns", trace=trace))
    (event,) = outcome.events
    assert isinstance(event, ev.OrderStepped)
    assert (event.trace, event.cause) == (trace, "dns")


@pytest.mark.parametrize("field", ["symbol", "side", "type", "price", "quantity"])
def test_an_acknowledgement_that_says_something_else_is_cancelled_and_holds_the_symbol(field: str) -> None:
    """Whatever the venue took instead is not what was decided."""
    scene = Scene()
    order_id = scene.signal(entry())
    wrong = {
        "symbol": "ETHUSDT",
        "side": Side.SELL,
        "type": OrderType.MARKET,
        "price": scene.record(order_id).order.quantity * 7,
        "quantity": scene.record(order_id).order.quantity * 2,
    }[field]
    acknowledgement = scene.acknowledgement(order_id)
    object.__setattr__(acknowledgement, field, wrong)
    scene.answered(order_id, acknowledgement)
    assert scene.held() == {"acknowledgement_mismatch:BTCUSDT"}
    assert scene.state_of(order_id) is OrderState.CANCELING
    assert scene.cancels(order_id) == 1


def test_a_mismatch_on_one_symbol_is_noticed_though_another_symbol_is_held_for_one() -> None:
    """The hold of one symbol must not make the book blind on the next."""
    scene = Scene()
    first = scene.signal(entry("a", symbol=BTC))
    scene.found(first, report(first, VenueStatus.NEW, quantity="2"))
    second = scene.signal(entry("b", symbol=ETH))
    scene.found(second, report(second, VenueStatus.NEW, quantity="2", symbol=ETH, venue_order_id="V2"))
    assert scene.held() == {"acknowledgement_mismatch:BTCUSDT", "acknowledgement_mismatch:ETHUSDT"}
    assert scene.cancels(second) == 1


def test_a_market_order_goes_out_without_a_price_though_its_decision_names_the_worst_one() -> None:
    """A symbol that takes only market orders gets one, and the venue refuses a price on it."""
    scene = Scene()
    terms = scene.state.instruments[BTC]
    object.__setattr__(terms, "order_types", frozenset({OrderType.MARKET}))
    order_id = scene.signal(entry(order_type=OrderType.MARKET))
    order = scene.record(order_id).order
    assert (order.type, order.price) == (OrderType.MARKET, None)
    assert order.decision.price is not None


def test_an_answer_that_nobody_will_bring_makes_the_order_unknown_and_looks_it_up() -> None:
    """After a crash, or when the journal lost it."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.now_ns += 100 * S
    outcome = scene.do(inp.LostIn(order_id=order_id))
    assert scene.state_of(order_id) is OrderState.UNKNOWN
    assert scene.record(order_id).unanswered_ns == scene.now_ns
    assert [type(effect) for effect in outcome.effects] == [FindOrder]
    assert scene.do(inp.LostIn(order_id=order_id)).events == ()


def test_a_planned_order_that_was_never_released_is_not_sent() -> None:
    """Planned and released stand in one transaction; only a journal that was cut can separate them."""
    scene = Scene()
    order_id = scene.signal(entry())
    cut = Scene()
    cut.records = scene.records[:-1]
    cut.state = cut.restarted()
    assert cut.state_of(order_id) is OrderState.PLANNED
    cut.do(inp.LostIn(order_id=order_id))
    assert cut.state_of(order_id) is OrderState.NOT_SENT


def test_silence_about_an_order_that_was_seen_meanwhile_changes_nothing() -> None:
    """A look-up was faster than the time limit of the request."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="1"))
    scene.answered(order_id, NO_ANSWER)
    assert scene.state_of(order_id) is OrderState.FILLED
    assert scene.held() == set()


def test_the_venue_having_what_it_refused_is_followed_and_held() -> None:
    """The order counts and can be cancelled; that a refusal was not one is a person's business."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id, REFUSED)
    assert scene.active() == []
    scene.found(order_id, report(order_id, VenueStatus.NEW))
    assert scene.state_of(order_id) is OrderState.OPEN
    assert scene.held() == {"illegal_transition:BTCUSDT"}
    assert scene.active() == [order_id]


def test_a_step_that_the_table_does_not_have_keeps_the_fact_and_holds_the_symbol() -> None:
    """A filled order that is then refused: the state stays."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="1"))
    outcome = scene.answered(order_id, REFUSED)
    assert [type(event) for event in outcome.events] == [ev.IllegalStep, ev.HoldRaised]
    assert scene.state_of(order_id) is OrderState.FILLED
    assert scene.held() == {"illegal_transition:BTCUSDT"}


def test_what_an_illegal_step_says_was_executed_is_kept() -> None:
    """Money moved, whatever the state machine thinks."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="0.5"))
    scene.found(order_id, report(order_id, VenueStatus.CANCELED, executed="1"))
    assert scene.held() == {"illegal_transition:BTCUSDT"}
    assert str(scene.record(order_id).executed) == "1"


class TestCancelBeforeTheAnswer:
    """A wish to cancel that comes while the order is on its way."""

    def test_is_remembered_and_acted_on_with_the_acknowledgement(self) -> None:
        """Nothing can be cancelled before it is there."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.do(inp.CancelIn(order_id=order_id, who="person"))
        assert scene.cancels(order_id) == 0
        assert scene.state_of(order_id) is OrderState.SENDING
        scene.answered(order_id)
        assert scene.state_of(order_id) is OrderState.CANCELING
        assert scene.cancels(order_id) == 1

    def test_is_acted_on_when_an_unknown_order_is_found(self) -> None:
        """The kill switch meets an order in doubt."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NO_ANSWER)
        kill = inp.RaiseIn(
            kind=HoldKind.KILL_SWITCH, scope=Scope(kind=ScopeKind.BOOK), why="drill", release=Release.PERSON
        )
        scene.do(kill)
        scene.found(order_id, report(order_id, VenueStatus.PARTIALLY_FILLED, executed="0.4"))
        assert scene.state_of(order_id) is OrderState.CANCELING
        assert scene.cancels(order_id) == 1

    def test_ends_an_order_that_turns_out_not_to_have_left(self) -> None:
        """It is not sent again."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.do(inp.CancelIn(order_id=order_id, who="person"))
        scene.answered(order_id, NOTHING_LEFT)
        assert scene.state_of(order_id) is OrderState.EXPIRED

    def test_that_is_repeated_is_journaled_once(self) -> None:
        """Each press of the button is no news; the cancel itself is asked again."""
        scene = Scene()
        order_id = scene.signal(entry())
        assert scene.do(inp.CancelIn(order_id=order_id, who="person")).events
        assert scene.do(inp.CancelIn(order_id=order_id, who="person")).events == ()
        scene.answered(order_id)
        assert scene.do(inp.CancelIn(order_id=order_id, who="person")).events == ()
        assert scene.cancels(order_id) == 2


def test_an_entry_that_was_stopped_before_the_socket_is_given_up_at_once() -> None:
    """It never left, and what stopped it also ends it."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id, NotSent(cause=ENTRIES_STOPPED))
    assert scene.state_of(order_id) is OrderState.EXPIRED
    scene.wait(5)
    assert scene.submits(order_id) == 1


def test_an_exit_is_sent_again_with_the_same_id_until_it_leaves() -> None:
    """Without an end, but never faster than the waits allow."""
    scene = Scene()
    scene.own()
    order_id = scene.exit()
    for number, wait_s in enumerate((0.5, 1, 2, 4, 8, 15, 30, 60, 60, 60), start=1):
        scene.answered(order_id, NOTHING_LEFT)
        scene.wait(wait_s * 0.9)
        assert scene.submits(order_id) == number
        scene.wait(wait_s * 0.2)
        assert scene.submits(order_id) == number + 1
    sent = {effect.order for effect in scene.effects if isinstance(effect, SubmitOrder)}
    assert len(sent) == 1


def test_an_exit_that_waits_to_be_sent_again_counts_as_under_way() -> None:
    """A second exit must not sell the same coins."""
    scene = Scene()
    scene.own()
    order_id = scene.exit()
    scene.answered(order_id, NOTHING_LEFT)
    outcome = scene.do(inp.SignalIn(signal=leave("second"), digest="d"))
    assert outcome.answer is not None
    assert not outcome.answer.decision.allowed  # type: ignore[union-attr]


def test_an_exit_is_given_up_when_others_under_way_take_what_is_left() -> None:
    """What is owned less what they may still sell."""
    scene = Scene()
    scene.own("1")
    first = scene.exit("a", "0.6")
    scene.exit("b", "0.4")
    scene.answered(first, NOTHING_LEFT)
    sold = fill(None, "x", quantity="0.3", side=Side.SELL)
    scene.state.ledger.book(sold, instrument=scene.state.instruments[BTC], fee_quote=sold.fee, at_ns=scene.now_ns)
    scene.wait(1)
    assert scene.state_of(first) is OrderState.EXPIRED


def test_an_exit_of_what_is_not_owned_any_more_is_given_up() -> None:
    """Selling it now would sell the user's own coins."""
    scene = Scene()
    scene.own()
    order_id = scene.exit()
    scene.answered(order_id, NOTHING_LEFT)
    sold = scene.record(order_id).order.quantity
    scene.state.ledger.positions.clear()
    assert sold > 0
    scene.wait(1)
    assert scene.state_of(order_id) is OrderState.EXPIRED


class TestEntryNotSent:
    """An entry of which nothing left."""

    def test_is_sent_again_while_its_signal_is_valid(self) -> None:
        """A connection that was refused once."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NOTHING_LEFT)
        scene.wait(0.6)
        assert (scene.submits(order_id), scene.state_of(order_id)) == (2, OrderState.SENDING)

    def test_is_not_when_it_is_too_old(self) -> None:
        """Nobody wants it any more, 30 s after it was issued."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NOTHING_LEFT)
        scene.wait(30.1)
        assert (scene.submits(order_id), scene.state_of(order_id)) == (1, OrderState.EXPIRED)

    def test_is_not_more_than_four_times(self) -> None:
        """Bounded, whatever its validity."""
        scene = Scene()
        order_id = scene.signal(entry())
        for wait_s in (0.5, 1, 2, 4):
            scene.answered(order_id, NOTHING_LEFT)
            scene.wait(wait_s)
        assert (scene.submits(order_id), scene.state_of(order_id)) == (4, OrderState.EXPIRED)

    def test_is_not_under_a_hold(self) -> None:
        """What stops entries stops this one too."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NOTHING_LEFT)
        scope = Scope(kind=ScopeKind.SYMBOL, name=BTC)
        hold = inp.RaiseIn(kind=HoldKind.UNRESOLVED_ORDER, scope=scope, why="", release=Release.PERSON)
        scene.do(hold)
        scene.wait(0.6)
        assert (scene.submits(order_id), scene.state_of(order_id)) == (1, OrderState.EXPIRED)

    def test_is_not_after_a_loss_since(self) -> None:
        """The pause after a loss would have refused it."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NOTHING_LEFT)
        scene.state.last_loss_ns = scene.now_ns
        scene.wait(0.6)
        assert scene.state_of(order_id) is OrderState.EXPIRED

    def test_is_ended_by_a_cancel(self) -> None:
        """There is nothing at the venue to cancel."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NOTHING_LEFT)
        scene.do(inp.CancelIn(order_id=order_id, who="person"))
        assert scene.state_of(order_id) is OrderState.EXPIRED
        assert scene.cancels(order_id) == 0

    def test_without_an_end_of_its_own_is_wanted_for_half_a_minute(self) -> None:
        """The default of signals."""
        scene = Scene()
        signal = entry()
        object.__setattr__(signal, "valid_for_s", None)
        order_id = scene.signal(signal)
        assert scene.record(order_id).expires_ns == NOW + 30 * S


class TestNeverPlaced:
    """When everybody says that there is no such order."""

    def test_needs_the_fence_to_be_past(self) -> None:
        """Sixteen seconds after we learned that no answer would come; one millisecond less is no proof."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.now_ns += 8 * S
        scene.answered(order_id, NO_ANSWER)
        scene.wait(15.999)
        scene.searched(order_id)
        assert scene.state_of(order_id) is OrderState.UNKNOWN
        scene.wait(0.001)
        scene.searched(order_id)
        assert scene.state_of(order_id) is OrderState.NEVER_PLACED
        assert scene.submits(order_id) == 1

    @pytest.mark.parametrize("place", ["by_id", "open_orders", "history", "trades"])
    def test_needs_every_place_to_answer(self, place: str) -> None:
        """Silence of one is no absence."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NO_ANSWER)
        scene.wait(60)
        scene.searched(order_id, **{place: SILENT})
        assert scene.state_of(order_id) is OrderState.UNKNOWN

    @pytest.mark.parametrize("place", ["by_id", "open_orders", "history"])
    def test_is_not_said_of_what_one_place_knows(self, place: str) -> None:
        """Found anywhere is found."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NO_ANSWER)
        scene.wait(60)
        scene.searched(order_id, **{place: report(order_id, VenueStatus.NEW)})
        assert scene.state_of(order_id) is OrderState.OPEN

    def test_is_not_said_of_what_has_traded(self) -> None:
        """Its trades prove an order that no other place tells of."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NO_ANSWER)
        scene.wait(60)
        scene.searched(order_id, trades=(fill(order_id, "1", quantity="0.4"),))
        assert scene.state_of(order_id) is OrderState.PARTIALLY_FILLED
        scene.searched(order_id, trades=(fill(order_id, "1", quantity="0.4"), fill(order_id, "2", quantity="0.6")))
        assert scene.state_of(order_id) is OrderState.FILLED
        assert str(scene.state.ledger.owned(BTC)) == "1.0"
        assert scene.state.active_orders == ()

    def test_that_was_known_already_is_not_journaled_again(self) -> None:
        """A search that repeats itself every half minute must not fill the journal."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NO_ANSWER)
        assert scene.searched(order_id, history=SILENT).events
        assert scene.searched(order_id, history=SILENT).events == ()
        trade = (fill(order_id, "1", quantity="0.4"),)
        assert scene.searched(order_id, trades=trade).events
        assert scene.searched(order_id, trades=trade).events == ()

    def test_is_not_said_of_an_order_whose_fate_is_known(self) -> None:
        """A search that comes back late."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id, NO_ANSWER)
        scene.found(order_id, report(order_id, VenueStatus.NEW))
        scene.wait(60)
        scene.searched(order_id)
        assert scene.state_of(order_id) is OrderState.OPEN
        assert scene.held() == set()

    def test_makes_an_exit_a_new_attempt_with_another_id(self) -> None:
        """Up to five, then a person is called."""
        scene = Scene()
        scene.own()
        tried = [scene.exit()]
        for _ in range(4):
            scene.answered(tried[-1], NO_ANSWER)
            scene.wait(16)
            outcome = scene.searched(tried[-1])
            (again,) = (effect for effect in outcome.effects if isinstance(effect, SubmitOrder))
            tried.append(again.order.order_id)
        assert len(set(tried)) == 5
        assert [scene.record(order_id).order.attempt for order_id in tried] == [0, 1, 2, 3, 4]
        assert scene.held() == set()
        scene.answered(tried[-1], NO_ANSWER)
        scene.wait(16)
        assert scene.searched(tried[-1]).effects == ()
        assert scene.held() == {"unresolved_order:BTCUSDT"}

    def test_clamps_the_new_attempt_to_what_is_owned(self) -> None:
        """The position became smaller meanwhile."""
        scene = Scene()
        scene.own("1")
        order_id = scene.exit()
        scene.answered(order_id, NO_ANSWER)
        scene.wait(16)
        sold = fill(None, "x", quantity="0.7", side=Side.SELL)
        scene.state.ledger.book(sold, instrument=scene.state.instruments[BTC], fee_quote=sold.fee, at_ns=scene.now_ns)
        outcome = scene.searched(order_id)
        (again,) = (effect for effect in outcome.effects if isinstance(effect, SubmitOrder))
        assert str(again.order.quantity) == "0.3"

    def test_makes_no_new_attempt_of_an_exit_whose_cancellation_was_wanted(self) -> None:
        """Somebody changed his mind."""
        scene = Scene()
        scene.own()
        order_id = scene.exit()
        scene.answered(order_id, NO_ANSWER)
        scene.do(inp.CancelIn(order_id=order_id, who="person"))
        scene.wait(16)
        assert scene.searched(order_id).effects == ()


def test_a_duplicate_under_one_id_is_cancelled_and_held() -> None:
    """It must never be; if it is, the second one goes."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    outcome = scene.found(order_id, report(order_id, VenueStatus.NEW, venue_order_id="V2"))
    assert [effect.venue_order_id for effect in outcome.effects if isinstance(effect, CancelOrder)] == ["V2"]
    assert scene.held() == {"acknowledgement_mismatch:BTCUSDT"}
    assert scene.record(order_id).venue_order_id == "V1"


def test_a_lookup_that_finds_nothing_or_nobody_proves_nothing() -> None:
    """One denial may be a slow read; silence is no answer. Each is told once, and changes nothing."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    before = scene.record(order_id)
    for answer, said in ((Absent(), "absent"), (SILENT, "timeout")):
        outcome = scene.found(order_id, answer)
        assert [type(event) for event in outcome.events] == [ev.VenueAnswered]
        assert outcome.effects == ()
        assert scene.record(order_id) == replace(before, said=said)
        assert scene.found(order_id, answer).events == ()


def test_a_name_of_no_order_is_unknown() -> None:
    """Cancelling it says so."""
    scene = Scene()
    assert type(scene.do(inp.CancelIn(order_id=OrderId("no"), who="person")).answer).__name__ == "Unknown"
