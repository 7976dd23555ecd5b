"""Not too many orders at once."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import count_at_most, skip

RULE: Final = RuleName.MAX_OPEN_ORDERS
_SKIP: Final = skip(RULE)


def max_open_orders(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry that would make more orders open than the limit; orders in flight and unknown ones count.

    Exits count too, but are never denied.
    """
    limit = limits.max_open_orders
    if not proposal.entry or limit is None:
        return _SKIP
    return count_at_most(RULE, view.open_orders + 1, limit)
