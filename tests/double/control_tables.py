"""What the control surface can show, forget and change: one small function each, by name."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from .decimals import Json, plain
from .errors import Refusal
from .orders import Order
from .views import order_row, trade_row

if TYPE_CHECKING:
    from .server import MexcDouble


class BadControlError(ValueError):
    """A control request says something that cannot be done."""


def _orders(double: MexcDouble) -> Json:
    """Show all orders ever accepted, oldest first."""
    return [order_row(order) | {"fills": len(order.fills)} for order in double.venue.orders]


def _trades(double: MexcDouble) -> Json:
    """Show all own trades, oldest first."""
    return [trade_row(fill) for fill in double.venue.fills]


def _requests(double: MexcDouble) -> Json:
    """Show the request log."""
    return [record.shown() for record in double.requests]


def _balances(double: MexcDouble) -> Json:
    """Show balances without lag."""
    held = double.venue.balances.items()
    return {asset: {"free": plain(b.free), "locked": plain(b.locked)} for asset, b in held}


def _prices(double: MexcDouble) -> Json:
    """Show mid prices."""
    return {symbol: plain(mid) for symbol, mid in double.venue.prices.shown().items()}


def _faults(double: MexcDouble) -> Json:
    """Show the active rules and how often they saw and fired."""
    return [
        {"name": a.rule.name, "action": a.rule.action, "seen": a.seen, "fired": a.fired} for a in double.faults.rules
    ]


def _text(given: Mapping[str, Json], key: str) -> str:
    """Give a mandatory value as text."""
    if given.get(key) is None:
        msg = f"{key} is missing"
        raise BadControlError(msg)
    return str(given[key])


def _number(given: Mapping[str, Json], key: str) -> Decimal:
    """Give a mandatory value as a number."""
    try:
        return Decimal(_text(given, key))
    except InvalidOperation:
        msg = f"{key} is a number"
        raise BadControlError(msg) from None


def _order(double: MexcDouble, given: Mapping[str, Json]) -> Order:
    """Find the order that is meant by ``orderId``."""
    order = double.venue.shelf.by_id(_text(given, "orderId"))
    if order is None:
        msg = "no such order"
        raise BadControlError(msg)
    return order


async def _price(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Set the mid price of a symbol."""
    double.venue.set_price(_text(given, "symbol"), _number(given, "price"))
    return {}


async def _deposit(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Add to a free balance; a negative amount withdraws."""
    double.venue.deposit(_text(given, "asset"), _number(given, "amount"))
    return {}


async def _moving(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Switch the price walk."""
    double.prices.moving = given.get("on") is True
    return {}


async def _settings(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Change settings by name."""
    for name, value in given.items():
        double.settings.change(name, value)
    return double.settings.shown()


async def _skew(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Shift the venue's time of day."""
    double.clock.skew_ms = int(_number(given, "ms"))
    return {}


async def _advance(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Let time pass for lags, listen keys and rate windows."""
    double.clock.advance(float(_number(given, "seconds")))
    return {}


async def _limits(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Switch the enforcement of limits."""
    double.limits.enforced = given.get("enforced") is True
    return double.limits.shown()


async def _fill(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Let a resting order trade, whole or by ``quantity``."""
    quantity = _number(given, "quantity") if "quantity" in given else None
    double.venue.fill(_order(double, given), quantity)
    return {}


async def _cancel(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """End an order from the venue's side."""
    try:
        double.venue.cancel(_order(double, given))
    except Refusal as no:
        raise BadControlError(no.text) from no
    return {}


async def _add_faults(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Add a schedule, or a single rule."""
    active = double.faults.load(given) if "rules" in given else [double.faults.add(given)]
    return {"added": [a.rule.name for a in active]}


async def _partition(double: MexcDouble, given: Mapping[str, Json]) -> Json:
    """Cut the double off for some seconds, this surface included when refusing."""
    await double.partition.start(_text(given, "mode"), float(_number(given, "seconds")))
    return {}


LOOKS: Final[Mapping[str, Callable[[MexcDouble], Json]]] = {
    "orders": _orders,
    "trades": _trades,
    "requests": _requests,
    "balances": _balances,
    "prices": _prices,
    "faults": _faults,
    "settings": lambda double: double.settings.shown(),
    "limits": lambda double: double.limits.shown(),
    "violations": lambda double: list(double.violations),
}
FORGETS: Final[Mapping[str, Callable[[MexcDouble], None]]] = {
    "faults": lambda double: double.faults.clear(),
    "requests": lambda double: double.requests.clear(),
    "listen_keys": lambda double: double.listen_keys.expire_all(),
}
STEERS: Final[Mapping[str, Callable[[MexcDouble, Mapping[str, Json]], Awaitable[Json]]]] = {
    "price": _price,
    "deposit": _deposit,
    "moving": _moving,
    "settings": _settings,
    "skew": _skew,
    "advance": _advance,
    "limits": _limits,
    "fill": _fill,
    "cancel": _cancel,
    "faults": _add_faults,
    "partition": _partition,
}
