"""No single entry is larger than this."""

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_most, skip


def max_notional_per_order(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry worth more than the limit at its worst price, in quote units. At the limit is allowed."""
    rule = RuleName.MAX_NOTIONAL_PER_ORDER
    if not proposal.entry or limits.max_notional_per_order is None:
        return skip(rule)
    unit = view.instrument.quote if view.instrument else ""
    return at_most(rule, proposal.notional, limits.max_notional_per_order, unit)
