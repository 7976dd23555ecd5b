"""Protective exits over real sockets: MEXC spot has no stop orders, so what protects a position is sent from here."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from custom_components.mexc_trading.model.hold import HoldKind
from custom_components.mexc_trading.model.market import Quote
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Signal, Size, SizeBasis, Target
from tests.double import MexcDouble
from tests.double.orders import Order, OrderType, Side

from .wire import BTCUSDT, Wire, open_wire


def percent(value: str) -> Level:
    """A distance from what was paid."""
    return Level(basis=LevelBasis.PERCENT, value=Decimal(value))


STOP = Protect(stop_loss=percent("2"))


@pytest.fixture
async def double(socket_enabled: None) -> AsyncIterator[MexcDouble]:
    """Run the double: BTCUSDT stands at 90,000."""
    async with MexcDouble() as running:
        yield running


@pytest.fixture
async def wire(double: MexcDouble, tmp_path: Path) -> AsyncIterator[Wire]:
    """Run an account at it."""
    async with open_wire(double, tmp_path / "entry") as running:
        await running.ready()
        yield running


def protected(wire: Wire, plan: Protect | None, name: str = "in") -> Signal:
    """Wish to buy 0.001 BTC with exits."""
    return replace(wire.enter(name), protect=plan)


async def bought(wire: Wire, plan: Protect | None = STOP, name: str = "in") -> None:
    """Buy, and wait for the fill."""
    before = wire.owned()
    await wire.send(protected(wire, plan, name))
    await wire.until(lambda: wire.owned() == before + Decimal("0.001"))


def move(wire: Wire, price: int) -> None:
    """Let the market go somewhere, and the account look."""
    wire.double.venue.set_price(BTCUSDT, str(price))
    wire.account.reconcile()


def sales(wire: Wire) -> list[Order]:
    """List what was sold at the venue, oldest first."""
    return [order for order in wire.double.venue.orders if order.side is Side.SELL]


def seen(wire: Wire, price: int) -> bool:
    """Whether the account knows that the market is about there."""
    mark = wire.book.state.marks.get(BTCUSDT)
    return mark is not None and abs(mark.bid - price) < 10


async def test_a_stop_is_armed_with_the_fill_and_sells_all_of_it_once(wire: Wire) -> None:
    """Bought at 90,000, stopped at two percent below; afterwards nothing is left to watch, and nothing more is sold."""
    await bought(wire)
    assert wire.book.state.memory.protections[BTCUSDT].plan == STOP
    assert abs(wire.book.state.memory.stops[BTCUSDT] - 88_200) < 1
    move(wire, 88_300)
    await wire.until(lambda: seen(wire, 88_300))
    assert not sales(wire)

    move(wire, 88_000)
    await wire.until(lambda: wire.owned() == 0)

    (sale,) = sales(wire)
    assert (sale.type, sale.executed) == (OrderType.IMMEDIATE_OR_CANCEL, Decimal("0.001"))
    assert not wire.book.state.memory.protections
    move(wire, 80_000)
    await wire.until(lambda: seen(wire, 80_000))
    assert len(sales(wire)) == 1


async def test_a_stop_fits_the_position_whatever_became_of_it(wire: Wire) -> None:
    """Two entries, half of one sold by hand: the stop sells what is left, to the last coin and not one more."""
    await bought(wire)
    await bought(wire, None, "more")
    half = Size(basis=SizeBasis.QUANTITY, value=Decimal("0.0005"))
    await wire.send(replace(wire.leave(), size=half))
    await wire.until(lambda: wire.owned() == Decimal("0.0015"))

    move(wire, 87_000)
    await wire.until(lambda: wire.owned() == 0)

    assert [order.executed for order in sales(wire)] == [Decimal("0.0005"), Decimal("0.0015")]


async def test_exits_go_with_the_episode(wire: Wire) -> None:
    """Sold by hand: the stop is gone with the position, and the next episode has only its own."""
    await bought(wire)
    await wire.send(wire.leave())
    await wire.until(lambda: wire.owned() == 0)
    assert not wire.book.state.memory.protections
    await bought(wire, None, "bare")

    move(wire, 80_000)
    await wire.until(lambda: seen(wire, 80_000))

    assert len(sales(wire)) == 1
    assert wire.owned() == Decimal("0.001")


async def test_a_restart_arms_before_it_lets_entries_in(double: MexcDouble, tmp_path: Path) -> None:
    """The market fell through the stop while nobody watched: it is sold as soon as the price is known."""
    async with open_wire(double, tmp_path / "entry") as before:
        await before.ready()
        await bought(before)
    double.venue.set_price(BTCUSDT, "85000")

    async with open_wire(double, tmp_path / "entry") as after:
        assert after.book.state.memory.protections[BTCUSDT].plan == STOP
        assert after.book.state.has_hold(HoldKind.RECONCILING)
        assert after.owned() == Decimal("0.001")
        denied = await after.account.submit(protected(after, STOP, "early"), "digest")
        assert not denied.decision.allowed  # type: ignore[union-attr]
        await after.until(lambda: after.owned() == 0)

    assert [order.executed for order in sales(after)] == [Decimal("0.001")]


async def test_slices_widen_and_end_at_the_market(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """The market is three percent below what the account believes: three collars miss it, then any price is taken."""
    await bought(wire)
    believed = Quote(symbol=BTCUSDT, bid=Decimal(88_000), ask=Decimal(88_001), at_ns=wire.clock.now_ns())
    tell = wire.book.price
    monkeypatch.setattr(wire.book, "price", lambda _: None)
    wire.double.venue.set_price(BTCUSDT, "85360")

    tell((believed,))
    await wire.until(lambda: wire.owned() == 0)

    first, second, third, last = sales(wire)
    assert [order.type for order in (first, second, third)] == [OrderType.IMMEDIATE_OR_CANCEL] * 3
    assert [order.price for order in (first, second, third)] == [Decimal(87_560), Decimal(87_120), Decimal(86_240)]
    assert [order.executed for order in (first, second, third, last)] == [0, 0, 0, Decimal("0.001")]
    assert last.type is OrderType.MARKET


async def test_a_target_and_a_stop_sell_from_the_same_coins(wire: Wire) -> None:
    """Half at the first target; then the stop stands where it was bought, and takes the rest: never more than all."""
    await bought(
        wire,
        Protect(
            stop_loss=percent("2"),
            take_profit=(Target(level=percent("3"), share=Decimal("0.5")),),
            break_even=True,
        ),
    )
    move(wire, 92_800)
    await wire.until(lambda: wire.owned() == Decimal("0.0005"))
    await wire.until(lambda: wire.book.state.memory.protections[BTCUSDT].targets_done == 1)
    assert abs(wire.book.state.memory.stops[BTCUSDT] - 90_000) < 1

    move(wire, 89_900)
    await wire.until(lambda: wire.owned() == 0)

    assert [order.executed for order in sales(wire)] == [Decimal("0.0005"), Decimal("0.0005")]


async def test_a_stop_waits_for_the_answer_of_a_target_that_may_have_sold(wire: Wire) -> None:
    """The target's answer is lost, and the price falls through the stop meanwhile: what it sold is not sold again."""
    await bought(wire, Protect(stop_loss=percent("2"), take_profit=(Target(level=percent("3"), share=Decimal(1)),)))
    wire.double.faults.add(action="drop_answer", method="POST", path="/api/v3/order", times=1)
    move(wire, 92_800)
    await asyncio.wait_for(wire.double.requests.wait_for("POST", "/api/v3/order", 2), 20)

    move(wire, 85_000)
    await wire.until(lambda: wire.owned() == 0)

    assert [order.executed for order in sales(wire)] == [Decimal("0.001")]
    assert wire.posts() == 2


async def test_a_trailing_stop_follows_the_market_up(wire: Wire) -> None:
    """Two percent below the highest bid: 92,120 after 94,000."""
    await bought(wire, Protect(trailing_percent=Decimal(2)))
    move(wire, 94_000)
    await wire.until(lambda: wire.book.state.memory.stops[BTCUSDT] > 92_000)

    move(wire, 92_000)
    await wire.until(lambda: wire.owned() == 0)

    (sale,) = sales(wire)
    assert sale.fills[0].price > 91_900


async def test_what_is_held_for_too_long_is_sold(wire: Wire) -> None:
    """Without any move of the market."""
    await bought(wire, Protect(time_exit_s=3_600))
    await wire.pass_time(3_601)
    wire.account.reconcile()

    await wire.until(lambda: wire.owned() == 0)

    assert [order.executed for order in sales(wire)] == [Decimal("0.001")]
