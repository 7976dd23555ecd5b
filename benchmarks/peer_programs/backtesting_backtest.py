"""Runs the benchmark's rule with backtesting.py; prints JSON with the processor's seconds and the trades.

Argument: a file of candles. The indicators are worked out before the clock starts, so only the run itself is timed.
"""

from array import array
import json
from pathlib import Path
import sys
import time
import warnings

from backtesting import Backtest, Strategy
import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")


def columns(path: str) -> tuple[array, list]:
    """Read times and prices."""
    raw = Path(path).read_bytes()
    size = len(raw) // 5
    times = array("q")
    times.frombytes(raw[:size])
    prices = [np.frombuffer(raw[size * at : size * (at + 1)]) for at in range(1, 5)]
    return times, prices


def ema(closes: list[float], length: int) -> list[float]:
    """Exponential mean, started at the plain mean."""
    values = [float("nan")] * (length - 1)
    values.append(sum(closes[:length]) / length)
    for close in closes[length:]:
        values.append(values[-1] + (close - values[-1]) * (2 / (length + 1)))
    return values


def rsi(closes: list[float], length: int) -> list[float]:
    """Wilder's relative strength index."""
    values = [float("nan")] * len(closes)
    gain = loss = 0.0
    for at in range(1, len(closes)):
        change = closes[at] - closes[at - 1]
        keep = (length - 1) / length if at > length else 1
        gain = gain * keep + max(change, 0) / length
        loss = loss * keep + max(-change, 0) / length
        if at >= length:
            values[at] = 100 * gain / (gain + loss) if gain + loss else 50.0
    return values


times, (opens, highs, lows, closes) = columns(sys.argv[1])
frame = pd.DataFrame(
    {"Open": opens, "High": highs, "Low": lows, "Close": closes, "Volume": 1.0},
    index=pd.to_datetime(np.array(times), unit="ms"),
)
plain = closes.tolist()
FAST, SLOW, STRENGTH = np.array(ema(plain, 20)), np.array(ema(plain, 60)), np.array(rsi(plain, 14))

STRONG = 70


class Cross(Strategy):
    """Buy at the cross up, sell at the cross down."""

    def init(self) -> None:
        """Hand the indicators over."""
        self.fast = self.I(lambda: FAST)
        self.slow = self.I(lambda: SLOW)
        self.strength = self.I(lambda: STRENGTH)

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
