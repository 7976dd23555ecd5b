"""Trades: booked once, attributed, valued; strays adopted."""

from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.engine import events as ev, inputs as inp
from custom_components.mexc_trading.engine.effects import ReadHistory, ReadOrderFills, ReadQuotes
from custom_components.mexc_trading.engine.state import UNVALUED_KEPT
from custom_components.mexc_trading.model.ids import OrderId
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.order import Leg, VenueStatus
from custom_components.mexc_trading.model.signal import Action
from custom_components.mexc_trading.orders.states import OrderState

from .market import BTC, MX, entry, fill, report
from .scene import Scene

STRAY = OrderId("hal" + "a" * 24 + "e")


def trades(scene: Scene, *fills: object) -> list[ev.Event]:
    """Let trades come in; give what was journaled."""
    return list(scene.do(inp.FillsIn(symbol=BTC, fills=fills)).events)  # type: ignore[arg-type]


def test_a_trade_is_booked_once_from_whichever_side_it_comes() -> None:
    """In one answer, in two, or in both."""
    scene = Scene()
    order_id = scene.signal(entry())
    one, two = fill(order_id, "1", quantity="0.4"), fill(order_id, "2", quantity="0.6")
    assert len(trades(scene, one, one)) == 1
    assert len(trades(scene, two, one)) == 1
    assert trades(scene, one, two) == []
    assert scene.state.ledger.owned(BTC) == 1
    assert scene.restarted().ledger == scene.state.ledger


def test_a_trade_that_does_not_name_our_id_is_known_by_the_venues() -> None:
    """And is journaled under ours."""
    scene = Scene()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    (booked,) = trades(scene, fill(None, "1", venue_order_id="V1"))
    assert isinstance(booked, ev.FillBooked)
    assert booked.fill.order_id == order_id


def test_a_trade_of_somebody_else_is_none_of_ours() -> None:
    """The user trades by hand on the same account."""
    scene = Scene()
    outcome = scene.do(inp.FillsIn(symbol=BTC, fills=(fill(OrderId("web-1"), "1"), fill(None, "2"))))
    assert (outcome.events, outcome.effects) == ((), ())


def test_a_trade_with_our_mark_makes_us_look_for_its_order() -> None:
    """From a day before it."""
    scene = Scene()
    stray = fill(STRAY, "1")
    outcome = scene.do(inp.FillsIn(symbol=BTC, fills=(stray,)))
    assert outcome.effects == (ReadHistory(symbol=BTC, since_ms=stray.at_ms - 86_400_000),)


class TestStrayOrders:
    """Orders with our mark that the journal does not know."""

    def test_are_adopted_held_and_booked(self) -> None:
        """They count from here on; the symbol waits for a person."""
        scene = Scene()
        seen = report(STRAY, VenueStatus.PARTIALLY_FILLED, executed="0.4")
        outcome = scene.do(inp.HistoryIn(symbol=BTC, orders=(seen, seen)))
        assert [type(event) for event in outcome.events] == [ev.OrderAdopted, ev.HoldRaised]
        assert [type(effect) for effect in outcome.effects] == [ReadOrderFills]
        assert scene.held() == {"orphan_order:BTCUSDT"}
        assert scene.state_of(STRAY) is OrderState.PARTIALLY_FILLED
        trades(scene, fill(STRAY, "1", quantity="0.4"))
        assert scene.state.ledger.owned(BTC) == Decimal("0.4")
        assert scene.restarted().orders == scene.state.orders

    def test_are_adopted_once(self) -> None:
        """Each sweep sees them again."""
        scene = Scene()
        scene.do(inp.HistoryIn(symbol=BTC, orders=(report(STRAY, VenueStatus.NEW),)))
        assert scene.do(inp.HistoryIn(symbol=BTC, orders=(report(STRAY, VenueStatus.NEW),))).events == ()

    @pytest.mark.parametrize(
        ("leg", "action"), [("e", Action.ENTER), ("c", Action.EXIT), ("s", Action.EXIT), ("t", Action.EXIT)]
    )
    def test_tell_their_leg_by_their_id(self, leg: str, action: Action) -> None:
        """So that the kill switch cancels orphaned entries."""
        scene = Scene()
        name = OrderId(STRAY[:-1] + leg)
        scene.do(inp.HistoryIn(symbol=BTC, orders=(report(name, VenueStatus.NEW),)))
        order = scene.record(name).order
        assert (order.leg is Leg.ENTRY, order.decision.action) == (action is Action.ENTER, action)

    @pytest.mark.parametrize(
        ("price", "kind", "expected"),
        [
            (None, None, OrderType.MARKET),
            ("100", None, OrderType.LIMIT),
            ("100", OrderType.MARKET, OrderType.MARKET),
            ("100", OrderType.IOC, OrderType.IOC),
        ],
    )
    def test_of_a_type_that_nobody_knows_are_taken_for_the_nearest(
        self, price: str | None, kind: OrderType | None, expected: OrderType
    ) -> None:
        """A market order has no price of its own."""
        scene = Scene()
        seen = report(STRAY, VenueStatus.NEW, price=price, order_type=kind)  # type: ignore[arg-type]
        scene.do(inp.HistoryIn(symbol=BTC, orders=(seen,)))
        order = scene.record(STRAY).order
        assert (order.type, order.price is None) == (expected, expected is OrderType.MARKET)

    @pytest.mark.parametrize("name", ["web-1", "hap" + "a" * 24 + "e", "hal" + "1" * 24 + "e", "hal" + "a" * 24 + "x"])
    def test_of_others_are_never_touched(self, name: str) -> None:
        """Another mark, another book, letters that our ids do not have, or no leg."""
        scene = Scene()
        assert scene.do(inp.HistoryIn(symbol=BTC, orders=(report(OrderId(name), VenueStatus.NEW),))).events == ()

    def test_of_no_quantity_at_all_are_left_out(self) -> None:
        """There is nothing to book and nothing to cancel."""
        scene = Scene()
        seen = report(STRAY, VenueStatus.CANCELED, quantity="0")
        assert scene.do(inp.HistoryIn(symbol=BTC, orders=(seen,))).events == ()


def test_more_traded_than_asked_for_holds_the_symbol() -> None:
    """The fact is booked: the coins are there."""
    scene = Scene()
    order_id = scene.signal(entry())
    trades(scene, fill(order_id, "1", quantity="0.7"), fill(order_id, "2", quantity="0.7"))
    assert scene.held() == {"quantity_drift:BTCUSDT"}
    assert scene.state.ledger.owned(BTC) == Decimal("1.4")


def test_more_sold_than_owned_holds_the_symbol() -> None:
    """The books disagree; the proceeds beyond are not taken for profit."""
    scene = Scene()
    scene.own("1")
    order_id = scene.exit()
    scene.state.ledger.positions.clear()
    before = scene.state.ledger.realized
    trades(scene, fill(order_id, "9", side=Side.SELL))
    assert scene.held() == {"quantity_drift:BTCUSDT"}
    assert scene.state.ledger.realized == before


class TestFeeInAThirdAsset:
    """MX, usually."""

    def test_is_valued_at_the_price_of_the_moment(self) -> None:
        """Known already."""
        scene = Scene()
        scene.price(MX, "2.9", "3.1")
        order_id = scene.signal(entry())
        trades(scene, fill(order_id, "1", fee="0.5", fee_asset="MX"))
        assert scene.state.ledger.realized == Decimal("-1.5")

    def test_is_valued_later_when_its_price_was_not_known(self) -> None:
        """The fill is booked at once, the fee's price is asked for, and the episode pays when it comes."""
        scene = Scene()
        order_id = scene.signal(entry())
        outcome = scene.do(inp.FillsIn(symbol=BTC, fills=(fill(order_id, "1", fee="0.5", fee_asset="MX"),)))
        assert outcome.effects == (ReadQuotes(symbols=(MX,)),)
        assert scene.state.ledger.owned(BTC) == 1
        assert scene.state.ledger.realized == 0
        scene.price(MX, "2.9", "3.1")
        scene.do(inp.QuotesIn(quotes=()))
        assert scene.state.ledger.realized == Decimal("-1.5")
        assert scene.state.ledger.positions[BTC].realized == Decimal("-1.5")
        assert scene.do(inp.QuotesIn(quotes=())).events == ()
        assert scene.restarted().ledger == scene.state.ledger

    def test_of_an_episode_that_is_over_is_charged_to_the_book(self) -> None:
        """It is not lost."""
        scene = Scene()
        order_id = scene.signal(entry())
        trades(scene, fill(order_id, "1", fee="0.5", fee_asset="MX"))
        scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="1"))
        out = scene.exit()
        trades(scene, fill(out, "2", side=Side.SELL, fee="0.5", fee_asset="MX", venue_order_id="V2"))
        assert BTC not in scene.state.ledger.positions
        scene.price(MX, "3", "3")
        scene.do(inp.QuotesIn(quotes=()))
        assert scene.state.ledger.realized == Decimal(-3)

    def test_waits_for_its_price_only_in_bounded_number(self) -> None:
        """Beyond that the oldest stay at nought, as their records say."""
        scene = Scene()
        order_id = scene.signal(entry(quantity="300"))
        many = [fill(order_id, str(n), fee="1", fee_asset="MX") for n in range(UNVALUED_KEPT + 5)]
        trades(scene, *many)
        assert len(scene.state.unvalued) == UNVALUED_KEPT


def test_a_trade_of_a_symbol_without_terms_waits_for_them() -> None:
    """It stays due, because more was executed than is booked."""
    scene = Scene()
    order_id = scene.signal(entry())
    terms = scene.state.instruments.pop(BTC)
    scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="1"))
    assert trades(scene, fill(order_id, "1")) == []
    assert len(scene.state.active_orders) == 1
    scene.state.instruments[BTC] = terms
    assert len(trades(scene, fill(order_id, "1"))) == 1


def test_a_remainder_that_the_order_under_way_is_selling_is_no_dust() -> None:
    """Of two part fills the first leaves less than could be sold alone; both count, and the episode ends once."""
    scene = Scene()
    scene.own("1", "100")
    order_id = scene.exit()
    trades(scene, fill(order_id, "a", quantity="0.995", price="110", side=Side.SELL))
    assert scene.state.ledger.owned(BTC) == Decimal("0.005")
    trades(scene, fill(order_id, "b", quantity="0.005", price="110", side=Side.SELL))
    assert scene.state.ledger.positions == {}
    assert scene.state.ledger.dust == {}
    assert scene.state.ledger.realized == 10
    assert scene.state.last_loss_ns is None


def test_a_remainder_that_no_order_can_sell_any_more_is_dust() -> None:
    """The exit ended without it; the episode is over."""
    scene = Scene()
    scene.own("1", "100")
    order_id = scene.exit()
    trades(scene, fill(order_id, "a", quantity="0.995", price="110", side=Side.SELL))
    scene.found(
        order_id,
        report(
            order_id,
            VenueStatus.PARTIALLY_CANCELED,
            executed="0.995",
            side=Side.SELL,
            price=str(scene.record(order_id).order.price),
            order_type=scene.record(order_id).order.type,
        ),
    )
    assert scene.state.ledger.positions == {}
    assert scene.state.ledger.dust == {BTC: Decimal("0.005")}
    assert scene.state.active_orders == ()


@given(
    st.lists(st.tuples(st.integers(0, 7), st.booleans()), max_size=30),
    st.permutations(range(8)),
)
def test_any_delivery_of_the_trades_gives_the_same_book(deliveries: list[tuple[int, bool]], last: list[int]) -> None:
    """Doubled, reordered, in pieces: what is booked in the end is what was traded."""
    scene = Scene()
    order_id = scene.signal(entry(quantity="8"))
    all_trades = [fill(order_id, str(n), price=str(90 + n), fee="0.1", at_ms=1000 + n) for n in range(8)]
    for number, twice in deliveries:
        trades(scene, *([all_trades[number]] * (1 + twice)))
    trades(scene, *(all_trades[number] for number in last))
    position = scene.state.ledger.positions[BTC]
    assert position.quantity == 8
    assert position.cost == sum(90 + n for n in range(8))
    assert scene.state.ledger.realized == Decimal("-0.8")
    assert scene.record(order_id).booked == 8
