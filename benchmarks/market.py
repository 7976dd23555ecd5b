"""The made market of the benchmarks: seeded candles, an account with every limit set, and the rule that trades."""

from array import array
from decimal import Decimal
import random
from typing import Final

from custom_components.mexc_trading.model.ids import Asset, StrategyId, Symbol
from custom_components.mexc_trading.model.market import Instrument, OrderType, Side
from custom_components.mexc_trading.model.signal import Size, SizeBasis
from custom_components.mexc_trading.research.candles import Candles, Span
from custom_components.mexc_trading.research.rule_strategy import RuleTerms
from custom_components.mexc_trading.research.terms import BacktestTerms
from custom_components.mexc_trading.risk.limits import Limits

MINUTE_MS: Final = 60_000
START_MS: Final = 1_640_995_200_000
BTC: Final = Symbol("BTCUSDT")
MANY: Final = Decimal(10**9)

INSTRUMENT: Final = Instrument(
    symbol=BTC,
    base=Asset("BTC"),
    quote=Asset("USDT"),
    tick=Decimal("0.01"),
    lot=Decimal("0.000001"),
    min_quantity=Decimal("0.000001"),
    min_notional=Decimal(1),
    min_notional_market=Decimal(1),
    max_notional=Decimal(10_000_000),
    max_notional_market=Decimal(10_000_000),
    order_types=frozenset(OrderType),
    sides=frozenset(Side),
    tradable=True,
    taker_fee=Decimal("0.0005"),
    maker_fee=Decimal(0),
)
LIMITS: Final = Limits(
    symbols=frozenset({BTC}),
    max_notional_per_order=MANY,
    max_open_positions=3,
    max_symbol_exposure=MANY,
    max_gross_exposure=MANY,
    max_leverage=Decimal(100),
    max_daily_loss=MANY,
    max_daily_drawdown=Decimal(99),
    max_total_drawdown=Decimal(99),
    cooldown_after_loss_s=1,
    max_spread_percent=Decimal(1),
    max_orders_per_minute=30,
    max_signals_per_minute=30,
    duplicate_window_s=1,
    max_repeats=10_000,
    approval_above=MANY,
)
"""Every limit is looked at, and none is in the way."""

TERMS: Final = BacktestTerms(instrument=INSTRUMENT, limits=LIMITS, capital=Decimal(1_000_000))
RULES: Final = RuleTerms(
    strategy_id=StrategyId("cross"),
    symbol=BTC,
    entry="cross_above(ema(20), ema(60)) and rsi(14) < 70",
    exit="cross_below(ema(20), ema(60))",
    size=Size(basis=SizeBasis.QUANTITY, value=Decimal(1)),
)


def walk(count: int) -> Candles:
    """Make one-minute candles of a seeded walk around 30,000, in cents."""
    chance, price = random.Random(42), 3_000_000  # noqa: S311 # a made market, no secret
    columns: list[array[int]] = [array("q") for _ in range(5)]
    for _ in range(count):
        close = max(100_000, round(price * (1 + chance.gauss(0, 0.0007))))
        row = (price, max(price, close) + 900, min(price, close) - 900, close, 10**8)
        for column, value in zip(columns, row, strict=True):
            column.append(value)
        price = close
    opens, highs, lows, closes, volumes = columns
    return Candles(
        symbol=BTC,
        interval_ms=MINUTE_MS,
        open_ms=array("q", range(START_MS, START_MS + count * MINUTE_MS, MINUTE_MS)),
        open=opens,
        high=highs,
        low=lows,
        close=closes,
        volume=volumes,
        covered=(Span(START_MS, START_MS + count * MINUTE_MS),),
    )
