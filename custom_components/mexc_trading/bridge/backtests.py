"""Backtests of an account's strategies: candles from disk and venue, the run in a process of its own, the report.

One at a time for each account: a run takes a whole core of what is often a small machine.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
import time
from typing import Final

from ..engine.stage_events import BacktestRecorded
from ..exchange.mexc.klines import INTERVAL_MS, Interval
from ..exchange.paper.terms import PaperTerms
from ..model.ids import StrategyId, Symbol
from ..model.money import ZERO
from ..model.signal import Signal
from ..research.candles import Candles, Span
from ..research.evidence import of_backtest
from ..research.page_texts import PageTexts
from ..research.result import BacktestResult
from ..research.rule_strategy import RuleTerms
from ..research.runner import Job, RunFailed, run
from ..research.terms import BacktestTerms
from ..risk.strategy import StrategyTerms
from .account import Account
from .books import Books
from .candle_store import CandleStore
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
    """What is to be tried over the days before now: rules, what a strategy wanted on paper, or a strategy's own rules.

    ``rules_text`` is what a strategy's own rules are known by and ``name`` what people call it; ``texts`` are the words
    of the page about it.
    """

    symbol: Symbol
    interval: Interval
    days: int
    rules: RuleTerms | None = None
    strategy: StrategyId | None = None
    rules_text: str = ""
    name: str = ""
    texts: PageTexts
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

    def __init__(self, books: Books, store: CandleStore, folder: Path) -> None:
        """Take candles from ``store``; keep reports in ``folder``."""
        self._books = books
        self._store = store
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
        # As it is now: what is changed while this runs makes another version, which this shows nothing about.
        strategy = None if wish.strategy is None else self._books.terms_of(wish.strategy)
        candles = await self._candles(account, wish, told)
        if isinstance(candles, Failed):
            return candles
        job = Job(
            candles=candles,
            terms=BacktestTerms(
                instrument=instrument,
                limits=replace(account.limits, home_conditions=()),
                capital=account.terms.paper_balance,
                venue=PaperTerms(slippage=wish.slippage, latency_ms=wish.latency_ms),
                zone=account.terms.zone,
            ),
            rules=_protected(wish.rules, strategy),
            recorded=await self._recorded(account, wish),
            strategy=None if strategy is None else _at_home(strategy),
        )
        try:
            result = await run(job, lambda done, total: told("run", done, total))
        except RunFailed as failed:
            return Failed(key="backtest_failed", cause=str(failed))
        if strategy is not None and wish.strict:
            version = self._books.version(strategy, rules=wish.rules_text)
            await account.record(_evidence(strategy.strategy_id, version, result))
        return Finished(result=result, page=await asyncio.to_thread(self._write, result, wish))

    async def _recorded(self, account: Account, wish: Wish) -> tuple[Signal, ...]:
        """Give what a strategy without rules of its own wanted."""
        if wish.strategy is None or wish.rules is not None:
            return ()
        return await account.past.recorded(wish.strategy, wish.symbol)

    async def _candles(self, account: Account, wish: Wish, told: Told) -> Candles | Failed:
        """Read what is on disk and complete it from the venue; of what was read nothing is asked for twice."""
        source = account.past.candles
        if source is None:
            return Failed(key="backtest_failed", cause="no candles")
        width_ms = INTERVAL_MS[wish.interval]
        now_ms = time.time_ns() // _NS_PER_MS
        ended_ms = now_ms - now_ms % width_ms
        candles, trouble = await self._store.complete(
            source,
            wish.symbol,
            wish.interval,
            Span(ended_ms - wish.days * _MS_PER_DAY, ended_ms),
            now_ms=now_ms,
            progress=lambda done, total: told("candles", done, total),
        )
        return candles if trouble is None else Failed(key="backtest_failed", cause=trouble.cause)

    def _write(self, result: BacktestResult, wish: Wish) -> Path:
        """Write the page. Blocking, as is the import of what draws it."""
        from ..research.report import report  # noqa: PLC0415

        page = self._folder / "reports" / f"{result.symbol}-{result.until_ms}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(report(result, wish.texts, wish.name), encoding="utf-8")
        return page


def _protected(rules: RuleTerms | None, strategy: StrategyTerms | None) -> RuleTerms | None:
    """Give a strategy's rules the exits that it has by now."""
    return rules if rules is None or strategy is None else replace(rules, protect=strategy.protect)


def _at_home(strategy: StrategyTerms) -> StrategyTerms:
    """Let a strategy be tried as if all were well at home: what the home was like then is not known."""
    limits = strategy.limits
    return strategy if limits is None else replace(strategy, limits=replace(limits, home_conditions=()))


def _evidence(strategy: StrategyId, version: str, result: BacktestResult) -> BacktestRecorded:
    shown = of_backtest(result, version)
    return BacktestRecorded(
        strategy_id=strategy,
        version=shown.version,
        days=_exactly(shown.days),
        episodes=shown.episodes,
        gains=_exactly(shown.gains),
        losses=_exactly(shown.losses),
        drawdown_percent=_exactly(shown.drawdown_percent),
    )


def _exactly(figure: float) -> Decimal:
    """Keep a figure in decimals, as the journal wants it."""
    return Decimal(str(round(figure, _DIGITS))) if figure else ZERO
