"""Signed endpoints that read orders and trades back, with their lags and windows."""

from collections.abc import Sequence

from .decimals import Json
from .errors import Refusal
from .orders import Order
from .routes import Call, Route
from .routes_market import DAY_MS
from .views import order_row, trade_row
from .world import World

ORDERS_WINDOW_MS = 7 * DAY_MS
TRADES_WINDOW_MS = 30 * DAY_MS
SYMBOLS_MAX = 5
OPEN_ROWS_MAX = 1000
_READ = "SPOT_DEAL_READ"


def _visible(world: World, order: Order) -> bool:
    """Whether a read already sees an order; each miss uses up one hidden read."""
    if order.hidden_reads > 0:
        order.hidden_reads -= 1
        return False
    return world.clock.elapsed_s() - order.accepted_s >= world.settings.order_visibility_s


def one_order(call: Call) -> Json:
    """Find one order by either id; -2013 when unknown, too old or not visible yet."""
    world = call.world
    symbol = world.venue.symbol(call.text("symbol")).name
    order_id, client_id = call.optional("orderId"), call.optional("origClientOrderId")
    found: Order | None = None
    if order_id:
        found = world.venue.shelf.by_id(order_id)
    elif client_id:
        same = world.venue.shelf.by_client_id(client_id)
        found = same[-1] if same else None
    else:
        raise Refusal(700004, "orderId")
    if found is None or found.symbol != symbol:
        raise Refusal(-2013)
    old = world.clock.now_ms() - found.time_ms > ORDERS_WINDOW_MS and not found.is_open
    if old or not _visible(world, found):
        raise Refusal(-2013)
    return order_row(found)


def open_orders(call: Call) -> Json:
    """List open orders of all, one, or up to five symbols."""
    world, asked = call.world, call.optional("symbol")
    names = asked.split(",") if asked else []
    if len(names) > SYMBOLS_MAX:
        raise Refusal(33333, "symbol")
    picked = {world.venue.symbol(name).name for name in names}
    rows = [o for o in world.venue.shelf.open_orders() if not picked or o.symbol in picked]
    return [order_row(o) for o in rows if _visible(world, o)][:OPEN_ROWS_MAX]


def all_orders(call: Call) -> Json:
    """List orders of one symbol, newest first; a window of seven days at most."""
    world = call.world
    symbol, limit = world.venue.symbol(call.text("symbol")).name, call.limit(500, 1000)
    start, end = call.integer("startTime"), call.integer("endTime")
    if start is None and end is None:
        end = world.clock.now_ms()
        start = end - DAY_MS
    elif start is None:
        start = (end or 0) - DAY_MS
    elif end is None:
        end = start + ORDERS_WINDOW_MS
    if end is None or start > end or end - start > ORDERS_WINDOW_MS:
        raise Refusal(400, "the time window is wrong or above seven days")
    rows = [
        order
        for order in reversed(world.venue.orders)
        if order.symbol == symbol and start <= order.time_ms <= end and _visible(world, order)
    ]
    return [order_row(order) for order in rows[:limit]]


def my_trades(call: Call) -> Json:
    """List own trades of one symbol, newest first, of the last month at most.

    Times are compared in whole seconds. Trades younger than the set lag are
    not there yet.
    """
    world, settings = call.world, call.world.settings
    symbol = world.venue.symbol(call.text("symbol")).name
    limit = call.limit(settings.my_trades_rows_default, settings.my_trades_rows_max)
    order_id = call.optional("orderId")
    now_ms, now_s = world.clock.now_ms(), world.clock.elapsed_s()
    oldest = now_ms - TRADES_WINDOW_MS
    start, end = call.integer("startTime"), call.integer("endTime")
    first = max(oldest, start or 0) // 1000
    last = (now_ms if end is None else end) // 1000
    rows = [
        fill
        for fill in reversed(world.venue.fills)
        if fill.symbol == symbol
        and order_id in {None, fill.order_id}
        and first <= fill.time_ms // 1000 <= last
        and now_s - fill.booked_s >= settings.trades_lag_s
    ]
    return [trade_row(fill) for fill in rows[:limit]]


ROUTES: Sequence[Route] = (
    Route(method="GET", path="/api/v3/order", answer=one_order, weight=2, scope=_READ),
    Route(method="GET", path="/api/v3/openOrders", answer=open_orders, weight=3, scope=_READ),
    Route(method="GET", path="/api/v3/allOrders", answer=all_orders, weight=10, scope=_READ),
    Route(method="GET", path="/api/v3/myTrades", answer=my_trades, weight=10, scope=_READ),
)
