"""The control surface steers the double from another process."""

import asyncio
import json
import os
from pathlib import Path
import signal
import sys
from typing import Any

import aiohttp
import pytest

from tests.double import MexcDouble

from .trader import Trader

ROOT = Path(__file__).resolve().parents[2]


class Remote:
    """Calls ``/double/...``."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        """Use a running double."""
        self._base = base
        self._session = session

    async def call(self, method: str, name: str, **given: object) -> tuple[int, Any]:
        """Call and parse."""
        body = json.dumps(given) if method == "POST" else None
        async with self._session.request(method, f"{self._base}/double/{name}", data=body) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None


@pytest.fixture
def remote(double: MexcDouble, session: aiohttp.ClientSession) -> Remote:
    """Give a remote control."""
    return Remote(double.rest_url, session)


async def test_look(trader: Trader, remote: Remote) -> None:
    """Orders, trades, requests, balances, prices and violations can be read."""
    await trader.buy(price="90100", newClientOrderId="ha-1")
    orders = (await remote.call("GET", "orders"))[1]
    assert [(row["clientOrderId"], row["status"], row["fills"]) for row in orders] == [("ha-1", "FILLED", 1)]
    assert len((await remote.call("GET", "trades"))[1]) == 1
    assert [row["path"] for row in (await remote.call("GET", "requests"))[1]] == ["/api/v3/order"]
    assert (await remote.call("GET", "balances"))[1]["BTC"] == {"free": "0.051", "locked": "0"}
    assert (await remote.call("GET", "prices"))[1]["BTCUSDT"] == "90000"
    assert (await remote.call("GET", "violations"))[1] == []
    assert (await remote.call("GET", "limits"))[1]["peak_order_operations_per_s"] == 1
    assert (await remote.call("GET", "settings"))[1]["fee_asset_mode"] == "quote"


async def test_steer(trader: Trader, double: MexcDouble, remote: Remote) -> None:
    """Prices, deposits, settings, clocks, fills and cancels can be done from outside."""
    ids = [(await trader.buy()).body["orderId"] for _ in range(2)]
    for name, given in (
        ("fill", {"orderId": ids[0], "quantity": "0.0005"}),
        ("cancel", {"orderId": ids[1]}),
        ("price", {"symbol": "BTCUSDT", "price": "88000"}),
        ("deposit", {"asset": "USDT", "amount": 5}),
        ("settings", {"fee_asset_mode": "MX", "order_visibility_s": 2}),
        ("skew", {"ms": 700}),
        ("advance", {"seconds": 5}),
        ("moving", {"on": True}),
        ("limits", {"enforced": True}),
    ):
        assert (await remote.call("POST", name, **given))[0] == 200
    assert [order.status for order in double.venue.orders] == ["FILLED", "CANCELED"]
    assert [str(fill.quantity) for fill in double.venue.orders[0].fills] == ["0.0005", "0.0005"]
    assert double.venue.balances["USDT"].free == 10_000 - 89 + 5
    assert (double.settings.fee_asset_mode, double.settings.order_visibility_s) == ("MX", 2.0)
    assert (double.clock.skew_ms, double.prices.moving, double.limits.enforced) == (700, True, True)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("price", {"symbol": "BTCUSDT"}),
        ("price", {"symbol": "NOSUCH", "price": 1}),
        ("price", {"symbol": "BTCUSDT", "price": -1}),
        ("deposit", {"asset": "USDT", "amount": "much"}),
        ("deposit", {"asset": "USDT", "amount": "-20000"}),
        ("settings", {"nothing": 1}),
        ("faults", {"action": "sing"}),
        ("fill", {"orderId": "none"}),
        ("advance", {"seconds": -1}),
        ("partition", {"mode": "loud", "seconds": 1}),
    ],
)
async def test_nonsense_is_refused(remote: Remote, name: str, given: dict[str, object]) -> None:
    """A wrong control request is 400 with a reason."""
    status, body = await remote.call("POST", name, **given)
    assert status == 400
    assert body["error"]


async def test_unknown_names(remote: Remote) -> None:
    """What does not exist is 404, by every method."""
    for method in ("GET", "POST", "DELETE"):
        assert (await remote.call(method, "nothing"))[0] == 404


async def test_faults_from_outside(trader: Trader, double: MexcDouble, remote: Remote) -> None:
    """A schedule can be added and cleared."""
    rules = [{"action": "refuse", "code": 30016, "path": "/api/v3/order", "name": "closed"}]
    assert (await remote.call("POST", "faults", seed=3, rules=rules))[1] == {"added": ["closed"]}
    assert (await trader.buy()).code == 30016
    assert (await remote.call("GET", "faults"))[1] == [{"name": "closed", "action": "refuse", "seen": 1, "fired": 1}]
    assert (await remote.call("DELETE", "faults"))[0] == 200
    assert (await trader.buy()).status == 200
    double.listen_keys.create()
    assert (await remote.call("DELETE", "listen_keys"))[0] == 200
    assert double.listen_keys.valid() == []
    assert (await remote.call("DELETE", "requests"))[0] == 200
    assert len(double.requests) == 0


@pytest.mark.usefixtures("socket_enabled")
async def test_by_itself(session: aiohttp.ClientSession, tmp_path: Path) -> None:
    """The program prints its address first, serves, stops on SIGTERM and keeps its state."""
    state, faults = tmp_path / "state.json", tmp_path / "faults.json"
    faults.write_text('{"rules": [{"action": "empty", "path": "/api/v3/ping"}]}')
    command = [sys.executable, "-m", "tests.double", "--state", str(state), "--faults", str(faults), "--limits"]
    balances = []
    for _ in range(2):
        running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        assert running.stdout is not None
        place = json.loads(await running.stdout.readline())
        assert place["stream_url"].startswith("ws://127.0.0.1:")
        assert "fake" in place["api_key"]
        remote = Remote(place["rest_url"], session)
        balances.append((await remote.call("GET", "balances"))[1]["USDT"]["free"])
        assert (await remote.call("GET", "faults"))[1][0]["action"] == "empty"
        assert (await remote.call("GET", "limits"))[1]["enforced"] is True
        await remote.call("POST", "deposit", asset="USDT", amount="1")
        os.kill(running.pid, signal.SIGTERM)
        assert await running.wait() == 0
    assert balances == ["10000", "10001"]
