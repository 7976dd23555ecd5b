"""Stands at the venue and looks at everything that happens there, at the moment at which it does.

It knows what the venue knows, and the limits that were put in force; nothing of what the account thinks.
"""

from collections import Counter, deque
from collections.abc import Callable
from decimal import Decimal
import time
from typing import Final

from custom_components.mexc_trading.risk.limits import Limits
from tests.double import MexcDouble
from tests.double.events import OrderChanged, Traded, VenueEvent
from tests.double.orders import Order, Side

from .plot import BY_SYMBOL

S: Final = 1_000_000_000
EDIT_NS: Final = 70 * S
"""An entry that was decided under limits which have been edited since may arrive so much later."""

RATE_NS: Final = 55 * S
"""Entries that left within a minute arrive within a little more; so many seconds are surely within it."""

PRICE_SLACK: Final = Decimal("1.03")
"""What is held is valued with prices of the moment; the decision was made with those of a moment before."""


class Watch:
    """What was wrong, in words, and what was counted on the way."""

    def __init__(self, double: MexcDouble, limits: Callable[[], list[tuple[int, Limits]]]) -> None:
        """Look at everything from now on."""
        self.faults: list[str] = []
        self.accepted: Counter[str] = Counter()
        self.trades = 0
        self.owned: dict[str, Decimal] = dict.fromkeys(BY_SYMBOL, Decimal(0))
        self.paid: dict[str, Decimal] = dict.fromkeys(BY_SYMBOL, Decimal(0))
        """What was paid for what is owned, in quote units, by average price."""

        self._double = double
        self._limits = limits
        self._known: set[str] = set()
        self._names: set[str] = set()
        self._entries_ns: deque[int] = deque()
        double.venue.listeners.append(self._heard)

    def _heard(self, event: VenueEvent) -> None:
        match event:
            case OrderChanged(order=order) if order.order_id not in self._known:
                self._known.add(order.order_id)
                self._accepted(order)
            case Traded(fill=fill):
                self.trades += 1
                way = 1 if fill.side is Side.BUY else -1
                base = self._double.venue.symbol(fill.symbol).base
                paid = fill.fee if fill.fee_asset == base else Decimal(0)
                held = self.owned[fill.symbol]
                self.owned[fill.symbol] += way * fill.quantity - paid
                if way > 0:
                    self.paid[fill.symbol] += fill.quantity * fill.price
                elif held > 0:
                    self.paid[fill.symbol] *= self.owned[fill.symbol] / held
                if self.owned[fill.symbol] < 0:
                    self.faults.append(f"flip: {fill.symbol} {self.owned[fill.symbol]} after {fill.client_order_id}")

    def _accepted(self, order: Order) -> None:
        """Judge an order that the venue has just taken."""
        name = order.client_order_id or ""
        self.accepted[order.side.value] += 1
        if name in self._names:
            self.faults.append(f"duplicate: {name} was placed twice")
        self._names.add(name)
        if order.side is Side.BUY:
            self._entered(order)
        else:
            self._left(order)

    def _left(self, order: Order) -> None:
        """An exit: never more than is there, together with the exits that rest."""
        asked = sum((other.remaining for other in self._open(order.symbol, Side.SELL)), Decimal(0))
        if asked > self.owned[order.symbol]:
            self.faults.append(f"enlarge: {order.client_order_id} sells {asked} of {self.owned[order.symbol]}")

    def _entered(self, order: Order) -> None:
        """An entry: inside every limit that may have been in force when it was decided."""
        now_ns = time.time_ns()
        self._entries_ns.append(now_ns)
        while self._entries_ns[0] < now_ns - RATE_NS:
            self._entries_ns.popleft()
        broken: list[str] = []
        for limits in self._in_force(now_ns):
            broken = self._broken(order, limits)
            if not broken:
                return
        self.faults += [f"limit: {order.client_order_id} {what}" for what in broken]

    def _in_force(self, now_ns: int) -> list[Limits]:
        """List the limits of the last while, the latest first."""
        history = self._limits()
        latest = max(0, next((at for at, (since_ns, _) in enumerate(history) if since_ns > now_ns - EDIT_NS), 0) - 1)
        if history[-1][0] <= now_ns - EDIT_NS:
            latest = len(history) - 1
        return [limits for _, limits in reversed(history[latest:])]

    def _broken(self, order: Order, limits: Limits) -> list[str]:
        """Name the limits that an entry breaks."""
        price = order.price or self._double.venue.prices.mid(order.symbol)
        symbols = {symbol for symbol in BY_SYMBOL if self._is_held(symbol)}
        here = self._exposure(order.symbol)
        found: list[tuple[str, Decimal | int, Decimal | int | None]] = [
            ("notional", price * order.quantity, limits.max_notional_per_order),
            ("positions", len(symbols), limits.max_open_positions),
            ("orders", len(self._double.venue.shelf.open_orders()), limits.max_open_orders),
            ("symbol", here, _slack(limits.max_symbol_exposure)),
            ("gross", sum(map(self._exposure, BY_SYMBOL), Decimal(0)), _slack(limits.max_gross_exposure)),
            ("rate", len(self._entries_ns), limits.max_orders_per_minute),
        ]
        return [f"{what} {value} over {limit}" for what, value, limit in found if limit is not None and value > limit]

    def _open(self, symbol: str, side: Side) -> list[Order]:
        return [order for order in self._double.venue.shelf.open_orders(symbol) if order.side is side]

    def _is_held(self, symbol: str) -> bool:
        """Whether a symbol is held, other than as dust, or being bought."""
        return not is_dust(self._double, symbol, self.owned[symbol]) or bool(self._open(symbol, Side.BUY))

    def _exposure(self, symbol: str) -> Decimal:
        """Value what is held and being bought, in quote units."""
        held = self.owned[symbol] * self._double.venue.prices.mid(symbol)
        coming = ((order.price or Decimal(0)) * order.remaining for order in self._open(symbol, Side.BUY))
        return held + sum(coming, Decimal(0))


def _slack(limit: Decimal | None) -> Decimal | None:
    return None if limit is None else limit * PRICE_SLACK


def is_dust(double: MexcDouble, symbol: str, quantity: Decimal) -> bool:
    """Whether a quantity is too small to be sold; an episode of which only that is left has ended."""
    row = double.venue.symbol(symbol)
    lot = max(row.min_quantity, Decimal(1).scaleb(-row.quantity_places))
    sold = quantity // lot * lot
    return quantity >= 0 and (sold == 0 or sold * double.venue.prices.mid(symbol) < row.min_quote)
