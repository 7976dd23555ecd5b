"""A market that stands still until a test moves it, and a paper book to try orders on."""

from collections.abc import Sequence
from decimal import Decimal

from custom_components.mexc_trading.exchange.paper.book import PaperBook
from custom_components.mexc_trading.exchange.paper.evidence import Evidence
from custom_components.mexc_trading.exchange.paper.terms import PaperTerms
from custom_components.mexc_trading.exchange.paper.wallet import Wallet
from custom_components.mexc_trading.model.ids import Asset, OrderId, Symbol
from custom_components.mexc_trading.model.market import Instrument, OrderType, Quote, Side
from custom_components.mexc_trading.model.order import Leg, Order
from custom_components.mexc_trading.model.outcome import ClockOffset, Unavailable
from tests.engine.market import BTC, NOW, USDT, instrument
from tests.exchange.wishes import order

D = Decimal


def buy(quantity: str = "1", price: str | None = "100", kind: OrderType = OrderType.LIMIT) -> Order:
    """Make a purchase."""
    return order(side=Side.BUY, quantity=quantity, price=price, order_type=kind)


def sell(quantity: str = "1", price: str | None = "100", kind: OrderType = OrderType.LIMIT) -> Order:
    """Make a sale."""
    return order(side=Side.SELL, quantity=quantity, price=price, order_type=kind, leg=Leg.CLOSE)


def shown(bid: str = "99.9", ask: str = "100", *, size: str | None = None, standing: bool = True) -> Evidence:
    """Show a market, the same size on both sides."""
    quantity = None if size is None else D(size)
    return Evidence(
        symbol=BTC,
        bid=D(bid),
        ask=D(ask),
        at_ms=1_000,
        bid_quantity=quantity,
        ask_quantity=quantity,
        standing=standing,
    )


def book(terms: PaperTerms | None = None, *, cash: str = "10000", **coins: str) -> PaperBook:
    """Open a paper account."""
    held = {Asset(name): D(amount) for name, amount in coins.items()}
    return PaperBook(terms=terms or PaperTerms(), wallet=Wallet(quote=USDT, cash=D(cash), coins=held))


def executed(opened: PaperBook, order_id: OrderId) -> Decimal:
    """Say how much of an order has traded."""
    return opened.orders[order_id].executed


class StillMarket:
    """Prices and terms by hand."""

    def __init__(self) -> None:
        """Start with one symbol."""
        self.at_ns = NOW
        self.prices: dict[Symbol, tuple[str, str]] = {BTC: ("99.9", "100")}
        self.silent = False

    def now_ns(self) -> int:
        """Give the time."""
        return self.at_ns

    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Show the prices."""
        if self.silent:
            return Unavailable(cause="timeout")
        priced = [(symbol, *self.prices[symbol]) for symbol in symbols if symbol in self.prices]
        return tuple(Quote(symbol=symbol, bid=D(bid), ask=D(ask), at_ns=self.at_ns) for symbol, bid, ask in priced)

    async def instruments(self, symbols: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Show the terms."""
        return Unavailable(cause="timeout") if self.silent else tuple(instrument(symbol) for symbol in symbols)

    async def clock_offset(self) -> ClockOffset | Unavailable:
        """Agree with the clock."""
        return ClockOffset(offset_ms=0, error_ms=1, measured_at_ns=0)
