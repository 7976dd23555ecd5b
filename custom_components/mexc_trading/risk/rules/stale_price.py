"""Without a fresh price nobody knows what an entry costs."""

from decimal import Decimal
from typing import Final

from ...model.decision import Finding, RuleName, RuleResult
from ...model.money import plain
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_most, skip

_NS_PER_S: Final = 1_000_000_000


def stale_price(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry when the reference price is older than ``max_price_age_s`` seconds, or missing.

    One from the future is as doubtful as an old one: a clock was set. An exit goes on without any, in its safest form:
    a market order.
    """
    if not proposal.entry:
        return skip(RuleName.STALE_PRICE)
    limit = Decimal(limits.max_price_age_s)
    if view.quote is None:
        return RuleResult(RuleName.STALE_PRICE, Finding.DENY, plain(limit), "none", "", "s")
    age_s = Decimal(abs(view.now_ns - view.quote.at_ns)) / _NS_PER_S
    return at_most(RuleName.STALE_PRICE, age_s, limit, "s")
