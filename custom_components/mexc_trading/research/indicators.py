"""Indicators that take one candle at a time, each at a cost that does not grow with its length.

Figures here are binary floats: they say *when*, never *how much*. No amount of money is worked out from them; sizes,
prices and fees go through the risk engine as decimals.
"""

from collections import deque
from collections.abc import Callable
import math
from typing import Final, Protocol

LENGTH_MAX: Final = 5_000
"""Candles that an indicator may look back on."""

type Number = Callable[[], float]
"""Reads a figure of the latest candle."""

NAN: Final = math.nan


class Bar:
    """The latest candle. One object, overwritten for each candle, so that those who read it need no new one."""

    __slots__ = ("close", "high", "low", "open", "volume")

    def __init__(self) -> None:
        """Know nothing yet."""
        self.open = self.high = self.low = self.close = self.volume = NAN


class Series(Protocol):
    """Something that follows the candles. ``value`` is not a number until ``ready``."""

    value: float
    ready: bool

    def update(self) -> None:
        """Take the latest candle in."""
        ...


class _Follower:
    """What indicators share: the figure they follow, how many they look back on, and how many they have seen."""

    __slots__ = ("_length", "_of", "_seen", "ready", "value")

    def __init__(self, length: int, of: Number) -> None:
        self._length = length
        self._of = of
        self._seen = 0
        self.value: float = NAN
        self.ready = False


class Sma(_Follower):
    """The mean of the last figures."""

    __slots__ = ("_total", "_window")

    def __init__(self, length: int, of: Number) -> None:
        """Follow ``of``."""
        super().__init__(length, of)
        self._window: deque[float] = deque(maxlen=length)
        self._total = 0.0

    def update(self) -> None:
        """Take the latest figure in; now and then the sum is made anew, so that rounding does not pile up."""
        figure, window = self._of(), self._window
        if self.ready:
            self._total += figure - window[0]
        else:
            self._total += figure
        window.append(figure)
        self._seen += 1
        if self._seen % 1_000 == 0:
            self._total = math.fsum(window)
        if self.ready or len(window) == self._length:
            self.ready = True
            self.value = self._total / self._length


class Ema(_Follower):
    """The exponential mean with weight ``2 / (length + 1)``, started at the mean of the first ``length`` figures."""

    __slots__ = ("_total", "_weight")

    def __init__(self, length: int, of: Number) -> None:
        """Follow ``of``."""
        super().__init__(length, of)
        self._weight = 2 / (length + 1)
        self._total = 0.0

    def update(self) -> None:
        """Take the latest figure in."""
        if self.ready:
            self.value += (self._of() - self.value) * self._weight
            return
        self._total += self._of()
        self._seen += 1
        if self._seen == self._length:
            self.ready = True
            self.value = self._total / self._length


class Rsi(_Follower):
    """Wilder's relative strength index, 0 to 100; 50 where nothing moved."""

    __slots__ = ("_before", "_gain", "_keep", "_loss")

    def __init__(self, length: int, of: Number) -> None:
        """Follow ``of``."""
        super().__init__(length, of)
        self._before = NAN
        self._gain = self._loss = 0.0
        self._keep = (length - 1) / length

    def update(self) -> None:
        """Take the latest figure in."""
        figure = self._of()
        change = figure - self._before
        self._before = figure
        if self.ready:
            self._gain *= self._keep
            self._loss *= self._keep
        elif change != change:  # noqa: PLR0124 # the first figure has no change
            return
        else:
            self._seen += 1
            self.ready = self._seen == self._length
        if change > 0:
            self._gain += change / self._length
        else:
            self._loss -= change / self._length
        if self.ready:
            moved = self._gain + self._loss
            self.value = 100 * self._gain / moved if moved else 50.0


class Atr(_Follower):
    """Wilder's average true range."""

    __slots__ = ("_bar", "_before")

    def __init__(self, length: int, bar: Bar) -> None:
        """Follow the candles."""
        super().__init__(length, lambda: NAN)
        self._bar = bar
        self._before = NAN
        self.value = 0.0

    def update(self) -> None:
        """Take the latest candle in."""
        bar, before = self._bar, self._before
        spread = bar.high - bar.low
        if self._seen:
            spread = max(spread, abs(bar.high - before), abs(bar.low - before))
        self._before = bar.close
        self._seen += 1
        if self.ready:
            self.value += (spread - self.value) / self._length
            return
        self.value += spread / self._length
        self.ready = self._seen == self._length


class Extreme(_Follower):
    """The highest or lowest of the last figures, by a queue of candidates: each enters and leaves it once."""

    __slots__ = ("_queue", "_sign")

    def __init__(self, length: int, of: Number, *, highest: bool) -> None:
        """Follow ``of``."""
        super().__init__(length, of)
        self._sign = 1.0 if highest else -1.0
        self._queue: deque[tuple[int, float]] = deque()

    def update(self) -> None:
        """Take the latest figure in."""
        figure, queue = self._of() * self._sign, self._queue
        self._seen += 1
        while queue and queue[-1][1] <= figure:
            queue.pop()
        queue.append((self._seen, figure))
        if queue[0][0] <= self._seen - self._length:
            queue.popleft()
        self.ready = self.ready or self._seen == self._length
        if self.ready:
            self.value = queue[0][1] * self._sign


class Ago(_Follower):
    """What a figure was some candles ago."""

    __slots__ = ("_window",)

    def __init__(self, length: int, of: Number) -> None:
        """Follow ``of``."""
        super().__init__(length, of)
        self._window: deque[float] = deque(maxlen=length + 1)

    def update(self) -> None:
        """Take the latest figure in. One that was not known yet does not count."""
        figure = self._of()
        if figure != figure:  # noqa: PLR0124 # not a number
            return
        self._window.append(figure)
        if len(self._window) > self._length:
            self.ready = True
            self.value = self._window[0]


class Stdev(_Follower):
    """The standard deviation of the last figures, by the mean of squares around a nearby origin."""

    __slots__ = ("_origin", "_squares", "_total", "_window")

    def __init__(self, length: int, of: Number) -> None:
        """Follow ``of``."""
        super().__init__(length, of)
        self._window: deque[float] = deque(maxlen=length)
        self._origin = self._total = self._squares = 0.0

    def update(self) -> None:
        """Take the latest figure in; now and then the sums are made anew around the latest figure."""
        figure, window = self._of(), self._window
        gone = window[0] - self._origin if len(window) == self._length else None
        window.append(figure)
        self._seen += 1
        if self._seen % 1_000 == 1:
            self._origin = figure
            self._total = math.fsum(item - figure for item in window)
            self._squares = math.fsum((item - figure) ** 2 for item in window)
        else:
            came = figure - self._origin
            self._total += came - (gone or 0.0)
            self._squares += came * came - (gone or 0.0) ** 2
        if len(window) == self._length:
            self.ready = True
            mean = self._total / self._length
            self.value = math.sqrt(max(0.0, self._squares / self._length - mean * mean))


class Cross:
    """Whether one figure has just risen above another, or fallen below: 1 on that candle, else 0."""

    __slots__ = ("_first", "_second", "_side", "_sign", "ready", "value")

    def __init__(self, first: Number, second: Number, *, above: bool) -> None:
        """Compare two figures."""
        self._first, self._second = first, second
        self._sign = 1.0 if above else -1.0
        self._side = NAN
        self.value = 0.0
        self.ready = False

    def update(self) -> None:
        """Compare the latest figures with those of the candle before."""
        side = (self._first() - self._second()) * self._sign
        self.value = 1.0 if self._side <= 0 < side else 0.0
        self.ready = self.ready or self._side == self._side  # both sides known once before
        self._side = side
