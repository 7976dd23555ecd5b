"""Runs the benchmark's rule with NautilusTrader; prints JSON with the processor's seconds and the trades.

Argument: a file of candles. The rule's signals are worked out before the clock starts, so only the run itself is timed.
An order that is placed at a close is filled there, which in these candles is the price of the next open.
"""

from decimal import Decimal
import json
import sys
import time

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import Venue
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.test_kit.providers import TestInstrumentProvider
from nautilus_trader.trading.strategy import Strategy
from rule import columns, signals

MINUTE_NS = 60 * 10**9

times, (opens, highs, lows, closes) = columns(sys.argv[1])
enter, leave = signals(closes.tolist())
instrument = TestInstrumentProvider.btcusdt_binance()
kind = BarType.from_str(f"{instrument.id}-1-MINUTE-LAST-EXTERNAL")
ONE = Quantity.from_str("1.000000")


class Cross(Strategy):
    """Buy at the cross up, sell at the cross down."""

    def __init__(self) -> None:
        """Begin before the first candle."""
        super().__init__()
        self.at = -1
        self.holding = False
        self.trades = []

    def on_start(self) -> None:
        """Ask for the candles."""
        self.subscribe_bars(kind)

    def on_bar(self, bar: Bar) -> None:
        """Look at the candle."""
        self.at += 1
        if self.holding:
            if leave[self.at]:
                self.submit_order(self.order_factory.market(instrument.id, OrderSide.SELL, ONE))
        elif enter[self.at]:
            self.submit_order(self.order_factory.market(instrument.id, OrderSide.BUY, ONE))

    def on_order_filled(self, event: object) -> None:
        """Keep what was executed: at this close, which is the next candle's open."""
        self.holding = event.order_side == OrderSide.BUY
        moment = event.ts_event // 10**6
        if self.holding:
            self.trades.append([moment, None, float(event.last_px), None])
        else:
            self.trades[-1][1], self.trades[-1][3] = moment, float(event.last_px)


engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
engine.add_venue(
    venue=Venue("BINANCE"),
    oms_type=OmsType.NETTING,
    account_type=AccountType.CASH,
    base_currency=None,
    starting_balances=[Money(1_000_000, USDT)],
    default_leverage=Decimal(1),
)
engine.add_instrument(instrument)
volume = Quantity.from_str("1000000.000000")
engine.add_data(
    [
        Bar(kind, *(Price(price, 2) for price in row), volume, opened * 10**6 + MINUTE_NS, opened * 10**6 + MINUTE_NS)
        for opened, *row in zip(times, opens, highs, lows, closes, strict=True)
    ]
)
strategy = Cross()
engine.add_strategy(strategy)
started = time.process_time()
engine.run()
seconds = time.process_time() - started
print(json.dumps({"seconds": seconds, "trades": [trade for trade in strategy.trades if trade[1] is not None]}))
