"""An account that hears the venue: prices at once, orders looked up early, and no harm when it hears nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from custom_components.mexc_trading.exchange.mexc.streams import streams
from custom_components.mexc_trading.exchange.mexc.streams.pushes import OrderHint
from custom_components.mexc_trading.model.ids import Symbol, VenueOrderId
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.orders.states import OrderState
from tests.double import MexcDouble

from .market import S
from .wire import BTCUSDT, Wire, open_wire

ORDER = "/api/v3/order"
BALANCES = "/api/v3/account"
ETHUSDT = Symbol("ETHUSDT")


@pytest.fixture
async def double(socket_enabled: None) -> AsyncIterator[MexcDouble]:
    """Run the double."""
    async with MexcDouble() as running:
        yield running


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnect at once."""
    monkeypatch.setattr(streams, "BACKOFF_S", 0.001)


@pytest.fixture
async def wire(double: MexcDouble, tmp_path: Path) -> AsyncIterator[Wire]:
    """Run an account at it, once it hears prices and its own orders."""
    async with open_wire(double, tmp_path / "entry") as running:
        await running.ready()
        await running.until(lambda: hears(running))
        yield running


def hears(wire: Wire) -> bool:
    """Whether all streams flow."""
    streams = wire.account.contact.streams()
    return streams is not None and streams.private_live and streams.market_live


def mark(wire: Wire) -> Decimal | None:
    """Give the price at which the one position is valued."""
    (position,) = wire.account.read_model().positions
    return position.mark_price


async def test_a_price_is_known_when_it_is_pushed(wire: Wire) -> None:
    """Given a position, when the venue pushes another price, then the book is valued at it."""
    await wire.send(wire.enter())
    await wire.until(lambda: wire.owned() > 0)
    wire.double.venue.set_price("BTCUSDT", "91234")
    await wire.until(lambda: (mark(wire) or 0) > 91_000)


async def test_a_fill_is_noticed_when_it_is_pushed(wire: Wire) -> None:
    """Given an order that rests and would be looked at in 15 s, when it fills, then its push makes it be looked at."""
    order_id = await wire.send(wire.enter(rest=True))
    await wire.until(lambda: wire.record(order_id).seen)
    moment = wire.clock.now_ns()
    wire.double.venue.fill(wire.double.venue.orders[0], str(wire.double.venue.orders[0].quantity))
    await wire.until(lambda: wire.record(order_id).state is OrderState.FILLED)
    await wire.until(lambda: wire.owned() > 0)
    assert wire.clock.now_ns() - moment < 5 * S


async def test_many_fills_of_one_order_are_few_looks(wire: Wire) -> None:
    """Given a resting order, when it fills in twenty parts at once, then everything is booked with a few questions."""
    order_id = await wire.send(wire.enter(rest=True))
    await wire.until(lambda: wire.record(order_id).seen)
    asked = len(wire.double.requests.of("GET", ORDER))
    resting = wire.double.venue.orders[0]
    for _ in range(20):
        wire.double.venue.fill(resting, str(resting.quantity / 20))
    await wire.until(lambda: wire.owned() == resting.quantity)
    assert len(wire.double.requests.of("GET", ORDER)) - asked <= 3


async def test_what_is_known_already_is_not_asked_for(wire: Wire) -> None:
    """Given an order that is filled and booked, when the same is pushed again, then nothing is asked; news is."""
    order_id = await wire.send(wire.enter())
    await wire.until(lambda: wire.record(order_id).booked > 0)
    record, listening = wire.record(order_id), wire.account.contact._listening
    assert listening is not None
    hint = OrderHint(
        symbol=BTCUSDT,
        venue_order_id=VenueOrderId("1"),
        order_id=order_id,
        status=VenueStatus.FILLED,
        executed=record.executed,
        executed_quote=Decimal(0),
        sent_ms=0,
    )
    listening._hints.clear()
    listening._heard(hint)
    assert listening._hints == {}
    listening._heard(replace(hint, executed=record.executed * 2))
    assert list(listening._hints) == [order_id]


async def test_a_connection_that_comes_back_makes_the_account_be_read(wire: Wire) -> None:
    """Given streams that flow, when they break off and come back, then what was missed is read, the week's past not."""
    before = len(wire.double.requests.of("GET", BALANCES))
    wire.double.streams.reset_all()
    await wire.until(lambda: not hears(wire))
    await wire.until(lambda: hears(wire))
    await wire.double.requests.wait_for("GET", BALANCES, count=before + 2)
    assert len(wire.double.requests.of("GET", "/api/v3/allOrders")) == 1


async def test_other_symbols_are_followed_when_the_limits_change(wire: Wire) -> None:
    """Given an account that may trade one symbol, when it may trade another, then it hears that one's prices."""
    assert "ETHUSDT" not in wire.book.state.marks
    await wire.account.set_limits(replace(wire.book.state.limits, symbols=frozenset({BTCUSDT, ETHUSDT})))
    await wire.until(lambda: "ETHUSDT" in wire.book.state.marks)
    assert not wire.double.requests.of("GET", "/api/v3/ticker/bookTicker")


async def test_a_late_price_does_not_replace_a_newer_one(wire: Wire) -> None:
    """Given a price, when an older one comes in after it, then the newer stays; one from the future gives way."""
    quote = wire.book.state.marks[BTCUSDT]
    wire.book.price((replace(quote, bid=Decimal(1), at_ns=quote.at_ns - 1),))
    assert wire.book.state.marks[BTCUSDT] == quote
    wire.book.price((replace(quote, at_ns=wire.clock.now_ns() + 3600 * S),))
    now = replace(quote, bid=Decimal(2), at_ns=wire.clock.now_ns())
    wire.book.price((now,))
    assert wire.book.state.marks[BTCUSDT] == now


async def test_without_streams_everything_goes_on(double: MexcDouble, tmp_path: Path) -> None:
    """Given a venue whose streams cannot be reached, when a signal comes, then it trades all the same."""
    async with open_wire(double, tmp_path / "entry", stream_url="ws://127.0.0.1:9") as wire:
        await wire.ready()
        assert not hears(wire)
        await wire.send(wire.enter())
        await wire.until(lambda: wire.owned() > 0)
        await wire.send(wire.leave())
        await wire.until(lambda: wire.owned() == 0)
