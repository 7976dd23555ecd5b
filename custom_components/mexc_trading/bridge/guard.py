"""What a person and the house can do to guard an account: approve, close, flatten, conditions, money that moved."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from ..engine.answers import Answer, Done, Unknown
from ..engine.book import Book
from ..engine.guard_inputs import ApproveIn, CloseIn, ConditionIn, FlattenIn, FlowIn
from ..model.ids import DecisionId, Symbol
from ..model.signal import Signal


class Guard:
    """The way to the book's guard. Every answer is given when it is durable."""

    def __init__(self, *, book: Book, refresh: Callable[[Signal], Awaitable[None]]) -> None:
        """Bind the book, and how a price is read that is fresh enough to decide with."""
        self._book = book
        self._refresh = refresh

    async def approve(self, decision_id: DecisionId, *, who: str, approved: bool) -> Answer:
        """Answer the question about an entry. :class:`Unknown`: it is not open (any more)."""
        waiting = self._book.state.memory.waiting.get(decision_id)
        if waiting is None:
            return Unknown()
        if approved:
            await self._refresh(waiting.signal)
        return await self._book.ask(ApproveIn(decision_id=decision_id, who=who, approved=approved))

    async def close_position(self, symbol: Symbol, *, who: str) -> bool:
        """Sell a position, all of it, whatever it takes. False: there is none."""
        return isinstance(await self._book.ask(CloseIn(symbol=symbol, who=who)), Done)

    async def flatten(self, *, who: str, reason: str) -> bool:
        """Sell everything and cancel every order. False: the book could not take it in; ask again."""
        return isinstance(await self._book.ask(FlattenIn(who=who, why=reason)), Done)

    def set_condition(self, name: str, *, met: bool) -> None:
        """Say whether an entity that entries depend on is on."""
        self._book.tell(ConditionIn(name=name, met=met))

    async def book_flow(self, amount: Decimal, *, why: str) -> bool:
        """Book a deposit (> 0) or withdrawal (< 0) in quote units. False: ask again."""
        return isinstance(await self._book.ask(FlowIn(amount=amount, why=why)), Done)
