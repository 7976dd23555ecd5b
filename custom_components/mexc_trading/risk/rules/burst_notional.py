"""Not everything within one minute."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_most, skip

RULE: Final = RuleName.BURST_NOTIONAL
_SKIP: Final = skip(RULE)


def burst_notional(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry with which the entries of the last 60 s would be worth more than ``max_burst_notional``.

    Quote units at their worst prices, counted when they were planned, whatever became of them. At the limit is
    allowed.
    """
    limit = limits.max_burst_notional
    if not proposal.entry or limit is None:
        return _SKIP
    return at_most(RULE, view.burst + proposal.notional, limit, view.quote_asset)
