"""Runs the benchmark's rule with backtesting.py; prints JSON with the processor's seconds and the trades.

Argument: a file of candles. The indicators are worked out before the clock starts, so only the run itself is timed.
"""

import json
import sys
import time
import warnings

from backtesting import Backtest, Strategy
import numpy as np
import pandas as pd
from rule import FAST, SLOW, STRENGTH, STRONG, columns, ema, rsi

warnings.filterwarnings("ignore")


times, prices = columns(sys.argv[1])
opens, highs, lows, closes = (np.frombuffer(column) for column in prices)
frame = pd.DataFrame(
    {"Open": opens, "High": highs, "Low": lows, "Close": closes, "Volume": 1.0},
    index=pd.to_datetime(np.array(times), unit="ms"),
)
plain = closes.tolist()
fast, slow, strength = np.array(ema(plain, FAST)), np.array(ema(plain, SLOW)), np.array(rsi(plain, STRENGTH))


class Cross(Strategy):
    """Buy at the cross up, sell at the cross down."""

    def init(self) -> None:
        """Hand the indicators over."""
        self.fast = self.I(lambda: fast)
        self.slow = self.I(lambda: slow)
        self.strength = self.I(lambda: strength)

    def next(self) -> None:
        """Look at the last two candles."""
        before = self.fast[-2] - self.slow[-2]
        now = self.fast[-1] - self.slow[-1]
        if self.position:
            if before >= 0 > now:
                self.position.close()
        elif before <= 0 < now and self.strength[-1] < STRONG:
            self.buy(size=1)


test = Backtest(frame, Cross, cash=1_000_000, commission=0.0005, trade_on_close=False, finalize_trades=False)
started = time.process_time()
stats = test.run()
seconds = time.process_time() - started
made = stats["_trades"].sort_values("EntryBar")
trades = [
    [times[row.EntryBar], times[row.ExitBar], float(row.EntryPrice), float(row.ExitPrice)] for row in made.itertuples()
]
print(json.dumps({"seconds": seconds, "trades": trades}))
