"""What is held and what is working: shown, cancelled, closed, sold."""

from typing import Final, cast

import probatio as vol

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..bridge.answer_text import decision_document
from ..bridge.view_text import order_row, position_row
from ..const import DOMAIN
from ..engine.answers import Busy, Unknown
from ..model.ids import OrderId, Symbol
from .calling import ATTR_REASON, REASON, Action, account_of, books_of, busy, caller_of

ATTR_ORDER_ID: Final = "order_id"
ATTR_SYMBOL: Final = "symbol"


def order_actions() -> tuple[Action, ...]:
    """List the actions on orders and positions."""
    only = SupportsResponse.ONLY
    return (
        Action(name="get_orders", handler=_async_orders, fields={}, admin=False, response=only),
        Action(name="get_positions", handler=_async_positions, fields={}, admin=False, response=only),
        Action(name="cancel_order", handler=_async_cancel, fields={vol.Required(ATTR_ORDER_ID): cv.string}, admin=True),
        Action(name="cancel_all", handler=_async_cancel_all, fields={vol.Optional(ATTR_SYMBOL): cv.string}, admin=True),
        Action(name="close_position", handler=_async_close, fields={vol.Required(ATTR_SYMBOL): cv.string}, admin=True),
        Action(
            name="flatten",
            handler=_async_flatten,
            fields={vol.Optional(ATTR_REASON, default="action"): REASON},
            admin=True,
        ),
    )


async def _async_orders(call: ServiceCall) -> ServiceResponse:
    """List the orders that something is still expected of, and the entries that wait for a person."""
    model = account_of(call).read_model()
    return cast(
        "ServiceResponse",
        {
            "orders": [order_row(view) for view in model.orders],
            "waiting_for_approval": [decision_document(decision) for decision in model.questions],
        },
    )


async def _async_positions(call: ServiceCall) -> ServiceResponse:
    """List what is held, with where it is stopped."""
    model = account_of(call).read_model()
    return cast("ServiceResponse", {"positions": [position_row(view) for view in model.positions]})


async def _async_cancel(call: ServiceCall) -> ServiceResponse:
    """Ask for an order's cancellation; the ``orders`` event tells the outcome."""
    order_id = call.data[ATTR_ORDER_ID]
    who = await caller_of(call)
    if not any([await account.cancel(OrderId(order_id), who=who) for account in books_of(call)]):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="order_unknown",
            translation_placeholders={"order_id": order_id},
        )
    return {"order_id": order_id, "cancel_requested": True}


async def _async_cancel_all(call: ServiceCall) -> ServiceResponse:
    """Ask for the cancellation of every order; the engine's own exits go on."""
    wanted = call.data.get(ATTR_SYMBOL)
    guard = account_of(call).guard
    orders = await guard.cancel_all(Symbol(wanted) if wanted else None, who=await caller_of(call))
    return {"order_ids": list(orders)}


async def _async_close(call: ServiceCall) -> ServiceResponse:
    """Sell a position, all of it; the ``orders`` event tells the fills."""
    symbol = call.data[ATTR_SYMBOL]
    match await account_of(call).guard.close_position(Symbol(symbol), who=await caller_of(call)):
        case Unknown():
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="position_unknown",
                translation_placeholders={"symbol": symbol},
            )
        case Busy() as full:
            raise busy(call.hass, full)
        case _:
            return {"symbol": symbol, "closing": True}


async def _async_flatten(call: ServiceCall) -> ServiceResponse:
    """Stop entries, cancel every order and sell every position, until two reads of the venue find nothing left."""
    account = account_of(call)
    answer = await account.guard.flatten(who=await caller_of(call), reason=call.data[ATTR_REASON])
    if isinstance(answer, Busy):
        raise busy(call.hass, answer)
    model = account.read_model()
    return {"flattening": True, "symbols": [view.symbol for view in model.positions]}
