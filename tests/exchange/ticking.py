"""Time that passes when a test says so."""

from custom_components.mexc_trading.exchange.resilience.breaker import NS_PER_S


class Ticking:
    """A monotonic clock, and a sleep that moves it."""

    def __init__(self) -> None:
        """Start somewhere that is not zero."""
        self.now_ns = 5 * NS_PER_S
        self.slept: list[float] = []

    def ticks(self) -> int:
        """Tell the time."""
        return self.now_ns

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ns += round(seconds * NS_PER_S)

    async def sleep(self, seconds: float) -> None:
        """Wait without waiting."""
        self.slept.append(seconds)
        self.pass_s(seconds)
