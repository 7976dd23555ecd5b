"""A venue in memory that does what a test says: the plainest thing that orders can be sent to."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import Enum, auto

from custom_components.mexc_trading.engine.ports import ENTRIES_STOPPED, Clock, Wanted, always
from custom_components.mexc_trading.model.fill import Fill
from custom_components.mexc_trading.model.ids import Asset, FillId, Symbol, VenueOrderId
from custom_components.mexc_trading.model.market import Instrument, OrderType, Quote, Side
from custom_components.mexc_trading.model.order import Order, VenueOrder, VenueStatus
from custom_components.mexc_trading.model.outcome import (
    Absent,
    Accepted,
    Ambiguous,
    Balance,
    CancelAccepted,
    CancelOutcome,
    ClockOffset,
    NotSent,
    RefusalClass,
    Rejected,
    SubmitOutcome,
    Throttled,
    Unavailable,
)

from .market import MS, instrument


class Fate(Enum):
    """What becomes of a submit or a cancel."""

    TAKEN = auto()
    """Done and answered."""
    REFUSED = auto()
    TAKEN_SILENTLY = auto()
    """Done, but the answer is lost."""
    LOST = auto()
    """Not done, and no answer."""
    NOTHING_SENT = auto()
    BANNED = auto()
    BROKEN = auto()
    """The port itself raises, which is a bug."""


WORKING = frozenset({VenueStatus.NEW, VenueStatus.PARTIALLY_FILLED})


class ScriptedVenue:
    """Fills what crosses its price at once, rests what does not; fates are taken from queues, then all goes well.

    ``before`` is called before each call takes effect, with its name; it may raise, wait or look around.
    """

    def __init__(self, clock: Clock) -> None:
        """Open with 10,000 USDT and two symbols."""
        self.clock = clock
        self.orders: list[VenueOrder] = []
        self.trades: list[Fill] = []
        self.fates: deque[Fate] = deque()
        self.cancel_fates: deque[Fate] = deque()
        self.prices: dict[Symbol, tuple[Decimal, Decimal]] = {
            Symbol("BTCUSDT"): (Decimal("99.9"), Decimal(100)),
            Symbol("ETHUSDT"): (Decimal("99.9"), Decimal(100)),
        }
        self.coins: dict[Asset, Decimal] = {Asset("USDT"): Decimal(10_000)}
        self.locked: dict[Asset, Decimal] = {}
        """What orders of others keep hold of."""

        self.down: set[str] = set()
        """Names of reads that give no answer."""

        self.hidden = 0
        """How many look-ups by id and listings still do not show any order."""

        self.gate: asyncio.Event | None = None
        """If set, submits wait for it before anything happens."""

        self.door: asyncio.Event | None = None
        """If set, submits wait for it before they leave; then they are asked whether they are still wanted."""

        self.calls: list[str] = []
        self.before: Callable[[str], None] = lambda _: None

    def of(self, order_id: str) -> list[VenueOrder]:
        """List the orders under one of our ids."""
        return [order for order in self.orders if order.order_id == order_id]

    async def submit(self, order: Order, wanted: Wanted = always) -> SubmitOutcome:
        """Do with an order what its fate says."""
        if self.door is not None:
            await self.door.wait()
        if not wanted():
            return NotSent(cause=ENTRIES_STOPPED)
        self._call("submit")
        if self.gate is not None:
            await self.gate.wait()
        match self.fates.popleft() if self.fates else Fate.TAKEN:
            case Fate.TAKEN:
                return self._taken(order)
            case Fate.TAKEN_SILENTLY:
                self._taken(order)
                return Ambiguous(cause="read timeout")
            case Fate.LOST:
                return Ambiguous(cause="read timeout")
            case Fate.REFUSED:
                return Rejected(code=30004, refusal=RefusalClass.FUNDS, message="")
            case Fate.NOTHING_SENT:
                return NotSent(cause="connection refused")
            case Fate.BANNED:
                return Throttled(retry_after_s=77, banned=True)
            case Fate.BROKEN:
                raise RuntimeError("a bug behind the port")

    def _taken(self, order: Order) -> Accepted:
        name = VenueOrderId(f"V{len(self.orders) + 1}")
        self.orders.append(
            VenueOrder(
                venue_order_id=name,
                order_id=order.order_id,
                symbol=order.symbol,
                side=order.side,
                type=order.type,
                quantity=order.quantity,
                price=order.price,
                executed=Decimal(0),
                executed_quote=Decimal(0),
                status=VenueStatus.NEW,
                created_ms=self.clock.now_ns() // MS,
            )
        )
        bid, ask = self.prices[order.symbol]
        touch = ask if order.side is Side.BUY else bid
        worst = order.price if order.price is not None else touch
        if order.type is not OrderType.POST_ONLY and (worst >= touch if order.side is Side.BUY else worst <= touch):
            self.trade(name, order.quantity, touch)
        elif order.type in (OrderType.IOC, OrderType.FOK, OrderType.MARKET):
            self.end(name)
        return Accepted(
            venue_order_id=name,
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            price=order.price,
            quantity=order.quantity,
        )

    def trade(self, name: str, quantity: Decimal, price: Decimal, fee: Decimal = Decimal(0)) -> None:
        """Let an order trade."""
        at, order = self._find(name)
        executed = order.executed + quantity
        status = VenueStatus.FILLED if executed >= order.quantity else VenueStatus.PARTIALLY_FILLED
        self.orders[at] = replace(
            order, executed=executed, executed_quote=order.executed_quote + quantity * price, status=status
        )
        self.trades.append(
            Fill(
                fill_id=FillId(f"T{len(self.trades) + 1}"),
                symbol=order.symbol,
                venue_order_id=order.venue_order_id,
                order_id=order.order_id,
                side=order.side,
                quantity=quantity,
                price=price,
                quote_quantity=quantity * price,
                fee=fee,
                fee_asset=Asset("USDT"),
                maker=False,
                at_ms=self.clock.now_ns() // MS,
            )
        )
        way = 1 if order.side is Side.BUY else -1
        base = Asset(order.symbol.removesuffix("USDT"))
        self.coins[base] = self.coins.get(base, Decimal(0)) + way * quantity
        self.coins[Asset("USDT")] -= way * quantity * price + fee

    def end(self, name: str) -> None:
        """Cancel an order that works."""
        at, order = self._find(name)
        if order.status in WORKING:
            status = VenueStatus.PARTIALLY_CANCELED if order.executed else VenueStatus.CANCELED
            self.orders[at] = replace(order, status=status)

    def _find(self, name: str) -> tuple[int, VenueOrder]:
        return next((at, order) for at, order in enumerate(self.orders) if order.venue_order_id == name)

    async def cancel(self, order: Order, venue_order_id: VenueOrderId | None) -> CancelOutcome:
        """Do with a cancel what its fate says."""
        self._call("cancel")
        fate = self.cancel_fates.popleft() if self.cancel_fates else Fate.TAKEN
        if fate is Fate.NOTHING_SENT:
            return NotSent(cause="connection refused")
        found = [seen for seen in self.of(order.order_id) if venue_order_id in (None, seen.venue_order_id)]
        working = [seen for seen in found if seen.status in WORKING]
        if fate in (Fate.TAKEN, Fate.TAKEN_SILENTLY):
            for seen in working:
                self.end(seen.venue_order_id)
        if fate in (Fate.TAKEN_SILENTLY, Fate.LOST):
            return Ambiguous(cause="read timeout")
        if fate is Fate.REFUSED or not working:
            return Rejected(code=-2011, refusal=RefusalClass.NOT_FOUND, message="")
        return CancelAccepted()

    async def find(self, order: Order) -> VenueOrder | Absent | Unavailable:
        """Look an order up."""
        self._call("find")
        if "find" in self.down:
            return Unavailable(cause="down")
        found = [] if self._hides() else self.of(order.order_id)
        return found[-1] if found else Absent()

    async def open_orders(self, symbols: Sequence[Symbol]) -> tuple[VenueOrder, ...] | Unavailable:
        """List what works."""
        self._call("open_orders")
        if "open_orders" in self.down:
            return Unavailable(cause="down")
        shown = () if self._hides() else self.orders
        return tuple(order for order in shown if order.symbol in symbols and order.status in WORKING)

    async def order_history(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...] | Unavailable:
        """List all orders."""
        self._call("order_history")
        if "order_history" in self.down:
            return Unavailable(cause="down")
        shown = () if self._hides() else self.orders
        return tuple(order for order in shown if order.symbol == symbol and order.created_ms >= since_ms)

    def _hides(self) -> bool:
        self.hidden -= 1
        return self.hidden >= 0

    async def fills(
        self, symbol: Symbol, *, since_ms: int | None = None, venue_order_id: VenueOrderId | None = None
    ) -> tuple[Fill, ...] | Unavailable:
        """List trades."""
        self._call("fills")
        if "fills" in self.down:
            return Unavailable(cause="down")
        return tuple(
            trade
            for trade in self.trades
            if trade.symbol == symbol
            and (since_ms is None or trade.at_ms >= since_ms)
            and venue_order_id in (None, trade.venue_order_id)
        )

    async def balances(self) -> tuple[Balance, ...] | Unavailable:
        """Tell what is there."""
        self._call("balances")
        if "balances" in self.down:
            return Unavailable(cause="down")
        return tuple(
            Balance(asset=asset, free=total - kept, locked=kept)
            for asset, total in self.coins.items()
            for kept in (self.locked.get(asset, Decimal(0)),)
            if total
        )

    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Tell prices."""
        self._call("quotes")
        if "quotes" in self.down:
            return Unavailable(cause="down")
        now_ns = self.clock.now_ns()
        return tuple(
            Quote(symbol=symbol, bid=self.prices[symbol][0], ask=self.prices[symbol][1], at_ns=now_ns)
            for symbol in symbols
            if symbol in self.prices
        )

    async def instruments(self, symbols: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Tell terms."""
        self._call("instruments")
        if "instruments" in self.down:
            return Unavailable(cause="down")
        return tuple(instrument(symbol) for symbol in symbols if symbol in self.prices)

    async def clock_offset(self) -> ClockOffset | Unavailable:
        """Tell the offset."""
        self._call("clock_offset")
        if "clock_offset" in self.down:
            return Unavailable(cause="down")
        return ClockOffset(offset_ms=0, error_ms=1, measured_at_ns=0)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)
