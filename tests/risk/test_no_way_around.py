"""No sequence of allowed orders ends above a limit, whatever the venue does; exits never enlarge or flip."""

from dataclasses import replace
from decimal import Decimal
from typing import override

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.guard_inputs import CloseIn, FlattenIn
from custom_components.mexc_trading.model.hold import HoldKind, Release, Scope, ScopeKind
from custom_components.mexc_trading.model.ids import OrderId, Symbol
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import Ambiguous, NotSent, SubmitOutcome
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Size, SizeBasis, Target
from custom_components.mexc_trading.orders.states import TERMINAL, OrderState
from custom_components.mexc_trading.risk.limits import Group

from ..engine.market import BTC, ETH, entry, leave
from ..engine.scene import NOTHING_LEFT, REFUSED
from .watch import COLLARED, Watch

LIMITS = replace(
    COLLARED,
    max_notional_per_order=Decimal(120),
    max_open_positions=1,
    max_open_orders=6,
    max_symbol_exposure=Decimal(250),
    groups=(Group("all", (BTC, ETH), Decimal(260)),),
    max_gross_exposure=Decimal(300),
    max_leverage=Decimal("0.028"),
    max_burst_notional=Decimal(400),
    max_orders_per_minute=20,
)

_PLAN = Protect(
    stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(2)),
    take_profit=(Target(level=Level(basis=LevelBasis.PERCENT, value=Decimal(3)), share=Decimal("0.5")),),
    break_even=True,
)
_SIZES = st.one_of(
    [
        st.builds(Size, basis=st.just(basis), value=st.decimals(Decimal(least), Decimal(most), places=2))
        for basis, least, most in (
            (SizeBasis.QUANTITY, "0.1", "1.3"),
            (SizeBasis.NOTIONAL, "10", "130"),
            (SizeBasis.EQUITY_PERCENT, "0.1", "1.3"),
        )
    ]
)
"""Sizes of which some fit and some do not."""

_PRICES = st.sampled_from([Decimal(90), Decimal("99.9"), Decimal(100), Decimal(101), Decimal(102)])
_SHARES = st.sampled_from([Decimal("0.3"), Decimal("0.5"), Decimal(1)])


class Trading(RuleBasedStateMachine):
    """A book, its senders, its person and its venue, each doing what they may, in any order."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__()
        self.scene = Watch(LIMITS)
        self.count = 0
        self.moved = False
        self.released: set[OrderId] = set()

    @initialize()
    def begin(self) -> None:
        """Value the book once."""
        self.scene.tick()

    def _name(self) -> str:
        self.count += 1
        return f"s{self.count}"

    @rule(symbol=st.sampled_from([BTC, ETH]), size=_SIZES, price=st.none() | _PRICES, plan=st.booleans())
    def enter(self, symbol: Symbol, size: Size, price: Decimal | None, *, plan: bool) -> None:
        """Somebody wishes to buy."""
        wish = replace(
            entry(self._name(), symbol=symbol, at_ns=self.scene.now_ns),
            size=size,
            price=price,
            order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
            protect=_PLAN if plan else None,
        )
        outcome = self.scene.do(inp.SignalIn(signal=wish, digest="d"))
        assert isinstance(outcome.answer, Decided)

    @rule(symbol=st.sampled_from([BTC, ETH]), size=st.none() | _SIZES, rests=st.booleans())
    def leave(self, symbol: Symbol, size: Size | None, *, rests: bool) -> None:
        """Somebody wishes to sell."""
        wish = replace(leave(self._name(), symbol=symbol, at_ns=self.scene.now_ns), size=size)
        if rests:
            wish = replace(wish, order_type=OrderType.LIMIT, price=Decimal(110))
        self.scene.do(inp.SignalIn(signal=wish, digest="d"))

    @rule(symbol=st.sampled_from([BTC, ETH]))
    def close(self, symbol: Symbol) -> None:
        """A person wants a position sold."""
        self.scene.do(CloseIn(symbol=symbol, who="me"))

    @rule()
    def flatten(self) -> None:
        """A person wants everything sold, and takes it back."""
        self.scene.do(FlattenIn(who="me", why="test"))
        self.scene.tick()
        self.scene.do(inp.ReleaseIn(hold_id=next(iter(self.scene.state.holds)), who="me", reason="test"))

    @rule(nth=st.integers(0, 9), share=_SHARES)
    def trade(self, nth: int, share: Decimal) -> None:
        """The venue fills some of an order, at its price."""
        order_id = self._working(nth)
        if order_id is None:
            return
        record = self.scene.record(order_id)
        quantity = (record.remaining * share).quantize(Decimal("0.001"))
        price = record.order.price or self.scene.state.marks[record.order.symbol].bid
        if quantity > 0:
            self.scene.fill(order_id, str(quantity), str(price))

    @rule(nth=st.integers(0, 9), fate=st.sampled_from(["refused", "not sent", "no answer", "canceled"]))
    def fail(self, nth: int, fate: str) -> None:
        """The venue refuses, is not reached, does not answer, or ends an order."""
        order_id = self._working(nth)
        if order_id is None:
            return
        if self.scene.state_of(order_id) is OrderState.SENDING:
            answers: dict[str, SubmitOutcome] = {
                "refused": REFUSED,
                "not sent": NOTHING_LEFT,
                "no answer": Ambiguous(cause="reset"),
            }
            self.scene.answered(order_id, answers.get(fate, NotSent(cause="dns")))
        elif fate == "canceled":
            executed = str(self.scene.record(order_id).booked)
            self.scene.report(order_id, VenueStatus.CANCELED, executed)

    @rule(seconds=st.sampled_from([0.25, 3, 61]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.scene.tick(seconds)

    @rule(bid=st.sampled_from(["97", "99.9", "103.5"]), symbol=st.sampled_from([BTC, ETH]))
    def move(self, bid: str, symbol: Symbol) -> None:
        """The market moves; what is held may then be worth more than anybody allowed."""
        self.moved = self.moved or Decimal(bid) > self.scene.state.marks[symbol].bid
        self.scene.see(bid, symbol)

    @rule(kind=st.sampled_from([HoldKind.KILL_SWITCH, HoldKind.LOOP_LAG]), symbol=st.sampled_from([BTC, ETH, ""]))
    def stop(self, kind: HoldKind, symbol: str) -> None:
        """Somebody or something stops entries, and lets them go on."""
        scope = Scope(kind=ScopeKind.SYMBOL if symbol else ScopeKind.BOOK, name=symbol)
        self.scene.do(inp.RaiseIn(kind=kind, scope=scope, why="test", release=Release.PERSON))
        self.scene.do(inp.ReleaseIn(hold_id=next(reversed(self.scene.state.holds)), who="me", reason="test"))

    def _working(self, nth: int) -> OrderId | None:
        active = [
            order_id
            for order_id, record in self.scene.state.orders.items()
            if record.state not in TERMINAL and record.state is not OrderState.UNKNOWN
        ]
        return active[nth % len(active)] if active else None

    @invariant()
    def no_limit_is_exceeded(self) -> None:
        """Counted plainly: what is held and what may still be bought, at the prices that were paid or may be."""
        state = self.scene.state
        worth: dict[Symbol, Decimal] = {}
        for symbol, position in state.ledger.positions.items():
            worth[symbol] = position.quantity * state.marks[symbol].bid
        buying = [record for record in state.active_orders if record.order.side is Side.BUY and record.pending > 0]
        for record in buying:
            price = max(record.order.decision.price or Decimal(0), state.marks[record.order.symbol].ask)
            worth[record.order.symbol] = worth.get(record.order.symbol, Decimal(0)) + record.pending * price
            assert record.order.quantity * (record.order.decision.price or Decimal(0)) <= Decimal(120)
        assert len(worth) <= 1
        if not self.moved:
            assert max(worth.values(), default=Decimal(0)) <= Decimal(250)
            assert sum(worth.values()) <= Decimal(260)

    @invariant()
    def exits_sell_what_is_owned_and_nothing_else(self) -> None:
        """Whatever is under way, no more can be sold than is there; no position is short, and dust is no position."""
        state = self.scene.state
        for symbol in (BTC, ETH):
            selling = sum(
                record.pending
                for record in state.active_orders
                if record.order.symbol == symbol and record.order.side is Side.SELL
            )
            assert 0 <= selling <= state.ledger.owned(symbol)
        for record in state.orders.values():
            assert record.order.is_entry == (record.order.side is Side.BUY)

    @invariant()
    def what_is_open_is_watched(self) -> None:
        """Exits belong to open episodes and to nothing else, and the figures kept up are those added up."""
        state = self.scene.state
        assert state.memory.protections.keys() == state.ledger.positions.keys()
        assert state.totals().exposures.keys() >= state.ledger.positions.keys()

    @override
    def teardown(self) -> None:
        """The journal tells the same story."""
        again = self.scene.restarted()
        assert again.memory == self.scene.state.memory
        assert again.ledger == self.scene.state.ledger
        assert again.holds == self.scene.state.holds


TestTrading = Trading.TestCase
TestTrading.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
