"""The books of one account: ``paper`` alone, or ``live`` and ``paper`` beside it, and which of them a signal is for."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import override

from aiohttp import ClientSession

from ..engine.answers import Answer
from ..engine.records import canonical
from ..engine.worker import Spawn
from ..model.ids import BookName, StrategyId
from ..model.signal import Action, Signal
from ..research.promotion import fingerprint
from ..risk.limits import Limits
from ..risk.strategy import StrategyTerms
from .account import Account
from .clock import MachineClock
from .open_account import SYSTEM_CLOCK, open_account
from .terms import LIVE, PAPER, AccountTerms
from .witnesses import Witnesses


class Books(Mapping[BookName, Account]):
    """An account's books by name. ``home`` is the one that the account was set up for; it comes first.

    On paper every strategy may trade. In the live book only a version that a person promoted, as the live journal says:
    any other has the stage ``paper`` there, and the rule ``stage`` denies its entries.
    """

    def __init__(self, opened: Sequence[Account], *, code: str, spawn: Spawn) -> None:
        """Hold the books, the home first. ``code`` is the software's version, a part of every strategy's."""
        self.home = opened[0]
        self._by_name = {account.terms.mode: account for account in opened}
        self._code = code
        self._spawn = spawn
        self._terms: dict[StrategyId, StrategyTerms] = {}

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
        terms = self._terms.get(strategy)
        return self.home if terms is None or terms.stage is None else self._by_name[terms.stage]

    def terms_of(self, strategy: StrategyId) -> StrategyTerms:
        """Give the terms that are in force for a strategy."""
        return self._terms[strategy]

    @property
    def strategies(self) -> tuple[StrategyTerms, ...]:
        """The terms of all strategies, with their versions and the stages that they really have."""
        return tuple(self._terms.values())

    async def submit(self, signal: Signal, digest: str) -> Answer:
        """Put a signal through the gate of its book.

        What a live strategy wants is wanted on paper too: its shadow. What one that went back to paper still holds
        with money is sold when it wants to leave. Money goes first: paper begins once the live book has answered.
        """
        terms = self._terms.get(signal.strategy)
        if LIVE not in self or terms is None:
            return await self[signal.book].submit(signal, digest)
        shadowed = signal.book == LIVE and terms.stage == LIVE
        if not shadowed and (
            signal.action is not Action.EXIT or not self[LIVE].holdings.is_of(signal.strategy, signal.symbol)
        ):
            return await self[signal.book].submit(signal, digest)
        try:
            return await self[LIVE].submit(replace(signal, book=LIVE), digest)
        finally:
            self._spawn(self._shadow(replace(signal, book=PAPER), digest), "mexc_trading shadow")

    async def _shadow(self, signal: Signal, digest: str) -> None:
        """Do the same on paper. Its answer is in the paper journal; nobody waits for it."""
        await self[PAPER].submit(signal, digest)

    def heard(self, strategy: StrategyId) -> None:
        """Note in every book that a strategy has spoken."""
        for account in self.values():
            account.monitor.heard(strategy)

    async def set_limits(self, limits: Limits) -> None:
        """Put limits in force in every book: what is tried on paper is held to what it will be held to with money."""
        await asyncio.gather(*(account.set_limits(limits) for account in self.values()))

    async def set_strategies(self, strategies: tuple[StrategyTerms, ...]) -> None:
        """Put strategy terms in force in every book, then send their signals where their stage says."""
        wanted = tuple(self._judged(each) for each in strategies)
        for name, account in self.items():
            terms = wanted if name == LIVE else tuple(replace(each, stage=PAPER) for each in wanted)
            await account.set_strategies(terms)
        self._terms = {each.strategy_id: each for each in wanted}

    def version(self, terms: StrategyTerms, *, rules: str) -> str:
        """Name the version that a strategy is with these rules: evidence is about exactly one."""
        itself = replace(terms, name="", stage=None, version="")
        return fingerprint(terms=canonical(itself), rules=rules, code=self._code)

    def _judged(self, terms: StrategyTerms) -> StrategyTerms:
        """Name the version of a strategy, and let it be live only if that is what was promoted."""
        version = self.version(terms, rules=terms.version)
        live = terms.stage == LIVE and LIVE in self and self[LIVE].promoted(terms.strategy_id) == version
        return replace(terms, version=version, stage=LIVE if live else PAPER)

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
    clock: MachineClock = SYSTEM_CLOCK,
) -> Books:
    """Open an account: its home book and, beside a live one, the paper book. Raises what :func:`open_account` does."""
    opening = partial(open_account, session=session, spawn=spawn, version=version, witnesses=witnesses, clock=clock)
    home = await opening(terms)
    if terms.mode != LIVE:
        return Books([home], code=version, spawn=spawn)
    on_paper = replace(terms, mode=PAPER, api_key=None, api_secret=None)
    try:
        paper = await opening(on_paper, beside=home)
    except BaseException:
        await home.close()
        raise
    return Books([home, paper], code=version, spawn=spawn)
