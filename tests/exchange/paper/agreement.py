"""The same orders at the same prices, on paper and at the double: ``python -m tests.exchange.paper.agreement [SEEDS]``.

A seeded path of prices, of spreads and of what is displayed drives both. Where it stands, the same order goes to both.
What became of each is laid side by side, together with what the model of the paper venue says about the difference:

* both refuse an order, or none does;
* paper trades no more than the double does: it sees the best level, the double the whole book;
* what paper trades costs no less (brings no more) than the same quantity does at the double, its best fills first;
* the fee of each trade is the rate of the symbol, maker or taker, of its value.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
import random
import sys
from typing import Final, NamedTuple

from custom_components.mexc_trading.exchange.paper.book import PaperBook
from custom_components.mexc_trading.exchange.paper.evidence import Evidence
from custom_components.mexc_trading.exchange.paper.terms import PaperTerms
from custom_components.mexc_trading.exchange.paper.wallet import Wallet
from custom_components.mexc_trading.model.ids import Asset
from custom_components.mexc_trading.model.market import Instrument, OrderType, Side
from custom_components.mexc_trading.model.order import Leg, Order as OurOrder
from custom_components.mexc_trading.model.outcome import Accepted
from tests.double.clock import VenueClock
from tests.double.decimals import step
from tests.double.errors import Refusal
from tests.double.orders import Order as VenueOrder, OrderRequest, OrderType as VenueType, Side as VenueSide
from tests.double.settings import Settings
from tests.double.symbols import default_symbols
from tests.double.venue import Venue
from tests.exchange.wishes import BTCUSDT, order as wished

STEPS: Final = 60
DEEP: Final = Decimal(1_000_000_000)
"""More money and coins than is traded: who can pay what is tried elsewhere."""

VENUES_WORD: Final = {
    OrderType.MARKET: VenueType.MARKET,
    OrderType.LIMIT: VenueType.LIMIT,
    OrderType.POST_ONLY: VenueType.LIMIT_MAKER,
    OrderType.IOC: VenueType.IMMEDIATE_OR_CANCEL,
    OrderType.FOK: VenueType.FILL_OR_KILL,
}


class Part(NamedTuple):
    """One trade: base units, quote units a piece, quote units."""

    quantity: Decimal
    price: Decimal
    fee: Decimal
    maker: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What became of one order in both; None where it was refused."""

    side: Side
    type: OrderType
    quantity: Decimal
    paper: tuple[Part, ...] | None
    double: tuple[Part, ...] | None

    @property
    def same(self) -> bool:
        """Whether the same was traded, at the same price, for the same fee."""
        if self.paper is None or self.double is None:
            return self.paper is self.double
        ours, theirs = quantity_of(self.paper), quantity_of(self.double)
        return ours == theirs and value_of(self.paper) == value_of(self.double) and _fees(self) == 0

    @property
    def worse_bps(self) -> Decimal | None:
        """How much worse paper's price was than the double's for as much; None where paper traded nothing."""
        if not self.paper or self.double is None:
            return None
        ours, theirs = value_of(self.paper), best_of(self.double, quantity_of(self.paper), self.side)
        apart = ours / theirs - 1
        return (apart if self.side is Side.BUY else -apart) * 10_000


def quantity_of(parts: Iterable[Part]) -> Decimal:
    """Base units."""
    return sum((part.quantity for part in parts), Decimal(0))


def value_of(parts: Iterable[Part]) -> Decimal:
    """Quote units."""
    return sum((part.quantity * part.price for part in parts), Decimal(0))


def best_of(parts: Iterable[Part], quantity: Decimal, side: Side) -> Decimal:
    """Quote units for the best ``quantity`` of some trades."""
    value, left = Decimal(0), quantity
    for part in sorted(parts, key=lambda part: part.price, reverse=side is Side.SELL):
        value += min(left, part.quantity) * part.price
        left -= min(left, part.quantity)
    return value


def _fees(pair: Pair) -> Decimal:
    return sum((part.fee for part in pair.paper or ()), Decimal(0)) - sum(
        (part.fee for part in pair.double or ()), Decimal(0)
    )


class Stage:
    """One path, and both venues on it."""

    def __init__(self, seed: int, terms: PaperTerms) -> None:
        """Set both up."""
        self.dice = random.Random(seed)
        self.settings = Settings()
        self.venue = Venue(default_symbols(), VenueClock(), self.settings, seed)
        self.row = self.venue.symbols[BTCUSDT]
        self.venue.deposit("USDT", DEEP)
        self.venue.deposit("BTC", DEEP)
        quote, base = Asset("USDT"), Asset("BTC")
        self.paper = PaperBook(terms=terms, wallet=Wallet(quote=quote, cash=DEEP, coins={base: DEEP}))
        row = self.row
        self.instrument = Instrument(
            symbol=BTCUSDT,
            base=base,
            quote=quote,
            tick=row.tick,
            lot=step(row.quantity_places),
            min_quantity=row.min_quantity,
            min_notional=row.min_quote,
            min_notional_market=row.min_quote_market,
            max_notional=row.max_quote,
            max_notional_market=row.max_quote_market,
            order_types=frozenset(OrderType),
            sides=frozenset(Side),
            tradable=True,
            taker_fee=row.taker_fee,
            maker_fee=row.maker_fee,
        )
        self.placed: list[tuple[OurOrder, bool, VenueOrder | None]] = []

    def play(self) -> Iterator[Pair]:
        """Walk the path, order at its places, and give what became of every order."""
        for _ in range(STEPS):
            self._move()
            for _ in range(self.dice.randrange(3)):
                self._order()
        for ours, accepted, theirs in self.placed:
            kept = self.paper.orders[ours.order_id] if accepted else None
            yield Pair(
                side=ours.side,
                type=ours.type,
                quantity=ours.quantity,
                paper=None
                if kept is None
                else tuple(Part(fill.quantity, fill.price, fill.fee, fill.maker) for fill in kept.fills),
                double=None
                if theirs is None
                else tuple(Part(fill.quantity, fill.price, fill.fee, fill.is_maker) for fill in theirs.fills),
            )

    def _move(self) -> None:
        """Let spread, sizes and price move, and show both what is there now."""
        self.settings.spread_ticks = self.dice.choice((2, 20, 200))
        self.settings.level_quote = Decimal(self.dice.choice((200, 2_000, 20_000)))
        factor = Decimal(str(1 + self.dice.gauss(0, 0.0006)))
        self.venue.set_price(BTCUSDT, (self.venue.prices.mid(BTCUSDT) * factor).quantize(self.row.tick))
        self.paper.see(self._shown())

    def _shown(self) -> Evidence:
        """Show paper what MEXC's best prices would show."""
        ask, bid = (self.venue.best(BTCUSDT, side) for side in (VenueSide.BUY, VenueSide.SELL))
        assert ask is not None
        assert bid is not None
        return Evidence(
            symbol=BTCUSDT,
            bid=bid.price,
            ask=ask.price,
            at_ms=0,
            bid_quantity=bid.quantity,
            ask_quantity=ask.quantity,
        )

    def _order(self) -> None:
        """Send the same order to both."""
        side, kind = self.dice.choice(list(Side)), self.dice.choice(list(OrderType))
        mid = self.venue.prices.mid(BTCUSDT)
        beyond = Decimal(str(self.dice.gauss(0, 0.0008)))
        away = beyond if side is Side.BUY else -beyond
        price = None if kind is OrderType.MARKET else (mid * (1 + away)).quantize(self.row.tick)
        worth = Decimal(self.dice.choice(("0.5", "20", "300", "5000", "60000")))
        quantity = (worth / mid).quantize(step(self.row.quantity_places))
        ours = wished(
            side=side,
            order_type=kind,
            quantity=str(quantity),
            price=None if price is None else str(price),
            leg=Leg.ENTRY if side is Side.BUY else Leg.CLOSE,
        )
        accepted = isinstance(self.paper.submit(ours, self.instrument, self._shown()), Accepted)
        request = OrderRequest(
            symbol=BTCUSDT,
            side=VenueSide(side.value.upper()),
            type=VENUES_WORD[kind],
            quantity=quantity,
            price=price,
        )
        try:
            theirs = self.venue.place(request)
        except Refusal:
            theirs = None
        self.placed.append((ours, accepted, theirs))


@dataclass(slots=True, kw_only=True)
class Agreement:
    """How many orders fared the same, and how the others differ."""

    orders: int = 0
    refused: int = 0
    same: int = 0
    paper_less: int = 0
    """Paper traded less than the double."""

    paper_dearer: int = 0
    worse_bps: Decimal = Decimal(0)
    """Sum over the orders that traded on paper."""

    worst_bps: Decimal = Decimal(0)
    traded: int = 0

    def add(self, pair: Pair) -> None:
        """Count one more."""
        self.orders += 1
        self.refused += pair.paper is None
        self.same += pair.same
        worse = pair.worse_bps
        if pair.paper is not None and pair.double is not None:
            self.paper_less += quantity_of(pair.paper) < quantity_of(pair.double)
        if worse is not None:
            self.traded += 1
            self.paper_dearer += worse > 0
            self.worse_bps += worse
            self.worst_bps = max(self.worst_bps, worse)


def agreement(seeds: int, terms: PaperTerms | None = None) -> Agreement:
    """Play so many paths and count."""
    found = Agreement()
    for seed in range(seeds):
        for pair in Stage(seed, terms or PaperTerms()).play():
            found.add(pair)
    return found


if __name__ == "__main__":
    played = agreement(int(sys.argv[1]) if sys.argv[1:] else 200)
    mean = played.worse_bps / played.traded
    sys.stdout.write(
        f"{played.orders} orders, {played.refused} refused by both, {played.same} the same in all (those included)\n"
        f"{played.paper_less} traded less on paper, {played.paper_dearer} at a worse price\n"
        f"over {played.traded} that traded on paper: {mean:.3f} bps worse, {played.worst_bps:.1f} at most\n"
    )
