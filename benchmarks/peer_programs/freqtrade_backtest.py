"""Runs the benchmark's rule with Freqtrade; prints JSON with the processor's seconds and the trades.

Argument: a file of candles. The rule's signals are worked out before the clock starts, and the market's description is
handed over, so nothing is asked of an exchange and only the run itself is timed.
"""

import json
import logging
import sys
import tempfile
import time

from freqtrade.configuration.timerange import TimeRange
from freqtrade.data import history
from freqtrade.enums import RunMode
from freqtrade.exchange import Exchange
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.resolvers import StrategyResolver
from freqtrade.strategy import IStrategy
import pandas as pd
from rule import columns, signals

logging.disable(logging.CRITICAL)

PAIR = "BTC/USDT"

times, (opens, highs, lows, closes) = columns(sys.argv[1])
enter, leave = signals(closes.tolist())
frame = pd.DataFrame(
    {
        "date": pd.to_datetime(list(times), unit="ms", utc=True),
        "open": opens,
        "high": highs,
        "low": lows,
        "close": closes,
        "volume": 1_000_000.0,
    }
)
market = {
    "id": "BTCUSDT",
    "symbol": PAIR,
    "base": "BTC",
    "quote": "USDT",
    "active": True,
    "spot": True,
    "type": "spot",
    "precision": {"price": 0.01, "amount": 0.000001},
    "limits": {"amount": {"min": 0.000001, "max": None}, "cost": {"min": 1, "max": None}, "price": {}},
    "info": {},
}


class Cross(IStrategy):
    """Buy at the cross up, sell at the cross down."""

    timeframe = "1m"
    minimal_roi = {}  # noqa: RUF012 # as the peer wants it
    stoploss = -0.99
    use_exit_signal = True

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        """Need none: the signals are ready made."""
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        """Hand the entries over."""
        dataframe["enter_long"] = [int(one) for one in enter]
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        """Hand the exits over."""
        dataframe["exit_long"] = [int(one) for one in leave]
        return dataframe

    def custom_stake_amount(self, pair: str, current_time: object, current_rate: float, **_: object) -> float:
        """Buy one coin."""
        return current_rate


class Described(Exchange):
    """An exchange whose markets are known."""

    def reload_markets(self, *_: object, **__: object) -> None:
        """Ask nobody."""
        self._markets = {PAIR: market}
        self._api.markets = self._markets
        self._api_async.markets = self._markets


folder = tempfile.mkdtemp(prefix="peer-")
config = {
    "dry_run": True,
    "runmode": RunMode.BACKTEST,
    "strategy": "Cross",
    "stoploss": -0.99,
    "minimal_roi": {},
    "stake_currency": "USDT",
    "stake_amount": 100_000,
    "dry_run_wallet": 1_000_000,
    "tradable_balance_ratio": 1.0,
    "max_open_trades": 1,
    "timeframe": "1m",
    "fee": 0.0005,
    "trading_mode": "spot",
    "margin_mode": "",
    "exchange": {"name": "binance", "pair_whitelist": [PAIR], "pair_blacklist": []},
    "pairlists": [{"method": "StaticPairList"}],
    "entry_pricing": {"price_side": "same", "use_order_book": False},
    "exit_pricing": {"price_side": "same", "use_order_book": False},
    "user_data_dir": folder,
    "datadir": folder,
    "dataformat_ohlcv": "feather",
    "position_stacking": False,
    "use_max_market_positions": True,
    "enable_protections": False,
    "startup_candle_count": 0,
    "unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"},
}
exchange = Described(config, validate=False)
exchange.reload_markets()
StrategyResolver._load_strategy = lambda _name, config, **_: Cross(config)  # noqa: SLF001 # found here, not in a folder
test = Backtesting(config, exchange)
test._set_strategy(test.strategylist[0])  # noqa: SLF001 # what its own start does
test.timerange = TimeRange()
processed = {PAIR: frame}
first, last = history.get_timerange(processed)
started = time.process_time()
result = test.backtest(processed=processed, start_date=first, end_date=last)
seconds = time.process_time() - started
rows = result["results"]
trades = [
    [row.open_date.value // 10**6, row.close_date.value // 10**6, row.open_rate, row.close_rate]
    for row in rows.itertuples()
    if row.exit_reason == "exit_signal"
]
print(json.dumps({"seconds": seconds, "trades": trades}))
