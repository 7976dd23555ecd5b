"""Not more than the account can bear."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_most, rounded_up, skip, unknown

RULE: Final = RuleName.MAX_LEVERAGE
_SKIP: Final = skip(RULE)


def max_leverage(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry after which everything held and being bought would be more than ``max_leverage`` times the equity.

    Unknown equity, none at all, or a held symbol without a price denies. At the limit is allowed.
    """
    limit = limits.max_leverage
    if not proposal.entry or limit is None:
        return _SKIP
    if view.equity is None or view.equity <= 0 or view.unpriced:
        return unknown(RULE, limit, "x")
    after = view.gross + proposal.quantity * proposal.reference
    return at_most(RULE, rounded_up(after / view.equity), limit, "x")
