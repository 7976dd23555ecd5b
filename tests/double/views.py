"""How orders and fills look in answers, odd spellings included (fact sheet 1.6 to 1.8)."""

from .decimals import Json, plain
from .orders import Fill, Order, Side, Status


def acknowledgement(order: Order, *, with_client_id: bool) -> Json:
    """Write what POST answers: no status, no executed quantity."""
    shown: dict[str, Json] = {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": -1,
        "price": plain(order.shown_price),
        "origQty": plain(order.quantity),
        "type": order.type.value,
        "side": order.side.value,
        "stpMode": order.stp_mode,
        "transactTime": order.time_ms,
    }
    if with_client_id:
        shown["clientOrderId"] = order.client_order_id
    return shown


def order_row(order: Order) -> dict[str, Json]:
    """Write an order as GET shows it; ``price`` is not the average."""
    quote = order.quote_quantity
    if quote is None:
        quote = order.shown_price * order.quantity
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": -1,
        "clientOrderId": order.client_order_id,
        "price": plain(order.shown_price),
        "origQty": plain(order.quantity),
        "executedQty": plain(order.executed),
        "cummulativeQuoteQty": plain(order.executed_quote),
        "status": order.status.value,
        "timeInForce": None,
        "type": order.type.value,
        "side": order.side.value,
        "stopPrice": None,
        "icebergQty": None,
        "time": order.time_ms,
        "updateTime": order.update_ms,
        "isWorking": order.is_open,
        "stpMode": order.stp_mode,
        "cancelReason": order.cancel_reason,
        "origQuoteOrderQty": plain(quote),
    }


def cancel_row(order: Order, status: Status | None) -> Json:
    """Write what DELETE answers; the status, if any, may be that from before."""
    shown: dict[str, Json] = {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "price": plain(order.shown_price),
        "origQty": plain(order.quantity),
        "type": order.type.value,
        "side": order.side.value,
    }
    if status is not None:
        shown |= {
            "clientOrderId": order.client_order_id,
            "executedQty": plain(order.executed),
            "cummulativeQuoteQty": plain(order.executed_quote),
            "status": status.value,
        }
    return shown


def trade_row(fill: Fill) -> Json:
    """Write a fill as ``myTrades`` shows it: its time is cut to whole seconds."""
    return {
        "symbol": fill.symbol,
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "orderListId": -1,
        "price": plain(fill.price),
        "qty": plain(fill.quantity),
        "quoteQty": plain(fill.quote),
        "commission": plain(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.time_ms // 1000 * 1000,
        "isBuyer": fill.side is Side.BUY,
        "isMaker": fill.is_maker,
        "isBestMatch": True,
        "isSelfTrade": False,
        "clientOrderId": fill.client_order_id,
    }
