"""Corners of the client that no ordinary fault reaches."""

import asyncio
import json

from aiohttp import ClientSession
import pytest

from custom_components.mexc_trading.exchange.mexc import endpoints, rest
from custom_components.mexc_trading.exchange.mexc.market import rest_client
from custom_components.mexc_trading.exchange.mexc.oddities import KEPT_MAX, Oddities
from custom_components.mexc_trading.exchange.mexc.spot import OPEN_ORDERS_ROWS_MAX, MexcSpot
from custom_components.mexc_trading.exchange.mexc.streams import listen_key
from custom_components.mexc_trading.exchange.mexc.streams.listen_key import ListenKeys
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.order import VenueOrder
from custom_components.mexc_trading.model.outcome import Unavailable
from tests.double import MexcDouble

from .conftest import WallClock
from .scripted import Scripted
from .wishes import BTCUSDT, order


async def test_a_signed_call_without_a_key_is_a_bug(
    scripted: Scripted, session: ClientSession, clock: WallClock
) -> None:
    """It is not a refusal, and nothing is sent."""
    unsigned = rest_client(session=session, rest_url=scripted.url, clock=clock)
    with pytest.raises(RuntimeError, match="credentials"):
        await unsigned.once(endpoints.ACCOUNT)
    assert scripted.asked == []


async def test_an_order_type_that_is_new_is_told(spot: MexcSpot, double: MexcDouble) -> None:
    """The order is read, its type is none of ours, and the word is kept; the venue's own stop orders are no news."""
    wanted = order(price="80000")
    await spot.submit(wanted)
    for word in ("ICEBERG", "STOP_MARKET_ORDER"):
        double.faults.clear()
        double.faults.add(action="replace", method="GET", path="/api/v3/order", fields={"type": word})
        found = await spot.find(wanted)
        assert isinstance(found, VenueOrder)
        assert found.type is None
    assert spot.health().oddities == ("order type ICEBERG",)


def test_oddities_are_bounded() -> None:
    """A venue that invents words does not fill the memory."""
    odd = Oddities()
    for number in range(10 * KEPT_MAX):
        odd.note(f"word {number // 2}")
    assert odd.all == tuple(f"word {number}" for number in range(KEPT_MAX))


async def test_an_answer_that_is_cut_short_is_no_answer(spot: MexcSpot, double: MexcDouble) -> None:
    """Half a list of balances is not a list of balances."""
    double.faults.add(action="cut_answer", path="/api/v3/account")
    assert isinstance(await spot.balances(), Unavailable)
    assert len(double.requests.of("GET", "/api/v3/account")) == 4


async def test_more_open_orders_than_an_answer_holds(scripted: Scripted, scripted_spot: MexcSpot) -> None:
    """A list that may be cut is not believed."""
    row = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "origQty": "1",
        "price": "1",
        "executedQty": "0",
        "cummulativeQuoteQty": "0",
        "status": "NEW",
        "time": 1,
    }
    rows = [{**row, "orderId": str(number)} for number in range(OPEN_ORDERS_ROWS_MAX)]
    scripted.say("/api/v3/openOrders", json.dumps(rows))
    assert isinstance(await scripted_spot.open_orders((BTCUSDT,)), Unavailable)
    scripted.say("/api/v3/openOrders", json.dumps(rows[1:]))
    read = await scripted_spot.open_orders((BTCUSDT,))
    assert isinstance(read, tuple)
    assert len(read) == OPEN_ORDERS_ROWS_MAX - 1


async def test_an_attempt_is_not_begun_without_time(
    scripted: Scripted, scripted_spot: MexcSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the time for all tries is over, no request leaves."""
    monkeypatch.setattr(rest, "LEFT_S_MIN", 3600.0)
    read = await scripted_spot.balances()
    assert isinstance(read, Unavailable)
    assert read.cause == "deadline"
    assert scripted.asked == []


async def test_a_listen_key_that_is_none(scripted: Scripted, scripted_spot: MexcSpot) -> None:
    """A malformed answer is no key."""
    keys = ListenKeys(scripted_spot._rest)
    for wrong in ("{}", '{"listenKey": 7}', '{"listenKey": ""}', "[]"):
        scripted.say("/api/v3/userDataStream", wrong)
        assert isinstance(await keys.create(), Unavailable)
    scripted.say("/api/v3/userDataStream", '{"data": {"listenKey": "abc"}}')
    assert await keys.create() == Secret("abc")


async def test_giving_a_key_back_does_not_hold_up_the_end(
    spot: MexcSpot, double: MexcDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A venue that does not answer then is left alone; the key ends by itself."""
    monkeypatch.setattr(listen_key, "CLOSE_S_MAX", 0.05)
    double.faults.add(action="partition", mode="black_hole", seconds=20, method="DELETE")
    async with asyncio.timeout(15):
        await ListenKeys(spot._rest).close(Secret("fake-listen-key"))


async def test_a_key_that_cannot_be_renewed_for_an_hour_is_gone(
    spot: MexcSpot, double: MexcDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The venue has ended it by then, whether it said so or not."""
    monkeypatch.setattr(listen_key, "RENEW_EVERY_S", 0.01)
    monkeypatch.setattr(listen_key, "RENEW_AGAIN_S", 0.01)
    monkeypatch.setattr(listen_key, "LIFE_S", 0.1)
    double.faults.add(action="status", status=502, method="PUT")
    async with asyncio.timeout(60):
        await ListenKeys(spot._rest).keep(Secret("fake-listen-key"))
    assert len(double.requests.of("PUT", "/api/v3/userDataStream")) >= 4
