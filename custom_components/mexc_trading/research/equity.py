"""The equity of a run, candle by candle. Floats: it describes, nothing is booked from it."""

from typing import Final

from .desk import Desk
from .measures import Point

POINTS_MAX: Final = 1_000
"""Points of the curve; more than a page is wide."""


class EquityLine:
    """Follows the equity: its days, its deepest fall, a curve to draw."""

    def __init__(self, desk: Desk, candles: int) -> None:
        """Begin with the capital of a desk."""
        start = float(desk.terms.capital)
        self.start = self.equity = self._peak = start
        self.days = [start]
        """The equity at the end of each day, the start first."""

        self.points: list[Point] = []
        self.drawdown = 0.0
        """The deepest fall so far, as a fraction of the highest before it."""

        self.held = 0
        """Candles at whose close something was held."""

        self._every = max(1, -(-candles // POINTS_MAX))
        self._desk = desk
        self._bid_share = 1 - float(desk.terms.half_spread)
        self._seq = -1
        self._base = start
        self._quantity = 0.0
        self._settled = True

    def close(self, index: int, at_ms: int, price: float, *, holding: bool) -> None:
        """Take a candle's close in."""
        if holding:
            if self._desk.state.seq != self._seq:
                self._look()
            self.held += 1
            self.equity = self._base + self._quantity * price
            self._fall()
        elif not self._settled:
            self._settled = True
            self.equity = self.start + float(self._desk.state.ledger.realized)
            self._fall()
        if index % self._every == 0:
            self.points.append(Point(at_ms, self.equity, price))

    def day(self) -> None:
        """End a day."""
        self.days.append(self.equity)

    def _look(self) -> None:
        """Take over what the ledger says, after something happened."""
        state = self._desk.state
        position = state.ledger.positions[self._desk.symbol]
        self._seq, self._settled = state.seq, False
        self._quantity = float(position.quantity) * self._bid_share
        self._base = self.start + float(state.ledger.realized - position.cost)

    def _fall(self) -> None:
        """Compare with the highest so far."""
        if self.equity > self._peak:
            self._peak = self.equity
        elif self._peak - self.equity > self.drawdown * self._peak:
            self.drawdown = (self._peak - self.equity) / self._peak
