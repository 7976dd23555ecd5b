"""Request counts and weights, and the 429 for those who use too much (fact sheet 6)."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from .decimals import Json
from .routes import Route

SECOND: Final = 1.0
WINDOW: Final = 10.0


@dataclass(slots=True)
class Window:
    """A sliding sum over ``length_s`` seconds that remembers its peak."""

    length_s: float
    peak: int = 0
    total: int = 0
    _kept: deque[tuple[float, int]] = field(default_factory=deque)

    def sum_at(self, now_s: float) -> int:
        """Drop what is too old and give the sum."""
        while self._kept and self._kept[0][0] <= now_s - self.length_s:
            self.total -= self._kept.popleft()[1]
        return self.total

    def add(self, now_s: float, amount: int) -> None:
        """Count an amount now."""
        self.sum_at(now_s)
        self._kept.append((now_s, amount))
        self.total += amount
        self.peak = max(self.peak, self.total)


@dataclass(slots=True, kw_only=True)
class Limits:
    """Budgets of the venue; counted always, enforced only when ``enforced``.

    Weights are per 10 s, the rest per second. After ``ban_after`` refusals in a
    row (0: never) the answer is 418 for ``ban_s`` seconds.
    """

    enforced: bool = False
    ip_weight: int = 300
    uid_weight: int = 500
    requests_per_s: int = 20
    order_operations_per_s: int = 12
    retry_after_s: int | None = None
    ban_after: int = 0
    ban_s: float = 120.0
    refused: int = 0
    ip: Window = field(default_factory=lambda: Window(WINDOW))
    uid: Window = field(default_factory=lambda: Window(WINDOW))
    requests: Window = field(default_factory=lambda: Window(SECOND))
    order_operations: Window = field(default_factory=lambda: Window(SECOND))
    _calls: dict[str, Window] = field(default_factory=dict)
    _in_a_row: int = 0
    _banned_until_s: float = float("-inf")

    def admit(self, route: Route, now_s: float) -> int:
        """Count a request and give the HTTP status: 200, or 429 or 418 when enforced."""
        uses = [(self.requests, 1, self.requests_per_s)]
        weights = (self.ip, self.ip_weight) if route.scope is None else (self.uid, self.uid_weight)
        uses.append((weights[0], route.weight, weights[1]))
        if route.order_operation:
            uses.append((self.order_operations, 1, self.order_operations_per_s))
        if route.calls_per_s:
            name = f"{route.method} {route.path}"
            window = self._calls.setdefault(name, Window(SECOND))
            uses.append((window, 1, route.calls_per_s))
        over = any(window.sum_at(now_s) + more > most for window, more, most in uses)
        if self.enforced:
            if now_s < self._banned_until_s:
                return 418
            if over:
                return self._refuse(now_s)
        self._in_a_row = 0
        for window, more, _ in uses:
            window.add(now_s, more)
        return 200

    def _refuse(self, now_s: float) -> int:
        """Count a refusal; too many in a row are answered with a ban."""
        self.refused += 1
        self._in_a_row += 1
        if self.ban_after and self._in_a_row >= self.ban_after:
            self._banned_until_s = now_s + self.ban_s
            return 418
        return 429

    def shown(self) -> Json:
        """Give peaks and refusals as JSON."""
        return {
            "enforced": self.enforced,
            "refused": self.refused,
            "peak_requests_per_s": self.requests.peak,
            "peak_order_operations_per_s": self.order_operations.peak,
            "peak_ip_weight_per_10s": self.ip.peak,
            "peak_uid_weight_per_10s": self.uid.peak,
        }
