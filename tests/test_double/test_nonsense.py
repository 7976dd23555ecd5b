"""Whatever a client sends, the double answers like a venue: it never breaks."""

import asyncio
from urllib.parse import quote

import aiohttp
from hypothesis import given, settings, strategies as st
import pytest

from tests.double import MexcDouble
from tests.double.clock import VenueClock
from tests.double.errors import TABLE, Refusal
from tests.double.front import ROUTES
from tests.double.order_form import read_order
from tests.double.settings import ExcessDecimals, Settings
from tests.double.symbols import default_symbols
from tests.double.venue import Venue

from .trader import Trader

_NUMBER = st.one_of(
    st.sampled_from(["", "0", "-1", "1e400", "1E-400", "NaN", "-Infinity", "0x1", "٣", "9" * 5000, "1" * 29, " 1"]),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.decimals("0.000001", "100000", places=6).map(str),
)
_FORM = st.fixed_dictionaries(
    {},
    optional={
        "symbol": st.sampled_from([*default_symbols(), "NOSUCH", ""]),
        "side": st.sampled_from(["BUY", "SELL", "buy", ""]),
        "type": st.sampled_from(["LIMIT", "MARKET", "LIMIT_MAKER", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL", "STOP"]),
        "quantity": _NUMBER,
        "quoteOrderQty": _NUMBER,
        "price": _NUMBER,
        "newClientOrderId": st.text(max_size=40),
        "stpMode": st.text(max_size=5),
    },
)


@given(form=_FORM, excess=st.sampled_from(ExcessDecimals))
@settings(max_examples=150, deadline=None)
def test_orders(form: dict[str, str], excess: ExcessDecimals) -> None:
    """An order form is placed or refused with a code of the table, nothing else."""
    venue = Venue(default_symbols(), VenueClock(), Settings(excess_decimals=excess), seed=1)
    code = None
    try:
        venue.place(read_order(form))
    except Refusal as no:
        code = no.code
    assert (code in TABLE) if code is not None else (len(venue.orders) == 1)


_STRANGE = ["", "0", "-1", "99999999999999999999", "9" * 600, "NaN", "[]", '[{"symbol":[]}]', "A,B", "BTCUSDT", "1m"]


@pytest.mark.parametrize("method_and_path", [key for key in ROUTES if key[1].startswith("/api/v3/")], ids=" ".join)
async def test_every_route_with_strange_parameters(trader: Trader, method_and_path: tuple[str, str]) -> None:
    """No endpoint answers 500 or HTML, whatever its parameters are."""
    names = ("symbol", "limit", "startTime", "endTime", "interval", "orderId", "batchOrders", "listenKey", "symbols")
    method, path = method_and_path[0], method_and_path[1].removeprefix("/api/v3/")
    for value in _STRANGE:
        strange = {name: quote(value) for name in names}
        for given_parameters in (strange, strange | {"symbol": "BTCUSDT", "interval": "1m"}):
            reply = await trader.signed(method, path, **given_parameters)
            assert reply.status in {200, 400}, (value, reply)


async def test_raw_nonsense_on_the_socket(double: MexcDouble, session: aiohttp.ClientSession) -> None:
    """Bytes that are no HTTP do not disturb the next client."""
    host, port = double.rest_url.removeprefix("http://").split(":")
    for sent in (b"\x00\xff\n\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        assert b"200" not in await reader.read(12)
        writer.close()
        await writer.wait_closed()
    async with session.get(f"{double.rest_url}/api/v3/ping") as answer:
        assert answer.status == 200
