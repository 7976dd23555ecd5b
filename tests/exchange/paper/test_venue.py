"""The paper venue as the engine sees it: latency, visibility, silence of the market, and a restart."""

from dataclasses import replace

from custom_components.mexc_trading.engine.ports import ENTRIES_STOPPED
from custom_components.mexc_trading.exchange.paper.terms import MX, FeeAsset, PaperTerms
from custom_components.mexc_trading.exchange.paper.venue import PaperVenue
from custom_components.mexc_trading.model.ids import Asset, Symbol
from custom_components.mexc_trading.model.market import OrderType
from custom_components.mexc_trading.model.order import VenueOrder, VenueStatus
from custom_components.mexc_trading.model.outcome import Absent, Accepted, CancelAccepted, NotSent, Unavailable
from custom_components.mexc_trading.model.signal import Signal
from tests.engine.market import BTC, MS, NOW, USDT, entry
from tests.engine.scene import Scene

from .stand import D, StillMarket, buy


class Waiting:
    """Lets the market move while an order is on its way."""

    def __init__(self, market: StillMarket, bid: str, ask: str) -> None:
        """Move to these prices."""
        self.market = market
        self.to = (bid, ask)

    async def __call__(self, seconds: float) -> None:
        """Wait: time and prices move."""
        self.market.at_ns += round(seconds * 1_000) * MS
        self.market.prices[BTC] = self.to


def venue(market: StillMarket, terms: PaperTerms | None = None) -> PaperVenue:
    """Open a venue."""
    return PaperVenue(market=market, clock=market, quote=USDT, balance=D(10_000), terms=terms)


async def test_an_order_meets_the_market_after_its_latency() -> None:
    """Given 250 ms of latency in which the price rises, then the order pays the later price."""
    market = StillMarket()
    opened = PaperVenue(
        market=market,
        clock=market,
        quote=USDT,
        balance=D(10_000),
        terms=PaperTerms(latency_ms=250),
        wait=Waiting(market, "100.9", "101"),
    )
    wish = buy("1", "102", OrderType.IOC)
    assert isinstance(await opened.submit(wish), Accepted)
    fills = await opened.fills(BTC)
    assert isinstance(fills, tuple)
    assert [(fill.price, fill.at_ms) for fill in fills] == [(D(101), NOW // MS + 250)]


async def test_an_order_that_is_not_wanted_any_more_meets_no_market() -> None:
    """Given a wish that is taken back while it is on its way, then nothing of it is there."""
    opened = venue(StillMarket())
    assert await opened.submit(buy("1", "99"), lambda: False) == NotSent(cause=ENTRIES_STOPPED)
    assert await open_orders(opened) == ()


async def test_reading_prices_fills_what_rests() -> None:
    """Given a bid that rests, when a price is read that went through it, then it has traded."""
    market = StillMarket()
    opened, wish = venue(market), buy("1", "99")
    await opened.submit(wish)
    assert [order.status for order in await open_orders(opened)] == [VenueStatus.NEW]
    market.prices[BTC] = ("98", "98.5")
    await opened.quotes((BTC,))
    assert await open_orders(opened) == ()
    report = await opened.find(wish)
    assert isinstance(report, VenueOrder)
    assert report.executed_quote == 99
    assert await opened.fills(BTC, since_ms=NOW // MS + 1) == ()
    assert await opened.fills(BTC, venue_order_id=report.venue_order_id) != ()


async def test_a_new_order_cannot_be_seen_at_once() -> None:
    """Given a visibility lag of a second, then look-up and history say absent before, and tell after."""
    market = StillMarket()
    opened, wish = venue(market, PaperTerms(visible_after_ms=1_000)), buy("1", "99")
    await opened.submit(wish)
    assert isinstance(await opened.find(wish), Absent)
    assert await opened.order_history(BTC, 0) == ()
    market.at_ns += 1_000 * MS
    assert isinstance(await opened.find(wish), VenueOrder)
    history = await opened.order_history(BTC, 0)
    assert isinstance(history, tuple)
    assert len(history) == 1


async def test_cancelled() -> None:
    """Given a bid that rests, when it is cancelled, then it has ended without a fill."""
    opened, wish = venue(StillMarket()), buy("1", "99")
    await opened.submit(wish)
    assert isinstance(await opened.cancel(wish, None), CancelAccepted)
    report = await opened.find(wish)
    assert isinstance(report, VenueOrder)
    assert report.status is VenueStatus.CANCELED


async def test_without_market_data_nothing_is_sent() -> None:
    """Given a silent market, then an order is not sent, and prices and look-ups give no answer."""
    market = StillMarket()
    market.silent = True
    opened, wish = venue(market), buy()
    assert await opened.submit(wish) == NotSent(cause="no_market_data")
    assert isinstance(await opened.quotes((BTC,)), Unavailable)
    assert isinstance(await opened.find(wish), Unavailable)
    market.silent = False
    assert isinstance(await opened.instruments((BTC,)), tuple)
    market.silent = True
    market.prices.clear()
    assert await opened.submit(wish) == NotSent(cause="no_market_data")


async def test_an_order_that_nothing_is_known_of_ended_without_a_fill() -> None:
    """Given an order from before the venue was opened, then it never arrived."""
    report = await venue(StillMarket()).find(buy())
    assert isinstance(report, VenueOrder)
    assert (report.status, report.executed) == (VenueStatus.CANCELED, D(0))


async def test_fees_in_the_venues_own_coin() -> None:
    """Given fees in MX but none held, then they are paid in the book's currency."""
    market = StillMarket()
    market.prices[Symbol(f"{MX}{USDT}")] = ("2", "2")
    opened = venue(market, PaperTerms(fee_asset=FeeAsset.MX))
    await opened.submit(buy("1", "100", OrderType.IOC))
    fills = await opened.fills(BTC)
    assert isinstance(fills, tuple)
    assert fills[0].fee_asset == USDT


async def test_a_restart_keeps_cash_coins_and_what_rests() -> None:
    """Given a book that bought, sold half and has a bid resting, then a new venue goes on from its state."""
    scene = Scene()
    scene.own("2", "100")
    resting = scene.signal(buy_signal(scene))
    scene.answered(resting)
    market = StillMarket()
    opened = venue(market)
    opened.resume(scene.restarted())
    balances = await opened.balances()
    assert isinstance(balances, tuple)
    held = {balance.asset: balance.total for balance in balances}
    assert held == {USDT: D(9_800), Asset("BTC"): D(2)}
    market.prices[BTC] = ("90", "90.1")
    await opened.quotes((BTC,))
    report = await opened.find(scene.record(resting).order)
    assert isinstance(report, VenueOrder)
    assert report.status is VenueStatus.FILLED


async def test_a_trade_that_was_reported_but_not_booked_is_told_again() -> None:
    """Given an order that the journal knows as filled without its trade, then the trade is there after a restart."""
    scene = Scene()
    order_id = scene.signal(buy_signal(scene))
    scene.answered(order_id)
    state = scene.restarted()
    state.orders[order_id] = replace(state.orders[order_id], executed=D("0.4"))
    opened = venue(StillMarket())
    opened.resume(state)
    fills = await opened.fills(BTC)
    assert isinstance(fills, tuple)
    assert [(fill.quantity, fill.price, fill.order_id) for fill in fills] == [(D("0.4"), D(95), order_id)]


async def test_a_book_without_history_starts_with_the_balance() -> None:
    """Given a book that never traded, then a resumed venue has the balance it was set up with."""
    scene = Scene()
    scene.state.capital = None
    opened = venue(StillMarket())
    opened.resume(scene.state)
    balances = await opened.balances()
    assert isinstance(balances, tuple)
    assert balances[0].free == 10_000


def buy_signal(scene: Scene) -> Signal:
    """Wish for a bid at 95."""
    return entry(f"rest-{len(scene.records)}", quantity="1", price="95", at_ns=scene.now_ns)


async def open_orders(opened: PaperVenue) -> tuple[VenueOrder, ...]:
    """Read what rests."""
    orders = await opened.open_orders((BTC,))
    assert isinstance(orders, tuple)
    return orders
