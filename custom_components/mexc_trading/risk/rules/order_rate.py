"""Not too fast."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import count_at_most, skip

RULE: Final = RuleName.ORDER_RATE
_SKIP: Final = skip(RULE)


def order_rate(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry with which the book would have planned more than ``max_orders_per_minute`` orders in 60 s.

    Exits count too, but are never denied. At the limit is allowed.
    """
    limit = limits.max_orders_per_minute
    if not proposal.entry or limit is None:
        return _SKIP
    return count_at_most(RULE, view.orders_last_minute + 1, limit)
