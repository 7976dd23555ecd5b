"""Small drawings as inline SVG: lines, areas, marks, and axes that a person can read."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
import math
from typing import Final, NamedTuple

WIDTH: Final = 960
LEFT: Final = 78
RIGHT: Final = 14
TOP: Final = 12
BOTTOM: Final = 26
_STEPS: Final = (1, 2, 2.5, 5, 10)


class Range(NamedTuple):
    """The least and the greatest of an axis."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """Where a value lies between them, 0 to 1."""
        return (value - self.low) / (self.high - self.low)


type Write = Callable[[float, str], str]
"""Writes a figure by a pattern of Python's, as its reader's language does."""


class Panel:
    """One drawing with time to the right and a figure upward."""

    def __init__(self, *, title: str, height: int, time: Range, figures: Range, write: Write) -> None:
        """Draw into this space. ``write`` writes the figures at the side."""
        self._title = title
        self._height = height
        self._time = time
        self._figures = figures
        self._write = write
        self._parts: list[str] = []

    def line(self, points: Sequence[tuple[float, float]], style: str) -> None:
        """Draw a line through points of time and figure."""
        path = " ".join(f"{self._x(at):.1f},{self._y(figure):.1f}" for at, figure in points)
        self._parts.append(f'<polyline class="{style}" points="{path}"/>')

    def area(self, points: Sequence[tuple[float, float]], style: str) -> None:
        """Fill what lies between a line and the zero of the figures."""
        if not points:
            return
        zero = self._y(min(max(0.0, self._figures.low), self._figures.high))
        first, last = self._x(points[0][0]), self._x(points[-1][0])
        path = " ".join(f"{self._x(at):.1f},{self._y(figure):.1f}" for at, figure in points)
        self._parts.append(f'<polygon class="{style}" points="{first:.1f},{zero:.1f} {path} {last:.1f},{zero:.1f}"/>')

    def mark(self, at: float, figure: float, style: str, *, up: bool, told: str) -> None:
        """Set a small triangle, with words for whoever points at it."""
        x, y = self._x(at), self._y(figure)
        tip, foot = (y + 3, y + 12) if up else (y - 3, y - 12)
        self._parts.append(
            f'<polygon class="{style}" points="{x:.1f},{tip:.1f} {x - 4:.1f},{foot:.1f} {x + 4:.1f},{foot:.1f}">'
            f"<title>{escape(told)}</title></polygon>"
        )

    def svg(self) -> str:
        """Give the whole drawing."""
        body = "".join((*self._levels(), *self._dates(), *self._parts))
        name = escape(self._title)
        return (
            f'<figure><figcaption>{name}</figcaption><svg viewBox="0 0 {WIDTH} {self._height}" role="img" '
            f'aria-label="{name}">{body}</svg></figure>'
        )

    def _levels(self) -> list[str]:
        drawn = []
        for level in ticks(self._figures, max(2, self._height // 50)):
            y = self._y(level)
            drawn.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            text = self._write(level, ",.6g")
            drawn.append(f'<text class="axis" text-anchor="end" x="{LEFT - 8}" y="{y + 4:.1f}">{text}</text>')
        return drawn

    def _dates(self) -> list[str]:
        count, drawn = 6, []
        span = self._time.high - self._time.low
        pattern = "%Y-%m-%d" if span > count * 86_400_000 else "%m-%d %H:%M"
        for number in range(count + 1):
            at = self._time.low + span * number / count
            text = datetime.fromtimestamp(at / 1000, UTC).strftime(pattern)
            anchor = "start" if number == 0 else "end" if number == count else "middle"
            y = self._height - 8
            drawn.append(f'<text class="axis" text-anchor="{anchor}" x="{self._x(at):.1f}" y="{y}">{text}</text>')
        return drawn

    def _x(self, at: float) -> float:
        return LEFT + self._time.share(at) * (WIDTH - LEFT - RIGHT)

    def _y(self, figure: float) -> float:
        return self._height - BOTTOM - self._figures.share(figure) * (self._height - TOP - BOTTOM)


def around(figures: Sequence[float]) -> Range:
    """Give the range of figures with a little air; never an empty one."""
    low, high = min(figures), max(figures)
    air = (high - low) * 0.06 or abs(high) * 0.01 or 1.0
    return Range(low - air, high + air)


def ticks(span: Range, count: int) -> list[float]:
    """Give round figures inside a range, about so many."""
    raw = (span.high - span.low) / count
    power = 10 ** math.floor(math.log10(raw))
    step = next(step for step in _STEPS if step * power >= raw * 0.999) * power
    first = math.ceil(span.low / step)
    return [number * step for number in range(first, math.floor(span.high / step) + 1)]
