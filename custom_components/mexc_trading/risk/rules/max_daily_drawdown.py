"""Enough given back for today."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import below, skip, unknown

RULE: Final = RuleName.MAX_DAILY_DRAWDOWN
_SKIP: Final = skip(RULE)


def max_daily_drawdown(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny entries while equity has fallen from the day's highest by the limit or more, in percent.

    The peak moves with deposits and withdrawals, so that neither causes nor cures a drawdown. One that is not known,
    because a price is missing, denies. The breach itself raises a hold that lasts until the next trading day.
    """
    limit = limits.max_daily_drawdown
    if not proposal.entry or limit is None:
        return _SKIP
    if view.daily_drawdown is None:
        return unknown(RULE, limit, "%")
    return below(RULE, view.daily_drawdown, limit, "%")
