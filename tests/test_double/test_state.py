"""A double that is started again goes on where it stopped."""

from pathlib import Path

import aiohttp
import pytest

from tests.double import MexcDouble

from .trader import Trader


@pytest.mark.usefixtures("socket_enabled")
async def test_orders_survive(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    """Orders, fills, balances and prices are the same after a restart, and matching goes on."""
    path = tmp_path / "state.json"
    async with MexcDouble(state_file=path) as first:
        trader = Trader(first, session)
        await trader.buy(newClientOrderId="open")
        await trader.buy(newClientOrderId="done", price="90100")
        await trader.buy(type="MARKET", quantity=None, price=None, quoteOrderQty="50")
        orders = [await trader.order(orderId=order.order_id) for order in first.venue.orders]
        trades = (await trader.signed("GET", "myTrades", symbol="BTCUSDT")).body
        held = dict(first.venue.balances)
    async with MexcDouble(state_file=path) as second:
        trader = Trader(second, session)
        assert [await trader.order(orderId=order.order_id) for order in second.venue.orders] == orders
        assert (await trader.signed("GET", "myTrades", symbol="BTCUSDT")).body == trades
        assert dict(second.venue.balances) == held
        second.venue.set_price("BTCUSDT", "88000")
        assert (await trader.order(origClientOrderId="open")).body["status"] == "FILLED"
        fresh = await trader.buy()
        assert fresh.body["orderId"] not in {reply.body["orderId"] for reply in orders}
        assert len({fill.trade_id for fill in second.venue.fills}) == len(second.venue.fills)
