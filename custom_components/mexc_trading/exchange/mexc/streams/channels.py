"""Names of channels (fact sheet 3.3)."""

from types import MappingProxyType
from typing import Final, NewType

from ....model.ids import Symbol
from ..klines import Interval

Channel = NewType("Channel", str)
"""A channel's full name, which is also the text of its acknowledgement."""

ORDERS: Final = Channel("spot@private.orders.v3.api.pb")
DEALS: Final = Channel("spot@private.deals.v3.api.pb")
ACCOUNT: Final = Channel("spot@private.account.v3.api.pb")
PRIVATE: Final = (ORDERS, DEALS, ACCOUNT)

INTERVAL_NAMES: Final = MappingProxyType(
    {
        Interval.MIN1: "Min1",
        Interval.MIN5: "Min5",
        Interval.MIN15: "Min15",
        Interval.MIN30: "Min30",
        Interval.HOUR1: "Min60",
        Interval.HOUR4: "Hour4",
        Interval.DAY1: "Day1",
        Interval.WEEK1: "Week1",
    }
)
"""The streams spell the intervals in another way than REST."""


def book_ticker(symbol: Symbol) -> Channel:
    """Best bid and ask, at most every 100 ms."""
    return Channel(f"spot@public.aggre.bookTicker.v3.api.pb@100ms@{symbol}")


def trades(symbol: Symbol) -> Channel:
    """Everybody's trades, gathered over 100 ms."""
    return Channel(f"spot@public.aggre.deals.v3.api.pb@100ms@{symbol}")


def candles(symbol: Symbol, interval: Interval) -> Channel:
    """The growing candle of an interval."""
    return Channel(f"spot@public.kline.v3.api.pb@{symbol}@{INTERVAL_NAMES[interval]}")
