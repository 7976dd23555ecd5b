"""The venue's checks of an order against the symbol, before any money is looked at."""

from dataclasses import replace
from decimal import Decimal

from .decimals import decimals, floor_to
from .errors import Refusal
from .orders import OrderRequest, OrderType, Side
from .settings import ExcessDecimals, Settings
from .symbols import Symbol

BUY_ONLY, SELL_ONLY, CLOSED = 2, 3, 4


def judge(request: OrderRequest, symbol: Symbol, mid: Decimal, settings: Settings) -> OrderRequest:
    """Check flags, decimals and bounds; give the request as it will be used.

    Raises Refusal with the documented code of the first thing that is wrong.
    """
    _check_flags(request, symbol)
    request = _fit_decimals(request, symbol, settings)
    for amount in (request.quantity, request.quote_quantity, request.price):
        if amount is not None and amount <= 0:
            raise Refusal(10102)
    _check_bounds(request, symbol, mid)
    return request


def _check_flags(request: OrderRequest, symbol: Symbol) -> None:
    """Check what the symbol allows at all."""
    if not symbol.api_enabled:
        raise Refusal(10007)
    if symbol.status != "1":
        raise Refusal(30016 if symbol.status == "2" else 30000)
    closed_side = {BUY_ONLY: (Side.SELL,), SELL_ONLY: (Side.BUY,), CLOSED: tuple(Side)}
    if request.side in closed_side.get(symbol.trade_side, ()):
        raise Refusal(30001)
    # IOC and FOK are never in the list and are taken wherever LIMIT is.
    listed = request.type
    if listed in {OrderType.IMMEDIATE_OR_CANCEL, OrderType.FILL_OR_KILL}:
        listed = OrderType.LIMIT
    if listed not in symbol.order_types:
        raise Refusal(30019 if request.type is OrderType.MARKET else 30041)


def _fit_decimals(request: OrderRequest, symbol: Symbol, settings: Settings) -> OrderRequest:
    """Refuse or cut numbers with more decimals than the symbol has."""
    if settings.excess_decimals is ExcessDecimals.TRUNCATE:
        return replace(
            request,
            quantity=_cut(request.quantity, symbol.quantity_places),
            price=_cut(request.price, symbol.price_places),
        )
    pairs = (
        (request.quantity, symbol.quantity_places),
        (request.price, symbol.price_places),
    )
    for amount, places in pairs:
        if amount is not None and decimals(amount) > places:
            raise Refusal(10096)
    return request


def _cut(amount: Decimal | None, places: int) -> Decimal | None:
    """Cut a number if there is one."""
    return None if amount is None else floor_to(amount, places)


def _check_bounds(request: OrderRequest, symbol: Symbol, mid: Decimal) -> None:
    """Check minimum, maximum and the price band."""
    market = request.type is OrderType.MARKET
    price = mid if request.price is None else request.price
    value = request.quote_quantity
    if request.quantity is not None:
        value = request.quantity * price
        if request.quantity < symbol.min_quantity:
            raise Refusal(30002)
    if value is None:
        raise Refusal(700004, "quantity")
    if value < (symbol.min_quote_market if market else symbol.min_quote):
        raise Refusal(30002)
    if value > (symbol.max_quote_market if market else symbol.max_quote):
        raise Refusal(30003)
    # The band's formula is not settled; this is the reading last price * (1 ± x).
    if request.side is Side.BUY and price > mid * (1 + symbol.band):
        raise Refusal(30010)
    if request.side is Side.SELL and price < mid * (1 - symbol.band):
        raise Refusal(30010)
