"""How a venue's client is doing, as a snapshot for entities and diagnostics."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..model.outcome import ClockOffset
from .resilience.breaker import BreakerState, worst
from .resilience.lanes import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueHealth:
    """A moment's state. Times are seconds; None: not known yet.

    ``quiet_s`` is how long the venue asked us to keep away, ``banned_s`` how long it will not answer at all.
    ``oddities`` are words of the venue that nobody documented, such as a new order status.
    """

    breakers: Mapping[Lane, BreakerState]
    weight_used: int
    weight_max: int
    requests_last_minute: int
    clock: ClockOffset | None
    answered_s_ago: float | None
    quiet_s: float
    banned_s: float
    terms_age_s: int | None
    oddities: tuple[str, ...]

    @property
    def worst_breaker(self) -> BreakerState:
        """The state of the breaker that is worst off."""
        return worst(self.breakers.values())
