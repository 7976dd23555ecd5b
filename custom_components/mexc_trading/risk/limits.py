"""The limits of a book. A strategy may only be tighter; whatever is None is not limited."""

from dataclasses import dataclass, field
from decimal import Decimal

from ..model.ids import Symbol
from ..model.money import HUNDRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All limits of one book, amounts in quote units unless said otherwise.

    At the limit counts as allowed for sizes and as breached for losses (design section 8).
    """

    symbols: frozenset[Symbol] = field(default_factory=frozenset)
    """Allow-list. Empty allows nothing."""

    max_notional_per_order: Decimal | None = None
    """Quote units at the worst price, > 0."""

    max_open_positions: int | None = None
    """Count of symbols held or being bought, ≥ 1."""

    max_daily_loss: Decimal | None = None
    """Quote units, > 0: realised, unrealised and fees since the day's open."""

    cooldown_after_loss_s: int = 0
    """Seconds without entries after an episode that lost more than ``min_loss``; 0 switches the rule off."""

    min_loss: Decimal = Decimal(0)
    """Quote units: a smaller loss starts no cooldown."""

    price_collar_percent: Decimal = Decimal("0.5")
    """How far from the touch an order may trade, in percent, > 0."""

    max_price_age_s: int = 10
    """Seconds, > 0: an older reference price counts as none."""

    @property
    def collar(self) -> Decimal:
        """The collar as a fraction."""
        return self.price_collar_percent / HUNDRED
