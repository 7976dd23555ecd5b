"""A book in touch with its venue: boot, sweeps, and a venue that gives no answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.upkeep import Upkeep
from custom_components.mexc_trading.model.hold import HoldKind
from custom_components.mexc_trading.model.ids import Asset, OrderId, Symbol, VenueOrderId
from custom_components.mexc_trading.model.market import Instrument
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import ClockOffset, Unavailable
from custom_components.mexc_trading.orders.reconcile import FindingKind
from custom_components.mexc_trading.orders.states import OrderState

from .desk import Desk, HandClock, open_desk
from .market import BTC, LIMITS, MS, S, entry, report
from .venue import Fate, ScriptedVenue

STRAY = OrderId("hal" + "a" * 24 + "e")
READS = ["clock_offset", "instruments", "balances", "open_orders", "order_history"]


class Kept:
    """A desk and its upkeep, swept by hand."""

    def __init__(self, desk: Desk) -> None:
        """Keep this desk."""
        self.desk = desk
        self.upkeep = Upkeep(book=desk.book, venue=desk.venue, clock=desk.clock)

    async def sweep(self, times: int = 1) -> float:
        """Sweep, judge, and let everything come to rest; give the wait until the next sweep."""
        wait_s = 0.0
        for _ in range(times):
            began_ns = self.desk.clock.now_ns()
            self.upkeep.trouble = await self.upkeep._sweep()
            wait_s = self.upkeep._judge(began_ns)
            await self.desk.wait(0)
        return wait_s

    def holds(self) -> set[str]:
        """Name the holds in force."""
        return set(self.desk.book.state.holds)

    def findings(self) -> list[FindingKind]:
        """List what the last comparison found."""
        report = self.desk.book.state.report
        assert report is not None
        return [finding.kind for finding in report.findings]


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    """Give a book that is booting."""
    async with open_desk(tmp_path / "live.db") as desk:
        yield Kept(desk)


async def test_a_boot_reads_everything_and_then_lets_entries_pass(kept: Kept) -> None:
    """Until then they are held."""
    assert kept.holds() == {"reconciling"}
    await kept.sweep(2)
    assert kept.holds() == set()
    assert set(READS) <= set(kept.desk.venue.calls)
    assert kept.desk.book.state.capital == 10_000
    assert kept.findings() == []
    assert kept.upkeep.connected
    assert await kept.sweep() == 30


@pytest.mark.parametrize("read", READS)
async def test_a_boot_without_every_answer_holds_entries(kept: Kept, read: str) -> None:
    """A failed read is no answer, never nought; it is tried again, and once it answers the boot goes on."""
    kept.desk.venue.down.add(read)
    assert await kept.sweep() == 1
    assert await kept.sweep() == 2
    assert kept.holds() == {"reconciling", "venue_unreachable"}
    assert not kept.upkeep.connected
    kept.desk.venue.down.clear()
    await kept.sweep(3)
    assert kept.holds() == set()


async def test_a_hold_from_before_the_clock_was_set_back_ends_as_well(kept: Kept) -> None:
    """With the first good sweep, not once the clock has caught up."""
    await kept.sweep(2)
    kept.desk.venue.down.add("clock_offset")
    kept.desk.clock.time_ns += 30 * S
    await kept.sweep(2)
    assert kept.holds() == {"venue_unreachable"}
    kept.desk.venue.down.clear()
    kept.desk.clock.time_ns -= 3600 * S
    await kept.sweep()
    assert kept.holds() == set()


@pytest.fixture
async def booting(tmp_path: Path) -> AsyncIterator[Kept]:
    """Give a book that boots, with an order of its own that was filled while it was down."""
    path, clock = tmp_path / "live.db", HandClock()
    venue = ScriptedVenue(clock)
    async with open_desk(path, clock=clock, venue=venue) as desk:
        await desk.ready()
        await desk.send(entry(price="90"))
    venue.trade("V1", Decimal(1), Decimal(90))
    venue.calls.clear()
    async with open_desk(path, clock=clock, venue=venue) as desk:
        yield Kept(desk)


async def test_what_is_held_is_right_before_the_history_of_every_market_is_read(booting: Kept) -> None:
    """Given a history that is not answered, the position and its exits are in order; entries wait all the same."""
    booting.desk.venue.down.add("order_history")
    await booting.sweep(2)
    assert booting.desk.book.state.ledger.owned(BTC) == 1
    assert booting.holds() == {"reconciling", "venue_unreachable"}
    booting.desk.venue.down.clear()
    await booting.sweep(3)
    assert booting.holds() == set()


async def test_a_boot_without_trades_holds_entries_if_one_may_be_missing(booting: Kept) -> None:
    """Trades are read where something is held, works or worked, and nowhere else."""
    booting.desk.venue.down.add("fills")
    await booting.sweep(2)
    assert "reconciling" in booting.holds()
    booting.desk.venue.down.clear()
    booting.desk.venue.calls.clear()
    await booting.sweep(3)
    assert booting.holds() == set()
    whole = booting.desk.venue.calls.count("order_history") // len(LIMITS.symbols)
    assert booting.desk.venue.calls.count("fills") <= whole + 1


async def test_prices_that_cannot_be_read_are_trouble_once_something_is_held(kept: Kept) -> None:
    """Without them losses cannot be seen."""
    await kept.sweep(2)
    await kept.desk.send(entry())
    kept.desk.venue.down.add("quotes")
    for _ in range(2):
        kept.desk.clock.time_ns += 2 * S
        await kept.sweep()
    assert kept.holds() == {"venue_unreachable"}


async def test_waits_grow_while_the_venue_is_silent(kept: Kept) -> None:
    """Up to half a minute, or as long as the venue asks for."""
    kept.desk.venue.down.add("clock_offset")
    assert [await kept.sweep() for _ in range(7)] == [1, 2, 4, 8, 15, 30, 30]

    async def throttled() -> Unavailable:
        return Unavailable(cause="throttled", retry_after_s=120, banned=True)

    kept.desk.venue.clock_offset = throttled  # type: ignore[method-assign]
    assert await kept.sweep() == 120
    assert "venue_ban" in kept.holds()


async def test_a_key_that_is_refused_is_a_hold_of_its_own(kept: Kept) -> None:
    """At once: waiting does not help."""

    async def refused() -> Unavailable:
        return Unavailable(cause="refused", auth=True)

    real = kept.desk.venue.balances
    kept.desk.venue.balances = refused  # type: ignore[method-assign]
    await kept.sweep()
    assert "credentials" in kept.holds()
    kept.desk.venue.balances = real  # type: ignore[method-assign]
    await kept.sweep(3)
    assert kept.holds() == set()


async def test_the_venues_clock_is_measured_when_it_is_due(kept: Kept) -> None:
    """Whether it is too far from ours is judged with everything else that is measured."""
    await kept.sweep(2)

    async def offset() -> ClockOffset:
        return ClockOffset(offset_ms=-9000, error_ms=20, measured_at_ns=0)

    kept.desk.venue.clock_offset = offset  # type: ignore[method-assign]
    kept.desk.clock.time_ns += 30 * S
    await kept.sweep()
    assert kept.upkeep.offset_ms == -9000
    assert kept.upkeep.offset is not None
    assert kept.upkeep.offset.worst_ms == 9020


async def test_a_boot_waits_for_an_order_in_doubt(tmp_path: Path) -> None:
    """Its fate is known first, then entries pass."""
    path, clock = tmp_path / "live.db", HandClock()
    venue = ScriptedVenue(clock)
    async with open_desk(path, clock=clock, venue=venue) as desk:
        await desk.ready()
        venue.fates.append(Fate.LOST)
        order_id = await desk.send(entry())
    async with open_desk(path, clock=clock, venue=venue) as desk:
        kept = Kept(desk)
        for _ in range(15):
            await kept.sweep()
            assert kept.holds() == {"reconciling"}
            await desk.wait(1)
        await desk.wait(2)
        await kept.sweep(2)
        assert desk.record(order_id).state is OrderState.NEVER_PLACED
        assert kept.holds() == set()


async def test_a_boot_books_what_happened_meanwhile(tmp_path: Path) -> None:
    """The order filled while nobody was there; its trades are in the book before entries pass."""
    path, clock = tmp_path / "live.db", HandClock()
    venue = ScriptedVenue(clock)
    async with open_desk(path, clock=clock, venue=venue) as desk:
        await desk.ready()
        order_id = await desk.send(entry(price="90"))
    venue.trade(venue.of(order_id)[0].venue_order_id, Decimal(1), Decimal(90))
    clock.time_ns += 3600 * 1_000_000_000
    async with open_desk(path, clock=clock, venue=venue) as desk:
        kept = Kept(desk)
        await kept.sweep(5)
        assert desk.record(order_id).state is OrderState.FILLED
        assert desk.book.state.ledger.owned(BTC) == 1
        assert kept.holds() == set()
        assert kept.findings() == []


async def test_a_boot_adopts_what_the_journal_has_forgotten(kept: Kept) -> None:
    """A restored backup: the venue has orders with our mark that are not in it."""
    venue = kept.desk.venue
    stray = report(STRAY, VenueStatus.NEW, venue_order_id="V1")
    venue.orders.append(stray)
    venue.trade(VenueOrderId("V1"), Decimal(1), Decimal(100))
    await kept.sweep(4)
    assert kept.holds() == {"orphan_order:BTCUSDT"}
    assert kept.desk.book.state.ledger.owned(BTC) == 1
    assert venue.calls.count("submit") == 0


async def test_coins_that_went_elsewhere_are_found_within_a_minute(kept: Kept) -> None:
    """Somebody sold them by hand."""
    await kept.sweep(2)
    await kept.desk.send(entry())
    await kept.sweep()
    kept.desk.venue.coins[Asset("BTC")] = Decimal("0.4")
    for _ in range(6):
        await kept.desk.wait(10)
        await kept.sweep()
    assert kept.holds() == {"quantity_drift:BTCUSDT"}


async def test_coins_that_an_order_of_somebody_else_keeps_are_found(kept: Kept) -> None:
    """They are there, but not free to be sold; nothing is held for it, and nothing of it is ours to cancel."""
    venue = kept.desk.venue
    await kept.sweep(2)
    await kept.desk.send(entry())
    await kept.sweep()
    venue.locked[Asset("BTC")] = Decimal("0.6")
    for _ in range(6):
        await kept.desk.wait(10)
        await kept.sweep()
    last = kept.desk.book.state.report
    assert last is not None
    assert [(found.kind, found.ours, found.venues) for found in last.findings] == [
        (FindingKind.COINS_LOCKED, "1", "0.4")
    ]
    assert kept.holds() == set()


async def test_balances_that_changed_between_two_reads_say_nothing(kept: Kept) -> None:
    """Only what stayed the same belongs to one moment."""
    await kept.sweep(2)
    await kept.desk.send(entry())
    kept.desk.venue.coins[Asset("BTC")] = Decimal("0.4")
    reads = 0

    def drain(call: str) -> None:
        nonlocal reads
        if call == "balances":
            reads += 1
            kept.desk.venue.coins[Asset("USDT")] -= 1

    kept.desk.venue.before = drain
    for _ in range(6):
        await kept.desk.wait(10)
        await kept.sweep()
    assert reads >= 4
    assert kept.findings() == []
    assert kept.holds() == set()


async def test_an_engine_that_takes_nothing_is_trouble(kept: Kept) -> None:
    """The comparison was not made, so it is not done."""
    kept.desk.book.fail("test")
    trouble = await kept.upkeep._sweep()
    assert isinstance(trouble, Unavailable)


async def test_waking_reads_everything_anew(kept: Kept) -> None:
    """By hand, or because a stream had a gap."""
    await kept.sweep(3)
    running = asyncio.create_task(kept.upkeep.run())
    swept = asyncio.Event()
    kept.desk.book.listen(lambda _: swept.set())
    for _ in range(2):
        swept.clear()
        histories = kept.desk.venue.calls.count("order_history")
        kept.upkeep.wake()
        async with asyncio.timeout(60):
            while kept.desk.venue.calls.count("order_history") == histories:
                await swept.wait()
                swept.clear()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_idle_book_asks_little_and_a_working_one_more(kept: Kept) -> None:
    """The wait between sweeps follows what is at stake."""
    await kept.sweep(3)
    assert await kept.sweep() == 30
    order_id = await kept.desk.send(entry(price="90"))
    assert await kept.sweep() == 15
    calls = kept.desk.venue.calls
    before = calls.count("find")
    await kept.desk.wait(16)
    await kept.sweep()
    assert calls.count("find") - before <= 3
    assert kept.desk.record(order_id).state is OrderState.OPEN
    assert kept.desk.book.state.last_trade_ms in (0, kept.desk.clock.time_ns // MS)


async def test_a_missing_term_keeps_the_boot_waiting(kept: Kept) -> None:
    """A symbol that may be traded but whose rules are not known."""
    del kept.desk.venue.prices[BTC]
    await kept.sweep(3)
    assert kept.holds() == {"reconciling"}
    assert kept.desk.book.state.has_hold(HoldKind.RECONCILING)
    await kept.desk.book.ask(inp.CancelIn(order_id=STRAY, who="x"))


async def test_a_comparison_asked_for_waits_until_it_may_be_made(kept: Kept) -> None:
    """A venue that asks to wait is asked again; whoever wanted the comparison learns how that one ended."""
    answers = kept.desk.venue.clock_offset

    async def throttled() -> Unavailable:
        kept.desk.venue.clock_offset = answers  # type: ignore[method-assign]
        return Unavailable(cause="throttled", retry_after_s=0)

    working = asyncio.create_task(kept.upkeep.run())
    try:
        assert await kept.upkeep.whole() is None
        kept.desk.venue.clock_offset = throttled  # type: ignore[method-assign]
        assert await kept.upkeep.whole() is None
        kept.desk.venue.down.add("clock_offset")
        trouble = await kept.upkeep.whole()
        assert trouble is not None
        assert trouble.retry_after_s is None
    finally:
        working.cancel()


async def test_a_ban_that_an_order_runs_into_holds_entries_until_the_venue_answers_again(kept: Kept) -> None:
    """At once, though every read before was fine; it ends by itself, not by reads that began before it."""
    await kept.sweep(2)
    kept.desk.venue.fates.append(Fate.BANNED)
    await kept.desk.send(entry())
    await kept.desk.wait(0)
    assert kept.holds() == {"venue_ban"}

    began_ns = kept.desk.clock.now_ns() - 1
    kept.upkeep.trouble = None
    kept.upkeep._judge(began_ns)
    await kept.desk.wait(0)
    assert kept.holds() == {"venue_ban"}

    async def banned() -> Unavailable:
        return Unavailable(cause="banned", retry_after_s=77, banned=True)

    real = kept.desk.venue.clock_offset
    kept.desk.venue.clock_offset = banned  # type: ignore[method-assign]
    assert await kept.sweep() == 77
    assert kept.holds() == {"venue_ban"}
    kept.desk.venue.clock_offset = real  # type: ignore[method-assign]
    kept.desk.clock.time_ns += S
    await kept.sweep()
    assert kept.holds() == set()


async def test_while_the_stream_flows_and_nothing_is_at_stake_a_sweep_asks_nothing(kept: Kept) -> None:
    """Until the stream ends, which makes it look whether the venue is there, or our clock was set."""
    await kept.sweep(2)
    kept.upkeep.hear(live=True)
    await kept.sweep()
    kept.desk.venue.calls.clear()
    kept.desk.clock.time_ns += 60 * S
    assert await kept.sweep() == 30
    assert kept.desk.venue.calls == ["instruments"]
    assert kept.upkeep.connected

    kept.upkeep.hear(live=False)
    kept.desk.venue.down.add("clock_offset")
    await kept.sweep(2)
    assert kept.holds() == {"venue_unreachable"}
    assert not kept.upkeep.connected


@pytest.mark.parametrize(("seconds", "asked"), [(0, 0), (1, 0), (-3, 1), (3600, 1)])
async def test_a_clock_that_was_set_while_we_waited_is_noticed(kept: Kept, seconds: int, asked: int) -> None:
    """The next sweep reads the venue's clock and the account, though their turn has not come: we may have slept."""
    await kept.sweep(2)
    kept.upkeep.hear(live=True)
    await kept.sweep()
    kept.desk.venue.calls.clear()
    kept.upkeep._wake.clear()
    resting = asyncio.create_task(kept.upkeep._rest(30))
    await asyncio.sleep(0)
    kept.desk.clock.time_ns += seconds * S
    kept.upkeep.look()
    await resting
    kept.desk.clock.time_ns -= seconds * S
    await kept.sweep()
    assert kept.desk.venue.calls.count("clock_offset") == asked
    assert kept.desk.venue.calls.count("open_orders") == asked
    assert kept.desk.venue.calls.count("balances") == 2 * asked


async def test_terms_that_changed_at_the_venue_are_taken_over(kept: Kept) -> None:
    """At the next sweep after its client has read them anew."""
    await kept.sweep(2)
    changed = replace(kept.desk.book.state.instruments[BTC], lot=Decimal("0.5"))

    async def instruments(symbols: Sequence[Symbol]) -> tuple[Instrument, ...]:
        assert BTC in symbols
        return (changed,)

    kept.desk.venue.instruments = instruments  # type: ignore[method-assign]
    await kept.sweep()
    assert kept.desk.book.state.instruments[BTC] == changed
