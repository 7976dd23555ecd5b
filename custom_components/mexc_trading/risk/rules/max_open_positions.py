"""Not too many things at once."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import count_at_most, skip

RULE: Final = RuleName.MAX_OPEN_POSITIONS
_SKIP: Final = skip(RULE)


def max_open_positions(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry that would make more symbols open than the limit; orders in flight and unknown ones count.

    Adding to a symbol that is open already opens none.
    """
    limit = limits.max_open_positions
    if not proposal.entry or limit is None:
        return _SKIP
    opens = proposal.signal.symbol not in view.exposures
    return count_at_most(RULE, len(view.exposures) + opens, limit)
