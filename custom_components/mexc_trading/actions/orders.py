"""What becomes of orders that were sent."""

from typing import Final

import probatio as vol

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..model.ids import OrderId
from .calling import Action, account_of

ATTR_ORDER_ID: Final = "order_id"


def order_actions() -> tuple[Action, ...]:
    """List the actions on orders."""
    return (
        Action(name="cancel_order", handler=_async_cancel, fields={vol.Required(ATTR_ORDER_ID): cv.string}, admin=True),
    )


async def _async_cancel(call: ServiceCall) -> ServiceResponse:
    """Ask for an order's cancellation; the ``orders`` event tells the outcome."""
    order_id = call.data[ATTR_ORDER_ID]
    if not await account_of(call).cancel(OrderId(order_id)):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="order_unknown",
            translation_placeholders={"order_id": order_id},
        )
    return {"order_id": order_id, "cancel_requested": True}
