"""How a live strategy's fills compare with those of its shadow, the same strategy on paper. Figures describe.

A signal has the same id in both books, so what it brought in one can be laid beside what it brought in the other. Exits
that the engine makes itself come at moments of their own in each book: they show in the results, not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from ..model.ids import SignalId
from ..model.market import Side

BASIS_POINTS: Final = 10_000
PERCENT: Final = 100


@dataclass(slots=True, kw_only=True)
class Traded:
    """What one signal has traded so far: base units, quote units, and when it began (ns)."""

    side: Side
    at_ns: int
    quantity: float = 0.0
    quote: float = 0.0

    @property
    def price(self) -> float:
        """The mean price."""
        return self.quote / self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class FillDifference:
    """Live fills against those of the shadow, over the signals of some time."""

    bps: float | None = None
    """Mean of how much worse the live price was, in basis points; below zero: better. None: nothing to compare."""

    compared: int = 0
    """Signals that traded in both books."""

    only_live: int = 0
    only_paper: int = 0

    @property
    def percent(self) -> float:
        """The mean in percent; zero without anything to compare."""
        return (self.bps or 0.0) / BASIS_POINTS * PERCENT


def fill_difference(
    live: Mapping[SignalId, Traded], paper: Mapping[SignalId, Traded], *, since_ns: int
) -> FillDifference:
    """Lay what was traded since a moment side by side, signal by signal."""
    ours = {signal for signal, traded in live.items() if traded.at_ns >= since_ns}
    theirs = {signal for signal, traded in paper.items() if traded.at_ns >= since_ns}
    both = sorted(ours & theirs)
    worse = [_worse_bps(live[signal], paper[signal]) for signal in both]
    return FillDifference(
        bps=fmean(worse) if worse else None,
        compared=len(both),
        only_live=len(ours - theirs),
        only_paper=len(theirs - ours),
    )


def _worse_bps(live: Traded, paper: Traded) -> float:
    apart = live.price / paper.price - 1
    return (apart if live.side is Side.BUY else -apart) * BASIS_POINTS
