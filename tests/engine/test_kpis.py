"""The key figures of a book, from sequences whose figures were worked out by hand."""

from dataclasses import replace
from decimal import Decimal
from typing import override

import pytest

from custom_components.mexc_trading.engine import events as ev, inputs as inp
from custom_components.mexc_trading.engine.guard_events import BookValued, FlowBooked, PeakReset
from custom_components.mexc_trading.engine.kpis import UNDER_WAY_MAX, WINDOW_NS, KpiMeter, Kpis
from custom_components.mexc_trading.engine.samples import Samples
from custom_components.mexc_trading.model.ids import OrderId
from custom_components.mexc_trading.model.market import OrderType
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import Trace

from .market import BTC, MS, NOW, S, entry, fill, leave, report
from .scene import NO_ANSWER, REFUSED, Scene


class Watched(Scene):
    """A book at work, and a meter that hears of everything once it has happened."""

    def __init__(self) -> None:
        """Begin."""
        self.meter = KpiMeter()
        super().__init__()

    @override
    def happen(self, event: ev.Event) -> None:
        super().happen(event)
        self.meter.happened(event, self.state, self.now_ns)

    @property
    def kpis(self) -> Kpis:
        """Read the figures."""
        return self.meter.read(self.now_ns)

    def enter(self, name: str, *, arrived_ms: int = 0, left_ms: int = 0, price: str = "100") -> OrderId:
        """Let a signal arrive and its order leave so many ms before now; the venue acknowledges it now."""
        signal = entry(name, price=price, at_ns=self.now_ns)
        self.meter.arrived(signal.key, self.now_ns - arrived_ms * MS)
        order_id = self.signal(signal)
        trace = Trace(
            method="POST",
            path="/",
            query="",
            status=200,
            code=None,
            sent_at_ns=self.now_ns - left_ms * MS,
            ended_at_ns=0,
        )
        self.answered(order_id, replace(self.acknowledgement(order_id, name), trace=trace))
        return order_id

    def trade(self, order_id: OrderId, name: str, quantity: str, price: str) -> None:
        """Book a trade of an order."""
        trade = fill(order_id, f"f-{name}-{quantity}-{price}", quantity=quantity, price=price, venue_order_id=name)
        self.do(inp.FillsIn(symbol=BTC, fills=(trade,)))

    def over(self, order_id: OrderId, name: str, executed: str) -> None:
        """Let the venue report an order's end with so much executed."""
        status = VenueStatus.FILLED if executed == "1" else VenueStatus.CANCELED
        self.found(order_id, report(order_id, status, executed=executed, venue_order_id=name))


@pytest.fixture
def book() -> Watched:
    """Open a book."""
    return Watched()


def test_nothing_is_claimed_before_anything_happened(book: Watched) -> None:
    """Given a book at rest, then no figure is given."""
    assert book.kpis == Kpis()


def test_latency_runs_from_the_arrival_of_the_signal_to_the_request(book: Watched) -> None:
    """Given orders that left 1 to 20 ms after their signals came, then the median is 10 ms, the 95th percentile 19."""
    for ms in range(1, 21):
        book.enter(f"in-{ms}", arrived_ms=100, left_ms=100 - ms)

    assert book.kpis.latency_p50_ms == 10
    assert book.kpis.latency_p95_ms == 19


def test_latency_ends_when_an_order_is_let_go_if_nothing_tells_when_it_left(book: Watched) -> None:
    """Given a venue without a wire, then the order's release counts, however long its answer takes."""
    signal = entry(at_ns=book.now_ns)
    book.meter.arrived(signal.key, book.now_ns - 7 * MS)
    order_id = book.signal(signal)
    book.now_ns += 900 * MS
    book.answered(order_id)

    assert book.kpis.latency_p50_ms == 7


def test_only_signals_that_arrived_have_a_latency(book: Watched) -> None:
    """Given an order whose signal nobody saw arrive, and an answer that never came, then no latency is claimed."""
    book.answered(book.signal(entry("unseen")))
    silent = entry("silent")
    book.meter.arrived(silent.key, NOW)
    book.answered(book.signal(silent), NO_ANSWER)

    assert book.kpis.latency_p50_ms is None


def test_fill_ratio_is_the_mean_share_of_the_orders_that_are_over(book: Watched) -> None:
    """Given orders filled whole, by a quarter and not at all, one working, then it is (1 + 0.25 + 0) ÷ 3."""
    whole, quarter, none = book.enter("whole"), book.enter("quarter"), book.enter("none")
    book.enter("working")
    book.over(whole, "whole", "1")
    assert book.kpis.fill_ratio is None, "its trades are not booked yet"
    book.trade(whole, "whole", "1", "100")
    book.trade(quarter, "quarter", "0.25", "100")
    book.over(quarter, "quarter", "0.25")
    book.over(none, "none", "0")

    assert book.kpis.fill_ratio == pytest.approx(Decimal("41.6666666666"))
    book.trade(whole, "whole", "1", "100")
    book.over(none, "none", "0")
    assert book.kpis.fill_ratio == pytest.approx(Decimal("41.6666666666")), "news that repeats counts once"


def test_orders_that_the_venue_never_had_are_not_unfilled(book: Watched) -> None:
    """Given an order that was refused, then the fill ratio says nothing of it; the reject rate does."""
    book.answered(book.signal(entry("refused")), REFUSED)

    assert book.kpis.fill_ratio is None
    assert book.kpis.reject_rate == 100


def test_reject_rate_counts_what_was_answered(book: Watched) -> None:
    """Given three acknowledged, one refused and one without an answer, then it is one in four."""
    for name in ("a", "b", "c"):
        book.enter(name)
    book.answered(book.signal(entry("refused")), REFUSED)
    book.answered(book.signal(entry("silent")), NO_ANSWER)

    assert book.kpis.reject_rate == 25


def test_slippage_compares_with_the_price_that_was_decided_with(book: Watched) -> None:
    """Given 0.5 bought 10 bps above the ask and 0.5 at it, then it is 5 bps, weighted by what each was worth."""
    book.price(bid="99.9", ask="100")
    order_id = book.enter("in", price="100.5")
    book.price(bid="150", ask="151")
    book.trade(order_id, "in", "0.5", "100.1")
    assert book.kpis.slippage_bps == 10
    book.trade(order_id, "in", "0.5", "100")

    weighted = Decimal(10) * Decimal("50.05") / Decimal("100.05")
    assert book.kpis.slippage_bps == pytest.approx(weighted)


def test_selling_below_the_bid_is_slippage_too(book: Watched) -> None:
    """Given a sale 20 bps below the bid that was decided with, then it is 20 bps; above, it is a gain."""
    book.own()
    before = book.kpis.slippage_bps
    assert before == 0
    book.price(bid="100", ask="100.1")
    order_id = book.signal(leave(at_ns=book.now_ns))
    book.answered(order_id)
    sold = fill(order_id, "f-out", price="99.8", quantity="1")
    book.do(inp.FillsIn(symbol=BTC, fills=(replace(sold, side=book.record(order_id).order.side),)))

    assert book.kpis.slippage_bps == pytest.approx(Decimal(20) * Decimal("99.8") / Decimal("199.8"))


def test_figures_look_back_a_day(book: Watched) -> None:
    """Given figures of yesterday, then they are gone a day later, to the nanosecond."""
    book.enter("in", arrived_ms=5)
    book.answered(book.signal(entry("refused", order_type=OrderType.LIMIT)), REFUSED)
    book.now_ns += WINDOW_NS - 1
    assert book.kpis.latency_p50_ms == 5
    assert book.kpis.reject_rate == 50
    book.now_ns += 1

    assert book.kpis == Kpis()


def test_availability_is_the_share_of_time() -> None:
    """Given 6 h able, 2 h not and able since, then it is 75 % after 8 h and, a day later, 100 %."""
    meter, hour = KpiMeter(), 3600 * S
    assert meter.read(NOW).availability is None
    meter.able(NOW, able=True)
    assert meter.read(NOW).availability is None, "no time has passed"
    meter.able(NOW + 3 * hour, able=True)
    meter.able(NOW + 6 * hour, able=False)
    meter.able(NOW + 8 * hour, able=True)

    assert meter.read(NOW + 8 * hour).availability == 75
    assert meter.read(NOW + 30 * hour).availability == Decimal("91.66")
    assert meter.read(NOW + 32 * hour).availability == 100


def test_what_is_under_way_is_bounded(book: Watched) -> None:
    """Given more signals than any book has under way, none of which is decided, then the oldest are given up."""
    for number in range(UNDER_WAY_MAX + 10):
        book.meter.arrived(entry(f"lost-{number}").key, NOW)

    assert len(book.meter._arrived) == UNDER_WAY_MAX


def test_percentiles_are_measurements() -> None:
    """Given few measurements, then each percentile is one of them, by nearest rank."""
    samples = Samples(window_ns=WINDOW_NS, most=3)
    assert samples.percentile(99, NOW) is None
    for value in (40, 30, 10, 20):
        samples.add(NOW, Decimal(value))

    assert [samples.percentile(percent, NOW) for percent in (1, 33, 34, 67, 100)] == [10, 10, 20, 30, 30]


def test_the_deepest_fall_is_remembered(book: Watched) -> None:
    """Given a rise to 11,000 and a fall to 9,900, then 10 % stay for good: recovery, a deposit and a release or not."""
    for total in ("1000", "-100"):
        book.happen(ev.PeakReached(total_pnl=Decimal(total)))
        book.happen(BookValued(total_pnl=Decimal(total)))
    assert book.state.memory.deepest == 10
    book.happen(BookValued(total_pnl=Decimal(900)))
    book.happen(FlowBooked(amount=Decimal(5000), equity_before=Decimal(10_900), why="test"))
    book.happen(PeakReset(total_pnl=Decimal(900)))
    book.happen(BookValued(total_pnl=Decimal(800)))

    assert book.state.memory.deepest == 10
    assert book.restarted().memory.deepest == 10


def test_a_fall_deeper_than_ever_is_journaled_at_once(book: Watched) -> None:
    """Given a position that loses, then each tenth of a percentage point of a new low is journaled, recoveries not."""
    book.own("10")
    lows: list[Decimal] = []
    for bid in ("99.8", "98", "99.5", "98", "97.95", "97"):
        book.price(bid=bid, ask="100.5")
        outcome = book.do(inp.TickIn())
        lows += [event.total_pnl for event in outcome.events if isinstance(event, BookValued)]

    assert lows == [-2, -20, -30], "the first because nothing was journaled for long"
    assert book.state.memory.deepest == pytest.approx(Decimal("0.3"))
