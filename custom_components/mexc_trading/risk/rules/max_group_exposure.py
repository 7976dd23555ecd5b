"""Not too much of what moves together."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..room import group_exposure
from ..view import RiskView
from .result import skip, within

RULE: Final = RuleName.MAX_GROUP_EXPOSURE
_SKIP: Final = skip(RULE)


def max_group_exposure(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry after which a group that the symbol belongs to would be worth more than the group's limit.

    Groups are named by the user. Of several, the one with the least room is reported. Valued as a single symbol is,
    and made smaller where that is wanted. At the limit is allowed.
    """
    ceiling = group_exposure(proposal.signal.symbol, view, limits)
    if not proposal.entry or ceiling is None:
        return _SKIP
    return within(RULE, proposal, ceiling, proposal.reference, view.quote_asset)
