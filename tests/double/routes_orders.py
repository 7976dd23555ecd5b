"""Signed endpoints that place and cancel orders."""

from collections.abc import Sequence
import json

from .decimals import Json
from .errors import Refusal
from .order_form import read_order
from .orders import Order
from .routes import Call, Route
from .views import acknowledgement, cancel_row

BATCH_MAX = 20
SYMBOLS_MAX = 5
_WRITE = "SPOT_DEAL_WRITE"


def test_order(call: Call) -> Json:
    """Check an order without funds and without keeping it."""
    call.world.venue.check(read_order(call.given))
    return {}


def place(call: Call) -> Json:
    """Accept an order; the answer has no status and no fills."""
    order = call.world.venue.place(read_order(call.given))
    return acknowledgement(order, with_client_id=call.world.settings.ack_has_client_id)


def place_batch(call: Call) -> Json:
    """Place up to 20 orders of one symbol; each entry succeeds or fails by itself."""
    try:
        rows = json.loads(call.text("batchOrders"))
    except ValueError:
        raise Refusal(700008, "batchOrders") from None
    if not isinstance(rows, list) or not 0 < len(rows) <= BATCH_MAX:
        raise Refusal(33333, "batchOrders")
    if not all(isinstance(row, dict) for row in rows) or len({str(r.get("symbol")) for r in rows}) != 1:
        raise Refusal(33333, "batchOrders")
    answers: list[Json] = []
    for row in rows:
        given = {str(name): str(value) for name, value in row.items() if value is not None}
        try:
            order = call.world.venue.place(read_order(given))
        except Refusal as no:
            code, text = no.code, no.text
            named = given.get("newClientOrderId")
            answers.append({"newClientOrderId": named, "msg": text, "code": code})
        else:
            answers.append({"symbol": order.symbol, "orderId": order.order_id, "orderListId": -1})
    return answers


def cancel(call: Call) -> Json:
    """Cancel one order by either id; -2011 when it is unknown or ended."""
    symbol = call.world.venue.symbol(call.text("symbol")).name
    shelf = call.world.venue.shelf
    order_id, client_id = call.optional("orderId"), call.optional("origClientOrderId")
    found: Order | None = None
    if order_id:
        found = shelf.by_id(order_id)
    elif client_id:
        # Of orders that share a client id the latest open one is meant.
        same = shelf.by_client_id(client_id)
        found = next((o for o in reversed(same) if o.is_open), None)
    else:
        raise Refusal(700004, "orderId")
    if found is None or found.symbol != symbol:
        raise Refusal(-2011)
    return _canceled(call, found)


def _canceled(call: Call, order: Order) -> Json:
    """Cancel an order and write it in the set style."""
    before = order.status
    call.world.venue.cancel(order)
    shown = {"before": before, "after": order.status}.get(call.world.settings.cancel_shows)
    return cancel_row(order, shown)


def cancel_open(call: Call) -> Json:
    """Cancel all open orders of up to five symbols."""
    names = call.text("symbol").split(",")
    if len(names) > SYMBOLS_MAX:
        raise Refusal(33333, "symbol")
    venue = call.world.venue
    picked = [venue.symbol(name).name for name in names]
    return [_canceled(call, order) for name in picked for order in venue.shelf.open_orders(name)]


def cancel_all(call: Call) -> Json:
    """Cancel every open order of the account."""
    for order in call.world.venue.shelf.open_orders():
        call.world.venue.cancel(order)
    return {"code": 200, "msg": "success", "timestamp": call.world.clock.now_ms()}


ROUTES: Sequence[Route] = (
    Route(method="POST", path="/api/v3/order/test", answer=test_order, scope=_WRITE),
    Route(method="POST", path="/api/v3/order", answer=place, scope=_WRITE, order_operation=True),
    Route(
        method="POST",
        path="/api/v3/batchOrders",
        answer=place_batch,
        scope=_WRITE,
        order_operation=True,
        calls_per_s=2,
    ),
    Route(method="DELETE", path="/api/v3/order", answer=cancel, scope=_WRITE, order_operation=True),
    Route(
        method="DELETE",
        path="/api/v3/openOrders",
        answer=cancel_open,
        scope=_WRITE,
        order_operation=True,
    ),
    Route(
        method="DELETE",
        path="/api/v3/order/all",
        answer=cancel_all,
        scope=_WRITE,
        order_operation=True,
    ),
)
