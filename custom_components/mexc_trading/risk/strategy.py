"""The terms of a strategy: a named source of signals. It can only be tighter than its book."""

from dataclasses import dataclass

from ..model.ids import BookName, StrategyId, Symbol
from ..model.signal import Protect
from .limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyTerms:
    """What one strategy may do. ``symbols`` narrows the book's allow-list; empty allows nothing."""

    strategy_id: StrategyId
    name: str
    symbols: frozenset[Symbol]
    limits: Limits | None = None
    """Limits of its own, measured on the book as all limits are; a looser one than the book's has no effect."""

    stage: BookName | None = None
    """The book that it has reached; None: its stage is not kept, and it trades in the book that it is set up in."""

    version: str = ""
    """Names all that makes it: its own terms, the limits and the code. Evidence is about one version."""

    clamp: bool = False
    """Whether an entry sized by value or by share of equity is made smaller instead of denied."""

    protect: Protect | None = None
    """The exits of entries whose signal names none."""

    heartbeat_s: int | None = None
    """Seconds after which its silence stops its entries; None: it may be silent."""
