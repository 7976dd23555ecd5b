"""A book under guard: the engine tests' scene, with limits, protected positions and a venue that fills by hand."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.engine import events as ev, inputs as inp
from custom_components.mexc_trading.engine.effects import CancelOrder, SubmitOrder
from custom_components.mexc_trading.engine.outcome import Outcome
from custom_components.mexc_trading.engine.records import limits_hash
from custom_components.mexc_trading.model.ids import OrderId, Symbol
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.order import Order, VenueStatus
from custom_components.mexc_trading.model.signal import Protect, Signal
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.protection import Protection

from ..engine.market import BTC, LIMITS, S, entry, fill, report
from ..engine.scene import Scene

COLLARED = replace(LIMITS, price_collar_percent=Decimal(1), max_price_age_s=10)


class Watch(Scene):
    """A scene whose limits, prices and fills a test sets."""

    def __init__(self, limits: Limits = COLLARED) -> None:
        """Open with limits and a first day."""
        super().__init__()
        self.limit(limits)
        self.fills = 0

    def limit(self, limits: Limits) -> None:
        """Put limits in force."""
        self.happen(ev.LimitsSet(limits=limits, limits_hash=limits_hash(limits)))

    def see(self, bid: str, symbol: Symbol = BTC) -> Outcome:
        """Let a price come in and be looked at."""
        self.price(symbol, bid, str(Decimal(bid) + Decimal("0.1")))
        return self.do(inp.QuotesIn(quotes=()))

    def tick(self, seconds: float = 0.25) -> Outcome:
        """Let time pass at the same prices."""
        self.now_ns += round(seconds * S)
        for symbol, mark in tuple(self.state.marks.items()):
            self.state.marks[symbol] = replace(mark, at_ns=self.now_ns)
        return self.do(inp.TickIn())

    def hold_of(self, protect: Protect | None, quantity: str = "1", price: str = "100", name: str = "in") -> OrderId:
        """Buy and fill, with exits."""
        order_id = self.signal(self.wish(protect, quantity, price, name))
        self.fill(order_id, quantity, price)
        return order_id

    def wish(self, protect: Protect | None, quantity: str = "1", price: str = "100", name: str = "in") -> Signal:
        """Wish to buy at a limit, with exits."""
        return replace(entry(name, quantity=quantity, price=price, at_ns=self.now_ns), protect=protect)

    def fill(self, order_id: OrderId, quantity: str, price: str, *, fee: str = "0") -> Outcome:
        """Let the venue fill some of an order, and end it if that was all or it cannot rest."""
        order = self.state.orders[order_id].order
        venue_name = f"V-{order_id}"
        if self.state.orders[order_id].venue_order_id is None:
            self.answered(order_id, self.acknowledgement(order_id, venue_name))
        done = self.state.orders[order_id].booked + Decimal(quantity)
        status = VenueStatus.FILLED if done == order.quantity else VenueStatus.PARTIALLY_FILLED
        if status is VenueStatus.PARTIALLY_FILLED and not order.is_entry:
            status = VenueStatus.PARTIALLY_CANCELED
        self.report(order_id, status, str(done))
        if not Decimal(quantity):
            return Outcome()
        self.fills += 1
        trade = fill(
            order_id,
            f"f{self.fills}",
            quantity=quantity,
            price=price,
            side=order.side,
            fee=fee,
            symbol=order.symbol,
            venue_order_id=venue_name,
            at_ms=self.now_ns // 1_000_000,
        )
        return self.do(inp.FillsIn(symbol=order.symbol, fills=(trade,)))

    def report(self, order_id: OrderId, status: VenueStatus, executed: str = "0") -> Outcome:
        """Let the venue tell how an order stands."""
        order = self.state.orders[order_id].order
        seen = report(
            order_id,
            status,
            executed=executed,
            quantity=str(order.quantity),
            price=None if order.price is None else str(order.price),
            side=order.side,
            order_type=order.type,
            symbol=order.symbol,
            venue_order_id=f"V-{order_id}",
        )
        return self.found(order_id, seen)

    def sent(self) -> list[Order]:
        """Take the orders that were released since the last look."""
        orders = [effect.order for effect in self.effects if isinstance(effect, SubmitOrder)]
        self.effects = [effect for effect in self.effects if not isinstance(effect, SubmitOrder)]
        return orders

    def sale(self) -> Order:
        """Take the one exit that was released since the last look."""
        (order,) = [order for order in self.sent() if order.side is Side.SELL]
        return order

    def canceled(self) -> set[OrderId]:
        """Name the orders that the venue was asked to cancel."""
        return {effect.order.order_id for effect in self.effects if isinstance(effect, CancelOrder)}

    def watched(self, symbol: Symbol = BTC) -> Protection:
        """Give an open episode's exits."""
        return self.state.memory.protections[symbol]
