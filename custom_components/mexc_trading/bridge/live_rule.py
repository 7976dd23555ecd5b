"""A rule strategy at work on one symbol: what it may act on, and its wish's way through the gate as any other signal.

An entry is wanted only at the close of the newest candle and only for the time that entries are; an exit that the rules
wanted is wanted until nothing is held, as in a backtest.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
import logging
from typing import Final

from ..engine.answers import Answer, Busy, Conflict, Decided
from ..exchange.mexc.klines import Interval
from ..model.ids import SignalId, Symbol
from ..model.signal import Action, Signal
from ..orders.identity import body_digest
from ..research.candles import CandleRow
from ..research.follower import Follower
from ..research.rule_plan import RulePlan
from ..research.rule_strategy import WANTED_S, Wish, signal_of
from .account import Account
from .books import Books
from .spared import spared
from .terms import LIVE

_LOGGER = logging.getLogger(__name__)

SUBMIT_AGAIN_S: Final = (1, 3, 8)
"""Waits before a wish that could not be taken in is said again, under the same id."""

ROWS_AT_ONCE: Final = 64
"""More candles than these are taken in another thread: Home Assistant's loop has other work."""

_MS_PER_S: Final = 1_000


class Following(StrEnum):
    """How a strategy is doing on a symbol."""

    WARMING_UP = "warming_up"
    FOLLOWING = "following"
    GAP = "gap"
    """The newest candle was not there: nothing is traded in it."""

    UNAVAILABLE = "unavailable"
    BROKEN = "broken"
    """The rules cannot be read, or a fault ended them; nothing is traded until they are saved again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSignal:
    """What was wanted last, and the answer: a verdict, ``busy`` or ``idempotency_conflict``; ``rule`` denied it."""

    signal_id: SignalId
    action: Action
    close_ms: int
    answer: str
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What there is to tell of a strategy on a symbol. ``candle_ms``: the close of the last candle taken in."""

    symbol: Symbol
    interval: Interval
    following: Following = Following.WARMING_UP
    candle_ms: int | None = None
    signal: LastSignal | None = None


class LiveRule:
    """One strategy on one symbol."""

    def __init__(self, plan: RulePlan, symbol: Symbol, books: Books, on_change: Callable[[], None]) -> None:
        """Compile the rules. Raises :class:`~..research.places.ExpressionError`."""
        self.plan = plan
        self.follower = Follower(plan.terms(symbol), plan.interval_ms)
        self.told = Told(symbol=symbol, interval=plan.interval)
        self._symbol = symbol
        self._books = books
        self._on_change = on_change
        self._retired = False

    def retire(self) -> None:
        """Want nothing any more: the strategy was changed or removed."""
        self._retired = True

    def tell(self, following: Following, *, candle_ms: int | None = None, signal: LastSignal | None = None) -> None:
        """Let everybody know; trouble, and its end, also goes to the log once."""
        if following is not self.told.following and following is not Following.WARMING_UP:
            level = logging.INFO if following is Following.FOLLOWING else logging.WARNING
            _LOGGER.log(level, "Rules of %s on %s: %s", self.plan.strategy_id, self._symbol, following)
        self.told = replace(
            self.told,
            following=following,
            candle_ms=candle_ms or self.told.candle_ms,
            signal=signal or self.told.signal,
        )
        self._on_change()

    async def warm_up(self, rows: Sequence[CandleRow], until_ms: int) -> None:
        """Take the past in, up to a candle that opens at ``until_ms``. Nothing is traded by it."""
        await asyncio.to_thread(self.follower.catch_up, spared(rows), held_since_ms=self._held_since_ms())
        self.follower.next_ms = until_ms

    async def take(self, rows: Sequence[CandleRow], *, ended_ms: int, now_ms: int) -> None:
        """Take in what is new, and act if it reaches up to ``ended_ms``, the close of the newest candle."""
        next_ms = self.follower.next_ms or 0
        fresh = [row for row in rows if row.open_ms >= next_ms]
        held_since_ms = self._held_since_ms()
        if len(fresh) > ROWS_AT_ONCE:
            wish = await asyncio.to_thread(self.follower.catch_up, spared(fresh), held_since_ms=held_since_ms)
        else:
            wish = self.follower.catch_up(fresh, held_since_ms=held_since_ms)
        newest_ms = fresh[-1].open_ms + self.follower.interval_ms if fresh else None
        if newest_ms != ended_ms:
            self.tell(Following.GAP, candle_ms=newest_ms)
            return
        self._books.heard(self.plan.strategy_id)
        self.tell(Following.FOLLOWING, candle_ms=ended_ms)
        if wish is not None and self._may(wish, close_ms=ended_ms, now_ms=now_ms):
            await self._want(wish, ended_ms)

    def _places(self) -> tuple[Account, ...]:
        """List the books that matter: the one of the strategy's stage, and the live one where it may hold the rest."""
        book = self._books.of(self.plan.strategy_id)
        left = self._books.get(LIVE)
        return (book,) if left is None or left is book else (book, left)

    def _held_since_ms(self) -> int | None:
        """Say since when these rules hold something of the symbol; what was before them is not theirs to judge."""
        opened = [
            account.holdings.opened_ms(self._symbol)
            for account in self._places()
            if account.holdings.is_of(self.plan.strategy_id, self._symbol)
        ]
        since = [at_ms for at_ms in opened if at_ms is not None]
        return max(min(since), self.plan.since_s * _MS_PER_S) if since else None

    def _may(self, wish: Wish, *, close_ms: int, now_ms: int) -> bool:
        """Say whether a wish of a candle may be said now."""
        if self._retired:
            return False
        places = self._places()
        if close_ms <= self.plan.since_s * _MS_PER_S or any(each.holdings.awaits(self._symbol) for each in places):
            return False
        if wish is Wish.LEAVE:
            return True
        # What somebody else holds of the symbol is neither added to nor sold.
        owned = any(each.holdings.opened_ms(self._symbol) is not None for each in places)
        return not owned and now_ms - close_ms <= WANTED_S * _MS_PER_S

    async def _want(self, wish: Wish, close_ms: int) -> None:
        """Pass a wish through the gate, and tell what became of it."""
        signal = signal_of(
            self.follower.rules,
            wish,
            book=self._books.of(self.plan.strategy_id).terms.mode,
            close_ms=close_ms,
            interval_ms=self.follower.interval_ms,
        )
        said = _said(signal, close_ms, await self._submit(signal))
        self.tell(Following.FOLLOWING, signal=said)

    async def _submit(self, signal: Signal) -> Answer:
        # The id is all there is to tell a repeat by: the same candle means the same wish, whatever it asks for by now.
        digest = body_digest({"signal_id": signal.signal_id})
        answer = await self._books.submit(signal, digest)
        for wait_s in SUBMIT_AGAIN_S:
            if not isinstance(answer, Busy):
                break
            await asyncio.sleep(wait_s)
            answer = await self._books.submit(signal, digest)
        return answer


def _said(signal: Signal, close_ms: int, answer: Answer) -> LastSignal:
    match answer:
        case Decided(decision=decision):
            first = next(iter(decision.denials), None)
            word, rule = decision.verdict.value, first and first.rule.value
        case Conflict():
            word, rule = "idempotency_conflict", None
        case _:
            word, rule = "busy", None
    return LastSignal(signal_id=signal.signal_id, action=signal.action, close_ms=close_ms, answer=word, rule=rule)
