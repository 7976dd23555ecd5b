"""A strategy that will not stop entering is stopped."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import count_at_most, skip

RULE: Final = RuleName.REPEAT_EXECUTION
_SKIP: Final = skip(RULE)


def repeat_execution(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry with which its strategy would have made more than ``max_repeats`` in ``repeat_window_s`` seconds.

    Allowed entries count. The denial also raises a hold on the strategy, which a person releases after having looked
    at it. At the limit is allowed.
    """
    limit = limits.max_repeats
    if not proposal.entry or limit is None:
        return _SKIP
    return count_at_most(RULE, view.repeats + 1, limit)
