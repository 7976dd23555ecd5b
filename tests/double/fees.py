"""How much commission a fill costs, and in which coin."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from .orders import Side
from .settings import FeeAsset
from .symbols import Symbol
from .wallet import Balance


class Fee(NamedTuple):
    """An amount of an asset."""

    asset: str
    amount: Decimal


class Trade(NamedTuple):
    """What the commission is computed from."""

    symbol: Symbol
    side: Side
    price: Decimal
    quantity: Decimal
    is_maker: bool


def fee_of(trade: Trade, mode: FeeAsset, held: Mapping[str, Balance], mx_price: Decimal | None) -> Fee:
    """Compute the commission of a trade.

    MX is used while the balance lasts. A buy whose commission in quote cannot
    be paid from the free quote balance pays in the base coin it receives.
    ``mx_price`` is the price of MX in the trade's quote, None when there is none.
    """
    symbol = trade.symbol
    rate = symbol.maker_fee if trade.is_maker else symbol.taker_fee
    in_quote = trade.price * trade.quantity * rate
    if mode is FeeAsset.MX and mx_price:
        amount = round(in_quote / mx_price, 8)
        if held.get("MX", Balance()).free >= amount:
            return Fee("MX", amount)
    in_base = Fee(symbol.base, trade.quantity * rate)
    if trade.side is Side.SELL:
        return Fee(symbol.quote, in_quote)
    if mode is FeeAsset.BASE or held.get(symbol.quote, Balance()).free < in_quote:
        return in_base
    return Fee(symbol.quote, in_quote)
