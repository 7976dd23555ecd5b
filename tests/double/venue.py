"""The exchange in memory: takes orders, matches them, moves balances."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from decimal import Decimal

from . import book
from .candles import Candles
from .clock import VenueClock
from .decimals import ZERO, floor_to
from .errors import Refusal
from .events import BalanceChanged, OrderChanged, PriceMoved, Traded, VenueEvent
from .fees import Trade, fee_of
from .judge import judge
from .orders import Fill, Order, OrderRequest, OrderType, Side, Status
from .prices import Prices
from .prints import Prints
from .settings import DuplicateClientId, Settings
from .shelf import Shelf
from .symbols import Symbol
from .wallet import Balance, Wallet

START_BALANCES: Mapping[str, Decimal] = {
    "USDT": Decimal(10_000),
    "BTC": Decimal("0.05"),  # belongs to the user: a book must never sell it
    "MX": Decimal(100),
}
_AT_ONCE = frozenset({OrderType.MARKET, OrderType.IMMEDIATE_OR_CANCEL, OrderType.FILL_OR_KILL})


class Venue:
    """One account on one spot exchange, deterministic for a seed.

    Nothing here knows about HTTP. Refusals are raised as ``Refusal``;
    ``listeners`` hear of every event, in order, while it happens.
    """

    def __init__(self, symbols: dict[str, Symbol], clock: VenueClock, settings: Settings, seed: int) -> None:
        """Open the exchange with the start balances and no orders."""
        self.symbols = symbols
        self.clock = clock
        self.settings = settings
        self.listeners: list[Callable[[VenueEvent], None]] = []
        self.balances = Wallet(START_BALANCES, clock.elapsed_s, self._tell_balance)
        self.prices = Prices(symbols, seed, self._price_moved)
        now_ms = clock.now_ms()
        self.candles = {name: Candles(row, seed, now_ms) for name, row in symbols.items()}
        self.prints = Prints(self.candles, now_ms)
        self.shelf = Shelf()

    @property
    def orders(self) -> Sequence[Order]:
        """All orders ever accepted, oldest first."""
        return self.shelf.orders

    @property
    def fills(self) -> Sequence[Fill]:
        """All trades of ours, oldest first."""
        return self.shelf.fills

    def symbol(self, name: str) -> Symbol:
        """Give a listed symbol or refuse with -1121."""
        if name not in self.symbols:
            raise Refusal(-1121)
        return self.symbols[name]

    def set_price(self, symbol: str, price: str | Decimal) -> None:
        """Put the mid price of a symbol; resting orders that it reaches fill."""
        self.prices.set(symbol, Decimal(price))

    def deposit(self, asset: str, amount: str | Decimal) -> None:
        """Add to (or, negative, take from) a free balance."""
        self.balances.move(asset, free=Decimal(amount), kind="DEPOSIT")

    def best(self, symbol: str, taker: Side) -> book.Level | None:
        """Give what a taker of a side would meet first."""
        return next(self.depth(symbol, taker), None)

    def depth(self, symbol: str, taker: Side) -> Iterator[book.Level]:
        """List what a taker of a side meets; nothing on a symbol that is not trading."""
        row = self.symbol(symbol)
        if row.status != "1":
            return iter(())
        return book.levels(row, self.prices.mid(symbol), taker, self.settings)

    def check(self, request: OrderRequest) -> OrderRequest:
        """Judge a request without balances: what ``order/test`` does."""
        row = self.symbol(request.symbol)
        return judge(request, row, self.prices.mid(request.symbol), self.settings)

    def place(self, request: OrderRequest) -> Order:
        """Accept an order and match it; raises Refusal otherwise."""
        request = self.check(request)
        self._check_room(request)
        taken = self._taken(request)
        order = self._accept(request, taken)
        for level in taken:
            self._trade(order, level.price, level.quantity, is_maker=False)
        self._after_taking(order, request)
        return order

    def cancel(self, order: Order, reason: str | None = None) -> None:
        """End an open order; refuses with -2011 when it is not open."""
        if not order.is_open:
            raise Refusal(-2011)
        order.cancel_reason = reason
        self._end(order, Status.PARTIALLY_CANCELED if order.executed else Status.CANCELED)

    def fill(self, order: Order, quantity: str | Decimal | None = None) -> None:
        """Let a resting order trade as maker at its price, all of it or a part."""
        wanted = order.remaining if quantity is None else Decimal(quantity)
        if not order.is_open or order.price is None or not ZERO < wanted <= order.remaining:
            msg = f"{order.order_id} cannot fill {wanted}"
            raise ValueError(msg)
        self._trade(order, order.price, wanted, is_maker=True)

    def restore(self, order: Order) -> None:
        """Take in an order from a former run; balances are not touched."""
        self.shelf.put(order)

    def _check_room(self, request: OrderRequest) -> None:
        """Refuse too many open orders and, when set so, a used client id."""
        if self.shelf.open_count >= self.settings.max_open_orders:
            raise Refusal(30029)
        used = request.client_order_id and self.shelf.by_client_id(request.client_order_id)
        if used and self.settings.duplicate_client_id is DuplicateClientId.REJECT:
            raise Refusal(self.settings.duplicate_reject_code)

    def _taken(self, request: OrderRequest) -> Sequence[book.Level]:
        """Decide what the order takes from the book at once."""
        levels = self.depth(request.symbol, request.side)
        if request.type is OrderType.LIMIT_MAKER:
            return ()
        if request.quantity is None:
            value, places = request.quote_quantity, self.symbols[request.symbol].quantity_places
            taken = book.take_value(levels, ZERO if value is None else value, places)
        else:
            taken = book.take(levels, request.side, request.quantity, request.price)
            short = book.total_quantity(taken) < request.quantity
            if request.type is OrderType.FILL_OR_KILL and short:
                return ()
        if request.type is OrderType.MARKET and not taken:
            raise Refusal(30025)
        return taken

    def _accept(self, request: OrderRequest, taken: Sequence[book.Level]) -> Order:
        """Lock the money and put the order on the shelf."""
        row = self.symbols[request.symbol]
        quantity = ZERO if request.quantity is None else request.quantity
        if request.side is Side.SELL:
            asset, amount = row.base, quantity or book.total_quantity(taken)
        elif request.price is None:
            asset, amount = row.quote, sum((x.price * x.quantity for x in taken), ZERO)
        else:
            asset, amount = row.quote, request.price * quantity
        if self.balances[asset].free < amount:
            raise Refusal(30004 if request.side is Side.BUY else 30005)
        mid = self.prices.mid(request.symbol)
        order = Order(
            order_id=f"C02__{500_000_000_000_000_000_001 + len(self.orders)}",
            client_order_id=request.client_order_id,
            symbol=request.symbol,
            side=request.side,
            type=request.type,
            price=request.price,
            shown_price=mid if request.price is None else request.price,
            quantity=quantity,
            quote_quantity=request.quote_quantity,
            time_ms=self.clock.now_ms(),
            accepted_s=self.clock.elapsed_s(),
            locked_asset=asset,
            locked=amount,
            stp_mode=request.stp_mode,
            hidden_reads=self.settings.order_visibility_reads,
        )
        self.shelf.put(order)
        self.balances.move(asset, free=-amount, locked=amount, kind="ENTRUST_PLACE")
        self._tell_order(order, ZERO, is_maker=True)
        return order

    def _after_taking(self, order: Order, request: OrderRequest) -> None:
        """Rest, or end, what the order did not take at once."""
        if not order.is_open:
            return
        if request.type is OrderType.MARKET and request.quantity is None:
            self._end(order, Status(self.settings.market_quote_status))
        elif request.type in _AT_ONCE or self._would_take(order):
            self.cancel(order)

    def _would_take(self, order: Order) -> bool:
        """Whether a post-only order came in at a price where it would trade."""
        return order.type is OrderType.LIMIT_MAKER and self._reaches(order)

    def _trade(self, order: Order, price: Decimal, quantity: Decimal, *, is_maker: bool) -> None:
        """Exchange the coins of one fill and tell everybody."""
        row = self.symbols[order.symbol]
        trade = Trade(row, order.side, price, quantity, is_maker)
        mode, mx_price = self.settings.fee_asset_mode, self._mx_price(row.quote)
        fee = fee_of(trade, mode, self.balances, mx_price)
        paid = price * quantity
        if order.side is Side.BUY:
            released = paid if order.price is None else order.price * quantity
            moves = {row.quote: (released - paid, -released), row.base: (quantity, ZERO)}
        else:
            released = quantity
            moves = {row.base: (ZERO, -released), row.quote: (paid, ZERO)}
        free, locked = moves.get(fee.asset, (ZERO, ZERO))
        moves[fee.asset] = (free - fee.amount, locked)
        for asset, (free, locked) in moves.items():
            self.balances.move(asset, free=free, locked=locked, kind="ENTRUST")
        order.locked -= released
        order.executed += quantity
        order.executed_quote += paid
        order.update_ms = self.clock.now_ms()
        done = bool(order.quantity) and order.remaining == 0
        order.status = Status.FILLED if done else Status.PARTIALLY_FILLED
        made = Fill(
            trade_id=f"{600_000_000_000_000_001 + len(self.fills)}X1",
            order_id=order.order_id,
            client_order_id=order.client_order_id,
            symbol=order.symbol,
            side=order.side,
            price=price,
            quantity=quantity,
            fee=fee.amount,
            fee_asset=fee.asset,
            is_maker=is_maker,
            time_ms=order.update_ms,
            booked_s=self.clock.elapsed_s(),
        )
        self.shelf.add_fill(order, made)
        self.prints.add(order.symbol, price, quantity, order.update_ms)
        self._tell(Traded(fill=made))
        self._tell_order(order, quantity, is_maker=is_maker)

    def _end(self, order: Order, status: Status) -> None:
        """Close an order and give back what it still locks."""
        order.status = status
        order.update_ms = self.clock.now_ms()
        left, order.locked = order.locked, ZERO
        self.shelf.close(order)
        if left:
            self.balances.move(order.locked_asset, free=left, locked=-left, kind="ENTRUST_CANCEL")
        self._tell_order(order, ZERO, is_maker=True)

    def _price_moved(self, symbol: str) -> None:
        """Record a new price and fill the resting orders that it reaches."""
        now_ms, mid = self.clock.now_ms(), self.prices.mid(symbol)
        self.candles[symbol].record(mid, now_ms)
        self.prints.add(symbol, mid, self.symbols[symbol].tick, now_ms)
        self._tell(PriceMoved(symbol=symbol))
        for order in self.shelf.open_orders(symbol):
            if self._reaches(order):
                places = self.symbols[symbol].quantity_places
                part = floor_to(order.quantity * self.settings.maker_fill_share, places)
                self.fill(order, min(order.remaining, part or order.remaining))

    def _reaches(self, order: Order) -> bool:
        """Whether the market trades at the limit of an order."""
        level = self.best(order.symbol, order.side)
        if level is None or order.price is None:
            return False
        return book.crosses(order.side, order.price, level.price)

    def _mx_price(self, quote: str) -> Decimal | None:
        """Give the price of MX in a quote coin, if there is such a market."""
        return self.prices.mid(f"MX{quote}") if f"MX{quote}" in self.symbols else None

    def _tell(self, event: VenueEvent) -> None:
        """Pass an event to every listener."""
        for listener in self.listeners:
            listener(event)

    def _tell_order(self, order: Order, last: Decimal, *, is_maker: bool) -> None:
        """Pass a copy of an order to every listener."""
        snapshot = copy(order)
        snapshot.fills = list(order.fills)
        self._tell(OrderChanged(order=snapshot, last_quantity=last, is_maker=is_maker))

    def _tell_balance(self, asset: str, old: Balance, new: Balance, kind: str) -> None:
        """Pass a balance change to every listener."""
        now_ms = self.clock.now_ms()
        self._tell(BalanceChanged(asset=asset, old=old, new=new, kind=kind, time_ms=now_ms))
