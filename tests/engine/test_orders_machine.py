"""Orders against a plain model of a venue that loses answers, delays requests, and shows old views.

The model knows the truth: what was placed, what it did. The book sees only what is delivered, late, doubled, stale or
never. Whatever happens, nothing is placed twice, nothing that was placed is forgotten, and the books agree in the end.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import override

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.effects import CancelOrder, SubmitOrder
from custom_components.mexc_trading.model.fill import Fill
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from custom_components.mexc_trading.model.ids import HoldId, OrderId, VenueOrderId
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.order import Order, VenueOrder, VenueStatus
from custom_components.mexc_trading.model.outcome import Absent, Accepted, NotSent
from custom_components.mexc_trading.model.signal import Signal
from custom_components.mexc_trading.orders.states import TERMINAL, OrderState

from .market import BTC, MS, S, entry, fill, leave, report
from .scene import NO_ANSWER, NOTHING_LEFT, REFUSED, Scene

RECV_WINDOW_NS = 5 * S
PRICE = "100"
NOT_THERE = {OrderState.NEVER_PLACED, OrderState.NOT_SENT, OrderState.REJECTED, OrderState.EXPIRED}
WORKING = {VenueStatus.NEW, VenueStatus.PARTIALLY_FILLED}


@dataclass(slots=True)
class Truth:
    """An order as the venue really has it."""

    order: Order
    status: VenueStatus = VenueStatus.NEW
    executed: Decimal = Decimal(0)
    fills: list[Fill] = field(default_factory=list)
    views: list[VenueOrder] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that left, stamped at a time after which the venue takes it for five seconds and no longer."""

    order: Order
    stamp_ns: int


class OrdersMachine(RuleBasedStateMachine):
    """The book, the wire, and the truth."""

    def __init__(self) -> None:
        """Open a book with something to sell."""
        super().__init__()
        self.scene = Scene()
        self.scene.own("4", PRICE)
        self.wire: list[Request] = []
        self.waiting: list[Order] = []
        """Submits that have not left yet."""

        self.unread: list[Order] = []
        """Submits that the venue has taken and whose answers were not read yet."""

        self.cancels: list[CancelOrder] = []
        self.placed: dict[OrderId, Truth] = {}
        self.signals: list[Signal] = []
        self.delivered: set[str] = set()
        self.bought, self.sold = Decimal(4), Decimal(0)
        self.names = 0

    @initialize()
    def begin(self) -> None:
        """Forget what buying the start left behind."""
        self.scene.effects.clear()

    def take_effects(self) -> None:
        """Put what the book releases where it goes."""
        for effect in self.scene.effects:
            if isinstance(effect, SubmitOrder):
                record = self.scene.record(effect.order.order_id)
                assert not effect.order.is_entry or (record.unanswered_ns == 0 and record.order.attempt == 0)
                assert effect.order not in self.waiting
                self.waiting.append(effect.order)
            elif isinstance(effect, CancelOrder):
                self.cancels.append(effect)
        self.scene.effects.clear()

    @rule(exit_=st.booleans(), quantity=st.sampled_from(["0.5", "1", "1.5"]))
    def wish(self, *, exit_: bool, quantity: str) -> None:
        """Somebody wants something new."""
        self.names += 1
        make = leave if exit_ else entry
        self.signals.append(make(f"s{self.names}", quantity=quantity, at_ns=self.scene.now_ns))
        self.scene.do(inp.SignalIn(signal=self.signals[-1], digest="d"))
        self.take_effects()

    @precondition(lambda self: self.signals)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Somebody says it again."""
        signal = data.draw(st.sampled_from(self.signals))
        outcome = self.scene.do(inp.SignalIn(signal=signal, digest="d"))
        assert isinstance(outcome.answer, Decided)
        assert outcome.answer.duplicate
        assert not self.scene.effects

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), fate=st.sampled_from(["acked", "lost answer", "slow", "lost", "refused", "not sent"]))
    def send(self, data: st.DataObject, fate: str) -> None:
        """A submit leaves, or does not, and comes back, or does not."""
        order = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
        request = Request(order, self.scene.now_ns)
        if fate in ("acked", "lost answer"):
            self.arrive(request)
        if fate == "slow":
            self.wire.append(request)
        match fate:
            case "acked":
                self.come_back(order, self.acknowledgement(order))
            case "refused":
                self.come_back(order, REFUSED)
            case "not sent":
                self.come_back(order, NOTHING_LEFT)
            case _:
                self.scene.now_ns += data.draw(st.integers(0, 8)) * S
                self.come_back(order, NO_ANSWER)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def arrive_early(self, data: st.DataObject) -> None:
        """A submit gets there and is at work before its answer is read, which then is lost."""
        order = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
        self.arrive(Request(order, self.scene.now_ns))
        self.unread.append(order)

    @precondition(lambda self: self.unread)
    @rule(data=st.data(), read=st.booleans())
    def answer(self, data: st.DataObject, *, read: bool) -> None:
        """The answer to such a submit comes at last, or its time is up."""
        order = self.unread.pop(data.draw(st.integers(0, len(self.unread) - 1)))
        self.come_back(order, self.acknowledgement(order) if read else NO_ANSWER)

    def come_back(self, order: Order, outcome: object) -> None:
        """Hand an answer to the book."""
        self.scene.do(inp.SubmitIn(order_id=order.order_id, outcome=outcome))  # type: ignore[arg-type]
        self.take_effects()

    def acknowledgement(self, order: Order) -> Accepted:
        """Say that an order was taken."""
        return Accepted(
            venue_order_id=self.name(order),
            symbol=BTC,
            side=order.side,
            type=order.type,
            price=order.price,
            quantity=order.quantity,
        )

    @staticmethod
    def name(order: Order) -> VenueOrderId:
        """Give the venue's id of an order."""
        return VenueOrderId(f"V-{order.order_id}")

    def arrive(self, request: Request) -> None:
        """Let the venue take a request, unless its stamp is too old."""
        if self.scene.now_ns - request.stamp_ns > RECV_WINDOW_NS:
            return
        order = request.order
        assert order.order_id not in self.placed, "placed twice"
        self.placed[order.order_id] = Truth(order)
        self.remember(self.placed[order.order_id])

    @precondition(lambda self: self.wire)
    @rule(data=st.data())
    def arrive_late(self, data: st.DataObject) -> None:
        """A request that was slow on the way gets there after all."""
        self.arrive(self.wire.pop(data.draw(st.integers(0, len(self.wire) - 1))))

    def truths(self, *, working: bool = False) -> list[Truth]:
        """List what the venue has."""
        return [truth for truth in self.placed.values() if not working or truth.status in WORKING]

    def remember(self, truth: Truth) -> None:
        """Keep a view that some read may show later."""
        order = truth.order
        view = report(
            order.order_id,
            truth.status,
            executed=str(truth.executed),
            quantity=str(order.quantity),
            side=order.side,
            order_type=order.type,
            venue_order_id=self.name(order),
        )
        truth.views.append(replace(view, price=order.price))

    @precondition(lambda self: self.truths(working=True))
    @rule(data=st.data(), whole=st.booleans())
    def trade(self, data: st.DataObject, *, whole: bool) -> None:
        """An order trades."""
        truth = data.draw(st.sampled_from(self.truths(working=True)))
        left = truth.order.quantity - truth.executed
        quantity = left if whole else min(left, Decimal("0.3"))
        truth.executed += quantity
        truth.status = VenueStatus.FILLED if truth.executed == truth.order.quantity else VenueStatus.PARTIALLY_FILLED
        number = f"{truth.order.order_id}-{len(truth.fills)}"
        truth.fills.append(
            fill(
                truth.order.order_id,
                number,
                quantity=str(quantity),
                price=PRICE,
                side=truth.order.side,
                venue_order_id=self.name(truth.order),
                at_ms=self.scene.now_ns // MS,
            )
        )
        self.remember(truth)

    @precondition(lambda self: self.truths(working=True))
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """The venue ends an order by itself."""
        self.cancel_at_venue(data.draw(st.sampled_from(self.truths(working=True))))

    def cancel_at_venue(self, truth: Truth) -> None:
        """End what works."""
        truth.status = VenueStatus.PARTIALLY_CANCELED if truth.executed else VenueStatus.CANCELED
        self.remember(truth)

    @precondition(lambda self: self.cancels)
    @rule(data=st.data(), lost=st.booleans())
    def carry_out_cancel(self, data: st.DataObject, *, lost: bool) -> None:
        """A cancel reaches the venue, or is lost."""
        effect = self.cancels.pop(data.draw(st.integers(0, len(self.cancels) - 1)))
        truth = self.placed.get(effect.order.order_id)
        if truth is not None and truth.status in WORKING and not lost:
            self.cancel_at_venue(truth)
        self.scene.do(inp.CancelOutcomeIn(order_id=effect.order.order_id, outcome=NotSent(cause="")))
        self.take_effects()

    @precondition(lambda self: self.scene.state.active)
    @rule(data=st.data())
    def want_cancel(self, data: st.DataObject) -> None:
        """Somebody wants an order gone."""
        order_id = data.draw(st.sampled_from(list(self.scene.state.active)))
        self.scene.do(inp.CancelIn(order_id=order_id, who="person"))
        self.take_effects()

    @rule(on=st.booleans())
    def kill(self, *, on: bool) -> None:
        """The kill switch."""
        raise_ = inp.RaiseIn(kind=HoldKind.KILL_SWITCH, scope=WHOLE_BOOK, why="", release=Release.PERSON)
        release = inp.ReleaseIn(hold_id=HoldId("kill_switch"), who="u", reason="")
        self.scene.do(raise_ if on else release)
        self.take_effects()

    def shown(self, order_id: OrderId, age: int) -> VenueOrder | Absent:
        """Give what a read shows of an order: the latest view, or one before it."""
        truth = self.placed.get(order_id)
        if truth is None or age >= len(truth.views):
            return Absent()
        return truth.views[-1 - age]

    @precondition(lambda self: self.scene.state.orders)
    @rule(data=st.data(), age=st.integers(0, 3))
    def look(self, data: st.DataObject, age: int) -> None:
        """A look-up comes back, perhaps with an old view, perhaps with none yet."""
        order_id = data.draw(st.sampled_from(list(self.scene.state.orders)))
        if order_id not in self.placed and self.scene.state_of(order_id) is OrderState.FILLED:
            return
        self.scene.found(order_id, self.shown(order_id, age))
        self.take_effects()

    @precondition(lambda self: any(r.state is OrderState.UNKNOWN for r in self.scene.state.active_orders))
    @rule(data=st.data())
    def search(self, data: st.DataObject) -> None:
        """A search of all places comes back: it shows the truth."""
        unknown = [r.order.order_id for r in self.scene.state.active_orders if r.state is OrderState.UNKNOWN]
        order_id = data.draw(st.sampled_from(unknown))
        truth = self.placed.get(order_id)
        seen = self.shown(order_id, 0)
        places = {"by_id": seen, "open_orders": seen, "history": seen}
        self.scene.searched(order_id, **places, trades=tuple(truth.fills) if truth else ())
        self.take_effects()

    @precondition(lambda self: any(truth.fills for truth in self.placed.values()))
    @rule(data=st.data())
    def tell_trades(self, data: st.DataObject) -> None:
        """Some trades are told, some of them again, in any order."""
        everything = [trade for truth in self.placed.values() for trade in truth.fills]
        self.deliver(tuple(data.draw(st.lists(st.sampled_from(everything), min_size=1, max_size=6))))

    def deliver(self, trades: tuple[Fill, ...]) -> None:
        """Hand trades to the book."""
        for trade in trades:
            if trade.fill_id not in self.delivered:
                self.delivered.add(trade.fill_id)
        self.scene.do(inp.FillsIn(symbol=BTC, fills=trades))
        self.take_effects()

    @rule(seconds=st.sampled_from([0.25, 0.5, 1, 3, 10, 20]))
    def wait(self, seconds: float) -> None:
        """Time passes; what is due is sent again."""
        self.scene.wait(seconds)
        self.take_effects()

    @rule()
    def restart(self) -> None:
        """The process dies and starts again: what waited for an answer gets none, what had left may still arrive."""
        marks = self.scene.state.marks
        again = self.scene.restarted()
        assert again.orders == self.scene.state.orders
        assert again.ledger == self.scene.state.ledger
        assert again.holds == self.scene.state.holds
        assert list(again.active) == list(self.scene.state.active)
        again.marks.update(marks)
        self.scene.state = again
        self.wire += [Request(order, self.scene.now_ns) for order in self.waiting]
        self.waiting.clear()
        self.unread.clear()
        self.cancels.clear()
        for record in self.scene.state.active_orders:
            if record.state is OrderState.SENDING:
                self.scene.do(inp.LostIn(order_id=record.order.order_id))
        self.scene.effects.clear()

    @invariant()
    def nothing_is_placed_twice(self) -> None:
        """One order at most for each decision to enter, and no more sold than was bought."""
        entries = [truth.order.decision.decision_id for truth in self.truths() if truth.order.is_entry]
        assert len(entries) == len(set(entries))
        exits = [truth for truth in self.truths() if truth.order.side is Side.SELL]
        may_sell = sum((t.order.quantity if t.status in WORKING else t.executed for t in exits), start=Decimal(0))
        bought = sum((t.executed for t in self.truths() if t.order.side is Side.BUY), start=Decimal(4))
        assert may_sell <= bought

    @invariant()
    def nothing_that_was_placed_is_forgotten(self) -> None:
        """It is never taken for not placed, and what it may still do counts."""
        for order_id, truth in self.placed.items():
            record = self.scene.state.orders[order_id]
            assert record.state not in NOT_THERE, (order_id, record.state)
            if truth.status in WORKING:
                assert record.active or record.state in TERMINAL
            assert record.booked + record.pending >= sum(
                (trade.quantity for trade in truth.fills if trade.fill_id in self.delivered), start=Decimal(0)
            )

    @invariant()
    def every_trade_is_booked_once(self) -> None:
        """What was told is in the book, and nothing else."""
        told = [t for truth in self.truths() for t in truth.fills if t.fill_id in self.delivered]
        way = {Side.BUY: 1, Side.SELL: -1}
        owned = sum((way[trade.side] * trade.quantity for trade in told), start=Decimal(4))
        assert self.scene.state.ledger.holding(BTC) == owned
        for truth in self.truths():
            mine = {trade.fill_id for trade in told if trade.order_id == truth.order.order_id}
            assert set(self.scene.record(truth.order.order_id).fills) == mine

    @invariant()
    def a_truthful_venue_raises_no_alarm(self) -> None:
        """Lost answers and old views are no anomaly; an order in doubt for ten minutes is a person's business."""
        allowed = {"kill_switch", "unresolved_order:BTCUSDT", "daily_loss"}
        assert self.scene.held() <= allowed, self.scene.state.holds

    @override
    def teardown(self) -> None:
        """In the end everything is told, and the books agree."""
        if not self.placed and not self.scene.state.active:
            return
        self.wire.clear()
        for order in [*self.waiting, *self.unread]:
            self.come_back(order, NO_ANSWER)
        self.waiting.clear()
        for _ in range(3):
            self.scene.now_ns += 20 * S
            for record in self.scene.state.active_orders:
                truth = self.placed.get(record.order.order_id)
                seen = self.shown(record.order.order_id, 0)
                trades = tuple(truth.fills) if truth else ()
                self.scene.searched(
                    record.order.order_id, by_id=seen, open_orders=Absent(), history=Absent(), trades=trades
                )
                if trades:
                    self.deliver(trades)
        for order_id, truth in self.placed.items():
            record = self.scene.record(order_id)
            assert (record.executed, record.booked) == (truth.executed, truth.executed)
            if truth.status not in WORKING:
                assert not record.active
                assert (record.state is OrderState.FILLED) == (truth.status is VenueStatus.FILLED)
        self.every_trade_is_booked_once()


TestOrdersMachine = OrdersMachine.TestCase
TestOrdersMachine.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
