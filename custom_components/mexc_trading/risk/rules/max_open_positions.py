"""Not too many things at once."""

from decimal import Decimal

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_most, skip


def max_open_positions(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry that would make more symbols open than the limit; orders in flight and unknown ones count.

    Adding to a symbol that is open already opens none.
    """
    rule = RuleName.MAX_OPEN_POSITIONS
    if not proposal.entry or limits.max_open_positions is None:
        return skip(rule)
    after = len(view.exposed | {proposal.signal.symbol})
    return at_most(rule, Decimal(after), Decimal(limits.max_open_positions), "")
