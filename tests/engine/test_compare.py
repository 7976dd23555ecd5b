"""What is done about each difference between our books and the venue's."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.engine import events as ev, inputs as inp
from custom_components.mexc_trading.engine.answers import Differences, Done, Unknown
from custom_components.mexc_trading.engine.compare_events import BooksCompared, DriftIgnored, QuantityAdopted
from custom_components.mexc_trading.engine.compare_inputs import CompareIn, DriftChoice, DriftIn
from custom_components.mexc_trading.engine.effects import FindOrder
from custom_components.mexc_trading.engine.guard_events import FlowBooked
from custom_components.mexc_trading.engine.guard_inputs import FlowIn
from custom_components.mexc_trading.engine.on_compare import expected_cash
from custom_components.mexc_trading.engine.outcome import Outcome
from custom_components.mexc_trading.model.ids import Asset, OrderId
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import Absent
from custom_components.mexc_trading.orders.reconcile import FindingKind, VenueBook
from custom_components.mexc_trading.orders.states import OrderState

from .market import BTC, ETH, MS, MX, NOW, USDT, S, entry, fill, report
from .scene import NO_ANSWER, Scene

STRAY = OrderId("hal" + "a" * 24 + "e")


def compare(scene: Scene, *, whole: bool = False, started_ns: int | None = None, **fields: object) -> Outcome:
    """Let the venue's book come in."""
    plain: dict[str, object] = {"open_orders": (), "history": (), "lookups": {}, "trades": (), "balances": None}
    book = VenueBook(**(plain | fields))  # type: ignore[arg-type]
    begun = scene.now_ns if started_ns is None else started_ns
    return scene.do(CompareIn(venues=book, started_ns=begun, whole=whole))


def found(outcome: Outcome) -> list[FindingKind]:
    """List what was found."""
    assert isinstance(outcome.answer, Differences)
    return [finding.kind for finding in outcome.answer.findings]


def balances(scene: Scene, **coins: str) -> dict[Asset, Decimal]:
    """Give the balances that the book expects, apart from what is given."""
    cash = expected_cash(scene.state)
    assert cash is not None
    held = {
        scene.state.instruments[symbol].base: scene.state.ledger.holding(symbol)
        for symbol in scene.state.ledger.positions
    }
    return {cash[0]: cash[1]} | held | {Asset(name): Decimal(value) for name, value in coins.items()}


def ended_filled(scene: Scene, order_id: OrderId) -> None:
    """Let the venue say that an exit is filled."""
    order = scene.record(order_id).order
    told = report(
        order_id,
        VenueStatus.FILLED,
        executed=str(order.quantity),
        quantity=str(order.quantity),
        side=Side.SELL,
        order_type=order.type,
        price=str(order.price),
        venue_order_id="VX",
    )
    scene.found(order_id, told)
    assert scene.active() == []
    scene.now_ns += S


def test_books_that_agree_are_journaled_once_and_whole_comparisons_always() -> None:
    """A report is there to be seen; the journal does not grow by agreement."""
    scene = Scene()
    assert [type(event) for event in compare(scene).events] == [BooksCompared]
    assert compare(scene).events == ()
    assert [type(event) for event in compare(scene, whole=True).events] == [BooksCompared]
    assert scene.state.report is not None
    assert scene.state.report.whole


def test_an_order_that_we_are_behind_of_is_caught_up_with() -> None:
    """With its trades, in one comparison."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id, NO_ANSWER)
    told = report(order_id, VenueStatus.FILLED, executed="1")
    outcome = compare(scene, lookups={order_id: told}, trades=(fill(None, "1"),))
    assert found(outcome) == [FindingKind.BEHIND]
    assert scene.state_of(order_id) is OrderState.FILLED
    again = compare(scene, lookups={order_id: told}, trades=(fill(None, "1"),))
    assert found(again) == [FindingKind.MISSING_FILL]
    assert scene.state.ledger.owned(BTC) == 1
    assert found(compare(scene, trades=(fill(None, "1"),))) == []


def test_missing_trades_are_booked_together() -> None:
    """Two of one order that are more than it asked for hold the symbol."""
    scene = Scene()
    order_id = scene.signal(entry())
    trades = (fill(order_id, "1", quantity="0.7"), fill(order_id, "2", quantity="0.7"))
    compare(scene, trades=trades)
    assert scene.state.ledger.owned(BTC) == Decimal("1.4")
    assert scene.held() == {"quantity_drift:BTCUSDT"}


class TestOrphans:
    """Orders with our mark that the journal does not know."""

    def test_are_adopted(self) -> None:
        """Open ones always."""
        scene = Scene()
        stray = report(STRAY, VenueStatus.NEW)
        assert found(compare(scene, open_orders=(stray,))) == [FindingKind.ORPHAN_ORDER]
        assert scene.held() == {"orphan_order:BTCUSDT"}
        assert found(compare(scene, open_orders=(stray,))) == []

    @pytest.mark.parametrize(("created_s", "adopted"), [(-61, False), (-59, True), (5, True)])
    def test_that_had_ended_are_adopted_only_if_the_book_was_there(self, created_s: int, *, adopted: bool) -> None:
        """What an earlier book of the same name did is not ours; what a restored backup forgot is."""
        scene = Scene()
        ended = replace(report(STRAY, VenueStatus.FILLED, executed="1"), created_ms=NOW // MS + created_s * 1000)
        outcome = compare(scene, whole=True, history=(ended,))
        assert found(outcome) == [FindingKind.ORPHAN_ORDER] * adopted
        assert (STRAY in scene.state.orders) is adopted


class TestForeignOrders:
    """Orders of others on the same account."""

    def test_count_toward_exposure_and_are_never_touched(self) -> None:
        """What they may still buy uses the same money."""
        scene = Scene()
        by_hand = replace(report(STRAY, VenueStatus.PARTIALLY_FILLED, executed="0.4"), order_id=None)
        sale = replace(by_hand, venue_order_id="V2", side=Side.SELL)  # type: ignore[arg-type]
        outcome = compare(scene, open_orders=(by_hand, sale))
        assert found(outcome) == [FindingKind.FOREIGN_ORDER] * 2
        assert outcome.effects == ()
        assert list(scene.state.foreign) == [by_hand, sale]
        assert scene.state.totals().exposures[BTC] == 60
        assert scene.state.totals().gross == 60
        compare(scene)
        assert list(scene.state.foreign) == []
        assert scene.state.totals().gross == 0


def test_what_a_comparison_does_not_look_at_stays_as_it_was_found() -> None:
    """A look at orders says nothing about coins, and the other way round."""
    scene = Scene()
    scene.own("2")
    by_hand = replace(report(STRAY, VenueStatus.NEW), order_id=None)
    scene.now_ns += S
    compare(scene, open_orders=(by_hand,), balances=balances(scene, BTC="1"))
    both = [FindingKind.FOREIGN_ORDER, FindingKind.QUANTITY_DRIFT]
    assert sorted(found(compare(scene, open_orders=(by_hand,)))) == both
    assert sorted(found(compare(scene, open_orders=None, balances=balances(scene, BTC="1")))) == both
    assert len(scene.state.foreign) == 1
    scene.signal(entry("moves", at_ns=scene.now_ns))
    assert sorted(found(compare(scene, open_orders=None, balances=balances(scene)))) == both


class TestReopened:
    """An order of ours that had ended and is open at the venue."""

    @staticmethod
    def ended() -> tuple[Scene, OrderId]:
        """Let an order end."""
        scene = Scene()
        order_id = scene.signal(entry())
        scene.answered(order_id)
        scene.found(order_id, report(order_id, VenueStatus.CANCELED))
        return scene, order_id

    def test_is_cancelled_and_held(self) -> None:
        """Nobody may leave it there."""
        scene, order_id = self.ended()
        scene.now_ns += 10 * S
        outcome = compare(scene, open_orders=(report(order_id, VenueStatus.NEW),))
        assert found(outcome) == [FindingKind.REOPENED]
        assert scene.cancels(order_id) == 1
        assert scene.held() == {"illegal_transition:BTCUSDT"}

    def test_is_none_if_the_read_began_before_it_ended(self) -> None:
        """A list that left before the cancel took effect."""
        scene, order_id = self.ended()
        scene.now_ns += S
        assert found(compare(scene, open_orders=(report(order_id, VenueStatus.NEW),))) == []


def test_an_order_that_is_denied_is_looked_up() -> None:
    """What follows from that is its own story."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    outcome = compare(scene, lookups={order_id: Absent()})
    assert found(outcome) == [FindingKind.DENIED]
    assert [type(effect) for effect in outcome.effects] == [FindOrder]


def test_an_exit_of_what_is_gone_is_cancelled() -> None:
    """It would sell coins that are not ours."""
    scene = Scene()
    scene.own()
    order_id = scene.exit()
    scene.answered(order_id)
    scene.state.ledger.positions.clear()
    assert found(compare(scene)) == [FindingKind.ORPHAN_EXIT]
    assert scene.cancels(order_id) == 1


class TestMissingCoins:
    """The venue has less than we own."""

    @staticmethod
    def missing() -> Scene:
        """Let coins be gone, and be seen to be gone twice."""
        scene = Scene()
        scene.own("2")
        for _ in range(2):
            scene.now_ns += 5 * S
            compare(scene, balances=balances(scene, BTC="0.5"))
        assert scene.held() == {"quantity_drift:BTCUSDT"}
        return scene

    def test_are_a_hold_only_when_a_second_comparison_says_so_too(self) -> None:
        """Balances lag behind orders."""
        scene = Scene()
        scene.own("2")
        scene.now_ns += 5 * S
        compare(scene, balances=balances(scene, BTC="0.5"))
        assert scene.held() == set()
        scene.now_ns += S
        compare(scene, balances=balances(scene, BTC="0.5"))
        assert scene.held() == set()
        scene.now_ns += S
        compare(scene, balances=balances(scene, BTC="0.5"))
        assert scene.held() == {"quantity_drift:BTCUSDT"}

    def test_are_not_looked_for_while_orders_change(self) -> None:
        """What was read before an order's last news belongs to another moment."""
        scene = Scene()
        scene.own("2")
        outcome = compare(scene, balances=balances(scene, BTC="0"), started_ns=scene.now_ns - S)
        assert found(outcome) == []

    def test_are_taken_off_the_book_when_a_person_adopts_the_venues_figure(self) -> None:
        """As a withdrawal at cost: neither profit nor loss."""
        scene = self.missing()
        pnl = scene.state.valuation()
        equity = scene.state.equity()
        assert pnl is not None
        assert equity is not None
        outcome = scene.do(DriftIn(symbol=BTC, choice=DriftChoice.ADOPT, who="u"))
        assert isinstance(outcome.answer, Done)
        assert [type(event) for event in outcome.events] == [QuantityAdopted, FlowBooked, ev.HoldReleased]
        position = scene.state.ledger.positions[BTC]
        assert (position.quantity, position.cost) == (Decimal("0.5"), Decimal(50))
        assert scene.state.capital == 10_000 - 150
        assert scene.state.ledger.realized == 0
        assert scene.held() == set()
        assert found(compare(scene, balances=balances(scene, USDT="9800"))) == []
        assert scene.restarted().ledger == scene.state.ledger

    def test_that_are_all_gone_end_the_position(self) -> None:
        """Nothing is left to guard."""
        scene = Scene()
        scene.own("2")
        for _ in range(2):
            scene.now_ns += 5 * S
            compare(scene, balances=balances(scene, BTC="0"))
        scene.do(DriftIn(symbol=BTC, choice=DriftChoice.ADOPT, who="u"))
        assert scene.state.ledger.positions == {}
        assert scene.state.memory.protections == {}

    def test_are_forgotten_when_a_person_says_that_they_are_none(self) -> None:
        """Until they are others."""
        scene = self.missing()
        outcome = scene.do(DriftIn(symbol=BTC, choice=DriftChoice.IGNORE, who="u"))
        assert [type(event) for event in outcome.events] == [DriftIgnored, ev.HoldReleased]
        scene.now_ns += 5 * S
        assert found(compare(scene, balances=balances(scene, BTC="0.5"))) == []
        assert found(compare(scene, balances=balances(scene, BTC="0.4"))) == [FindingKind.QUANTITY_DRIFT]
        assert scene.state.ledger.owned(BTC) == 2

    def test_of_another_symbol_cannot_be_settled(self) -> None:
        """There is nothing to settle."""
        scene = self.missing()
        answer = scene.do(DriftIn(symbol=ETH, choice=DriftChoice.ADOPT, who="u")).answer
        assert isinstance(answer, Unknown)
        assert isinstance(Scene().do(DriftIn(symbol=BTC, choice=DriftChoice.ADOPT, who="u")).answer, Unknown)

    def test_of_dust_are_taken_off_it(self) -> None:
        """Without any flow: it cost nothing any more."""
        scene = Scene()
        scene.own("2")
        out = scene.exit("out", "1.995")
        sold = fill(out, "s", quantity="1.995", side=Side.SELL, venue_order_id="VX")
        scene.do(inp.FillsIn(symbol=BTC, fills=(sold,)))
        ended_filled(scene, out)
        assert scene.state.ledger.dust == {BTC: Decimal("0.005")}
        cash = expected_cash(scene.state)
        assert cash is not None
        for _ in range(2):
            scene.now_ns += 5 * S
            compare(scene, balances={USDT: cash[1], Asset("BTC"): Decimal("0.002")})
        scene.do(DriftIn(symbol=BTC, choice=DriftChoice.ADOPT, who="u"))
        assert scene.state.ledger.dust == {BTC: Decimal("0.002")}
        assert scene.state.capital == 10_000


class TestCash:
    """What the venue should hold of the book's currency."""

    def test_follows_from_capital_trades_and_fees_wherever_they_were_taken(self) -> None:
        """Paid in quote, in base and in a third coin; bought, sold, and left as dust."""
        scene = Scene()
        scene.price(MX, "3", "3")
        money = Decimal(10_000)
        order_id = scene.signal(entry(quantity="3"))
        trades = (
            fill(order_id, "1", fee="0.1", fee_asset="USDT"),
            fill(order_id, "2", fee="0.001", fee_asset="BTC"),
            fill(order_id, "3", fee="0.02", fee_asset="MX"),
        )
        scene.do(inp.FillsIn(symbol=BTC, fills=trades))
        money -= 300 + Decimal("0.1")
        assert expected_cash(scene.state) == (USDT, money)
        scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="3", quantity="3"))
        out = scene.exit("out", "2.995")
        sold = fill(
            out, "4", quantity="2.995", price="110", side=Side.SELL, fee="0.05", fee_asset="MX", venue_order_id="VX"
        )
        scene.do(inp.FillsIn(symbol=BTC, fills=(sold,)))
        ended_filled(scene, out)
        money += Decimal("2.995") * 110
        assert expected_cash(scene.state) == (USDT, money)
        assert scene.state.ledger.positions == {}
        assert found(compare(scene, balances={USDT: money, Asset("BTC"): Decimal(1)}, started_ns=scene.now_ns)) == []
        assert found(compare(scene, balances={USDT: money - 1})) == [FindingKind.CASH_DRIFT, FindingKind.QUANTITY_DRIFT]

    def test_that_came_from_outside_is_a_question_and_no_hold(self) -> None:
        """A person says what it was; then it is capital."""
        scene = Scene()
        scene.now_ns += S
        outcome = compare(scene, balances=balances(scene, USDT="10500"))
        assert found(outcome) == [FindingKind.CASH_DRIFT]
        assert scene.held() == set()
        scene.do(FlowIn(amount=Decimal(500), why="deposit"))
        assert found(compare(scene, balances=balances(scene, USDT="10500"))) == []
        assert scene.state.capital == 10_500

    def test_that_is_answered_twice_is_booked_once(self) -> None:
        """In two windows, or again after a restart: the first answer ends the question."""
        scene = Scene()
        scene.now_ns += S
        compare(scene, balances=balances(scene, USDT="10500"))
        assert scene.do(FlowIn(amount=Decimal(500), why="deposit")).answer == Done()
        for _ in range(2):
            again = scene.do(FlowIn(amount=Decimal(500), why="deposit"))
            assert (again.answer, again.events) == (Unknown(), ())
            scene.state = scene.restarted()
        assert scene.state.capital == 10_500

    def test_that_is_another_amount_by_now_is_asked_about_again(self) -> None:
        """A person answers about the amount that was shown; one of which nothing is known is none."""
        scene = Scene()
        scene.now_ns += S
        assert scene.do(FlowIn(amount=Decimal(500), why="deposit")).answer == Unknown()
        for there in ("10500", "10700"):
            compare(scene, balances=balances(scene, USDT=there))
        for amount in (500, 0):
            early = scene.do(FlowIn(amount=Decimal(amount), why="deposit"))
            assert (early.answer, early.events) == (Unknown(), ())
        scene.state = scene.restarted()
        assert scene.do(FlowIn(amount=Decimal(700), why="deposit")).answer == Done()
        assert scene.state.capital == 10_700

    def test_is_not_known_before_the_first_balance(self) -> None:
        """Nothing to compare with."""
        scene = Scene()
        scene.state.capital = None
        assert expected_cash(scene.state) is None
        assert found(compare(scene, balances={})) == []
