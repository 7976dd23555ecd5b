"""How often a figure is written: each new value is a row in Home Assistant's recorder, and prices never stand still."""

from dataclasses import dataclass
from typing import Final

FIGURE_S: Final = 60.0
"""Least seconds between two writes of a figure of a whole book."""

SLOW_S: Final = 300.0
"""The same for figures that look back on a day: as often as Home Assistant takes one for its statistics."""

POSITION_S: Final = 18.0
"""The same for a figure of one position, for each position that is held: all of them together write no more, however
many they are, and never one of them more often than a book's figures."""

SPARE: Final = 3.0
"""Writes that a figure may have saved up, for when something was traded: then nobody wants to wait."""


def position_gap_s(symbols: int) -> float:
    """Give the least seconds between two writes of a position's figure where so many symbols have one."""
    return max(FIGURE_S, POSITION_S * symbols)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an entity would write. Compared as it is shown: what is rounded away is not worth a row."""

    prompt: object
    """What is written at once when it is another."""

    figure: object
    """What is written in its turn."""

    trades: int
    """How often what the book holds has changed so far."""


class Pace:
    """Says when one entity is to be written.

    A turn comes after each gap. Turns that were not needed are saved up, a few; a change of what the book holds may use
    them at once. So an account at rest shows each trade as it happens, and a busy one writes no more than its turns.
    """

    def __init__(self) -> None:
        """Begin with all turns saved up."""
        self._written: Seen | None = None
        self._at_s = 0.0
        self._saved = SPARE

    def due(self, seen: Seen, gap_s: float, now_s: float) -> bool:
        """Say whether to write this now; then it counts as written."""
        last, waited_s = self._written, now_s - self._at_s
        saved = min(SPARE, self._saved + waited_s / gap_s) if gap_s else SPARE
        if last is not None and last.prompt == seen.prompt:
            if last.figure == seen.figure:
                return False
            if waited_s < gap_s and (last.trades == seen.trades or saved < 1):
                return False
        self._written, self._at_s, self._saved = seen, now_s, max(0.0, saved - 1)
        return True
