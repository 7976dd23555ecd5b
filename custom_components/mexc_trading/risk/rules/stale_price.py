"""Without a fresh price nobody knows what an entry costs."""

from decimal import Decimal
from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import age_at_most, skip, unknown

RULE: Final = RuleName.STALE_PRICE
_SKIP: Final = skip(RULE)


def stale_price(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry when the reference price is older than ``max_price_age_s`` seconds, or missing.

    One from the future is as doubtful as an old one: a clock was set. An exit goes on without any, in its safest form:
    a market order.
    """
    if not proposal.entry:
        return _SKIP
    limit_s = limits.max_price_age_s
    if view.quote is None:
        return unknown(RULE, Decimal(limit_s), "s")
    return age_at_most(RULE, abs(view.now_ns - view.quote.at_ns), limit_s)
