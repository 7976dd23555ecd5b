"""The terms of a strategy: a named source of signals. It can only be tighter than its book."""

from dataclasses import dataclass

from ..model.ids import StrategyId, Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyTerms:
    """What one strategy may do. ``symbols`` narrows the book's allow-list; empty allows nothing."""

    strategy_id: StrategyId
    name: str
    symbols: frozenset[Symbol]
