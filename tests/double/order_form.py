"""Reads an order from request parameters, refusing what the venue refuses."""

from collections.abc import Mapping
from decimal import Decimal
import re

from .decimals import parse
from .errors import Refusal
from .orders import OrderRequest, OrderType, Side

CLIENT_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
_STP_MODES = frozenset({"", "cancel_maker", "cancel_taker", "cancel_both"})


def read_order(given: Mapping[str, str]) -> OrderRequest:
    """Parse the parameters of a new order (fact sheet 1.6).

    700004: something mandatory is missing; 700008: illegal characters.
    """
    for name in ("symbol", "side", "type"):
        if not given.get(name):
            raise Refusal(700004, name)
    try:
        side, kind = Side(given["side"]), OrderType(given["type"])
    except ValueError:
        # The app's own order types exist but cannot be placed (live: 700004).
        code = 700004 if given["type"] == "STOP_MARKET_ORDER" else 33333
        raise Refusal(code, "side or type") from None
    client_id = given.get("newClientOrderId") or None
    if client_id is not None and not CLIENT_ID.fullmatch(client_id):
        raise Refusal(700008, "newClientOrderId")
    if given.get("stpMode", "") not in _STP_MODES:
        raise Refusal(33333, "stpMode")
    market = kind is OrderType.MARKET
    quantity = _number(given, "quantity")
    by_value = _number(given, "quoteOrderQty") if market and quantity is None else None
    if quantity is None and by_value is None:
        raise Refusal(700004, "quantity")
    price = None if market else _number(given, "price")
    if price is None and not market:
        raise Refusal(700004, "price")
    return OrderRequest(
        symbol=given["symbol"],
        side=side,
        type=kind,
        quantity=quantity,
        quote_quantity=by_value,
        price=price,
        client_order_id=client_id,
        stp_mode=given.get("stpMode", ""),
    )


def _number(given: Mapping[str, str], name: str) -> Decimal | None:
    """Read a plain decimal number; text that is none is refused with 700008."""
    text = given.get(name)
    if not text:
        return None
    value = parse(text)
    if value is None:
        raise Refusal(700008, name)
    return value
