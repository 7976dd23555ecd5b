"""What a person and the house can do to guard an account: approve, cancel, close, flatten, conditions, flows."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

from ..engine.answers import Answer, Done, Unknown
from ..engine.book import Book
from ..engine.compare_inputs import DriftChoice, DriftIn
from ..engine.guard_inputs import ApproveIn, CloseIn, ConditionIn, FlattenIn, FlowIn
from ..engine.inputs import CancelIn, RaiseIn
from ..engine.ports import Clock
from ..model.hold import WHOLE_BOOK, HoldKind, Release, Scope, ScopeKind
from ..model.ids import ENGINE, DecisionId, OrderId, StrategyId, Symbol
from ..model.signal import Signal
from .drill import Drill, NoDrill, run_drill


class Guard:
    """The way to the book's guard. Every answer is given when it is durable."""

    def __init__(self, *, book: Book, clock: Clock, refresh: Callable[[Signal], Awaitable[None]]) -> None:
        """Bind the book, and how a price is read that is fresh enough to decide with."""
        self._book = book
        self._clock = clock
        self._refresh = refresh

    async def approve(self, decision_id: DecisionId, *, who: str, approved: bool) -> Answer:
        """Answer the question about an entry. :class:`Unknown`: it is not open (any more)."""
        waiting = self._book.state.memory.waiting.get(decision_id)
        if waiting is None:
            return Unknown()
        if approved:
            await self._refresh(waiting.signal)
        return await self._book.ask(ApproveIn(decision_id=decision_id, who=who, approved=approved))

    async def cancel_all(self, symbol: Symbol | None, *, who: str) -> tuple[OrderId, ...]:
        """Ask for the end of every order, or of every order of a symbol; give those for which it was taken in.

        The engine's own exits go on: they end at once anyway, and what they sell is to be sold.
        """
        wanted = [
            record.order.order_id
            for record in self._book.state.active_orders
            if record.order.decision.strategy != ENGINE and symbol in (None, record.order.symbol)
        ]
        answers = await asyncio.gather(*(self._book.ask(CancelIn(order_id=name, who=who)) for name in wanted))
        return tuple(name for name, answer in zip(wanted, answers, strict=True) if isinstance(answer, Done))

    async def stop_strategy(self, strategy: StrategyId, *, who: str, reason: str) -> Answer:
        """Engage the kill switch of one strategy: its entries stop, those that work are cancelled, others go on."""
        scope = Scope(kind=ScopeKind.STRATEGY, name=strategy)
        why = f"{who}: {reason}"
        return await self._book.ask(RaiseIn(kind=HoldKind.KILL_SWITCH, scope=scope, why=why, release=Release.PERSON))

    async def freeze(self, *, who: str, reason: str) -> Answer:
        """Let nothing be sent any more, exits included, until a person releases it; cancels still go out."""
        why = f"{who}: {reason}"
        return await self._book.ask(RaiseIn(kind=HoldKind.FREEZE, scope=WHOLE_BOOK, why=why, release=Release.PERSON))

    async def drill(self, *, who: str) -> Drill | NoDrill:
        """Run a drill of the kill switch, on paper only."""
        return await run_drill(self._book, clock=self._clock, refresh=self._refresh, who=who)

    async def close_position(self, symbol: Symbol, *, who: str) -> Answer:
        """Sell a position, all of it, whatever it takes. :class:`Unknown`: there is none."""
        return await self._book.ask(CloseIn(symbol=symbol, who=who))

    async def settle_drift(self, symbol: Symbol, choice: DriftChoice, *, who: str) -> Answer:
        """Settle coins that the venue does not have. :class:`Unknown`: none are missing (any more)."""
        return await self._book.ask(DriftIn(symbol=symbol, choice=choice, who=who))

    async def flatten(self, *, who: str, reason: str) -> Answer:
        """Sell everything and cancel every order. :class:`~..engine.answers.Busy`: not taken in; ask again."""
        return await self._book.ask(FlattenIn(who=who, why=reason))

    def set_condition(self, name: str, *, met: bool) -> None:
        """Say whether an entity that entries depend on is on."""
        self._book.tell(ConditionIn(name=name, met=met))

    async def book_flow(self, amount: Decimal, *, why: str) -> Answer:
        """Book a deposit (> 0) or withdrawal (< 0) in quote units. :class:`Unknown`: none of that amount is open."""
        return await self._book.ask(FlowIn(amount=amount, why=why))
