"""A live account's strategies between paper and money: what they lack, who moves them, what sends them back.

Evidence is read from the books' journals, each read on from where the last look ended. Promoting is a person's act and
needs evidence; going back needs no evidence and may be the engine's.
"""

import asyncio
from collections.abc import Callable
import time
from typing import Final

from ..engine.stage_events import StageSet
from ..model.ids import BookName, StrategyId
from ..model.money import HUNDRED
from ..research.demotion import DemotionCriteria, Reason, reasons_to_demote
from ..research.evidence import LiveEvidence
from ..research.journal_evidence import backtest_evidence, live_evidence, paper_evidence
from ..research.promotion import Missing, PromotionCriteria, missing_evidence
from .account import Account
from .books import Books
from .terms import LIVE, PAPER

ENGINE: Final = "engine"
"""Stands in the journal for a strategy that went back by itself."""


class Stages:
    """Evidence and stage changes of one live account."""

    def __init__(self, books: Books) -> None:
        """Read no journal yet."""
        self._books = books
        self._histories = {name: account.past.history() for name, account in books.items()}
        self._reading = asyncio.Lock()
        self._seen: dict[StrategyId, LiveEvidence] = {}
        self._on_change: list[Callable[[], None]] = []

    async def missing(self, strategy: StrategyId, criteria: PromotionCriteria) -> tuple[Missing, ...]:
        """Say what a strategy lacks before a person may promote it."""
        await self._read_on(PAPER)
        history = self._histories[PAPER]
        version = self._books.terms_of(strategy).version
        now_ns = time.time_ns()
        paper = paper_evidence(
            history,
            strategy,
            version=history.of(strategy).version,
            since_ns=history.of(strategy).since_ns,
            now_ns=now_ns,
            modelled_slippage_percent=_modelled_percent(self._books[PAPER]),
        )
        backtest = backtest_evidence(history, strategy)
        return missing_evidence(version, criteria, backtest=backtest, paper=paper, now_s=now_ns // 1_000_000_000)

    async def promote(
        self, strategy: StrategyId, criteria: PromotionCriteria, *, who: str, why: str
    ) -> tuple[Missing, ...]:
        """Journal that the present version may trade with money, unless something is missing; give what is."""
        lacks = await self.missing(strategy, criteria)
        if not lacks:
            await self._set(strategy, LIVE, who=who, why=why)
        return lacks

    async def demote(self, strategy: StrategyId, *, who: str, why: str) -> None:
        """Journal that a strategy is back on paper."""
        await self._set(strategy, PAPER, who=who, why=why)

    async def conduct(self, strategy: StrategyId) -> LiveEvidence:
        """Say how a strategy did since it was promoted, compared with its shadow on paper."""
        await self._read_on(LIVE)
        await self._read_on(PAPER)
        found = self._seen[strategy] = live_evidence(self._histories[LIVE], self._histories[PAPER], strategy)
        self.changed()
        return found

    def last_seen(self, strategy: StrategyId) -> LiveEvidence | None:
        """Give what the last look at a live strategy's conduct found; None: it is not live, or nobody looked yet."""
        return self._seen.get(strategy) if self._books.of(strategy) is self._books[LIVE] else None

    def listen(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call back on the event loop after each look at a strategy's conduct and each change of a stage."""
        self._on_change.append(on_change)
        return lambda: self._on_change.remove(on_change)

    def changed(self) -> None:
        """Say that a look at conduct, or a stage, is new."""
        for on_change in tuple(self._on_change):
            on_change()

    async def faults(self, strategy: StrategyId, criteria: DemotionCriteria) -> tuple[Reason, ...]:
        """Say why a strategy that was promoted may not stay live."""
        version = self._books.terms_of(strategy).version
        return reasons_to_demote(version, criteria, await self.conduct(strategy))

    async def _set(self, strategy: StrategyId, stage: BookName, *, who: str, why: str) -> None:
        version = self._books.terms_of(strategy).version
        await self._books[LIVE].record(StageSet(strategy_id=strategy, stage=stage, version=version, who=who, why=why))

    async def _read_on(self, name: BookName) -> None:
        async with self._reading:
            await self._books[name].past.read_on(self._histories[name])


def _modelled_percent(account: Account) -> float:
    """Say how far beyond the touch a taker trades on paper by the model itself, in percent."""
    return float(account.paper_terms.slippage * HUNDRED) if account.paper_terms else 0.0
