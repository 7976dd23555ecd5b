"""Runs the benchmark's rule with backtrader; prints JSON with the processor's seconds and the trades.

Argument: a file of candles.
"""

from datetime import UTC, datetime
import json
import sys
import time

import backtrader as bt
from rule import FAST, SLOW, STRENGTH, STRONG, columns

times, (opens, highs, lows, closes) = columns(sys.argv[1])


class Feed(bt.feed.DataBase):
    """Gives the candles one by one."""

    def start(self) -> None:
        """Begin at the first."""
        super().start()
        self.at = -1

    def _load(self) -> bool:
        self.at += 1
        if self.at >= len(times):
            return False
        moment = datetime.fromtimestamp(times[self.at] / 1000, UTC).replace(tzinfo=None)
        self.lines.datetime[0] = bt.date2num(moment)
        self.lines.open[0], self.lines.high[0] = opens[self.at], highs[self.at]
        self.lines.low[0], self.lines.close[0] = lows[self.at], closes[self.at]
        self.lines.volume[0] = 1.0
        self.lines.openinterest[0] = 0.0
        return True


class Cross(bt.Strategy):
    """Buy at the cross up, sell at the cross down."""

    def __init__(self) -> None:
        """Set the indicators up."""
        self.cross = bt.ind.CrossOver(bt.ind.EMA(period=FAST), bt.ind.EMA(period=SLOW))
        self.strength = bt.ind.RSI(period=STRENGTH)
        self.trades = []

    def next(self) -> None:
        """Look at the candle."""
        if self.position:
            if self.cross[0] < 0:
                self.sell(size=1)
        elif self.cross[0] > 0 and self.strength[0] < STRONG:
            self.buy(size=1)

    def notify_order(self, order: bt.Order) -> None:
        """Keep what was executed."""
        if order.status == order.Completed:
            at = times[len(self) - 1]
            if order.isbuy():
                self.trades.append([at, None, order.executed.price, None])
            else:
                self.trades[-1][1], self.trades[-1][3] = at, order.executed.price


cerebro = bt.Cerebro(stdstats=False)
cerebro.adddata(Feed())
cerebro.addstrategy(Cross)
cerebro.broker.setcash(1_000_000)
cerebro.broker.setcommission(commission=0.0005)
started = time.process_time()
(run,) = cerebro.run()
seconds = time.process_time() - started
print(json.dumps({"seconds": seconds, "trades": [trade for trade in run.trades if trade[1] is not None]}))
