"""A book without tasks, disk or venue: inputs go in by hand, every event goes through the journal's codec."""

from decimal import Decimal

from custom_components.mexc_trading.engine import events as ev, inputs as inp
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.compare_inputs import CompareIn
from custom_components.mexc_trading.engine.effects import CancelOrder, Effect, SubmitOrder
from custom_components.mexc_trading.engine.fold import fold
from custom_components.mexc_trading.engine.guard_inputs import FlowIn
from custom_components.mexc_trading.engine.on_compare import expected_cash
from custom_components.mexc_trading.engine.outcome import Outcome
from custom_components.mexc_trading.engine.ports import Record
from custom_components.mexc_trading.engine.records import draft, event_of
from custom_components.mexc_trading.engine.state import BookState
from custom_components.mexc_trading.engine.step import step
from custom_components.mexc_trading.model.ids import OrderId, Symbol, VenueOrderId
from custom_components.mexc_trading.model.order import VenueOrder, VenueStatus
from custom_components.mexc_trading.model.outcome import (
    Absent,
    Accepted,
    Ambiguous,
    NotSent,
    RefusalClass,
    Rejected,
    SubmitOutcome,
    Unavailable,
)
from custom_components.mexc_trading.model.signal import Signal
from custom_components.mexc_trading.orders.reconcile import VenueBook
from custom_components.mexc_trading.orders.record import OrderRecord
from custom_components.mexc_trading.orders.states import OrderState

from .market import BTC, ETH, LIMITS, LIVE, NOW, SECRET, USDT, S, entry, fill, instrument, leave, quote

NO_ANSWER = Ambiguous(cause="read timeout")
NOTHING_LEFT = NotSent(cause="refused")
REFUSED = Rejected(code=30004, refusal=RefusalClass.FUNDS, message="")
SILENT = Unavailable(cause="timeout")


class Scene:
    """A book at work, one input after the other."""

    def __init__(self) -> None:
        """Open a book that trades two symbols and has 10,000 USDT."""
        self.now_ns = NOW
        self.state = BookState(book=LIVE, quote=USDT)
        self.records: list[Record] = []
        self.effects: list[Effect] = []
        for event in (
            ev.RunStarted(book=LIVE, quote=USDT, version="test"),
            ev.LimitsSet(limits=LIMITS, limits_hash="limits"),
            ev.InstrumentSeen(instrument=instrument(BTC)),
            ev.InstrumentSeen(instrument=instrument(ETH)),
            ev.CapitalSet(capital=Decimal(10_000)),
            ev.DayOpened(start_ns=NOW // (86_400 * S) * 86_400 * S, total_pnl=Decimal(0)),
        ):
            self.happen(event)
        self.price(BTC)
        self.price(ETH)

    def happen(self, event: ev.Event) -> None:
        """Journal an event and fold what the journal gives back."""
        body = draft(event, self.now_ns)
        record = Record(len(self.records) + 1, *body, prev_hash="", hash="")
        self.records.append(record)
        fold(self.state, event_of(record), record.at_ns)
        self.state.seen.keep()

    def do(self, item: inp.Input) -> Outcome:
        """Step one input and let its events happen."""
        outcome = step(self.state, item, self.now_ns, SECRET)
        for event in outcome.events:
            self.happen(event)
        self.effects += outcome.effects
        return outcome

    def restarted(self) -> BookState:
        """Fold everything again from nothing."""
        state = BookState(book=LIVE, quote=USDT)
        for record in self.records:
            fold(state, event_of(record), record.at_ns)
        state.seen.keep()
        return state

    def price(self, symbol: Symbol = BTC, bid: str = "99.9", ask: str = "100") -> None:
        """Let a price come in."""
        self.state.marks[symbol] = quote(symbol, bid, ask, self.now_ns)

    def wait(self, seconds: float) -> Outcome:
        """Let time pass, then tick."""
        self.now_ns += round(seconds * S)
        self.price(BTC)
        self.price(ETH)
        return self.do(inp.TickIn())

    def signal(self, signal: Signal, digest: str = "digest") -> OrderId:
        """Pass a signal that must be allowed through the gate; give the order that is sent."""
        outcome = self.do(inp.SignalIn(signal=signal, digest=digest))
        assert isinstance(outcome.answer, Decided)
        assert outcome.answer.decision.allowed, outcome.answer.decision.denials
        assert outcome.answer.order_id is not None
        return outcome.answer.order_id

    def answered(self, order_id: OrderId, outcome: SubmitOutcome | None = None) -> Outcome:
        """Let a submit come back; by default acknowledged as V1."""
        return self.do(inp.SubmitIn(order_id=order_id, outcome=outcome or self.acknowledgement(order_id)))

    def acknowledgement(self, order_id: OrderId, venue_order_id: str = "V1") -> Accepted:
        """Acknowledge an order as it was asked for."""
        order = self.state.orders[order_id].order
        return Accepted(
            venue_order_id=VenueOrderId(venue_order_id),
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            price=order.price,
            quantity=order.quantity,
        )

    def found(self, order_id: OrderId, answer: VenueOrder | Absent | Unavailable) -> Outcome:
        """Let a look-up come back."""
        return self.do(inp.FoundIn(order_id=order_id, answer=answer))

    def searched(self, order_id: OrderId, **said: object) -> Outcome:
        """Let a search come back that found nothing, apart from what is given."""
        places: dict[str, object] = {
            "by_id": Absent(),
            "open_orders": Absent(),
            "history": Absent(),
            "trades": (),
            "started_ns": self.now_ns,
        } | said
        return self.do(inp.SearchedIn(order_id=order_id, **places))  # type: ignore[arg-type]

    def own(self, quantity: str = "1", price: str = "100", symbol: Symbol = BTC, *, signal: str = "") -> None:
        """Buy and fill, so that there is something to sell."""
        name = signal or f"bought-{len(self.records)}"
        order_id = self.signal(entry(name, quantity=quantity, price=price, symbol=symbol, at_ns=self.now_ns))
        self.answered(order_id, self.acknowledgement(order_id, name))
        order = self.state.orders[order_id].order
        self.do(
            inp.FoundIn(
                order_id=order_id,
                answer=VenueOrder(
                    venue_order_id=VenueOrderId(name),
                    order_id=order_id,
                    symbol=symbol,
                    side=order.side,
                    type=order.type,
                    quantity=order.quantity,
                    price=order.price,
                    executed=order.quantity,
                    executed_quote=order.quantity * Decimal(price),
                    status=VenueStatus.FILLED,
                    created_ms=self.now_ns // 1_000_000,
                ),
            )
        )
        trade = fill(order_id, f"f-{name}", quantity=quantity, price=price, symbol=symbol, venue_order_id=name)
        self.do(inp.FillsIn(symbol=symbol, fills=(trade,)))
        self.effects.clear()

    def exit(self, name: str = "out", quantity: str | None = None) -> OrderId:
        """Send an exit for all or some of the position."""
        return self.signal(leave(name, quantity=quantity, at_ns=self.now_ns))

    def record(self, order_id: OrderId) -> OrderRecord:
        """Give an order's record."""
        return self.state.orders[order_id]

    def state_of(self, order_id: OrderId) -> OrderState:
        """Give an order's state."""
        return self.state.orders[order_id].state

    def submits(self, order_id: OrderId | None = None) -> int:
        """Count how often an order, or any, was released to be sent."""
        return sum(
            isinstance(effect, SubmitOrder) and order_id in (None, effect.order.order_id) for effect in self.effects
        )

    def cancels(self, order_id: OrderId) -> int:
        """Count how often the venue was asked to cancel an order."""
        return sum(isinstance(effect, CancelOrder) and effect.order.order_id == order_id for effect in self.effects)

    def move_money(self, amount: Decimal) -> Outcome:
        """Let money come in (> 0) or leave (< 0), be found missing or too much, and a person say that it was theirs."""
        cash = expected_cash(self.state)
        assert cash is not None
        held = {
            self.state.instruments[symbol].base: self.state.ledger.holding(symbol)
            for symbol in self.state.ledger.positions
        }
        self.now_ns += S
        there = VenueBook(
            open_orders=None, history=(), lookups={}, trades=(), balances={cash[0]: cash[1] + amount} | held
        )
        self.do(CompareIn(venues=there, started_ns=self.now_ns, whole=False))
        return self.do(FlowIn(amount=amount, why="test"))

    def active(self) -> list[OrderId]:
        """Name the orders that something is expected of."""
        return list(self.state.active)

    def held(self) -> set[str]:
        """Name the holds in force."""
        return set(self.state.holds)
