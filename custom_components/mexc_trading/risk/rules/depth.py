"""Nobody takes more than the market has."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ...model.market import OrderType, Side
from ...model.money import HUNDRED
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_most, skip, unknown

RULE: Final = RuleName.DEPTH
_SKIP: Final = skip(RULE)


def depth(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry larger than ``max_depth_percent`` of the quantity at the best price that it would take.

    Base units. Not knowing that quantity denies as well. A post-only order takes nothing and is not asked. At the
    limit is allowed.
    """
    limit = limits.max_depth_percent
    if not proposal.entry or limit is None or proposal.order_type is OrderType.POST_ONLY:
        return _SKIP
    quote = proposal.fresh
    standing = None if quote is None else quote.ask_quantity if proposal.signal.side is Side.BUY else quote.bid_quantity
    if standing is None:
        return unknown(RULE, limit, "%")
    unit = view.instrument.base if view.instrument is not None else ""
    return at_most(RULE, proposal.quantity, standing * limit / HUNDRED, unit)
