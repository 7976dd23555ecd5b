"""Every fault action does what its line in the table says, to a client on a real socket."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.double import MexcDouble
from tests.double.answers import CHANGES, INSTEAD
from tests.double.decimals import Json
from tests.double.fault_rules import ACTIONS, BadScheduleError, read_rule
from tests.double.fault_table import fault_table

from .trader import Trader

ROOT = Path(__file__).resolve().parents[2]
ORDER = "/api/v3/order"


async def send(trader: Trader, client_id: str = "ha-1", timeout_s: float = 5) -> tuple[int, str, str] | str:
    """Place an order; gives status, type and text of the answer, or the name of what went wrong."""
    query = trader.sign(
        {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "LIMIT",
            "quantity": "0.001",
            "price": "89000",
            "newClientOrderId": client_id,
        }
    )
    headers = {"X-MEXC-APIKEY": trader.double.api_key, "Content-Type": "application/json"}
    url = URL(f"{trader.double.rest_url}{ORDER}?{query}", encoded=True)
    patience = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with trader.session.post(url, headers=headers, timeout=patience, allow_redirects=False) as answer:
            return answer.status, answer.content_type, await answer.text()
    except (aiohttp.ClientError, TimeoutError) as error:
        return type(error).__name__


@pytest.mark.parametrize(
    ("rule", "outcome", "placed"),
    [
        ({"action": "drop_answer"}, "ServerDisconnectedError", 1),
        ({"action": "reset_before"}, "ClientOSError", 0),
        ({"action": "reset_after"}, "ClientOSError", 1),
        ({"action": "cut_answer"}, "ClientPayloadError", 1),
        ({"action": "throttle"}, 429, 0),
        ({"action": "throttle", "status": 418, "retry_after": 7}, 418, 0),
        ({"action": "throttle", "processed": True}, 429, 1),
        ({"action": "status"}, 500, 0),
        ({"action": "status", "status": 504, "text": "Gateway Time-out", "processed": True}, 504, 1),
        ({"action": "refuse", "code": 30016}, 400, 0),
        ({"action": "firewall"}, 403, 0),
        ({"action": "firewall", "status": 200, "processed": True}, 200, 1),
        ({"action": "redirect"}, 302, 0),
        ({"action": "raw", "text": "NaN"}, 200, 1),
        ({"action": "empty"}, 200, 1),
        ({"action": "empty", "processed": False}, 200, 0),
        ({"action": "huge", "bytes": 5_000_000}, 200, 1),
        ({"action": "wrong_type"}, 200, 1),
        ({"action": "truncate"}, 200, 1),
        ({"action": "slow_body", "seconds": 0.05, "pieces": 5}, 200, 1),
        ({"action": "delay_before", "seconds": 0.02}, 200, 1),
        ({"action": "delay_after", "seconds": 0.02}, 200, 1),
    ],
)
async def test_outcome(
    trader: Trader, double: MexcDouble, rule: dict[str, Any], outcome: str | int, placed: int
) -> None:
    """The client sees the fault, and the venue has or has not taken the order."""
    double.faults.add(rule, method="POST", path=ORDER)
    result = await send(trader)
    assert (result if isinstance(result, str) else result[0]) == outcome
    assert len(double.venue.orders) == placed
    record = double.requests[0]
    assert record.reached == bool(placed)
    assert record.status == (outcome if isinstance(outcome, int) else None)
    assert record.faults == double.faults.fired == [f"1:{rule['action']}"]


async def test_bodies(trader: Trader, double: MexcDouble) -> None:
    """Bodies are what the table says: HTML, nothing, too much, cut, another type."""
    seen: dict[str, tuple[int, str, str]] = {}
    for action in ("firewall", "empty", "huge", "truncate", "wrong_type", "status"):
        double.faults.clear()
        double.faults.add(action=action)
        result = await send(trader, action)
        assert isinstance(result, tuple)
        seen[action] = result
    assert seen["firewall"][1] == "text/html"
    assert seen["empty"][2] == ""
    assert len(seen["huge"][2]) == 20_000_000
    assert json.loads(seen["huge"][2])
    with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
        json.loads(seen["truncate"][2])
    assert isinstance(json.loads(seen["wrong_type"][2]), list)
    assert json.loads(seen["status"][2])["code"] == 500


async def test_an_answer_that_one_fault_has_cut_is_not_changed_by_another(trader: Trader) -> None:
    """Two at once: there is nothing left to change, and the answer leaves as it is."""
    trader.double.faults.add(action="truncate", method="POST")
    trader.double.faults.add(action="replace", fields={"orderId": "other"}, method="POST")
    answered = await send(trader)
    assert not isinstance(answered, str)
    assert answered[0] == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answered[2])


async def test_retry_after(trader: Trader, double: MexcDouble) -> None:
    """The header is there only when it is asked for."""
    double.faults.add(action="throttle", retry_after=7, nth=2)
    double.faults.add(action="throttle", nth=1)
    found = []
    for _ in range(2):
        async with trader.session.get(f"{double.rest_url}/api/v3/ping") as answer:
            found.append(answer.headers.get("Retry-After"))
    assert found == [None, "7"]


async def test_late_request_is_too_old(trader: Trader, double: MexcDouble) -> None:
    """A request that is delayed on its way past its window is not accepted any more."""
    double.faults.add(action="delay_before", seconds=0.05)
    query = trader.sign(
        {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": 1, "price": 1, "recvWindow": 20}
    )
    assert (await trader.raw("POST", "order", query)).code == 700003


async def test_rows_can_lie(trader: Trader, double: MexcDouble) -> None:
    """List answers can repeat, lose and shuffle rows; objects can gain, lose and change fields."""
    for number in range(8):
        await trader.buy(price="90100", newClientOrderId=f"ha-{number}")

    async def trades(**rule: Json) -> list[str]:
        double.faults.clear()
        double.faults.add(rule)
        return [row.get("id") for row in (await trader.signed("GET", "myTrades", symbol="BTCUSDT")).body]

    honest = [fill.trade_id for fill in double.venue.fills[::-1]]
    assert await trades(action="duplicate_rows") == [trade for trade in honest for _ in range(2)]
    shuffled = await trades(action="reorder_rows")
    assert sorted(shuffled) == sorted(honest) != shuffled != honest
    assert await trades(action="drop_rows", count=3) == honest[3:]
    assert await trades(action="replace", fields={"id": "x"}) == ["x"] * 8
    assert await trades(action="remove", fields=["id"]) == [None] * 8


async def test_unknown_status(trader: Trader, double: MexcDouble) -> None:
    """An order can have a status that nobody documented; other objects stay as they are."""
    await trader.buy(newClientOrderId="ha-1")
    double.faults.add(action="unknown_status", status="PENDING_REVIEW")
    assert (await trader.order(origClientOrderId="ha-1")).body["status"] == "PENDING_REVIEW"
    assert [row["status"] for row in (await trader.signed("GET", "openOrders")).body] == ["PENDING_REVIEW"]
    assert "status" not in (await trader.public("time")).body


async def test_refusals_are_not_changed(trader: Trader, double: MexcDouble) -> None:
    """A change of the answer leaves a refusal as it is."""
    double.faults.add(action="unknown_status")
    double.faults.add(action="wrong_type")
    assert (await trader.order(origClientOrderId="none")).code == -2013


async def test_clock_skew(trader: Trader, double: MexcDouble) -> None:
    """From the request on that fires it, the venue's clock is off."""
    query = trader.sign({})
    double.faults.add(action="clock_skew", ms=9000, times=1)
    assert (await trader.raw("GET", "account", query)).code == 700003
    assert double.clock.skew_ms == 9000
    assert (await trader.signed("GET", "account")).status == 200


@pytest.mark.parametrize(("mode", "outcome"), [("refuse", "ClientConnectorError"), ("black_hole", "TimeoutError")])
async def test_partition(trader: Trader, double: MexcDouble, mode: str, outcome: str) -> None:
    """Nobody gets through until it ends; then the same address works again."""
    address = double.rest_url
    await double.partition.start(mode)
    assert await send(trader, timeout_s=0.1) == outcome
    assert not double.venue.orders
    await double.partition.end()
    assert double.rest_url == address
    assert isinstance(await send(trader, "ha-2"), tuple)
    assert [order.client_order_id for order in double.venue.orders] == ["ha-2"]


@pytest.mark.parametrize("mode", ["refuse", "black_hole"])
@pytest.mark.parametrize("processed", [False, True])
async def test_partition_by_rule(trader: Trader, double: MexcDouble, mode: str, *, processed: bool) -> None:
    """A request can start a partition, processed or not; it ends by itself."""
    double.faults.add(action="partition", mode=mode, seconds=0.05, processed=processed, path=ORDER, nth=1)
    assert isinstance(await send(trader), str)
    await double.partition.ended()
    assert len(double.venue.orders) == int(processed)
    assert isinstance(await send(trader, "ha-2"), tuple)


async def test_closing_in_a_partition(trader: Trader, double: MexcDouble) -> None:
    """The double closes cleanly while somebody hangs in its black hole."""
    await double.partition.start("black_hole", 60)
    waiting = asyncio.create_task(send(trader))
    await double.requests.wait_for("POST", ORDER)
    await double.close()
    assert await waiting in {"ClientOSError", "ServerDisconnectedError"}


@pytest.mark.parametrize(
    ("matchers", "fires"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 2}, [2]),
        ({"nth": [1, 4]}, [1, 4]),
        ({"every": 3}, [3, 6]),
        ({"times": 2}, [1, 2]),
        ({"every": 2, "times": 2}, [2, 4]),
        ({"after_s": 20}, [3, 4, 5, 6]),
        ({"until_s": 20}, [1, 2]),
        ({"after_s": 20, "nth": 1}, [3]),
        ({"probability": 1.0}, [1, 2, 3, 4, 5, 6]),
        ({"probability": 0.0}, []),
        ({"path": "/api/v3/p*"}, [1, 2, 3, 4, 5, 6]),
        ({"path": "/api/v3/order"}, []),
        ({"method": "POST"}, []),
        ({"query": {"n": 3}}, [3]),
    ],
)
async def test_when_a_rule_fires(
    trader: Trader, double: MexcDouble, matchers: dict[str, Any], fires: list[int]
) -> None:
    """Rules are picked by method, path, parameters, number, time and dice."""
    double.faults.add(matchers, action="throttle")
    answers = []
    for number in range(1, 7):
        answers.append((await trader.public("ping", n=number)).status)
        double.clock.advance(10)
    assert [number for number, status in enumerate(answers, 1) if status == 429] == fires


def test_dice_are_seeded(double: MexcDouble) -> None:
    """The same schedule fires at the same requests; another seed at others."""

    def fired(seed: int) -> list[bool]:
        double.faults.clear()
        double.faults.load({"seed": seed, "rules": [{"action": "throttle", "probability": 0.5}]})
        return [bool(double.faults.for_request("GET", "/", {})) for _ in range(40)]

    assert fired(1) == fired(1) != fired(2)


async def test_rules_add_up(trader: Trader, double: MexcDouble) -> None:
    """Several rules can fire for one request; of those that answer, the first wins."""
    double.faults.load(
        {
            "rules": [
                {"action": "refuse", "code": 30016, "processed": True},
                {"action": "throttle", "processed": True},
                {"action": "drop_answer", "nth": 2},
            ]
        }
    )
    assert (await trader.buy()).code == 30016
    assert isinstance(await send(trader), str)
    assert len(double.venue.orders) == 2


@pytest.mark.parametrize(
    "schedule",
    [
        {"rules": {}},
        {"rules": [], "extra": 1},
        {"rules": ["throttle"]},
        {"rules": [{"action": "sing"}]},
        {"rules": [{"action": "throttle", "code": 1}]},
        {"rules": [{"action": "delay_after", "seconds": "long"}]},
        {"rules": [{"action": "throttle", "nth": "first"}]},
        {"rules": [{"action": "throttle", "every": 0}]},
        {"rules": [{"action": "throttle", "probability": "high"}]},
        {"rules": [{"action": "throttle", "query": "symbol"}]},
    ],
)
def test_wrong_schedules_are_refused_whole(double: MexcDouble, schedule: dict[str, Any]) -> None:
    """A schedule with a mistake adds nothing."""
    rules = schedule["rules"]
    if isinstance(rules, list) and rules:
        schedule = schedule | {"rules": [{"action": "empty"}, *rules]}
    with pytest.raises(BadScheduleError):
        double.faults.load(schedule)
    assert not double.faults.rules


def test_every_action_is_built() -> None:
    """The table has no action that nothing carries out."""
    elsewhere = {
        "drop_answer", "reset_before", "reset_after", "cut_answer", "delay_before", "delay_after",
        "slow_body", "truncate", "clock_skew", "partition",
    }  # fmt: skip
    streams = {name for name in ACTIONS if read_rule({"action": name}, 1).for_streams}
    assert set(ACTIONS) == elsewhere | streams | set(INSTEAD) | set(CHANGES)


def test_the_table_in_the_docs_is_this_table() -> None:
    """docs/double.md shows the table as it is, and its example is a valid schedule."""
    text = (ROOT / "docs" / "double.md").read_text(encoding="utf-8")
    assert fault_table() in text
    example = json.loads(text.split("```json")[1].split("```")[0])
    for number, rule in enumerate(example["rules"]):
        read_rule(rule, number)
