"""Signed calls are let in only with the right key, time, bytes and permission."""

import pytest

from tests.double import MexcDouble
from tests.double.signing import expected

from .trader import Trader

# The official example credentials of the venue's documentation; they open nothing.
_EXAMPLE_SECRET = "45d0b3c26f2644f19bfb98b07741b2f5"
_HEAD = "symbol=BTCUSDT&side=BUY&type=LIMIT"
_TAIL = "quantity=1&price=11&recvWindow=5000&timestamp=1644489390087"
_ONE_STRING = "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a"
_SPLIT = "d1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592"


@pytest.mark.parametrize(
    ("query", "body", "signature"),
    [(f"{_HEAD}&{_TAIL}", "", _ONE_STRING), ("", f"{_HEAD}&{_TAIL}", _ONE_STRING), (_HEAD, _TAIL, _SPLIT)],
)
def test_official_vectors(query: str, body: str, signature: str) -> None:
    """The documented strings give the documented signatures, wherever they stand."""
    assert expected(_EXAMPLE_SECRET, query, body) == signature
    assert expected(_EXAMPLE_SECRET, f"{query}&signature=0" if query else "", body) == signature


async def test_right_signature_opens(trader: Trader) -> None:
    """A signed read is answered."""
    reply = await trader.signed("GET", "account")
    assert reply.status == 200


async def test_parameters_may_be_in_the_body(trader: Trader, double: MexcDouble) -> None:
    """A body is signed directly behind the query; the query wins on a clash."""
    query, body = "symbol=ETHUSDT", f"{_HEAD}&quantity=1&price=2900&timestamp={double.clock.now_ms()}"
    signature = expected(double.api_secret, query, body)
    reply = await trader.raw("POST", "order", query, body=f"{body}&signature={signature}")
    assert (reply.status, reply.body["symbol"]) == (200, "ETHUSDT")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"timestamp": None}, 700004),
        ({"timestamp": "soon"}, 700008),
        ({"recvWindow": 60_001}, 700005),
        ({"note": "%2c"}, 700002),
        ({"note": "a+b"}, 700002),
        ({"note": "%2C"}, None),
        ({"note": "a%20b"}, None),
    ],
)
async def test_given(trader: Trader, given: dict[str, object], code: int | None) -> None:
    """Missing, wrong or oddly escaped parameters are refused, each with its code."""
    reply = await trader.signed("GET", "account", **given)
    assert reply.code == code


@pytest.mark.parametrize(
    ("age_ms", "window", "code"),
    [
        (4_000, None, None),
        (6_000, None, 700003),
        (6_000, 10_000, None),
        (-500, None, None),
        (-1_500, None, 700003),
        (-1_500, 60_000, 700003),
    ],
)
async def test_window(trader: Trader, age_ms: int, window: int | None, code: int | None) -> None:
    """A stamp may be old up to the window; a second ahead is too much whatever the window."""
    stamp = trader.double.clock.now_ms() - age_ms
    reply = await trader.signed("GET", "account", timestamp=stamp, recvWindow=window)
    assert reply.code == code


async def test_skewed_server_refuses_honest_clients(trader: Trader, double: MexcDouble) -> None:
    """With a skewed venue clock a stamp from before the skew is outside."""
    query = trader.sign({})
    double.clock.skew_ms = 30_000
    assert (await trader.raw("GET", "account", query)).code == 700003
    served = (await trader.public("time")).body["serverTime"]
    assert served - double.clock.now_ms() <= 0 < served - (double.clock.now_ms() - 30_000)


async def test_wrong_secret_and_keys(trader: Trader) -> None:
    """The secret, the key and its presence are checked, each with its code."""
    wrong = trader.sign({}, secret="another")
    assert (await trader.raw("GET", "account", wrong)).code == 700002
    right, json_type = trader.sign({}), {"Content-Type": "application/json"}
    assert (await trader.raw("GET", "account", right, headers=json_type)).code == 400
    other = json_type | {"X-MEXC-APIKEY": "mx0-other"}
    assert (await trader.raw("GET", "account", right, headers=other)).code == 10072
    assert (await trader.raw("GET", "account", "timestamp=1")).code == 700004


async def test_key_state(trader: Trader, double: MexcDouble) -> None:
    """Expiry, address list and permissions are those of the key."""
    double.key.remaining_validity = 0
    assert (await trader.signed("GET", "account")).code == 10072
    double.key.remaining_validity, double.key.ip_white_list = -999, ("203.0.113.7",)
    assert (await trader.signed("GET", "account")).code == 700006
    double.key.ip_white_list, double.key.scopes = ("127.0.0.1",), ("SPOT_DEAL_READ",)
    assert (await trader.signed("GET", "account")).code == 700007
    assert (await trader.signed("GET", "openOrders")).status == 200


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
async def test_writes_need_their_content_type(trader: Trader, method: str) -> None:
    """A write with another content type is refused; a read is not."""
    headers = {"X-MEXC-APIKEY": trader.double.api_key, "Content-Type": "text/plain"}
    path = "userDataStream" if method == "PUT" else "order"
    assert (await trader.raw(method, path, trader.sign({}), headers=headers)).code == 700013
    assert (await trader.raw("GET", "account", trader.sign({}), headers=headers)).status == 200
