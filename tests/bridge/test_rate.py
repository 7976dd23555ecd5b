"""The token bucket: a burst, then a steady rate, with an exact wait."""

from custom_components.mexc_trading.bridge.rate import TokenBucket


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Start at zero."""
        self.now = 0.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def test_a_burst_passes_and_the_next_waits() -> None:
    """Given a bucket of three, when four come at once, then the fourth learns how long to wait."""
    bucket = TokenBucket(burst=3, per_s=2, seconds=Seconds())

    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 1]


def test_tokens_come_back_at_the_rate_up_to_the_burst() -> None:
    """Given an empty bucket of three at two per second, then half a second gives one, and a day no more than three."""
    clock = Seconds()
    bucket = TokenBucket(burst=3, per_s=2, seconds=clock)
    for _ in range(3):
        bucket.take()

    clock.now = 0.5
    assert [bucket.take() for _ in range(2)] == [0, 1]
    clock.now = 86_400.0
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 1]
