"""A decision: what we made of a signal, with the result of every rule."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from .ids import BookName, DecisionId, SignalId, StrategyId, Symbol
from .market import OrderType, Side
from .signal import Action


class Verdict(StrEnum):
    """The whole decision's outcome."""

    ALLOW = "allow"
    CLAMP = "clamp"
    DENY = "deny"
    NEEDS_APPROVAL = "needs_approval"


class RuleName(StrEnum):
    """Every rule of the risk engine; also the key of its texts in translations."""

    SIGNAL_AGE = "signal_age"
    SYMBOL_ALLOWED = "symbol_allowed"
    INSTRUMENT_TRADABLE = "instrument_tradable"
    STALE_PRICE = "stale_price"
    TICK_LOT_MINIMUM = "tick_lot_minimum"
    MAX_NOTIONAL_PER_ORDER = "max_notional_per_order"
    MAX_OPEN_POSITIONS = "max_open_positions"
    MAX_DAILY_LOSS = "max_daily_loss"
    COOLDOWN_AFTER_LOSS = "cooldown_after_loss"
    EXIT_OWNED = "exit_owned"
    HOLDS = "holds"


class Finding(StrEnum):
    """One rule's outcome. ``clamp`` made the order smaller; ``skip`` means the rule does not concern this order."""

    PASS = "pass"
    CLAMP = "clamp"
    DENY = "deny"
    APPROVAL = "approval"
    SKIP = "skip"


class RuleResult(NamedTuple):
    """What one rule found: the limit, the measured value and the room left, as canonical text, with their unit."""

    rule: RuleName
    finding: Finding
    limit: str = ""
    value: str = ""
    margin: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer to one signal and the permit for its orders: quantity in base units, price in quote units.

    ``price`` is the worst price an order may trade at; None only for exits that had no reference price.
    """

    decision_id: DecisionId
    decision_hash: str
    book: BookName
    strategy: StrategyId
    signal_id: SignalId
    symbol: Symbol
    action: Action
    side: Side
    order_type: OrderType
    quantity: Decimal
    price: Decimal | None
    verdict: Verdict
    results: tuple[RuleResult, ...]
    decided_at_ns: int
    limits_hash: str

    @property
    def allowed(self) -> bool:
        """Whether orders may be made from this decision."""
        return self.verdict is Verdict.ALLOW or self.verdict is Verdict.CLAMP

    @property
    def denials(self) -> tuple[RuleResult, ...]:
        """The rules that refused, in the order in which they are listed."""
        return tuple(result for result in self.results if result.finding is Finding.DENY)
