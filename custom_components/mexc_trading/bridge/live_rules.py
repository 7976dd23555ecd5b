"""All rule strategies of an account: made equal to what is saved, without touching those that stay as they are."""

import asyncio
from collections.abc import Callable, Sequence
import logging
from typing import Final

from ..engine.worker import Spawn
from ..exchange.mexc.klines import Interval
from ..model.ids import StrategyId, Symbol
from ..research.candle_fetch import Source
from ..research.places import ExpressionError
from ..research.rule_plan import RulePlan
from .books import Books
from .candle_feed import CandleFeed
from .candle_store import CandleStore
from .live_rule import Following, LiveRule, Told
from .terms import PAPER

_LOGGER = logging.getLogger(__name__)

TASK: Final = "mexc_trading rules"

type FeedKey = tuple[Symbol, Interval]


class BooksMarket:
    """The candles and the clock of an account's market."""

    def __init__(self, books: Books) -> None:
        """Ask the books."""
        self._books = books

    @property
    def candles(self) -> Source | None:
        """The market's candles."""
        return self._books[PAPER].past.candles

    def venue_ms(self) -> int:
        """Tell the venue's time."""
        return self._books.home.venue_ms()


class LiveRules:
    """The rule strategies of one account."""

    def __init__(self, books: Books, store: CandleStore, spawn: Spawn) -> None:
        """Start without strategies."""
        self._books = books
        self._market = BooksMarket(books)
        self._store = store
        self._spawn = spawn
        self._plans: dict[StrategyId, RulePlan] = {}
        self._rules: dict[StrategyId, list[LiveRule]] = {}
        self._unread: dict[StrategyId, tuple[Told, ...]] = {}
        self._feeds: dict[FeedKey, CandleFeed] = {}
        self._tasks: dict[FeedKey, asyncio.Task[None]] = {}
        self._on_change: list[Callable[[], None]] = []

    def sync(self, plans: Sequence[RulePlan]) -> None:
        """Let exactly these follow their candles. One that has changed begins anew with the next candle."""
        wanted = {plan.strategy_id: plan for plan in plans}
        for strategy, plan in tuple(self._plans.items()):
            if wanted.get(strategy) != plan:
                self._drop(strategy)
        for strategy, plan in wanted.items():
            if strategy not in self._plans:
                self._add(plan)
        self._changed()

    def told(self, strategy: StrategyId) -> tuple[Told, ...]:
        """Tell how a strategy is doing, symbol by symbol."""
        return tuple(rule.told for rule in self._rules.get(strategy, ())) or self._unread.get(strategy, ())

    def plan(self, strategy: StrategyId) -> RulePlan | None:
        """Give the plan in force; None: this is no rule strategy."""
        return self._plans.get(strategy)

    def listen(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call back on the event loop after each change, until the returned function is called."""
        self._on_change.append(on_change)
        return lambda: self._on_change.remove(on_change)

    async def look(self) -> None:
        """Look at all candles now."""
        await asyncio.gather(*(feed.look() for feed in tuple(self._feeds.values())))

    def close(self) -> None:
        """Follow nothing any more."""
        for strategy in tuple(self._plans):
            self._drop(strategy)

    def _add(self, plan: RulePlan) -> None:
        self._plans[plan.strategy_id] = plan
        try:
            rules = [LiveRule(plan, symbol, self._books, self._changed) for symbol in plan.symbols]
        except ExpressionError as error:
            # They were checked when they were saved: another release may read them otherwise.
            _LOGGER.error("The rules of %s cannot be read: %s", plan.strategy_id, error)  # noqa: TRY400
            self._unread[plan.strategy_id] = tuple(
                Told(symbol=symbol, interval=plan.interval, following=Following.BROKEN) for symbol in plan.symbols
            )
            return
        self._rules[plan.strategy_id] = rules
        for rule in rules:
            self._join(rule)

    def _join(self, rule: LiveRule) -> None:
        """Let a strategy follow a symbol's candles, with those that do already."""
        key = (rule.told.symbol, rule.told.interval)
        feed = self._feeds.get(key)
        if feed is not None:
            feed.rules.append(rule)
            feed.wake()
            return
        feed = self._feeds[key] = CandleFeed(*key, market=self._market, store=self._store)
        feed.rules.append(rule)
        task = self._tasks[key] = self._spawn(feed.run(), TASK)
        task.add_done_callback(lambda ended: self._on_end(feed, ended))

    def _drop(self, strategy: StrategyId) -> None:
        del self._plans[strategy]
        self._unread.pop(strategy, None)
        for rule in self._rules.pop(strategy, ()):
            rule.retire()
            key = (rule.told.symbol, rule.told.interval)
            self._feeds[key].rules.remove(rule)
            if not self._feeds[key].rules:
                del self._feeds[key]
                self._tasks.pop(key).cancel()

    def _on_end(self, feed: CandleFeed, task: asyncio.Task[None]) -> None:
        """Say so when a feed ends on a bug: nothing is traded by its rules any more."""
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.error("Following candles ended unexpectedly", exc_info=error)
            for rule in feed.rules:
                rule.tell(Following.BROKEN)

    def _changed(self) -> None:
        for on_change in tuple(self._on_change):
            on_change()
