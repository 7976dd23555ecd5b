"""The books of one account: ``paper`` alone, or ``live`` and ``paper`` beside it, and which of them a signal is for."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import override

from aiohttp import ClientSession

from ..engine.ports import Clock
from ..engine.worker import Spawn
from ..model.ids import BookName, StrategyId
from ..risk.limits import Limits
from ..risk.strategy import StrategyTerms
from .account import SYSTEM_CLOCK, Account, open_account
from .terms import LIVE, PAPER, AccountTerms
from .witnesses import Witnesses


class Books(Mapping[BookName, Account]):
    """An account's books by name. ``home`` is the one that the account was set up for; it comes first.

    On paper every strategy may trade. In the live book only one that has reached it: the rule ``stage`` sees to that.
    """

    def __init__(self, opened: Sequence[Account]) -> None:
        """Hold the books, the home first."""
        self.home = opened[0]
        self._by_name = {account.terms.mode: account for account in opened}
        self._stages: dict[StrategyId, BookName] = {}

    @override
    def __getitem__(self, name: BookName) -> Account:
        return self._by_name[name]

    @override
    def __iter__(self) -> Iterator[BookName]:
        return iter(self._by_name)

    @override
    def __len__(self) -> int:
        return len(self._by_name)

    def of(self, strategy: StrategyId) -> Account:
        """Give the book that a strategy trades in: that of its stage; for a person, the home."""
        return self._by_name[self._stages.get(strategy, self.home.terms.mode)]

    def heard(self, strategy: StrategyId) -> None:
        """Note in every book that a strategy has spoken."""
        for account in self.values():
            account.monitor.heard(strategy)

    async def set_limits(self, limits: Limits) -> None:
        """Put limits in force in every book: what is tried on paper is held to what it will be held to with money."""
        await asyncio.gather(*(account.set_limits(limits) for account in self.values()))

    async def set_strategies(self, strategies: tuple[StrategyTerms, ...]) -> None:
        """Put strategy terms in force in every book, then send their signals where their stage says."""
        for name, account in self.items():
            terms = strategies if name == LIVE else tuple(replace(each, stage=PAPER) for each in strategies)
            await account.set_strategies(terms)
        if LIVE in self:
            self._stages = {each.strategy_id: each.stage or PAPER for each in strategies}

    async def close(self) -> None:
        """Stop every book and let go of its journal."""
        await asyncio.gather(*(account.close() for account in self.values()))


async def open_books(
    terms: AccountTerms,
    *,
    session: ClientSession,
    spawn: Spawn,
    version: str,
    witnesses: Witnesses | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Books:
    """Open an account: its home book and, beside a live one, the paper book. Raises what :func:`open_account` does."""
    opening = partial(open_account, session=session, spawn=spawn, version=version, witnesses=witnesses, clock=clock)
    home = await opening(terms)
    if terms.mode != LIVE:
        return Books([home])
    on_paper = replace(terms, mode=PAPER, api_key=None, api_secret=None)
    try:
        paper = await opening(on_paper, beside=home)
    except BaseException:
        await home.close()
        raise
    return Books([home, paper])
