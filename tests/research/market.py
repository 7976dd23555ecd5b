"""A made market for backtests: seeded random walks, and the terms to run on them."""

from decimal import Decimal
import random

from custom_components.mexc_trading.exchange.paper.terms import PaperTerms
from custom_components.mexc_trading.model.ids import StrategyId
from custom_components.mexc_trading.model.signal import Size, SizeBasis
from custom_components.mexc_trading.research.candles import CandleRow, Candles
from custom_components.mexc_trading.research.rule_strategy import RuleTerms
from custom_components.mexc_trading.research.terms import BacktestTerms
from custom_components.mexc_trading.risk.limits import Limits
from tests.engine.market import BTC, instrument

MIN = 60_000
START_MS = 1_640_995_200_000
CROSS = StrategyId("cross")
D = Decimal


def walk(count: int, seed: int = 1, volatility: float = 0.002, start_ms: int = START_MS) -> Candles:
    """Make candles of a random walk around 100, on ticks of 0.1 or finer moves of it."""
    chance, price, rows = random.Random(seed), 1_000, []
    for number in range(count):
        close = max(100, round(price * (1 + chance.gauss(0, volatility))))
        high = max(price, close) + chance.randrange(3)
        low = min(price, close) - chance.randrange(3)
        row = CandleRow(start_ms + number * MIN, tenths(price), tenths(high), tenths(low), tenths(close), D(10))
        rows.append(row)
        price = close
    return Candles.of(BTC, MIN, rows)


def tenths(whole: int) -> Decimal:
    """Give a price on the tick."""
    return D(whole).scaleb(-1)


def rules(entry: str = "cross_above(ema(5), ema(20))", leave: str = "cross_below(ema(5), ema(20))") -> RuleTerms:
    """Buy one coin at a cross of two means, sell it at the cross back."""
    return RuleTerms(
        strategy_id=CROSS,
        symbol=BTC,
        entry=entry,
        exit=leave,
        size=Size(basis=SizeBasis.QUANTITY, value=D(1)),
    )


def terms(limits: Limits | None = None, venue: PaperTerms | None = None, half_spread: str = "0") -> BacktestTerms:
    """Give an account with 10,000 USDT that trades one symbol."""
    return BacktestTerms(
        instrument=instrument(BTC),
        limits=limits or Limits(symbols=frozenset({BTC})),
        capital=D(10_000),
        venue=venue or PaperTerms(),
        half_spread=D(half_spread),
    )
