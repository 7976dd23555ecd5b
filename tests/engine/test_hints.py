"""Streams are hints: whatever becomes of the pushes, the book ends with what the venue did, each trade booked once."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from custom_components.mexc_trading.exchange.mexc.streams import streams
from custom_components.mexc_trading.model.ids import OrderId
from custom_components.mexc_trading.orders.states import TERMINAL
from tests.double import MexcDouble

from .wire import Wire, open_wire

type Rule = dict[str, str | float]

LOOKED_AT_S = 61
"""An order that rests is looked at at least once a minute, whatever the streams say."""

SPOILT: dict[str, list[Rule]] = {
    "every push is lost": [{"action": "stream_drop"}],
    "every push comes twice": [{"action": "stream_duplicate"}],
    "pushes overtake each other": [{"action": "stream_reorder", "every": 2}],
    "every push comes late": [{"action": "stream_delay", "seconds": 2}],
    "pushes cannot be read": [{"action": "stream_garbage", "every": 2}],
    "orders have a status that nobody knows": [{"action": "stream_status", "status": 9}],
    "connections break off": [{"action": "stream_close", "every": 4}],
    "everything at once": [
        {"action": "stream_drop", "probability": 0.2},
        {"action": "stream_duplicate", "probability": 0.3},
        {"action": "stream_reorder", "probability": 0.3},
        {"action": "stream_delay", "seconds": 1, "probability": 0.3},
        {"action": "stream_close", "probability": 0.05},
    ],
}


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnect at once."""
    monkeypatch.setattr(streams, "BACKOFF_S", 0.001)


@pytest.fixture
async def double(socket_enabled: None) -> AsyncIterator[MexcDouble]:
    """Run the double."""
    async with MexcDouble(seed=3) as running:
        yield running


@pytest.fixture
async def wire(double: MexcDouble, tmp_path: Path) -> AsyncIterator[Wire]:
    """Run an account at it, once its streams flow."""
    async with open_wire(double, tmp_path / "entry") as running:
        await running.ready()
        await running.until(lambda: hears(running))
        yield running


def hears(wire: Wire) -> bool:
    """Whether all streams flow."""
    health = wire.account.contact.streams()
    return health is not None and health.private_live and health.market_live


def agrees(wire: Wire) -> bool:
    """Whether every order stands in our book as it does at the venue, with the same trades, each of them once."""
    for placed in wire.double.venue.orders:
        assert placed.client_order_id is not None
        record = wire.record(OrderId(placed.client_order_id))
        fills = sorted(fill.trade_id for fill in wire.double.venue.fills if fill.order_id == placed.order_id)
        if record.booked != placed.executed or sorted(record.fills) != fills:
            return False
        if (record.state in TERMINAL) is placed.is_open:
            return False
    return True


@pytest.mark.parametrize("rules", SPOILT.values(), ids=SPOILT.keys())
async def test_the_books_agree_whatever_becomes_of_the_pushes(wire: Wire, rules: list[Rule]) -> None:
    """Given spoilt streams, when entries rest, fill in parts and are sold, then nothing is missing or double."""
    venue, before = wire.double.venue, wire.double.venue.balances["BTC"].free
    for rule in rules:
        wire.double.faults.add(channel="spot@*", **rule)  # type: ignore[arg-type]

    resting = await wire.send(wire.enter("rests", rest=True))
    await wire.until(lambda: wire.record(resting).seen)
    venue.fill(venue.orders[0], str(venue.orders[0].quantity / 4))
    bought = await wire.send(wire.enter("bought"))
    await wire.until(lambda: wire.record(bought).booked > 0)
    venue.set_price("BTCUSDT", "90100")
    venue.fill(venue.orders[0], str(venue.orders[0].quantity / 4))
    await wire.pass_time(LOOKED_AT_S)
    await wire.until(lambda: wire.record(resting).booked == wire.record(resting).order.quantity / 2)
    await wire.account.cancel(resting, who="me")
    await wire.until(lambda: wire.record(resting).state in TERMINAL)
    assert wire.owned() == Decimal("0.0015")
    await wire.send(wire.leave())
    await wire.until(lambda: wire.owned() == 0)

    await wire.until(lambda: agrees(wire))
    assert venue.balances["BTC"].free == before
    assert wire.double.violations == []
    assert wire.double.faults.fired
