"""No source speaks too often."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import count_at_most, skip

RULE: Final = RuleName.SOURCE_RATE
_SKIP: Final = skip(RULE)


def source_rate(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry with which its strategy would have sent more than ``max_signals_per_minute`` in 60 s.

    Every new wish to enter counts, also one that was denied, so a source that runs wild stays denied until it falls
    silent. A repeated signal is answered with its old decision and does not count. At the limit is allowed.
    """
    limit = limits.max_signals_per_minute
    if not proposal.entry or limit is None:
        return _SKIP
    return count_at_most(RULE, view.signals_last_minute + 1, limit)
