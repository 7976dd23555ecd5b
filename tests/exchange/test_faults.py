"""What the client says when the wire or the venue misbehaves: the double does it, over real sockets."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
import logging
import socket

from aiohttp import ClientSession
import pytest

from custom_components.mexc_trading.exchange.mexc import endpoints
from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.exchange.mexc.transport import Bounds, Call, Transport
from custom_components.mexc_trading.exchange.resilience.observation import Answered, Failed, When
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.order import Order, VenueOrder, VenueStatus
from custom_components.mexc_trading.model.outcome import (
    Accepted,
    Ambiguous,
    CancelAccepted,
    NotSent,
    RefusalClass,
    Rejected,
    SubmitOutcome,
    Throttled,
    Unavailable,
)
from tests.double import MexcDouble

from .conftest import WallClock
from .wishes import BTCUSDT, order

SHORT = Bounds(connect_s=0.2, total_s=0.3, body_bytes_max=4096)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the client's bounds, so that a timeout takes no time."""
    for name in ("CREATE_ENTRY", "CREATE_EXIT", "CANCEL", "GET_ORDER", "ACCOUNT"):
        row = getattr(endpoints, name)
        changed = {field: getattr(row, field) for field in row.__dataclass_fields__} | {"bounds": SHORT}
        monkeypatch.setattr(endpoints, name, endpoints.Endpoint(**changed))


type Fault = Mapping[str, object]

AMBIGUOUS: Mapping[str, tuple[Fault, int]] = {
    "accepted, connection closed without an answer": ({"action": "drop_answer"}, 1),
    "reset before it was processed": ({"action": "reset_before"}, 0),
    "accepted, then reset": ({"action": "reset_after"}, 1),
    "accepted, answer cut": ({"action": "cut_answer"}, 1),
    "accepted, JSON cut": ({"action": "truncate"}, 1),
    "accepted, empty body": ({"action": "empty"}, 1),
    "accepted, wrong type": ({"action": "wrong_type"}, 1),
    "accepted, no order id": ({"action": "remove", "fields": ["orderId"]}, 1),
    "accepted, order id of a wrong type": ({"action": "replace", "fields": {"orderId": 7}}, 1),
    "accepted, side unknown": ({"action": "replace", "fields": {"side": "BOTH"}}, 1),
    "accepted, price is NaN": ({"action": "replace", "fields": {"price": "NaN"}}, 1),
    "accepted, too large an answer": ({"action": "huge", "bytes": 3_000_000}, 1),
    "accepted, answer late": ({"action": "delay_after", "seconds": 0.6}, 1),
    "accepted, body trickles": ({"action": "slow_body", "seconds": 0.6}, 1),
    "server error, processed": ({"action": "status", "status": 502, "processed": True}, 1),
    "server error, not processed": ({"action": "status", "status": 503}, 0),
    "firewall page with 200": ({"action": "firewall", "status": 200}, 0),
    "redirect": ({"action": "redirect"}, 0),
    "a code that is in no table": ({"action": "refuse", "code": 987654, "processed": True}, 1),
    "a code of another family": ({"action": "refuse", "code": 10212}, 0),
    "a create that was 'not found'": ({"action": "refuse", "code": -2013, "processed": True}, 1),
    "NaN in the body": ({"action": "raw", "text": '{"orderId": NaN}'}, 1),
    "black hole": ({"action": "partition", "mode": "black_hole", "seconds": 0.6}, 0),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("fault", "orders"), AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_what_nobody_can_know_is_ambiguous(spot: MexcSpot, double: MexcDouble, fault: Fault, orders: int) -> None:
    """Every doubtful end is told as such, after exactly one request."""
    double.faults.add(fault, method="POST")  # type: ignore[arg-type]
    answer = await spot.submit(order())
    assert isinstance(answer, Ambiguous), answer
    assert answer.trace is not None
    assert len(double.requests.of("POST", "/api/v3/order")) == 1
    if "seconds" not in fault:
        assert len(double.venue.orders) == orders


CERTAIN: Mapping[str, tuple[Fault, RefusalClass]] = {
    "funds": ({"action": "refuse", "code": 30004}, RefusalClass.FUNDS),
    "market": ({"action": "refuse", "code": 30016}, RefusalClass.MARKET),
    "key": ({"action": "refuse", "code": 700007}, RefusalClass.CONFIGURATION),
    "maintenance": ({"action": "refuse", "code": 604}, RefusalClass.MAINTENANCE),
}


@pytest.mark.parametrize(("fault", "refusal"), CERTAIN.values(), ids=CERTAIN)
async def test_refusals_are_certain(spot: MexcSpot, double: MexcDouble, fault: Fault, refusal: RefusalClass) -> None:
    """A listed code is a refusal with its class, and nothing is sent again."""
    double.faults.add(fault, method="POST")  # type: ignore[arg-type]
    answer = await spot.submit(order())
    assert isinstance(answer, Rejected)
    assert answer.refusal is refusal
    assert len(double.requests.of("POST", "/api/v3/order")) == 1


@pytest.mark.parametrize(
    ("fault", "retry_after_s", "banned"),
    [
        ({"action": "throttle"}, None, False),
        ({"action": "throttle", "retry_after": 7}, 7, False),
        ({"action": "throttle", "status": 418, "retry_after": 120}, 120, True),
        ({"action": "firewall", "status": 403}, None, False),
        ({"action": "refuse", "code": 510}, None, False),
    ],
)
async def test_throttles(
    spot: MexcSpot,
    double: MexcDouble,
    fault: Fault,
    retry_after_s: int | None,
    banned: bool,
) -> None:
    """Slowing down is asked for in several ways."""
    double.faults.add(fault, method="POST")  # type: ignore[arg-type]
    answer = await spot.submit(order())
    assert isinstance(answer, Throttled)
    assert (answer.retry_after_s, answer.banned) == (retry_after_s, banned)


async def test_a_refused_connection_means_not_sent(
    session: ClientSession, clock: WallClock, socket_enabled: None
) -> None:
    """When nobody listens, nothing has left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    spot = _spot(f"http://127.0.0.1:{port}", session, clock)
    answer = await spot.submit(order())
    assert isinstance(answer, NotSent)
    assert answer.cause == "ClientConnectorError"


async def test_a_failed_tls_handshake_means_not_sent(
    double: MexcDouble, session: ClientSession, clock: WallClock
) -> None:
    """A request is written after the handshake, so without one it is not."""
    spot = _spot(double.rest_url.replace("http://", "https://"), session, clock)
    assert isinstance(await spot.submit(order()), NotSent)
    assert len(double.requests) == 0


async def test_a_closed_session_means_not_sent(double: MexcDouble, clock: WallClock) -> None:
    """After the session is gone nothing leaves."""
    async with ClientSession() as session:
        spot = _spot(double.rest_url, session, clock)
    assert isinstance(await spot.submit(order()), NotSent)


@pytest.mark.parametrize("method", ["DELETE", "GET", "PUT"])
async def test_nothing_is_quietly_sent_again_on_a_fresh_connection(
    double: MexcDouble, session: ClientSession, method: str
) -> None:
    """A kept-alive connection that dies under a request makes one request, not two."""
    transport = Transport(session=session, base_url=double.rest_url)
    call = Call(method="GET", path="/api/v3/ping", query="", bounds=endpoints.TIME.bounds)
    assert isinstance(await transport.send(call, {}), Answered)
    double.faults.add(action="reset_before")
    ended = await transport.send(replace(call, method=method), {})
    assert isinstance(ended, Failed)
    assert ended.when is When.AFTER
    assert len(double.requests) == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_answer"},
        {"action": "status", "status": 500},
        {"action": "throttle"},
        {"action": "firewall", "status": 200},
        {"action": "wrong_type"},
        {"action": "truncate"},
        {"action": "remove", "fields": ["balances"]},
        {"action": "replace", "fields": {"balances": {}}},
        {"action": "replace", "fields": {"balances": [{"asset": "USDT", "free": "1e999", "locked": "0"}]}},
        {"action": "replace", "fields": {"balances": [{"asset": "USDT", "free": "-1", "locked": "0"}]}},
        {"action": "replace", "fields": {"balances": [{"asset": "USDT", "free": True, "locked": "0"}]}},
        {"action": "replace", "fields": {"balances": [{"asset": "\ud800", "free": "1", "locked": "0"}]}},
        {"action": "replace", "fields": {"balances": [{"asset": "USDT", "free": "1", "locked": "0"}] * 2}},
    ],
    ids=ascii,
)
async def test_a_failed_read_is_no_answer(spot: MexcSpot, double: MexcDouble, fault: Fault) -> None:
    """Never zero, never empty: a read that went wrong says so."""
    double.faults.add(fault, path="/api/v3/account")  # type: ignore[arg-type]
    assert isinstance(await spot.balances(), Unavailable)


async def test_an_unknown_status_is_told_as_such(spot: MexcSpot, double: MexcDouble) -> None:
    """A word that nobody documented is neither open nor closed."""
    wanted = order(price="80000")
    await spot.submit(wanted)
    double.faults.add(action="unknown_status", method="GET")
    found = await spot.find(wanted)
    assert isinstance(found, VenueOrder)
    assert found.status is VenueStatus.UNRECOGNISED


async def test_an_answer_about_another_order_is_no_answer(spot: MexcSpot, double: MexcDouble) -> None:
    """A lookup that returns something else proves nothing."""
    wanted = order(price="80000")
    await spot.submit(wanted)
    double.faults.add(action="replace", method="GET", fields={"clientOrderId": "somebody-else"})
    assert isinstance(await spot.find(wanted), Unavailable)


async def test_a_cancel_that_is_not_answered_is_ambiguous(spot: MexcSpot, double: MexcDouble) -> None:
    """A cancel in doubt is told as such, and a repeat is harmless."""
    wanted = order(price="80000")
    answer = await spot.submit(wanted)
    assert isinstance(answer, Accepted)
    double.faults.add(action="reset_after", method="DELETE")
    assert isinstance(await spot.cancel(wanted, answer.venue_order_id), Ambiguous)
    assert len(double.requests.of("DELETE", "/api/v3/order")) == 4
    double.faults.clear()
    again = await spot.cancel(wanted, answer.venue_order_id)
    assert isinstance(again, Rejected)
    assert again.refusal is RefusalClass.NOT_FOUND


async def test_a_caller_that_leaves_does_not_lose_the_outcome(
    double: MexcDouble, session: ClientSession, clock: WallClock
) -> None:
    """Cancelling the caller lets the request finish, and its outcome is handed over."""
    late: asyncio.Queue[tuple[Order, SubmitOutcome]] = asyncio.Queue()
    spot = MexcSpot(
        session=session,
        rest_url=double.rest_url,
        api_key=Secret(double.api_key),
        api_secret=Secret(double.api_secret),
        clock=clock,
    )
    spot.on_late_outcome = lambda wanted, outcome: late.put_nowait((wanted, outcome))
    double.faults.add(action="delay_after", method="POST", seconds=1)
    placed = asyncio.Event()
    double.venue.listeners.append(lambda _: placed.set())
    wanted = order(price="80000")
    caller = asyncio.create_task(spot.submit(wanted))
    await asyncio.wait_for(placed.wait(), 60)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    assert await spot.drain(0.001) == 1
    told, outcome = await asyncio.wait_for(late.get(), 60)
    assert told is wanted
    assert isinstance(outcome, Accepted)
    assert await spot.drain(1) == 0
    assert isinstance(await spot.cancel(wanted, outcome.venue_order_id), CancelAccepted)


async def test_no_secret_comes_out_anywhere(
    double: MexcDouble, session: ClientSession, clock: WallClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Logs, values and errors, in good times and bad, contain neither key nor secret nor signature."""
    caplog.set_level(logging.DEBUG)
    spot = _spot(double.rest_url, session, clock, key=double.api_key, secret=double.api_secret)
    said: list[object] = [await spot.balances(), await spot.key_terms(), await spot.submit(order())]
    for name in ("accepted, answer cut", "redirect", "server error, not processed", "NaN in the body"):
        double.faults.add(AMBIGUOUS[name][0], times=2)  # type: ignore[arg-type]
        said += [await spot.submit(order()), await spot.key_terms(), await spot.cancel(order(), None)]
        double.faults.clear()
    double.faults.add(action="raw", status=400, text=f'{{"code": 10072, "msg": "bad key {double.api_key}"}}')
    said += [await spot.submit(order()), await spot.fills(BTCUSDT), spot, repr(vars(spot))]

    text = "\n".join(repr(thing) for thing in said) + caplog.text
    signatures = {str(record.query.get("signature")) for record in double.requests} - {"None", "***"}
    assert double.api_secret not in text
    assert double.api_key not in text
    assert not any(signature in text for signature in signatures)
    assert double.violations == []


def _spot(
    rest_url: str, session: ClientSession, clock: WallClock, *, key: str = "fake-key", secret: str = "fake-secret"
) -> MexcSpot:
    """Make a client for some address."""
    return MexcSpot(session=session, rest_url=rest_url, api_key=Secret(key), api_secret=Secret(secret), clock=clock)
