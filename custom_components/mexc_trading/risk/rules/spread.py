"""A wide market is an empty one."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ...model.money import HUNDRED
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_most, rounded_up, skip, unknown

RULE: Final = RuleName.SPREAD
_SKIP: Final = skip(RULE)


def spread(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry while ask and bid are further apart than ``max_spread_percent`` of their middle.

    Not knowing them freshly denies as well. At the limit is allowed.
    """
    limit = limits.max_spread_percent
    if not proposal.entry or limit is None:
        return _SKIP
    quote = proposal.fresh
    if quote is None or quote.mid <= 0:
        return unknown(RULE, limit, "%")
    return at_most(RULE, rounded_up((quote.ask - quote.bid) * HUNDRED / quote.mid), limit, "%")
