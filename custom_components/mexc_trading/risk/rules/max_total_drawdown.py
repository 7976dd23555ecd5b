"""Enough given back altogether."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import below, skip, unknown

RULE: Final = RuleName.MAX_TOTAL_DRAWDOWN
_SKIP: Final = skip(RULE)


def max_total_drawdown(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny entries while equity has fallen from its highest ever by the limit or more, in percent.

    The peak moves with deposits and withdrawals, so that neither causes nor cures a drawdown. One that is not known,
    because a price is missing, denies. The breach itself raises a hold that a person releases with a reason; from
    there on a new peak is counted.
    """
    limit = limits.max_total_drawdown
    if not proposal.entry or limit is None:
        return _SKIP
    if view.total_drawdown is None:
        return unknown(RULE, limit, "%")
    return below(RULE, view.total_drawdown, limit, "%")
