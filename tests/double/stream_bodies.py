"""What is pushed: venue events and market states turned into wrapper bodies (fact sheet 3.3, 3.4)."""

from collections.abc import Callable, Mapping
from typing import Final

from .decimals import plain
from .events import BalanceChanged, OrderChanged, Traded
from .noise import number_of
from .orders import OrderType, Side, Status
from .stream_channels import STREAM_INTERVALS, PublicChannel, Topic
from .venue import Venue
from .wire import Value

type Body = Mapping[str, Value]

_TYPE_CODES: Final = {
    OrderType.LIMIT: 1,
    OrderType.LIMIT_MAKER: 2,
    OrderType.IMMEDIATE_OR_CANCEL: 3,
    OrderType.FILL_OR_KILL: 4,
    OrderType.MARKET: 5,
}
_SIDE_CODES: Final = {Side.BUY: 1, Side.SELL: 2}
_STATUS_CODES: Final = {
    Status.NEW: 1,
    Status.FILLED: 2,
    Status.PARTIALLY_FILLED: 3,
    Status.CANCELED: 4,
    Status.PARTIALLY_CANCELED: 5,
}


def order_body(event: OrderChanged) -> Body:
    """Write an order as it is now; the symbol goes into the wrapper, not here."""
    order = event.order
    amount = order.shown_price * order.quantity if order.quote_quantity is None else order.quote_quantity
    values: dict[str, Value] = {
        "id": order.order_id,
        "clientId": order.client_order_id or "",
        "price": plain(order.shown_price),
        "quantity": plain(order.quantity),
        "amount": plain(amount),
        "avgPrice": plain(order.average),
        "orderType": _TYPE_CODES[order.type],
        "tradeType": _SIDE_CODES[order.side],
        "isMaker": event.is_maker,
        "remainAmount": plain(amount - order.executed_quote),
        "remainQuantity": plain(order.remaining),
        "cumulativeQuantity": plain(order.executed),
        "cumulativeAmount": plain(order.executed_quote),
        "status": _STATUS_CODES[order.status],
        "createTime": order.time_ms,
    }
    if event.last_quantity:
        values["lastDealQuantity"] = plain(event.last_quantity)
    return {"privateOrders": values}


def deal_body(event: Traded) -> Body:
    """Write one of our fills."""
    fill = event.fill
    return {
        "privateDeals": {
            "price": plain(fill.price),
            "quantity": plain(fill.quantity),
            "amount": plain(fill.quote),
            "tradeType": _SIDE_CODES[fill.side],
            "isMaker": fill.is_maker,
            "tradeId": fill.trade_id,
            "clientOrderId": fill.client_order_id or "",
            "orderId": fill.order_id,
            "feeAmount": plain(fill.fee),
            "feeCurrency": fill.fee_asset,
            "time": fill.time_ms,
        }
    }


def account_body(event: BalanceChanged) -> Body:
    """Write a balance after a change."""
    return {
        "privateAccount": {
            "vcoinName": event.asset,
            "coinId": f"{number_of(event.asset):x}",
            "balanceAmount": plain(event.new.free),
            "balanceAmountChange": plain(event.new.free - event.old.free),
            "frozenAmount": plain(event.new.locked),
            "frozenAmountChange": plain(event.new.locked - event.old.locked),
            "type": event.kind,
            "time": event.time_ms,
        }
    }


def _best(venue: Venue, symbol: str) -> dict[str, Value]:
    """Write best bid and ask, empty when there is none."""
    bid, ask = venue.best(symbol, Side.SELL), venue.best(symbol, Side.BUY)
    return {
        "bidPrice": plain(bid.price) if bid else "",
        "bidQuantity": plain(bid.quantity) if bid else "",
        "askPrice": plain(ask.price) if ask else "",
        "askQuantity": plain(ask.quantity) if ask else "",
    }


def _book(venue: Venue, channel: PublicChannel) -> Body:
    """Best bid and ask."""
    version = str(venue.clock.now_ms())
    return {"publicAggreBookTicker": {**_best(venue, channel.symbol), "version": version}}


def _book_batch(venue: Venue, channel: PublicChannel) -> Body:
    """Best bid and ask in a batch of one."""
    return {"publicBookTickerBatch": {"items": [_best(venue, channel.symbol)]}}


def _depth(venue: Venue, channel: PublicChannel) -> Body:
    """The first levels of the book."""
    count = int(channel.detail)

    def side(taker: Side) -> list[Mapping[str, Value]]:
        levels = [*venue.depth(channel.symbol, taker)][:count]
        return [{"price": plain(level.price), "quantity": plain(level.quantity)} for level in levels]

    return {
        "publicLimitDepths": {
            "asks": side(Side.BUY),
            "bids": side(Side.SELL),
            "eventType": channel.name.partition("@")[2],
            "version": str(venue.clock.now_ms()),
        }
    }


def _deals(venue: Venue, channel: PublicChannel) -> Body:
    """The last public trade."""
    rows: list[Mapping[str, Value]] = [
        {
            "price": plain(row.price),
            "quantity": plain(row.quantity),
            "tradeType": 2 if row.is_buyer_maker else 1,
            "time": row.time_ms,
            "tradeId": str(row.number),
        }
        for row in venue.prints.last(channel.symbol, 1)
    ]
    return {"publicAggreDeals": {"deals": rows, "eventType": channel.name.partition("@")[2]}}


def _candle(venue: Venue, channel: PublicChannel) -> Body:
    """The running bar; its window is in seconds, unlike everything else."""
    now_ms = venue.clock.now_ms()
    bar = venue.candles[channel.symbol].running(channel.detail, now_ms)
    names = {rest: name for name, rest in STREAM_INTERVALS.items()}
    return {
        "publicSpotKline": {
            "interval": names[channel.detail],
            "windowStart": bar.open_ms // 1000,
            "openingPrice": plain(bar.open),
            "closingPrice": plain(bar.close),
            "highestPrice": plain(bar.high),
            "lowestPrice": plain(bar.low),
            "volume": plain(bar.volume),
            "amount": plain(bar.quote_volume),
            "windowEnd": bar.close_ms // 1000,
        }
    }


_PUBLIC: Final[Mapping[Topic, Callable[[Venue, PublicChannel], Body]]] = {
    Topic.BOOK: _book,
    Topic.BOOK_BATCH: _book_batch,
    Topic.DEPTH: _depth,
    Topic.DEALS: _deals,
    Topic.CANDLE: _candle,
}


def public_body(venue: Venue, channel: PublicChannel) -> Body:
    """Write the present state of a public channel."""
    return _PUBLIC[channel.topic](venue, channel)
