"""Backtests of an account's strategies: candles from disk and venue, the run in a process of its own, the report.

One at a time for each account: a run takes a whole core of what is often a small machine.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
import time
from typing import Final

from ..engine.stage_events import BacktestRecorded
from ..exchange.mexc.klines import INTERVAL_MS, Interval
from ..exchange.paper.terms import PaperTerms
from ..model.ids import StrategyId, Symbol
from ..model.money import ZERO
from ..research.candle_fetch import fetch
from ..research.candle_file import UnreadableCandles, read_candles, write_candles
from ..research.candles import Candles, Span
from ..research.evidence import of_backtest
from ..research.report import report
from ..research.result import BacktestResult
from ..research.rule_strategy import RuleTerms
from ..research.runner import Job, RunFailed, run
from ..research.terms import BacktestTerms
from .account import Account
from .books import Books
from .terms import PAPER

LATENCY_MS: Final = 250
SLIPPAGE: Final = Decimal("0.0005")
"""What a run takes for true of the way to the venue and of takers' fills, unless it is told. Its report says so.

A run that is told something kinder is no evidence.
"""

_MS_PER_DAY: Final = 86_400_000
_NS_PER_MS: Final = 1_000_000
_DIGITS: Final = 8

type Told = Callable[[str, int, int], None]
"""Told the phase (``candles`` or ``run``), how much is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be tried: rules, or what a strategy wanted on paper, over the days before now."""

    symbol: Symbol
    interval: Interval
    days: int
    rules: RuleTerms | None = None
    strategy: StrategyId | None = None
    latency_ms: int = LATENCY_MS
    slippage: Decimal = SLIPPAGE
    """How far beyond the touch a taker trades, as a fraction of the price."""

    @property
    def strict(self) -> bool:
        """Whether it is at least as hard on the strategy as a run that is told nothing."""
        return self.latency_ms >= LATENCY_MS and self.slippage >= SLIPPAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A run without a result: the key of the reason's text, and the reason in words."""

    key: str
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A run's result and where its page lies."""

    result: BacktestResult
    page: Path


class Backtests:
    """The backtests of one account."""

    def __init__(self, books: Books, folder: Path) -> None:
        """Keep candles and reports in ``folder``."""
        self._books = books
        self._folder = folder
        self._running: asyncio.Task[Finished | Failed] | None = None

    def cancel(self) -> bool:
        """End the run that is under way. False: there is none."""
        return self._running is not None and self._running.cancel()

    async def run(self, wish: Wish, told: Told) -> Finished | Failed:
        """Run; cancelling whoever waits for it ends it too."""
        if self._running is not None:
            return Failed(key="backtest_running")
        task = self._running = asyncio.create_task(self._run(wish, told))
        try:
            return await task
        except asyncio.CancelledError:
            if not task.cancelled():
                task.cancel()
                raise
            return Failed(key="backtest_cancelled")
        finally:
            self._running = None

    async def _run(self, wish: Wish, told: Told) -> Finished | Failed:
        account = self._books[PAPER]
        instrument = account.instrument(wish.symbol)
        if instrument is None:
            return Failed(key="backtest_failed", cause=f"{wish.symbol}: unknown to this account")
        candles = await self._candles(account, wish, told)
        if isinstance(candles, Failed):
            return candles
        recorded = await account.past.recorded(wish.strategy, wish.symbol) if wish.strategy else ()
        job = Job(
            candles=candles,
            terms=BacktestTerms(
                instrument=instrument,
                limits=account.limits,
                capital=account.terms.paper_balance,
                venue=PaperTerms(slippage=wish.slippage, latency_ms=wish.latency_ms),
                zone=account.terms.zone,
            ),
            rules=wish.rules,
            recorded=recorded,
        )
        try:
            result = await run(job, lambda done, total: told("run", done, total))
        except RunFailed as failed:
            return Failed(key="backtest_failed", cause=str(failed))
        if wish.strategy is not None and wish.strict:
            await account.record(self._evidence(wish.strategy, result))
        return Finished(result=result, page=await asyncio.to_thread(self._write, result))

    async def _candles(self, account: Account, wish: Wish, told: Told) -> Candles | Failed:
        """Read what is on disk and complete it from the venue; of what was read nothing is asked for twice."""
        source = account.past.candles
        if source is None:
            return Failed(key="backtest_failed", cause="no candles")
        width_ms = INTERVAL_MS[wish.interval]
        path = self._folder / "candles" / f"{wish.symbol}-{wish.interval}.candles"
        now_ms = time.time_ns() // _NS_PER_MS
        ended_ms = now_ms - now_ms % width_ms
        span = Span(ended_ms - wish.days * _MS_PER_DAY, ended_ms)
        try:
            kept = await asyncio.to_thread(read_candles, path)
        except OSError, UnreadableCandles:
            kept = Candles(symbol=wish.symbol, interval_ms=width_ms)
        whole, trouble = await fetch(
            kept,
            span,
            source=source,
            now_ms=now_ms,
            progress=lambda done, total: told("candles", done, total),
        )
        if whole is not kept:
            await asyncio.to_thread(write_candles, path, whole)
        if trouble is not None:
            return Failed(key="backtest_failed", cause=trouble.cause)
        return whole.part(*span)

    def _evidence(self, strategy: StrategyId, result: BacktestResult) -> BacktestRecorded:
        shown = of_backtest(result, self._books.terms_of(strategy).version)
        return BacktestRecorded(
            strategy_id=strategy,
            version=shown.version,
            days=_exactly(shown.days),
            episodes=shown.episodes,
            gains=_exactly(shown.gains),
            losses=_exactly(shown.losses),
            drawdown_percent=_exactly(shown.drawdown_percent),
        )

    def _write(self, result: BacktestResult) -> Path:
        """Write the page. Blocking."""
        page = self._folder / "reports" / f"{result.symbol}-{result.until_ms}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(report(result), encoding="utf-8")
        return page


def _exactly(figure: float) -> Decimal:
    """Keep a figure in decimals, as the journal wants it."""
    return Decimal(str(round(figure, _DIGITS))) if figure else ZERO
