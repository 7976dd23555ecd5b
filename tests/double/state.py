"""Keeps orders, balances and prices in a file, so that a double can be restarted."""

from decimal import Decimal
import json
import os
from pathlib import Path
from typing import Any, Final

from .decimals import Json, plain
from .orders import Fill, Order, OrderType, Side, Status
from .venue import Venue
from .wallet import Balance

_LONG_AGO_S: Final = 3600.0


def save_state(venue: Venue, path: Path) -> None:
    """Write the whole state; the file is replaced in one step."""
    held = venue.balances.items()
    state = {
        "prices": {name: plain(mid) for name, mid in venue.prices.shown().items()},
        "balances": {asset: [plain(b.free), plain(b.locked)] for asset, b in held},
        "orders": [_order_out(order) for order in venue.orders],
    }
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps(state), encoding="utf-8")
    os.replace(fresh, path)  # noqa: PTH105 - says what it does


def load_state(venue: Venue, path: Path) -> None:
    """Read a state into a fresh venue; a missing file is an empty state."""
    if not path.exists():
        return
    state = json.loads(path.read_text(encoding="utf-8"))
    for name, mid in state["prices"].items():
        venue.set_price(name, mid)
    venue.balances.replace(
        {a: Balance(Decimal(free), Decimal(locked)) for a, (free, locked) in state["balances"].items()}
    )
    for row in state["orders"]:
        venue.restore(_order_in(row, venue.clock.elapsed_s()))


def _order_out(order: Order) -> dict[str, Json]:
    """Turn an order into JSON."""
    return {
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "symbol": order.symbol,
        "side": order.side.value,
        "type": order.type.value,
        "status": order.status.value,
        "price": _maybe_out(order.price),
        "shown_price": plain(order.shown_price),
        "quantity": plain(order.quantity),
        "quote_quantity": _maybe_out(order.quote_quantity),
        "locked_asset": order.locked_asset,
        "locked": plain(order.locked),
        "executed": plain(order.executed),
        "executed_quote": plain(order.executed_quote),
        "time_ms": order.time_ms,
        "update_ms": order.update_ms,
        "stp_mode": order.stp_mode,
        "cancel_reason": order.cancel_reason,
        "fills": [_fill_out(fill) for fill in order.fills],
    }


def _maybe_out(value: Decimal | None) -> str | None:
    """Write a number that may be missing."""
    return None if value is None else plain(value)


def _maybe_in(value: str | None) -> Decimal | None:
    """Read a number that may be missing."""
    return None if value is None else Decimal(value)


def _fill_out(fill: Fill) -> dict[str, Json]:
    """Turn a fill into JSON; what the order knows is left out."""
    return {
        "trade_id": fill.trade_id,
        "price": plain(fill.price),
        "quantity": plain(fill.quantity),
        "fee": plain(fill.fee),
        "fee_asset": fill.fee_asset,
        "is_maker": fill.is_maker,
        "time_ms": fill.time_ms,
    }


def _order_in(row: dict[str, Any], now_s: float) -> Order:
    """Turn JSON back into an order; it counts as visible since long ago."""
    order = Order(
        order_id=row["order_id"],
        client_order_id=row["client_order_id"],
        symbol=row["symbol"],
        side=Side(row["side"]),
        type=OrderType(row["type"]),
        status=Status(row["status"]),
        price=_maybe_in(row["price"]),
        shown_price=Decimal(row["shown_price"]),
        quantity=Decimal(row["quantity"]),
        quote_quantity=_maybe_in(row["quote_quantity"]),
        locked_asset=row["locked_asset"],
        locked=Decimal(row["locked"]),
        executed=Decimal(row["executed"]),
        executed_quote=Decimal(row["executed_quote"]),
        time_ms=row["time_ms"],
        update_ms=row["update_ms"],
        stp_mode=row["stp_mode"],
        cancel_reason=row["cancel_reason"],
        accepted_s=now_s - _LONG_AGO_S,
    )
    order.fills = [_fill_in(order, fill, now_s) for fill in row["fills"]]
    return order


def _fill_in(order: Order, row: dict[str, Any], now_s: float) -> Fill:
    """Turn JSON back into a fill of an order."""
    return Fill(
        trade_id=row["trade_id"],
        order_id=order.order_id,
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        side=order.side,
        price=Decimal(row["price"]),
        quantity=Decimal(row["quantity"]),
        fee=Decimal(row["fee"]),
        fee_asset=row["fee_asset"],
        is_maker=row["is_maker"],
        time_ms=row["time_ms"],
        booked_s=now_s - _LONG_AGO_S,
    )
